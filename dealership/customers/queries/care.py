"""The colour card of a car."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dealership.customers.models import CareHint, Colour, Vehicle


@dataclass(frozen=True)
class CareLine:
    """One component of the card, in the reader's language."""

    component: str
    colour: Colour
    who: str
    reason: str


def care_card(vehicle: Vehicle) -> list[CareLine]:
    """Return what the card of this car says, in the reader's language and in one query (3.2.2, F24)."""
    hints = CareHint.objects.filter(active=True)
    if vehicle.energy == Vehicle.Energy.ELECTRIC:
        hints = hints.filter(on_electric=True)
    lines = [
        CareLine(hint.shown("component"), Colour(hint.colour), hint.shown("who"), hint.shown("reason"))
        for hint in hints
    ]
    return lines + ([gearbox_line(Colour(vehicle.atf_mark))] if vehicle.atf_mark else [])


def gearbox_line(mark: Colour) -> CareLine:
    """Say whether the driver may check the oil of the automatic gearbox, which differs from car to car (3.2.2.4)."""
    if mark == Colour.RED:
        reason = _("The level is measured at a set temperature with a tool; a wrong level damages the gearbox.")
        return CareLine(_("automatic gearbox oil"), mark, _("repair staff only"), reason)
    reason = _("There is a dipstick; the handbook says when and how to read it.")
    return CareLine(_("automatic gearbox oil"), mark, _("the driver"), reason)
