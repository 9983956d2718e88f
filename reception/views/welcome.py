"""Met at the car, greeted, told: the taps that keep a customer's welcome."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done, refused
from reception import operations
from reception.forms.lane import InterestsForm
from reception.views.visits import visit_of


def back(request: Any, pk: int) -> HttpResponse:
    """Lead back to the customer's page where the tap was made there, else to the lane."""
    return redirect("reception:receive", pk) if "page" in request.POST else redirect("reception:lane")


@allow("reception.record_arrival")
@require_POST
def greet(request: Any, pk: int) -> HttpResponse:
    operations.greet(visit_of(request, pk), by=request.user, at=timezone.now())
    return back(request, pk)


@allow("reception.record_arrival")
@require_POST
def meet(request: Any, pk: int) -> HttpResponse:
    operations.meet(visit_of(request, pk), by=request.user, at=timezone.now())
    return back(request, pk)


@allow("customers.change_customer")
@require_POST
def interests(request: Any, pk: int) -> HttpResponse:
    """Keep what the customer likes on his file (4.3.2)."""
    visit, form = visit_of(request, pk), InterestsForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Please write at most 200 characters."), status=422)
    seen = request.POST.get("initial-interests", visit.customer.interests)
    try:
        operations.note_interests(visit, seen=seen, by=request.user, at=timezone.now(), **form.cleaned_data)
    except ValidationError as refusal:
        return refused(request, " ".join(refusal.messages))
    return done(request, _("Kept on the customer's file."), "reception:receive", pk)
