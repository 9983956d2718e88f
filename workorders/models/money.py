"""The settlement and what was paid on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from workorders.models.orders import PaymentMethod, WorkOrder


class Settlement(models.Model):
    """What the customer owes and has paid; posted once, its sheet kept as issued."""

    order = models.OneToOneField(WorkOrder, on_delete=models.PROTECT, related_name="settlement")
    sheet = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="settlement")
    labour_fen = models.BigIntegerField(_("labour (fen)"))
    parts_fen = models.BigIntegerField(_("parts (fen)"))
    total_fen = models.BigIntegerField(_("total (fen)"))
    paid_fen = models.BigIntegerField(_("paid (fen)"), default=0)
    posted_at = models.DateTimeField(_("posted at"))
    call_from = models.TimeField(_("calls welcome from"), null=True, blank=True)
    call_until = models.TimeField(_("calls welcome until"), null=True, blank=True)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["-posted_at"]
        constraints = [
            models.CheckConstraint(condition=Q(total_fen=F("labour_fen") + F("parts_fen")), name="settlement_adds_up"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0) & Q(paid_fen__lte=F("total_fen")), name="settlement_never_overpaid"
            ),
        ]

    def __str__(self) -> str:
        return self.sheet.number

    @property
    def due_fen(self) -> int:
        return self.total_fen - self.paid_fen


class Payment(models.Model):
    """Money taken at the cashier's desk; `request_key` makes a form sent twice one payment."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod.choices)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    received_fen = models.BigIntegerField(_("received (fen)"))
    change_fen = models.BigIntegerField(_("change (fen)"), default=0)
    request_key = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=PaymentMethod.values), name="payment_method_known"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, change_fen__gte=0) & Q(received_fen=F("amount_fen") + F("change_fen")),
                name="payment_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {self.amount_fen}"
