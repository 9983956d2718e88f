"""What is looked at before customers come: the reception area and the people in it (2.2.1.1, 2.2.1.2, G.1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store


class Shift(models.TextChoices):
    OPENING = "opening", _("opening")  # a store with shifts adds them here


class Point(models.TextChoices):
    FORMS = "forms", _("forms")
    TOOLS = "tools", _("tools")
    MATERIALS = "materials", _("materials")
    CLEAN = "clean", _("reception area tidy and clean")
    APPEARANCE = "appearance", _("appearance of the advisors")


class ShiftCheck(models.Model):
    """One point of a shift's checklist that somebody looked at; what has no row was not done.

    `note` says what was not in order, and stays once it was put right.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="shift_checks", verbose_name=_("store"))
    day = models.DateField(_("day"))
    shift = models.CharField(_("shift"), max_length=12, choices=Shift.choices, default=Shift.OPENING)
    point = models.CharField(_("point"), max_length=12, choices=Point.choices)
    in_order = models.BooleanField(_("in order"), default=True, db_default=True)
    note = models.CharField(_("what is not in order"), max_length=200, blank=True, db_default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("opening check")
        verbose_name_plural = _("opening checks")
        ordering = ["-day", "point"]
        constraints = [
            models.UniqueConstraint(fields=["store", "day", "shift", "point"], name="shiftcheck_once"),
            models.CheckConstraint(condition=Q(shift__in=Shift.values), name="shiftcheck_shift_known"),
            models.CheckConstraint(condition=Q(in_order=True) | ~Q(note=""), name="shiftcheck_says_what_is_wrong"),
            models.CheckConstraint(condition=Q(point__in=Point.values), name="shiftcheck_point_known"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.day} {self.get_point_display()}"
