"""The rounds of inspection."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder


class QualityCheck(models.Model):
    """One round of inspection; the inspector is never the technician (3.4.1.1)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="checks", verbose_name=_("order"))
    round = models.PositiveSmallIntegerField(_("round"))
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("inspector")
    )
    passed = models.BooleanField(_("passed"))
    findings = models.TextField(_("findings"), max_length=500, blank=True)
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("quality check")
        verbose_name_plural = _("quality checks")
        ordering = ["order", "round"]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="qualitycheck_round_once"),
            models.CheckConstraint(condition=Q(passed=True) | ~Q(findings=""), name="qualitycheck_fail_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.round}"
