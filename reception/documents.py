"""The reception form (接车登记表, F6) as the customer signs it."""

from collections.abc import Iterable
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dealership import pictures
from dealership.customers.models import Customer
from reception import queries
from reception.models import UNDERBODY, Result, Valuables, Visit, Zone
from reception.outline import HEIGHT, WIDTH, Pin, outline, pins

MOST_PICTURES = 8  # of a printed form; the others stay with the visit
PICTURE_EDGE, PICTURE_BYTES = 480, 38 * 1024
STATES = {Result.OK: "ok", Result.DAMAGE: "damage", Result.NA: "none"}


def intake(visit: Visit) -> dict[str, Any]:
    """Return the form's content, frozen in the language it is signed in (2.2.2.4)."""
    found = pins(visit.damage_marks.all(), visit.photos.all())
    return {
        "title": _("Reception form"),
        "fields": car(visit) + state(visit),
        "tables": [words(visit)],
        "checks": checks(visit),
        "drawing": drawing(found),
        "pictures": photos(visit, found),
        "notes": notes(visit),
        "sections": ["fields", "tables", "checks", "drawing", "pictures", "notes"],
    }


def car(visit: Visit) -> list[list[str]]:
    arrived = timezone.localtime(visit.arrived_at, visit.store.zone)
    advisor, vehicle = visit.advisor, visit.vehicle
    return [
        [_("Plate"), vehicle.plate_shown],
        [_("VIN"), vehicle.vin],
        [_("Model"), f"{vehicle.make} {vehicle.model_name}".strip()],
        [_("Colour"), vehicle.colour],
        [_("Customer"), visit.customer.name],
        [_("Phone"), phone(visit.customer)],
        [_("Brought by"), visit.brought_by or visit.customer.name],
        [_("Arrived"), formats.date_format(arrived, "SHORT_DATETIME_FORMAT")],
        [_("Purpose of the visit"), str(visit.get_purpose_display())],
        [_("Advisor"), f"{advisor.full_name} {advisor.phone}".strip() if advisor else ""],
    ]


def state(visit: Visit) -> list[list[str]]:
    return [
        [_("VIN read from"), str(visit.get_vin_source_display())],
        [_("Mileage"), f"{visit.mileage} km"],
        [_("Inspected in"), str(visit.bay or "")],
        [_("Battery") if visit.vehicle.electric else _("Fuel"), str(visit.get_fuel_display())],
        [_("Vehicle licence"), received(visit.licence_received)],
        [_("Maintenance booklet"), received(visit.booklet_received)],
        [_("Key"), received(visit.key_received)],
        [_("Valuables"), valuables(visit)],
        [_("Things that stay in the car"), visit.belongings or _("none")],
    ]


def received(answer: bool | None) -> str:
    return _("received") if answer else _("not received")


def valuables(visit: Visit) -> str:
    if visit.valuables == Valuables.FOUND:
        return _("%(things)s, handed to the customer") % {"things": visit.valuables_list}
    return _("none")


def words(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("In the customer's own words"),
        "columns": ["#", _("Complaint"), _("When, how often")],
        "rows": [
            [str(line.position), line.words, f"{line.conditions} {line.get_frequency_display()}".strip()]
            for line in visit.complaints.all()
        ],
    }


def checks(visit: Visit) -> list[dict[str, Any]]:
    """Every point of the walk-round with what was seen there, and those below where the car was lifted."""
    answers = {check.zone: check for check in visit.point_checks.all()}
    kinds: dict[str, list[str]] = {}
    for mark in visit.damage_marks.all():
        kinds.setdefault(mark.zone, []).append(str(mark.get_kind_display()))

    def points(zones: Iterable[Zone]) -> list[list[str]]:
        return [
            [
                str(zone.label),
                STATES[Result(answers[zone].result)],
                pgettext("between names", ", ").join(kinds.get(zone, [])) or str(answers[zone].get_result_display()),
            ]
            for zone in zones
            if zone in answers
        ]

    above = points(zone for zone in queries.route(visit) if zone not in UNDERBODY)
    below = points(UNDERBODY)
    groups = [
        {"title": _("Walk-round"), "points": above},
        {"title": _("Seen from below, on the lift"), "points": below},
    ]
    return [group for group in groups if group["points"]]


def drawing(found: list[Pin]) -> dict[str, Any]:
    shapes = [
        {
            "x": shape.x, "y": shape.y, "w": shape.width, "h": shape.height,
            "label": shape.label if shape.named else "", "label_x": shape.name_at[0], "label_y": shape.name_at[1],
        }
        for shape in outline({})
    ]  # fmt: skip
    marks = [
        {
            "number": pin.number, "x": pin.x, "y": pin.y, "kind": str(pin.mark.get_kind_display()),
            "place": str(pin.mark.get_zone_display()),
        }
        for pin in found
        if pin.x is not None
    ]  # fmt: skip
    return {"title": _("Damage on arrival"), "width": WIDTH, "height": HEIGHT, "shapes": shapes, "marks": marks}


def photos(visit: Visit, found: list[Pin]) -> list[dict[str, str]]:
    """Return the first pictures, small enough for the paper to hold them itself; damages first."""
    captions = {pin.mark.pk: f"{pin.number}: {pin.mark}" for pin in found}
    taken = sorted(visit.photos.all(), key=lambda photo: (photo.mark_id is None, photo.pk))
    return [
        {
            "sha256": photo.fingerprint,
            "caption": captions.get(photo.mark_id or 0, _("Photo")),
            "data": small(photo.picture),
        }
        for photo in taken[:MOST_PICTURES]
    ]


def small(picture: Any) -> str:
    with picture.open("rb") as file:
        return pictures.data_url(pictures.rewritten(file, edge=PICTURE_EDGE, most=PICTURE_BYTES))


def notes(visit: Visit) -> list[str]:
    covers = _("Protective covers were fitted on seat, wheel and floor, in front of the customer.")
    if visit.accompanied:
        walked = _("The customer, or who brought the car, came along on the walk-round.")
    else:
        walked = _("Nobody came along on the walk-round: %(why)s") % {"why": visit.unaccompanied_reason}
    told = [_("The customer was told what was found below the car.")] if visit.underbody_told_at else []
    return [covers, walked, *told]


def phone(customer: Customer) -> str:
    """Return the number to call as people write it, nothing where there is none."""
    return customer.phone.shown if customer.phone else ""
