"""Key figures of a month."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from appointments import figures as booking
from appointments import queries
from dealership.overview import figures
from dealership.web import allow, page, store_of
from reception import figures as reception

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@allow("appointments.override_lead_time")
def appointments(request: Any) -> HttpResponse:
    """How the store kept its promised times in a month, with what every figure was reckoned from."""
    store, now = store_of(request), timezone.now()
    first = asked_month(request, queries.day_of(store, now))
    after = (first + timedelta(days=31)).replace(day=1)
    last = after - timedelta(days=1)
    period = booking.Period(store, first, last, now)
    kept, receptions = booking.kept(period), reception.receptions(period)
    context = {
        "first": first,
        "last": last,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": after,
        "kept": kept,
        "promises": [figures.appointment_rate(period), *kept.figures],
        "told": [booking.notices_seen(period), *booking.reminders_in_time(period)],
        "reception": [*reception.waiting(receptions, period), *reception.durations(receptions, period)],
        "buffers": booking.buffers(period),
        "bays": figures.bay_use(period),
        "chart": figures.load_chart(period, kept.by_hour),
    }
    return page(request, "overview/figures.html", context)


def asked_month(request: Any, default: date) -> date:
    """Return the first day of the month in the address, `2026-11`, else of the default."""
    try:
        first = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        first = default.replace(day=1)
    return first if EARLIEST <= first < LATEST else default.replace(day=1)
