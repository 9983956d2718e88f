"""The workshop's figures of a store, with their history; and the manager's part in large orders."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.rules import ALWAYS, whole
from dealership.staff.models import Store
from reception.models import Visit
from workorders import hours
from workorders.models.lines import moment, person


class ManagerMode(models.TextChoices):
    """What the after-sales manager has to do with a large order (C25)."""

    NOTIFY = "notify", _("is told")
    PARTICIPATE = "participate", _("takes part before the settlement")
    APPROVE = "approve", _("approves before the settlement")


class WorkshopRules(models.Model):
    """One version of a store's figures, in force from a day on; versions are added, never rewritten (B.3)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="workshop_rules", verbose_name=_("store"))
    valid_from = models.DateField(_("valid from"), default=ALWAYS)
    call_minutes = whole(_("call about additional work within … minutes"), 15, 1, 1440)
    relay_minutes = whole(_("tell the workshop the answer within … minutes"), 5, 1, 1440)
    manager_from_fen = models.BigIntegerField(
        _("the manager takes part from (fen)"), default=1_000_000,
        validators=[MinValueValidator(1), MaxValueValidator(10**12)],
    )  # fmt: skip
    manager_mode = models.CharField(
        _("at a large order the manager"), max_length=12, choices=ManagerMode.choices, default=ManagerMode.PARTICIPATE
    )
    discount_advisor = whole(_("discounts of an advisor up to … %"), 5, 0, 100)
    discount_manager = whole(_("discounts of a manager up to … %"), 20, 0, 100)
    progress_from = whole(_("ask the workshop from … % of the planned working time"), 70, 1, 99)
    progress_to = whole(_("ask the workshop until … % of the planned working time"), 80, 2, 100)
    untouched_minutes = whole(_("untouched: nothing happened for … working minutes"), 120, 10, 10_000)
    long_job_hours = whole(_("a long job: in the house for … hours"), 24, 1, 1000)
    ready_minutes = whole(_("tell the customer that the car is ready within … minutes"), 15, 1, 1440)
    peak_windows = models.CharField(
        _("peak hours"), max_length=60, blank=True, default="16:30-18:00", db_default="16:30-18:00",
        validators=[hours.check],
        help_text=_("such as 11:00-12:00, 16:30-18:00; no major or accident repair is handed over then"),
    )  # fmt: skip
    left_days = whole(_("a car is left: ready for … days and not collected"), 3, 1, 365)
    gate_pass_hours = whole(_("a gate pass is valid for … hours"), 24, 1, 720)
    reason = models.CharField(_("why these rules"), max_length=200, blank=True)
    by = person(_("entered by"))
    at = moment(_("entered at"))

    class Meta:
        verbose_name = _("workshop rules")
        verbose_name_plural = _("workshop rules")
        ordering = ["store", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "valid_from"],
                name="workshoprules_one_version_per_day",
                violation_error_message=_("There are rules from this day already."),
            ),
            models.CheckConstraint(condition=Q(manager_mode__in=ManagerMode.values), name="workshoprules_mode_known"),
            models.CheckConstraint(
                condition=Q(call_minutes__gte=1, relay_minutes__gte=1, manager_from_fen__gte=1),
                name="workshoprules_figures",
            ),
            models.CheckConstraint(condition=Q(gate_pass_hours__gte=1), name="workshoprules_gate_pass"),
            models.CheckConstraint(
                condition=Q(discount_advisor__lte=F("discount_manager"), discount_manager__lte=100),
                name="workshoprules_discounts",
                violation_error_message=_("A manager may give as much discount as an advisor, or more."),
            ),
            models.CheckConstraint(
                condition=Q(progress_from__gte=1, progress_from__lt=F("progress_to"), progress_to__lte=100),
                name="workshoprules_progress_window",
                violation_error_message=_("The workshop is asked from one share of the time to a later one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.valid_from}"


class ManagerPart(models.Model):
    """The manager's part in a visit that costs as much as the rules say (6.2.3): once called in, once joined."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="manager_part", verbose_name=_("visit"))
    total_fen = models.BigIntegerField(_("total when called in (fen)"))
    called_at = models.DateTimeField(_("called in at"))
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("took part"),
    )  # fmt: skip
    joined_at = moment(_("took part at"))
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    words = models.CharField(_("what was agreed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("manager's part in a large order")
        verbose_name_plural = _("managers' parts in large orders")
        ordering = ["called_at", "pk"]
        default_permissions = ["view"]
        permissions = [("join_large_order", _("takes part in large orders"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True, joined_by__isnull=True, approved__isnull=True, words="")
                | Q(joined_at__isnull=False, joined_by__isnull=False, approved__isnull=False) & ~Q(words=""),
                name="managerpart_says_who_and_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit}"
