"""How a store cuts its reception time into slots, and every other figure of the booking desk, with their history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store

ALWAYS = date(2000, 1, 1)  # the first version of a store's rules holds for everything before it, too


def whole(label: Any, default: int | None, least: int = 0, most: int = 10_000, **more: Any) -> Any:
    """Make a field for a whole number between two bounds."""
    validators = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveIntegerField(label, default=default, validators=validators, **more)


class BookingRules(models.Model):
    """One version of a store's rules, in force from a day on; versions are added, never rewritten (B.3)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="booking_rules", verbose_name=_("store"))
    valid_from = models.DateField(_("valid from"), default=ALWAYS)
    slot_minutes = whole(_("minutes per slot"), 15, 5, 120)
    buffer_every = whole(_("every n-th slot stays free"), 4, 2, 50)
    lead_hours = whole(_("hours of notice"), 24, 0, 720)
    most_per_advisor = whole(
        _("appointments per advisor and day"), None, 1, 500, null=True, blank=True, help_text=_("empty: no limit")
    )
    most_waiting = whole(
        _("customers who wait for their car, per day"), None, 1, 500, null=True, blank=True,
        help_text=_("empty: no limit"),
    )  # fmt: skip
    hold_minutes = whole(_("a time is held without agreement for … minutes"), 120, 5, 10_000)
    usual_hours = models.DecimalField(
        _("hours of a job nobody has estimated"), max_digits=5, decimal_places=2, default=Decimal("1.00"),
        validators=[MinValueValidator(Decimal("0.25"))],
    )  # fmt: skip

    workshop_hours = models.DecimalField(
        _("workshop hours per day"), max_digits=6, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.1"))],
        help_text=_("what can be sold on a full day; empty: reckoned from teams and opening hours"),
    )  # fmt: skip
    skill_hours = models.JSONField(_("of these, hours by skill"), default=dict, blank=True)
    full_percent = whole(_("a day is full at … % of its hours"), 100, 10, 300)
    level_points = whole(_("ask to move where a day is … points fuller than its neighbours"), 30, 5, 300)

    reminder_days = whole(_("reminder … days before"), 1, 1, 14)
    half_day_hours = whole(_("half a day is … working hours"), 4, 1, 24)
    late_booking_hours = whole(_("booked less than … hours before: the half-day reminder alone"), 30, 1, 240)
    near_minutes = whole(_("call before the visit: … minutes before"), 60, 5, 600)
    near_from_minutes = whole(_("call before the visit: at the earliest"), 120, 5, 1440)
    near_until_minutes = whole(_("call before the visit: at the latest"), 15, 0, 600)
    grace_minutes = whole(_("late after … minutes"), 10, 0, 240)
    no_show_minutes = whole(_("has not come after … minutes"), 30, 1, 1440)
    call_back_minutes = whole(_("call who has not come within … minutes"), 30, 1, 1440)

    patience_minutes = whole(_("patience in the queue, minutes"), 8, 1, 120)
    saving_percent = whole(_("time to save on each reception, %"), 20, 0, 90)
    small_gap_minutes = whole(_("a small job needs a gap of … minutes"), 6, 1, 120)

    busy_threshold = whole(_("many wait: from … customers"), 3, 1, 100)

    high_value_fen = models.BigIntegerField(
        _("a part is of high value from (fen)"), default=100_000, validators=[MinValueValidator(0)]
    )
    estimate_days = whole(_("an estimate is valid for … days"), 7, 1, 365)
    part_lead_days = whole(_("days until a missing part is delivered"), 3, 0, 365)
    maintenance_lead_days = whole(_("call days before maintenance is due"), 14, 0, 365)
    prepared_minutes = whole(_("everything is prepared … minutes before"), 30, 0, 1440)

    reason = models.CharField(_("why these rules"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("entered by"),
    )  # fmt: skip
    at = models.DateTimeField(_("entered at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("booking rules")
        verbose_name_plural = _("booking rules")
        ordering = ["store", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "valid_from"],
                name="bookingrules_one_version_per_day",
                violation_error_message=_("There are rules from this day already."),
            ),
            models.CheckConstraint(condition=Q(slot_minutes__range=(5, 120)), name="bookingrules_slot_minutes"),
            models.CheckConstraint(condition=Q(busy_threshold__gte=1), name="bookingrules_busy_threshold"),
            models.CheckConstraint(condition=Q(buffer_every__gte=2), name="bookingrules_buffer_every"),
            models.CheckConstraint(
                condition=Q(near_until_minutes__lt=F("near_minutes")) & Q(near_minutes__lte=F("near_from_minutes")),
                name="bookingrules_near_call_in_order",
                violation_error_message=_("The call before the visit: earliest, usual and latest do not fit."),
            ),
            models.CheckConstraint(
                condition=Q(grace_minutes__lt=F("no_show_minutes")),
                name="bookingrules_late_before_missing",
                violation_error_message=_("Somebody is late before he is missing: please give fewer minutes for late."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.valid_from}"

    def clean(self) -> None:
        """Refuse figures that cannot be kept together."""
        if not isinstance(self.skill_hours, dict) or not all(positive(hours) for hours in self.skill_hours.values()):
            raise ValidationError({"skill_hours": _("Each skill needs its hours, such as 机修 24.")})
        total = sum((Decimal(hours) for hours in self.skill_hours.values()), Decimal(0))
        if self.workshop_hours is not None and total > self.workshop_hours:
            raise ValidationError({"skill_hours": _("The skills have more hours than the workshop.")})
        if self.late_booking_hours < self.half_day_hours:
            raise ValidationError({"late_booking_hours": _("This must not be less than half a day.")})


def positive(hours: Any) -> bool:
    try:
        return 0 < Decimal(hours) < 10_000
    except (ArithmeticError, TypeError, ValueError):
        return False
