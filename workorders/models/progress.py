"""When the workshop is asked how far it is, and what it answered (进度询问)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workorders.models.lines import moment, person
from workorders.models.orders import WorkOrder


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
