"""Who has just come: typed or scanned at the door, received with one more tap."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import references
from appointments.models import Appointment
from dealership.customers import queries as customers
from dealership.web import allow, done, page, store_of, typed
from reception import operations, queries
from reception.operations import ReasonMissing
from reception.queries.arriving import Match


@require_safe
@allow("reception.record_arrival")
def here(request: Any) -> HttpResponse:
    """Show who fits what was typed or scanned; looking receives nobody."""
    text = typed(request, "q")
    if references.looks_like(text):
        return here_code(request, text)
    found = queries.matches(store_of(request), text, timezone.now()) if text else []
    if found:
        return show(request, text, found)
    return redirect(somebody_new(text) if text else "reception:lane")


@require_safe
@allow("reception.record_arrival")
def here_code(request: Any, token: str) -> HttpResponse:
    """Show the same for the code of an appointment, read by a scanner or a tablet's camera."""
    read = queries.read(store_of(request), token, timezone.now())
    return show(request, "", [read.match] if read.match else [], read.sentence)


def show(request: Any, text: str, found: list[Match], sentence: str = "") -> HttpResponse:
    alone = found[0] if len(found) == 1 else None
    context = {
        "greeting": queries.first_words(alone, store_of(request), request.user, timezone.now()) if alone else "",
        "q": text,
        "found": found,
        "sentence": sentence,
        "may_receive": request.user.has_perm("reception.receive_visit"),
    }
    return page(request, "reception/here.html", context, status=200 if found else 422)


def somebody_new(text: str) -> str:
    """Return the page that notes the arrival of a car known to the group, or that registers one."""
    cars = [row.vehicle for row in customers.search(text) if row.vehicle]
    wanted: dict[str, Any] = {"vehicle": cars[0].pk} if len(cars) == 1 else {"q": text}
    return f"{reverse('reception:walk_in')}?{urlencode(wanted)}"


@require_POST
@allow("reception.receive_visit")
def arrive_and_receive(request: Any, pk: int) -> HttpResponse:
    """One press for a booked customer whose turn it is; else he is here, and his page asks why he goes first."""
    appointment = get_object_or_404(Appointment, pk=pk, store__in=request.user.stores.all())
    now = timezone.now()
    try:
        visit = operations.arrive_and_receive(appointment, by=request.user, at=now)
    except ReasonMissing as refusal:
        appointment.refresh_from_db()
        visit = operations.receive_appointment(appointment, by=request.user, at=now)
        messages.warning(request, str(refusal))
        return done(request, _("%(plate)s is here.") % {"plate": visit.vehicle}, "reception:receive", visit.pk)
    return redirect("reception:intake", visit.pk)
