"""Who comes, who waits, who is received next."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments import queries as appointments
from appointments.models import Appointment
from appointments.views.asking import coming_of
from dealership import web
from dealership.customers import queries as customers
from dealership.customers.models import Vehicle
from dealership.staff.models import Store, User
from dealership.web import allow, bound, done, form_status, page, store_of, typed
from reception import operations, queries
from reception.forms.lane import ArrivalForm, InterestsForm, ReceiveForm
from reception.models import Size, Visit
from reception.operations import ReasonMissing
from reception.views.visits import visit_of

SHOWN = 8  # cars taken in, the last first; the others on request
SIGNS = {Size.SMALL: "droplet-half", Size.LARGE: "tools"}


@allow("reception.view_visit")
def lane(request: Any) -> HttpResponse:
    """Who is due and when, who waits and for how long, who is being received, and where there is room."""
    store, now = store_of(request), timezone.now()
    forecast, every = queries.forecast(queries.lane(store, now)), request.GET.get("taken") == "all"
    context = {
        "mode": queries.mode_of(forecast, by_hand := queries.set_by_hand(store, now)),
        "by_hand": by_hand,
        "unchecked": queries.points_missing(store, appointments.day_of(store, now)),
        "forecast": forecast,
        "lane": forecast.lane,
        "taken_in": forecast.lane.taken_in[: None if every else SHOWN],
        "all_taken": every,
        "walk_ins": forecast.walk_ins(request.user),
        "may_arrive": request.user.has_perm("reception.record_arrival"),
        "may_receive": request.user.has_perm("reception.receive_visit"),
        "may_report": request.user.has_perm("reception.view_courtesycheck"),
    }
    return page(request, "reception/lane.html", context)


@allow("reception.record_arrival")
@require_POST
def arrive(request: Any, pk: int) -> HttpResponse:
    """The booked customer is here."""
    appointment = get_object_or_404(Appointment, pk=pk, store__in=request.user.stores.all())
    visit = operations.receive_appointment(appointment, by=request.user, at=timezone.now())
    return done(request, _("%(plate)s is here.") % {"plate": visit.vehicle}, "reception:lane")


@allow("reception.record_arrival")
def walk_in(request: Any) -> HttpResponse:
    """A customer without appointment: find the car, say what it brings; that tap notes the arrival."""
    store, text, now = store_of(request), typed(request, "q"), timezone.now()
    pk = web.number(request.GET.get("vehicle", ""))
    vehicle = Vehicle.objects.filter(pk=pk).first() if pk is not None else None
    form = bound(ArrivalForm, request)
    if vehicle and vehicle.keeper and form.is_valid():
        operations.record_arrival(
            store=store, vehicle=vehicle, customer=vehicle.keeper, by=request.user, at=now, **form.cleaned_data
        )
        return done(request, _("%(plate)s is in the queue.") % {"plate": vehicle}, "reception:lane")
    found = customers.search(text) if text and not vehicle else []
    context = {
        "q": text,
        "vehicle": vehicle,
        "found": found,
        "new": {} if found else customers.as_new(text),
        "busy": bool(text and not found and not vehicle) and many_wait(store, now),
        "booked": appointments.promised_today(store, vehicle, now) if vehicle else None,
        **(coming_of(request, vehicle, now) if vehicle else {}),
        "sizes": [(size.value, size.label, SIGNS[size]) for size in Size],
    }
    return page(request, "reception/walk_in.html", context, status=form_status(form) if vehicle else 200)


@allow("reception.receive_visit")
def receive(request: Any, pk: int) -> HttpResponse:
    """Begin the reception, or ask why where somebody is passed over or an emergency comes in."""
    visit = visit_of(request, pk)
    form = bound(ReceiveForm, request)
    if form.is_valid():
        try:
            operations.receive(visit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ReasonMissing as refusal:
            form.add_error("reason", str(refusal))
        else:
            return redirect("reception:intake", pk)
    context = {"visit": visit, "form": form, "emergency": visit.appointment is None, **meeting(visit, request.user)}
    return page(request, "reception/receive.html", context, status=form_status(form))


def many_wait(store: Store, now: datetime) -> bool:
    return not queries.few_wait(store, appointments.rules_on(store, appointments.day_of(store, now)), now)


def meeting(visit: Visit, by: User) -> dict[str, Any]:
    """Return what is said to the customer, and in a quiet moment what the advisor can speak about (4.1.1, 4.3.1)."""
    now = timezone.now()
    rules = appointments.rules_on(visit.store, appointments.day_of(visit.store, now))
    quiet = queries.few_wait(visit.store, rules, now)
    return {
        "greeting": queries.greeting(visit, rules, by, now),
        "quiet": quiet,
        "hints": queries.hints(visit) if quiet else None,
        "gaps": queries.registration_gaps(visit),
        "interests_form": InterestsForm(initial={"interests": visit.customer.interests}),
        "may_note": by.has_perm("customers.change_customer"),
    }
