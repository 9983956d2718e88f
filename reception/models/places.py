"""The places of a car in the order of the walk-round, and what may be wrong with them (3.2.1.6-3.2.1.14).

The order is the procedure's: beside the driver's door, along the left side, round the rear, back along the other side,
and last the engine bay. Left and right are the driver's.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Zone(models.TextChoices):
    """A point of the walk-round; the last four are seen from below, on the lift only."""

    WINDSCREEN = "windscreen", _("windscreen")
    ROOF = "roof", _("roof")
    LEFT_FRONT_DOOR = "left_front_door", _("left front door")
    INTERIOR = "interior", _("interior trim")
    RADIO = "radio", _("radio and controls")
    SEAT_BELTS = "seat_belts", _("seat belts")
    LEFT_FRONT_WING = "left_front_wing", _("left front wing")
    LEFT_FRONT_TYRE = "left_front_tyre", _("left front tyre")
    LEFT_REAR_DOOR = "left_rear_door", _("left rear door")
    REAR_SEATS = "rear_seats", _("rear seats")
    LEFT_REAR_WING = "left_rear_wing", _("left rear wing")
    LEFT_REAR_TYRE = "left_rear_tyre", _("left rear tyre")
    REAR_BUMPER = "rear_bumper", _("rear bumper")
    REAR_LAMPS = "rear_lamps", _("rear lamps")
    AXLE = "axle", _("axle and bearings")
    BOOT_LID = "boot_lid", _("boot lid")
    SPARE_WHEEL = "spare_wheel", _("spare wheel and tools")
    REAR_WINDOW = "rear_window", _("rear window")
    RIGHT_REAR_WING = "right_rear_wing", _("right rear wing")
    RIGHT_REAR_TYRE = "right_rear_tyre", _("right rear tyre")
    RIGHT_REAR_DOOR = "right_rear_door", _("right rear door")
    RIGHT_FRONT_DOOR = "right_front_door", _("right front door")
    RIGHT_FRONT_WING = "right_front_wing", _("right front wing")
    RIGHT_FRONT_TYRE = "right_front_tyre", _("right front tyre")
    HEADLAMPS = "headlamps", _("headlamps")
    FRONT_BUMPER = "front_bumper", _("front bumper")
    BONNET = "bonnet", _("bonnet")
    ENGINE_BAY = "engine_bay", _("engine bay")
    EXHAUST = "exhaust", _("exhaust")
    SHOCK_ABSORBERS = "shock_absorbers", _("shock absorbers")
    TYRES_BELOW = "tyres_below", _("tyres from below")
    LEAKS = "leaks", _("oil and water leaks")


UNDERBODY = (Zone.EXHAUST, Zone.SHOCK_ABSORBERS, Zone.TYRES_BELOW, Zone.LEAKS)
ROUTE = tuple(zone for zone in Zone if zone not in UNDERBODY)


class Damage(models.TextChoices):
    SCRATCH = "scratch", _("scratch")
    DENT = "dent", _("dent")
    CRACK = "crack", _("crack")
    CHIP = "chip", _("stone chip")
    MISSING = "missing", _("part missing")
    WORN = "worn", _("worn")
    BROKEN = "broken", _("does not work")
    LEAK = "leak", _("leaks")


class Result(models.TextChoices):
    """What was seen at a point; damage is said by its marks."""

    OK = "ok", _("in order")
    DAMAGE = "damage", pgettext_lazy("point of the walk-round", "damage")
    NA = "na", _("not applicable")


class Purpose(models.TextChoices):
    """Why the customer came (2.2.3.1)."""

    MAINTENANCE = "maintenance", _("maintenance")
    FIRST_SERVICE = "first_service", _("first service")
    FAULT = "fault", _("fault")
    ACCIDENT = "accident", _("accident")
    RECALL = "recall", _("recall")
    REWORK = "rework", _("not put right last time")
    OTHER = "other", _("other work")


class Frequency(models.TextChoices):
    ALWAYS = "always", _("always")
    OFTEN = "often", _("often")
    SOMETIMES = "sometimes", _("sometimes")
    ONCE = "once", _("once so far")


class VinSource(models.TextChoices):
    """Where the VIN was read (3.2.1.5)."""

    WINDSCREEN = "windscreen", _("windscreen")
    ENGINE_BAY = "engine_bay", _("engine bay")
    FILE = "file", _("customer's file")


class Valuables(models.TextChoices):
    NONE = "none", _("none")
    FOUND = "found", _("found")
