"""The booking desk's pages."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments import operations, queries
from appointments.forms import BookingForm, ReasonForm
from appointments.models import Appointment
from dealership.customers import queries as customers
from dealership.customers.models import Customer, Vehicle
from dealership.staff import queries as staff
from dealership.web import allow, bound, done, form_status, page, store_of, typed
from dealership.workflow import NotAllowed


@allow("appointments.view_appointment")
def grid(request: HttpRequest) -> HttpResponse:
    """One day of all advisors, slot by slot."""
    store, now = store_of(request), timezone.now()
    day = asked_day(request, now.astimezone(store.zone).date())
    context = {
        "grid": queries.grid(store, day, now),
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "today": now.astimezone(store.zone).date(),
        "may_book": request.user.has_perm("appointments.book_appointment"),  # type: ignore[union-attr]
        "may_hurry": request.user.has_perm("appointments.override_lead_time"),  # type: ignore[union-attr]
    }
    return page(request, "appointments/grid.html", context)


@allow("appointments.book_appointment")
def book(request: Any) -> HttpResponse:
    """Choose the car, say why it comes, promise the time."""
    store, now = store_of(request), timezone.now()
    advisor, starts_at = asked_slot(request, store)
    vehicle, customer = asked_vehicle(request)
    text = typed(request, "q")
    form = bound(BookingForm, request, short_notice=queries.at_short_notice(store, starts_at, now))
    if request.method == "POST" and vehicle and customer and form.is_valid():
        try:
            promise = {"store": store, "advisor": advisor, "vehicle": vehicle, "starts_at": starts_at}
            appointment = operations.book(**promise, **form.cleaned_data, customer=customer, by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, booked_sentence(appointment), "appointments:appointment", appointment.pk)
    context = {"form": form, "advisor": advisor, "starts_at": starts_at, "vehicle": vehicle, "q": text}
    context["no_keeper"] = bool(request.GET.get("vehicle")) and not vehicle
    context["found"] = customers.search(text) if text and not vehicle else []
    return page(request, "appointments/book.html", context, status=form_status(form))


@allow("appointments.view_appointment")
def appointment(request: Any, pk: int) -> HttpResponse:
    """One appointment with its history, and what can be done with it."""
    found = get_object_or_404(
        Appointment.objects.select_related("advisor", "customer", "vehicle", "booked_by"),
        pk=pk,
        store__in=request.user.stores.all(),
    )
    form = bound(ReasonForm, request)
    if request.method == "POST" and form.is_valid():
        operations.cancel(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("The appointment is cancelled; the time is free again."), "appointments:grid")
    context = {"appointment": found, "moves": found.moves.select_related("by"), "form": form}
    context["may_cancel"] = request.user.has_perm("appointments.cancel_appointment") and found.state == "confirmed"
    context["may_miss"] = context["may_cancel"] and found.starts_at < timezone.now()
    return page(request, "appointments/appointment.html", context, status=form_status(form))


@allow("appointments.cancel_appointment")
@require_POST
def no_show(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(Appointment, pk=pk, store__in=request.user.stores.all())
    operations.mark_no_show(found, by=request.user, at=timezone.now())
    return done(request, _("Noted: the customer did not come."), "appointments:appointment", pk)


EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # beyond, the neighbouring day may not exist


def asked_day(request: HttpRequest, default: date) -> date:
    try:
        day = date.fromisoformat(request.GET["day"])
    except (KeyError, ValueError):
        return default
    return day if EARLIEST <= day <= LATEST else default


def asked_slot(request: HttpRequest, store: Any) -> tuple[Any, datetime]:
    """Read advisor and time from the address; a broken address is not found."""
    try:
        starts_at = datetime.fromisoformat(request.GET["at"])
        advisor_pk = int(request.GET["advisor"])
    except (KeyError, ValueError) as error:
        raise Http404 from error
    if not EARLIEST <= starts_at.date() <= LATEST:
        raise Http404
    if timezone.is_naive(starts_at):
        starts_at = starts_at.replace(tzinfo=store.zone)
    return get_object_or_404(staff.advisors(store), pk=advisor_pk), starts_at


def asked_vehicle(request: HttpRequest) -> tuple[Vehicle | None, Customer | None]:
    """Return the chosen car and its keeper, for whom the time is promised; a car without keeper is none."""
    number = request.GET.get("vehicle", "")
    found = Vehicle.objects.filter(pk=number).first() if number.isdecimal() else None
    keeper = found.keeper if found else None
    return (found, keeper) if keeper else (None, None)


def booked_sentence(appointment: Appointment) -> str:
    return _("Booked: %(plate)s on %(when)s with %(advisor)s.") % {
        "plate": appointment.vehicle,
        "when": timezone.localtime(appointment.starts_at).strftime("%Y-%m-%d %H:%M"),
        "advisor": appointment.advisor.full_name,
    }
