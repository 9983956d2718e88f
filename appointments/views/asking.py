"""Reading days, slots and cars from an address."""

from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import Appointment
from dealership.customers.models import Customer, Vehicle
from dealership.staff import queries as staff
from dealership.staff.models import User
from dealership.web import number, typed

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # beyond, the neighbouring day may not exist
FARTHEST = timedelta(days=366)  # nobody promises a time beyond
D = TypeVar("D", date, None)


def asked_day(request: HttpRequest, default: D, name: str = "day") -> date | D:
    """Return the day in the address, the default where none or a broken one stands there."""
    try:
        day = date.fromisoformat(request.GET[name])
    except (KeyError, ValueError):
        return default
    return day if EARLIEST <= day <= LATEST else default


def odd_day(request: HttpRequest, today: date) -> list[str]:
    """Return the sentence that refuses the day in the address, none where no day stands there or it can be offered."""
    text = typed(request, "day")
    day = asked_day(request, None)
    if not text or (day is not None and today <= day <= today + FARTHEST):
        return []
    if day is not None and day < today:
        return [_("Please choose a day from today on.")]
    return [_("Please choose a day within the next twelve months.")]


def odd_job(form: forms.Form) -> list[str]:
    """Return the sentences that refuse what is typed about the job."""
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]


def asked_slot(request: HttpRequest, store: Any) -> tuple[User, datetime] | None:
    """Read advisor and time from the address, None where neither stands there; a broken address is not found."""
    if "at" not in request.GET and "advisor" not in request.GET:
        return None
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
    pk = number(request.GET.get("vehicle", ""))
    found = Vehicle.objects.with_keeper().filter(pk=pk).first() if pk is not None else None
    keeper = found.keeper if found else None
    return (found, keeper) if keeper else (None, None)


def coming_of(request: Any, vehicle: Vehicle, now: datetime) -> dict[str, Any]:
    """Return the car's next promised time, whether it is in this store, and whether this person may look at it."""
    coming = queries.coming(vehicle, now)
    if coming is None:
        return {"coming": None}
    works_in = {request.store, *request.other_stores}
    return {"coming": coming, "coming_here": coming.store == request.store, "may_show_coming": coming.store in works_in}


def appointment_of(request: Any, pk: int) -> Appointment:
    """Return an appointment of this person's stores with everybody it names."""
    found = queries.told(Appointment.objects.filter(store__in=request.user.stores.all())).select_related(
        "store", "advisor", "customer", "vehicle", "booked_by", "reservation__bay", "card", "deposit_by"
    )
    return get_object_or_404(found, pk=pk)
