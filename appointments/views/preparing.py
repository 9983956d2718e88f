"""Making ready for booked cars: the list of the day before, and the parts desk."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments import operations, queries
from appointments.forms.preparing import ExpectedForm
from appointments.models import AppointmentPart
from appointments.models.days import Point
from appointments.views.asking import appointment_of, asked_day
from appointments.views.ways import ways
from dealership.catalogue.operations import OutOfStock
from dealership.web import allow, bound, done, page, store_of

PER_PAGE = 50
CARS_PER_PAGE = 100  # enough for nearly every store; all of them for printing


@allow("appointments.prepare_appointment")
def preparation(request: Any) -> HttpResponse:
    """The cars of a day, usually the next working day, and what is ready for each (3.1.1.8, 3.1.3.1)."""
    store, now = store_of(request), timezone.now()
    today = queries.day_of(store, now)
    day = asked_day(request, None) or queries.next_working_day(store, today)
    cars = queries.preparation(store, day, now)
    per_page = len(cars) + 1 if request.GET.get("page") == "all" else CARS_PER_PAGE
    context = {
        "cars": Paginator(cars, per_page).get_page(request.GET.get("page")),
        "ready": sum(car.ready for car in cars),
        "day": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "today": today,
    }
    return page(request, "appointments/preparation.html", context | may_look(request) | ways(request))


@allow("appointments.prepare_appointment")
@require_POST
def prepare(request: Any, pk: int, point: str) -> HttpResponse:
    """Tick one point of one car, or take the tick back: the button says which of the two it meant."""
    if point not in Point.values:
        raise Http404
    made, now = appointment_of(request, pk), timezone.now()
    if request.POST.get("ready") == "no":
        operations.untick(made, point, by=request.user)
    else:
        operations.tick(made, point, by=request.user, at=now)
    if not request.htmx:
        day = queries.day_of(made.store, made.starts_at)
        return redirect(f"{reverse('appointments:preparation')}?day={day}#car-{pk}")
    ready, total = queries.cars_ready(made.store, queries.day_of(made.store, made.starts_at))
    context = {"car": queries.preparation_of(made, now), "ready": ready, "total": total}
    return render(request, "appointments/preparation_pressed_part.html", context | may_look(request))


def may_look(request: Any) -> dict[str, Any]:
    """Say which files this person may open: customer, papers and repair history (3.1.3.2)."""
    return {
        "may_see_customer": request.user.has_perm("customers.view_customer"),
        "may_see_vehicle": request.user.has_perm("customers.view_vehicle"),
    }


@allow("appointments.prepare_parts")
def parts(request: Any) -> HttpResponse:
    """The parts coming appointments need, high value first (2.1.6)."""
    return show_parts(request)


def show_parts(request: Any, status: int = 200, **refused: Any) -> HttpResponse:
    """Show the parts; `refused` says which row, why, and what was typed there."""
    store, now = store_of(request), timezone.now()
    today, aside = queries.day_of(store, now), request.GET.get("show") == "aside"
    wanted = Paginator(queries.parts_wanted(store, today, aside=aside), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.parts_desk(store, wanted),
        "parts": wanted,
        "aside": aside,
        "today": today,
        "refused": None,
        "refusal": "",
        "form": None,
    }
    return page(request, "appointments/parts.html", context | refused | ways(request), status=status)


def wanted_of(request: Any, pk: int) -> AppointmentPart:
    mine = AppointmentPart.objects.filter(appointment__store__in=request.user.stores.all())
    return get_object_or_404(mine.select_related("part", "appointment__store", "appointment__vehicle"), pk=pk)


@allow("appointments.prepare_parts")
@require_POST
def put_aside(request: Any, pk: int) -> HttpResponse:
    """Keep the part for this car; where too few are there, say so beside it."""
    wanted = wanted_of(request, pk)
    try:
        operations.put_aside(wanted, by=request.user, at=timezone.now())
    except OutOfStock as refusal:
        return show_parts(request, 409, refused=pk, refusal=str(refusal))
    return done(request, aside_sentence(wanted), "appointments:parts")


@allow("appointments.prepare_parts")
@require_POST
def put_all_aside(request: Any, pk: int) -> HttpResponse:
    """Keep every part of one car that is there, and say what is short."""
    made = appointment_of(request, pk)
    short = operations.put_all_aside(made, by=request.user, at=timezone.now())
    sentence = _("Every part for %(plate)s is put aside.")
    if short:
        sentence = _("Put aside for %(plate)s what is there; short: %(parts)s.")
    words = {
        "plate": made.vehicle.plate_shown or made.vehicle,
        "parts": ", ".join(f"{one.part.name} ({one.there}/{one.wanted})" for one in short),
    }
    return done(request, sentence % words, "appointments:parts")


def aside_sentence(wanted: AppointmentPart) -> str:
    return _("Put aside for %(plate)s: %(part)s × %(quantity)d.") % {
        "plate": wanted.appointment.vehicle.plate_shown or wanted.appointment.vehicle,
        "part": wanted.part.name,
        "quantity": wanted.quantity,
    }


@allow("appointments.prepare_parts")
@require_POST
def put_back(request: Any, pk: int) -> HttpResponse:
    """Take a part out of what was put aside; it stands among those to do again."""
    operations.put_back(wanted_of(request, pk), by=request.user, at=timezone.now())
    return done(
        request, _("Put back: the part is free again and still to be put aside for its car."), "appointments:parts"
    )


@allow("appointments.prepare_parts")
@require_POST
def expect_delivery(request: Any, pk: int) -> HttpResponse:
    """Note the day a missing part will be here."""
    wanted, now = wanted_of(request, pk), timezone.now()
    form = bound(ExpectedForm, request, today=queries.day_of(wanted.appointment.store, now))
    if not form.is_valid():
        return show_parts(request, 422, refused=pk, form=form)
    operations.expect_delivery(wanted, on=form.cleaned_data["on"], by=request.user, at=now)
    return done(request, _("Noted: the booking desk sees the day on the appointment."), "appointments:parts")
