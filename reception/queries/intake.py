"""What is still missing on an intake, and what was here before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appointments import queries as appointments
from appointments.models import AppointmentItem, Cause
from dealership.customers.models import MileageReading
from dealership.paperwork import queries as paperwork
from dealership.paperwork.models import Signature
from dealership.staff.models import Store
from reception.models import ROUTE, UNDERBODY, Complaint, Damage, Purpose, Valuables, Visit, Zone
from reception.queries.lane import registration_gaps, registration_lacks
from reception.states import OPEN, State

LEAK_WORDS = ("漏", "渗油", "滴油", "leak", "drips")
NOISE_WORDS = ("异响", "响声", "noise", "rattle", "squeak")
NAMED = 3  # blank points that a sentence names; the form shows all of them


def route(visit: Visit) -> list[Zone]:
    """Return the points of this visit in the order of the walk-round; those below once the car was lifted."""
    return [*ROUTE, *(UNDERBODY if visit.lifted_at else ())]


def blank(visit: Visit) -> list[Zone]:
    """Return the points nobody answered yet (3.2.1.13)."""
    answered = {check.zone for check in visit.point_checks.all()}
    return [zone for zone in route(visit) if zone not in answered]


BOOKED_FIRST = Exists(
    AppointmentItem.objects.filter(appointment=OuterRef("appointment"), operation__first_service=True)
)

# What the odometer showed before this visit; pages load it with the visit as `read_before`.
READ_BEFORE = Subquery(
    MileageReading.objects.filter(vehicle=OuterRef("vehicle"), read_at__lt=OuterRef("arrived_at"))
    .order_by("-read_at", "-pk")
    .values("km")[:1]
)


def booked_first_service(visit: Visit) -> bool:
    """Say whether a first service was booked; pages load it with the visit as `booked_first` (BOOKED_FIRST)."""
    if visit.appointment is None:
        return False
    known = getattr(visit, "booked_first", None)
    return visit.appointment.items.filter(operation__first_service=True).exists() if known is None else known


def lift_reason(visit: Visit) -> str:
    """Say why the car has to be seen from below: a first service, or a leak (3.2.3.1, 3.2.4.3); nothing if not.

    What was booked counts whatever purpose is chosen at the desk.
    """
    if visit.purpose == Purpose.FIRST_SERVICE or booked_first_service(visit):
        return _("It is the car's first service: look at it from below.")
    leaks = any(mark.kind == Damage.LEAK for mark in visit.damage_marks.all())
    if leaks or any(speaks_of(complaint.words, LEAK_WORDS) for complaint in visit.complaints.all()):
        return _("The car leaks: look at it from below.")
    return ""


def speaks_of(words: str, signs: Iterable[str]) -> bool:
    plain = words.casefold()
    return any(sign in plain for sign in signs)


def level_missing(visit: Visit) -> str:
    return _("The battery level is missing.") if visit.vehicle.electric else _("The fuel level is missing.")


def obstacles(visit: Visit) -> list[str]:
    """Return everything the customer cannot sign yet, in the order of the walk-round."""
    checks = [
        (visit.protected_at, _("The protective covers are not fitted yet.")),
        (visit.vin_checked_at, _("The VIN was not compared with the car yet.")),
        (visit.mileage is not None, _("The mileage is missing.")),
        (visit.fuel is not None, level_missing(visit)),
        (visit.accompanied or visit.unaccompanied_reason, _("The customer has to come along on the walk-round.")),
        (not blank(visit), blank_points(visit)),
        (not lift_reason(visit) or visit.lifted_at, lift_reason(visit)),
        (not found_below(visit) or visit.underbody_told_at, _("Tell the customer what was found below the car.")),
        (visit.purpose, _("Choose why the customer came.")),
        (visit.complaints.all(), _("Write down what the customer says.")),
        (visit.valuables, _("Ask for valuables.")),
        (
            visit.valuables != Valuables.FOUND or visit.valuables_returned,
            _("Hand the valuables to the customer: %(things)s.") % {"things": visit.valuables_list},
        ),
        (papers_asked(visit), _("Ask for licence, maintenance booklet and key.")),
    ]
    return registration_gaps(visit) + [sentence for fulfilled, sentence in checks if not fulfilled]


def blank_points(visit: Visit) -> str:
    """Name the first blank points and count the others."""
    points = blank(visit)
    names = pgettext("between names", ", ").join(str(zone.label) for zone in points[:NAMED])
    if len(points) > NAMED:
        return _("Not looked at yet: %(names)s and %(n)d more.") % {"names": names, "n": len(points) - NAMED}
    return _("Not looked at yet: %(names)s.") % {"names": names}


def found_below(visit: Visit) -> bool:
    return any(mark.zone in UNDERBODY for mark in visit.damage_marks.all())


def papers_asked(visit: Visit) -> bool:
    return None not in (visit.licence_received, visit.booklet_received, visit.key_received)


def warnings(visit: Visit) -> list[str]:
    """Return what should not be forgotten and yet stops nobody (2.2.11.3, 3.2.3.3, 3.2.4.4)."""
    found = []
    complaints = list(visit.complaints.all())
    if complaints and visit.read_back_at is None:
        found.append(_("Read the requests back to the customer."))
    found += [
        _("“%(words)s”: ask when and under which conditions.") % {"words": complaint.words}
        for complaint in complaints
        if speaks_of(complaint.words, NOISE_WORDS) and not complaint.conditions
    ]
    pictured = {photo.mark_id for photo in visit.photos.all()}
    if any(mark.zone in UNDERBODY and mark.pk not in pictured for mark in visit.damage_marks.all()):
        found.append(_("Take a photo of what was found below the car: the customer cannot see it."))
    return found


def steps(visit: Visit) -> dict[str, bool]:
    """Say which steps of the intake are done, in their order on the screen."""
    things = bool(visit.valuables) and (visit.valuables != Valuables.FOUND or visit.valuables_returned)
    below = not lift_reason(visit) or bool(visit.lifted_at)
    read = visit.vin_checked_at is not None and None not in (visit.mileage, visit.fuel)
    return {
        "covers": visit.protected_at is not None,
        "car": read and not registration_lacks(visit),
        "walk": not blank(visit) and below and bool(visit.accompanied or visit.unaccompanied_reason),
        "words": bool(visit.purpose and visit.complaints.all()),
        "things": things and papers_asked(visit),
        "sign": visit.intake_id is not None,
    }


def unsigned(visit: Visit) -> Signature | None:
    """Return why the form is closed without the customer's name, None where he signed or was not asked yet."""
    if visit.intake is None:
        return None
    return paperwork.left_open(visit.intake, visit.intake.signatures.select_related("witness"))


