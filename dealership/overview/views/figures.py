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
    period = asked_period(request)
    kept = booking.kept(period)
    context = {
        "kept": kept,
        "promises": [figures.appointment_rate(period), *kept.figures],
        "told": [booking.notices_seen(period), *booking.reminders_in_time(period)],
        "chart": figures.load_chart(period, kept.by_hour),
    }
    return page(request, "overview/figures.html", months(period) | context)


@allow("appointments.override_lead_time")
def house(request: Any) -> HttpResponse:
    """How long customers waited in a month, how long receptions took, how buffers and bays were used."""
    period = asked_period(request)
    receptions = reception.receptions(period)
    context = {
        "reception": [*reception.waiting(receptions, period), *reception.durations(receptions, period)],
        "buffers": booking.buffers(period),
        "bays": figures.bay_use(period),
    }
    return page(request, "overview/figures_house.html", months(period) | context)


def asked_period(request: Any) -> booking.Period:
    store, now = store_of(request), timezone.now()
    first = asked_month(request, queries.day_of(store, now))
    return booking.Period(store, first, month_after(first) - timedelta(days=1), now)


def months(period: booking.Period) -> dict[str, date]:
    """Return the days a page of figures is headed by and leads on to."""
    first = period.first
    before = (first - timedelta(days=1)).replace(day=1)
    return {"first": first, "last": period.last, "before": before, "after": month_after(first)}


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def asked_month(request: Any, default: date) -> date:
    """Return the first day of the month in the address, `2026-11`, else of the default."""
    try:
        first = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        first = default.replace(day=1)
    return first if EARLIEST <= first < LATEST else default.replace(day=1)
