"""Making the reception ready: one tap for each point, and who did it on which day."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appointments import queries as appointments
from dealership.web import allow, bound, form_status, page, store_of
from reception import operations, queries
from reception.forms.shifts import CheckForm, FaultForm
from reception.models import Point
from reception.views.months import asked_month, month_of


@allow("reception.record_arrival")
def opening(request: Any) -> HttpResponse:
    """The checklist of today's opening: forms, tools, materials, clean, appearance (2.2.1.1, 2.2.1.2)."""
    store, now, wrong = store_of(request), timezone.now(), "fault" in request.POST
    form = CheckForm() if wrong else bound(CheckForm, request)
    fault = bound(FaultForm, request) if wrong else FaultForm()
    if fault.is_valid():
        given = fault.cleaned_data
        operations.fault_point(store, given["fault"], given["note"], by=request.user, at=now)
        return redirect("reception:opening")
    if form.is_valid():
        if form.put_right:
            operations.put_right(store, form.put_right, by=request.user, at=now)
        else:
            operations.check_points(store, form.points, by=request.user, at=now)
        return redirect("reception:opening")
    listed = queries.checklist(store, appointments.day_of(store, now))
    context = {
        "form": form,
        "fault": fault,
        "listed": listed,
        "unseen": sum(one.check is None for one in listed),
        "done": all(one.check and one.check.in_order for one in listed),
        "may_report": request.user.has_perm("reception.view_shiftcheck"),
    }
    return page(request, "reception/opening.html", context, status=form_status(fault if wrong else form))


@allow("reception.view_shiftcheck")
def opening_report(request: Any) -> HttpResponse:
    """The days of a month with who found each point in order and when; missing is named missing."""
    store, now = store_of(request), timezone.now()
    first = asked_month(request, store, now)
    last = month_of(first)["last"]
    context = {"days": queries.checked_days(store, first, last, now), "labels": Point.labels}
    return page(request, "reception/opening_report.html", context | month_of(first))