FACTS = [
    "vin_source", "mileage", "fuel", "purpose", "brought_by", "accompanied", "unaccompanied_reason", "valuables",
    "valuables_list", "valuables_returned", "belongings", "licence_received", "booklet_received", "key_received",
]  # fmt: skip


def mark_of(visit: Visit) -> str:
    """Return a mark of what the customer sees before signing: another mark, another form."""
    whole = {
        "facts": [*(getattr(visit, name) for name in FACTS), visit.bay_id],
        "lifted": visit.lifted_at is not None,
        "points": sorted([check.zone, check.result] for check in visit.point_checks.all()),
        "damage": sorted([mark.pk, mark.zone, mark.kind] for mark in visit.damage_marks.all()),
        "photos": sorted(photo.fingerprint for photo in visit.photos.all()),
        "words": [[c.words, c.conditions, c.frequency] for c in visit.complaints.all()],
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def open_visit(vehicle_pk: int) -> Visit | None:
    return Visit.objects.filter(vehicle_id=vehicle_pk, state__in=OPEN).select_related("store").first()


@dataclass(frozen=True)
class Wishes:
    """What the customer said before the reception; the purpose where it is known from the booking."""

    words: str
    purpose: str = ""


PURPOSES = {Cause.MAINTENANCE: Purpose.MAINTENANCE, Cause.FAULT: Purpose.FAULT, Cause.OTHER: Purpose.OTHER}


def wishes_of(visit: Visit) -> Wishes | None:
    """Return what was noted when the car was booked or quickly registered, None where nothing was."""
    if visit.appointment is not None:
        first = booked_first_service(visit)
        purpose = Purpose.FIRST_SERVICE if first else PURPOSES[Cause(visit.appointment.cause)]
        return Wishes(visit.appointment.reason.strip(), purpose)
    quick = getattr(visit, "quick_entry", None)
    return Wishes(quick.reason.strip()) if quick else None


@dataclass(frozen=True)
class Earlier:
    """A visit of the past and what the customer said then."""

    visit: Visit
    words: list[str]


EARLIER_SHOWN = 5
LINES_LOOKED_AT = 25


def history(visit: Visit) -> list[Earlier]:
    """Return the car's last visits, the newest first, in one query (2.2.7.1)."""
    said = Complaint.objects.filter(visit__vehicle=visit.vehicle_id, visit__state=State.RELEASED)
    rows = said.exclude(visit=visit).select_related("visit").order_by("-visit__released_at", "-visit", "position")
    found: dict[int, Earlier] = {}
    for row in rows[:LINES_LOOKED_AT]:
        found.setdefault(row.visit_id, Earlier(row.visit, [])).words.append(row.words)
    return list(found.values())[:EARLIER_SHOWN]


def arrivals_on(store: Store, day: date) -> QuerySet[Visit]:
    start, end = appointments.day_bounds(store, day)
    return Visit.objects.filter(store=store, arrived_at__gte=start, arrived_at__lt=end)
