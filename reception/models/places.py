"""The places of a car and what may be wrong with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Zone(models.TextChoices):
    """A part of the car as the walk-round passes it; left and right are the driver's."""

    FRONT_BUMPER = "front_bumper", _("front bumper")
    BONNET = "bonnet", _("bonnet")
    WINDSCREEN = "windscreen", _("windscreen")
    ROOF = "roof", _("roof")
    LEFT_FRONT_WING = "left_front_wing", _("left front wing")
    LEFT_FRONT_DOOR = "left_front_door", _("left front door")
    LEFT_REAR_DOOR = "left_rear_door", _("left rear door")
    LEFT_REAR_WING = "left_rear_wing", _("left rear wing")
    REAR_WINDOW = "rear_window", _("rear window")
    BOOT_LID = "boot_lid", _("boot lid")
    REAR_BUMPER = "rear_bumper", _("rear bumper")
    RIGHT_REAR_WING = "right_rear_wing", _("right rear wing")
    RIGHT_REAR_DOOR = "right_rear_door", _("right rear door")
    RIGHT_FRONT_DOOR = "right_front_door", _("right front door")
    RIGHT_FRONT_WING = "right_front_wing", _("right front wing")
    INTERIOR = "interior", _("interior")


class Damage(models.TextChoices):
    SCRATCH = "scratch", _("scratch")
    DENT = "dent", _("dent")
    CRACK = "crack", _("crack")
    CHIP = "chip", _("stone chip")
    MISSING = "missing", _("part missing")
