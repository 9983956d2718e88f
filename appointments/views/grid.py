"""The advisors' grid by day and by week."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments import queries
from appointments.views.asking import asked_day
from dealership.web import allow, desk_links, page, store_of


@allow("appointments.view_appointment")
def grid(request: HttpRequest) -> HttpResponse:
    """One day of all advisors, slot by slot, with the load of the workshop."""
    store, now = store_of(request), timezone.now()
    today = now.astimezone(store.zone).date()
    day = asked_day(request, today)
    context = {
        "grid": queries.grid(store, day, now),
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "today": today,
    }
    return page(request, "appointments/grid.html", context | abilities(request))


@allow("appointments.view_appointment")
def week(request: HttpRequest) -> HttpResponse:
    """Seven days by advisor: how many slots are taken, and where the workshop still has room."""
    store, now = store_of(request), timezone.now()
    today = now.astimezone(store.zone).date()
    day = asked_day(request, today)
    first = day - timedelta(days=day.weekday())
    context = {
        "week": queries.week(store, first, today),
        "first": first,
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "today": today,
    }
    return page(request, "appointments/week.html", context | abilities(request))


def abilities(request: Any) -> dict[str, Any]:
    """Say what this person may do from the grid, and where the desks above go on."""
    return {
        "may_book": request.user.has_perm("appointments.book_appointment"),
        "may_hurry": request.user.has_perm("appointments.override_lead_time"),
        "links": desk_links("appointments", request.user),
    }
