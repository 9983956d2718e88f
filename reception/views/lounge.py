"""The lounge: who waits there, and the taps of those who look after them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import web
from dealership.web import allow, done, page, store_of
from reception import operations, queries
from reception.forms.lane import ToldForm
from reception.models import Visit
from reception.states import State
from reception.views.visits import visit_of


@allow("reception.view_visit")
def lounge(request: Any) -> HttpResponse:
    """Who waits in the house: promise, progress, since when, and what was done for him."""
    return show(request)


def show(request: Any, wrong: Visit | None = None, form: ToldForm | None = None) -> HttpResponse:
    """Answer the page; a form that was refused stands with its customer, as typed."""
    found = queries.guests(store_of(request), timezone.now())
    context = {
        "guests": [(one, ways_on(request, one.visit)) for one in found],
        "wrong": wrong.pk if wrong else None,
        "form": form,
        "may_care": request.user.has_perm("reception.record_arrival"),
    }
    return page(request, "reception/lounge.html", context, status=422 if wrong else 200)


def ways_on(request: Any, visit: Visit) -> list[dict[str, Any]]:
    return web.links("visit", visit.pk, request.user) if visit.state == State.INSPECTED else []


@allow("reception.record_arrival")
@require_POST
def seat(request: Any, pk: int) -> HttpResponse:
    """The customer is in the lounge now."""
    visit = visit_of(request, pk)
    operations.seat(visit, by=request.user, at=timezone.now())
    return done(request, _("%(plate)s: the customer is in the lounge.") % {"plate": visit.vehicle}, "reception:lounge")


@allow("reception.record_arrival")
@require_POST
def tea(request: Any, pk: int) -> HttpResponse:
    operations.serve_tea(visit_of(request, pk), by=request.user, at=timezone.now())
    return redirect("reception:lounge")


@allow("reception.record_arrival")
@require_POST
def told(request: Any, pk: int) -> HttpResponse:
    """Keep what the customer was told about his car."""
    visit, form = visit_of(request, pk), ToldForm(request.POST)
    if not form.is_valid():
        return show(request, visit, form)
    operations.tell_progress(visit, by=request.user, at=timezone.now(), **form.cleaned_data)
    return redirect("reception:lounge")
