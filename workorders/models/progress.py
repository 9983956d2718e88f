"""When the workshop is asked how far it is, and what it answered (进度询问)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.rules import ALWAYS, whole
from dealership.staff.models import Store
from workorders.models.lines import moment, person
from workorders.models.orders import WorkOrder


class ProgressRules(models.Model):
    """One version of a store's figures for cars in the workshop, in force from a day on (2.4.5.2, B.3)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="progress_rules", verbose_name=_("store"))
    valid_from = models.DateField(_("valid from"), default=ALWAYS)
    progress_from = whole(_("ask the workshop from … % of the planned working time"), 70, 1, 99)
    progress_to = whole(_("ask the workshop until … % of the planned working time"), 80, 2, 100)
    untouched_minutes = whole(_("untouched: nothing happened for … working minutes"), 120, 10, 10_000)
    long_job_hours = whole(_("a long job: in the house for … hours"), 24, 1, 1000)
    left_days = whole(_("a car is left: ready for … days and not collected"), 3, 1, 365)
    reason = models.CharField(_("why these rules"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("entered by"),
    )  # fmt: skip
    at = models.DateTimeField(_("entered at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("rules for cars in the workshop")
        verbose_name_plural = _("rules for cars in the workshop")
        ordering = ["store", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "valid_from"],
                name="progressrules_one_version_per_day",
                violation_error_message=_("There are rules from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(progress_from__gte=1, progress_from__lt=F("progress_to"), progress_to__lte=100),
                name="progressrules_window_runs_forwards",
                violation_error_message=_("The workshop is asked from one share of the time to a later one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.valid_from}"


class Withdrawn(models.TextChoices):
    """Why a question nobody answered is no longer asked."""

    FINISHED = "finished", _("the work was finished")
    NO_PLAN = "no_plan", _("the order left the team, or an answer covers its plan")


class ProgressQuestion(models.Model):
    """One question to the workshop about one plan of an order: open between 70 and 80 % of it (2.4.5.1, 2.4.5.2).

    An open question moves with the plan; an answered one stays as it was, and a plan that ends later opens the next.
    """

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="progress_questions", verbose_name=_("order")
    )
    starts_at = models.DateTimeField(_("planned from"))
    ends_at = models.DateTimeField(_("planned until"))
    opens_at = models.DateTimeField(_("to be asked from"))
    closes_at = models.DateTimeField(_("to be asked until"))
    made_at = models.DateTimeField(_("entered at"))
    late = models.BooleanField(_("entered after its time"), default=False)
    asked_of = person(_("who was asked"))
    answered_by = person(_("answer noted by"))
    answered_at = moment(_("answered at"))
    finish_at = moment(_("finish expected at"))
    abnormal = models.BooleanField(_("something is wrong"), null=True, blank=True)
    words = models.CharField(_("what is wrong"), max_length=300, blank=True)
    measure = models.CharField(_("emergency measure"), max_length=300, blank=True)
    measure_by = person(_("who sees to it"))
    withdrawn_at = moment(_("no longer asked since"))
    withdrawn = models.CharField(_("why no longer asked"), max_length=8, choices=Withdrawn.choices, blank=True)

    class Meta:
        verbose_name = _("progress question")
        verbose_name_plural = _("progress questions")
        ordering = ["made_at", "pk"]
        default_permissions = ["view"]
        permissions = [("answer_progress", _("can note how far the work is"))]
        indexes = [
            models.Index(
                fields=["opens_at"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="progressquestion_open",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(withdrawn__in=["", *Withdrawn.values]), name="progress_withdrawn_known"),
            models.CheckConstraint(
                condition=Q(
                    starts_at__lte=F("opens_at"), opens_at__lte=F("closes_at"), closes_at__lte=F("ends_at")
                ),
                name="progress_window_within_plan",
            ),
            models.CheckConstraint(
                condition=Q(
                    answered_at__isnull=True, answered_by__isnull=True, asked_of__isnull=True,
                    finish_at__isnull=True, abnormal__isnull=True, words="", measure="", measure_by__isnull=True,
                )
                | Q(
                    answered_at__isnull=False, answered_by__isnull=False, asked_of__isnull=False,
                    finish_at__isnull=False, abnormal__isnull=False, withdrawn_at__isnull=True,
                ),
                name="progress_answered_in_full",
            ),
            models.CheckConstraint(
                condition=Q(abnormal__isnull=True)
                | Q(abnormal=False, words="", measure="", measure_by__isnull=True)
                | Q(abnormal=True, measure_by__isnull=False) & ~Q(words="") & ~Q(measure=""),
                name="progress_wrong_has_measure",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn=""),
                name="progress_withdrawn_why",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="progress_one_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order} {self.opens_at:%m-%d %H:%M}"

    @property
    def open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None
