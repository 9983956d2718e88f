"""Who has just come: by a few digits of the plate, a phone number, a name, or the code of his appointment."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import prefetch_related_objects
from django.utils import formats
from django.utils.translation import gettext as _

from appointments import queries as appointments
from appointments import references
from appointments.models import Appointment
from appointments.states import ARRIVE
from appointments.states import State as Promised
from dealership.customers import plates
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store
from reception.models import Visit
from reception.states import OPEN, State

SHORTEST_PLATE = 3  # digits or letters of a plate that say something
SHORTEST_NUMBER = 4  # digits of a phone number or a VIN


@dataclass(frozen=True)
class Match:
    """A car that may be the one at the door: with today's appointment, or with its visit where it is in the house."""

    vehicle: Vehicle
    customer: Customer
    appointment: Appointment | None = None
    visit: Visit | None = None

    @property
    def waits(self) -> bool:
        return self.visit is not None and self.visit.state == State.WAITING


@dataclass(frozen=True)
class Read:
    """What a scanned code says: whose it is, and a sentence where he cannot simply be received."""

    match: Match | None
    sentence: str = ""


def matches(store: Store, text: str, now: datetime) -> list[Match]:
    """Return today's booked customers and the cars in the house that fit what was typed, in three queries."""
    expected = appointments.expected_on(store, appointments.day_of(store, now))
    booked = [Match(made.vehicle, made.customer, made) for made in expected if made.state in ARRIVE.sources]
    visits = Visit.objects.filter(store=store, state__in=OPEN).select_related(
        "vehicle", "customer", "advisor", "appointment"
    )
    here = [Match(visit.vehicle, visit.customer, None, visit) for visit in visits]
    found = [*booked, *here]
    prefetch_related_objects([one.customer for one in found], "phones")
    return [one for one in found if fits(one.vehicle, one.customer, text)]


def fits(vehicle: Vehicle, customer: Customer, text: str) -> bool:
    """Say whether a text is part of the plate, or ends the phone number or the VIN, or is in the name."""
    compact, digits = plates.normalise(text), re.sub(r"[\s+()\-]", "", text)
    if len(compact) >= SHORTEST_PLATE and compact in vehicle.plate:
        return True
    if len(compact) >= SHORTEST_NUMBER and vehicle.vin.endswith(compact):
        return True
    if digits.isdecimal():
        tail = digits.lstrip("0") if len(digits) > SHORTEST_NUMBER else digits  # 021 6123 4567 is +86 21 6123 4567
        return len(digits) >= SHORTEST_NUMBER and any(one.number.endswith(tail) for one in customer.phones.all())
    words = text.strip().lower()
    named = words in customer.name.lower() and (len(words) >= 2 or not words.isascii())
    return named or (len(words) >= 2 and customer.initials.startswith(words))


def read(store: Store, code: str, now: datetime) -> Read:
    """Return whose code it is; one that is forged, of another store or of another day says so and names nobody."""
    try:
        pk = references.appointment_id(code)
    except signing.BadSignature:
        return Read(None, _("This is not a code of ours. Please type the plate."))
    found = Appointment.objects.select_related("store", "vehicle", "customer", "advisor")
    made = found.filter(pk=pk).first()
    if made is None:
        return Read(None, _("This code has run out. Please type the plate."))
    if made.store_id != store.pk:
        return Read(None, _("This code belongs to another store. Please type the plate."))
    visit = (
        Visit.objects.filter(vehicle=made.vehicle, store=store, state__in=OPEN)
        .select_related("advisor", "appointment")
        .first()
    )
    if visit is not None:
        return Read(Match(made.vehicle, made.customer, None, visit))
    if sentence := why_not(made, now):
        return Read(Match(made.vehicle, made.customer), sentence)
    return Read(Match(made.vehicle, made.customer, made))


def why_not(made: Appointment, now: datetime) -> str:
    """Return why the appointment of a code is not one to be received now, or nothing."""
    local = made.starts_at.astimezone(made.store.zone)
    when = {"when": f"{formats.date_format(local, 'DATE_FORMAT')} {formats.time_format(local, 'H:i')}"}
    if made.state == Promised.CANCELLED:
        return _("This appointment of %(when)s was cancelled.") % when
    if made.state == Promised.ARRIVED:
        return _("This code was used: the customer came on %(when)s.") % when
    if not appointments.on_its_day(made, now):
        return _("This code is for %(when)s.") % when
    return "" if made.state in ARRIVE.sources else _("The customer has not agreed to %(when)s yet.") % when
