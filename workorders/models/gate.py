"""The gate pass of a visit: printed with the settlement, worth something once nothing is due, used once."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from reception.models import Visit
from workorders.models.lines import moment, person


class GatePass(models.Model):
    """The right of one car to drive out (出门证, F17); who issued it stands on its paper.

    A car leaves once, so a visit has one pass that was not voided, however many orders it has.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="gate_passes", verbose_name=_("visit"))
    paper = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="gate_pass", verbose_name=_("paper")
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    issued_at = models.DateTimeField(_("issued at"))
    valid_until = models.DateTimeField(_("valid until"))
    voided_at = moment(_("voided at"))
    voided_by = person(_("voided by"))
    void_reason = models.CharField(_("why void"), max_length=200, blank=True)
    used_at = moment(_("used at"))
    used_by = person(_("used by"))
    unpaid_at = moment(_("let go unpaid at"))
    unpaid_by = person(_("let go unpaid by"))
    unpaid_fen = models.BigIntegerField(_("owed when let go (fen)"), null=True, blank=True)
    unpaid_reason = models.CharField(_("why let go unpaid"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("gate pass")
        verbose_name_plural = _("gate passes")
        ordering = ["-issued_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("release_unpaid", _("can let cars go that are not paid"))]
        indexes = [models.Index(fields=["used_at"], name="gatepass_used")]
        constraints = [
            models.UniqueConstraint(fields=["visit"], condition=Q(voided_at__isnull=True), name="gatepass_one_live"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(used_at__isnull=True), name="gatepass_used_or_voided"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="gatepass_void_says_why",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False, used_at__lt=F("valid_until")),
                name="gatepass_used_in_time_by_somebody",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("issued_at")), name="gatepass_valid_for_a_while"),
            models.CheckConstraint(
                condition=Q(unpaid_at__isnull=True, unpaid_by__isnull=True, unpaid_fen__isnull=True, unpaid_reason="")
                | Q(unpaid_at__isnull=False, unpaid_by__isnull=False, unpaid_fen__gt=0) & ~Q(unpaid_reason=""),
                name="gatepass_unpaid_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.paper.number

    def expired(self, at: datetime) -> bool:
        return self.used_at is None and self.valid_until <= at
