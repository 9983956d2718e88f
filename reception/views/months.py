"""The month a report is asked for, and its neighbours."""

from datetime import date, datetime, timedelta
from typing import Any

from appointments import queries as appointments
from dealership.staff.models import Store

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def asked_month(request: Any, store: Store, now: datetime) -> date:
    """Return the first day of the month in the address, `2026-11`, else of this month."""
    this = appointments.day_of(store, now).replace(day=1)
    try:
        first = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return this
    return first if EARLIEST <= first < LATEST else this


def month_of(first: date) -> dict[str, date]:
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return {"first": first, "last": after - timedelta(days=1), "before": before, "after": after}
