"""What the manufacturer is asked about a warranty that stays unclear after the diagnosis (F13)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.workflow import Move
from workorders.models.lines import LabourLine
from workorders.states import CaseState

ANSWERED = [CaseState.APPROVED, CaseState.PARTLY, CaseState.REJECTED]
NEEDS_NUMBER = [CaseState.APPROVED, CaseState.PARTLY]


class ManufacturerCase(models.Model):
    """One piece of work put before the manufacturer of the store; it is not worked on until the answer (2.2.4.4)."""

    line = models.OneToOneField(LabourLine, on_delete=models.PROTECT, related_name="case", verbose_name=_("work"))
    manufacturer = models.CharField(_("manufacturer"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=24, choices=CaseState.choices, default=CaseState.OPEN)
    situation = models.TextField(_("situation"), max_length=1000)
    diagnosis = models.TextField(_("diagnosis"), max_length=1000)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("submitted by"),
    )  # fmt: skip
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    approval_number = models.CharField(_("approval number"), max_length=40, blank=True)
    amount_fen = models.BigIntegerField(_("approved amount (fen)"), null=True, blank=True)

    class Meta:
        verbose_name = _("manufacturer case")
        verbose_name_plural = _("manufacturer cases")
        ordering = ["-opened_at", "-pk"]
        default_permissions = ["view"]
        permissions = [
            ("open_case", _("can open manufacturer cases")),
            ("submit_case", _("can submit cases to the manufacturer")),
            ("answer_case", _("can record the manufacturer's answer")),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="manufacturercase_list")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="manufacturercase_state_known"),
            models.CheckConstraint(condition=~Q(situation="") & ~Q(diagnosis=""), name="manufacturercase_says_what"),
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="manufacturercase_submitted_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED) | Q(answered_at__isnull=False), name="manufacturercase_answered_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NEEDS_NUMBER) | ~Q(approval_number=""), name="manufacturercase_approval_number"
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.PARTLY) | Q(amount_fen__isnull=False), name="manufacturercase_partly_what"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="manufacturercase_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line.order} {self.line}"

    @property
    def waits(self) -> bool:
        """Whether the manufacturer's answer is still to come."""
        return self.state not in ANSWERED


class ManufacturerCaseMove(Move):
    thing = models.ForeignKey(ManufacturerCase, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("case move")
        verbose_name_plural = _("case moves")
