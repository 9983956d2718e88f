"""Making the reception ready: one tap for each point, and who did it on which day."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments import queries as appointments
from dealership.web import allow, bound, form_status, page, store_of
from reception import operations, queries
from reception.forms.shifts import CheckForm
from reception.models import Point
from reception.views.months import asked_month, month_of


@allow("reception.record_arrival")
def opening(request: Any) -> HttpResponse:
    """The checklist of today's opening: forms, tools, materials, clean, appearance (2.2.1.1, 2.2.1.2)."""
    store, form = store_of(request), bound(CheckForm, request)
    if form.is_valid():
        operations.check_points(store, form.points, by=request.user, at=timezone.now())
        return redirect("reception:opening")
    listed = queries.checklist(store, appointments.day_of(store, timezone.now()))
    context = {
        "form": form,
        "listed": listed,
        "done": all(one.check for one in listed),
        "may_report": request.user.has_perm("reception.view_shiftcheck"),
    }
    return page(request, "reception/opening.html", context, status=form_status(form))


@allow("reception.view_shiftcheck")
def opening_report(request: Any) -> HttpResponse:
    """The days of a month with who found each point in order and when; missing is named missing."""
    store, now = store_of(request), timezone.now()
    first = asked_month(request, store, now)
    last = month_of(first)["last"]
    context = {"days": queries.checked_days(store, first, last, now), "labels": Point.labels}
    return page(request, "reception/opening_report.html", context | month_of(first))
