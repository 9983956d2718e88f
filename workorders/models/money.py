"""What each payer of an order owes: its sheets, lines and discounts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.paperwork.models import IssuedDocument
from workorders.models.lines import LabourLine, PartLine, Payer, moment, person, whom
from workorders.models.orders import WorkOrder
from workorders.models.posted import Posted


class Settlement(Posted):
    """One payer's sheet of one order, as posted; a reversing sheet takes it back with the same figures, negative.

    What is owed and paid now stands on the payer's Balance. `round` counts the sheets of one payer: the next is
    posted only when the last was reversed.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="settlements", verbose_name=_("order"))
    payer = models.CharField(_("payer"), max_length=12, choices=Payer.choices)
    round = models.PositiveSmallIntegerField(_("sheet no."), default=1)
    sheet = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("sheet")
    )
    labour_fen = models.BigIntegerField(_("labour (fen)"))
    parts_fen = models.BigIntegerField(_("parts (fen)"))
    discount_fen = models.BigIntegerField(_("discount (fen)"), default=0)
    total_fen = models.BigIntegerField(_("total (fen)"))
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = person(_("posted by"))
    call_from = models.TimeField(_("calls welcome from"), null=True, blank=True)
    call_until = models.TimeField(_("calls welcome until"), null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("reverses")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["-posted_at", "pk"]
        default_permissions = ["view"]
        permissions = [("reverse_settlement", _("can reverse settlements"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_fen=F("labour_fen") + F("parts_fen") - F("discount_fen")), name="settlement_adds_up"
            ),
            models.CheckConstraint(condition=Q(payer__in=Payer.values), name="settlement_payer_known"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, labour_fen__gte=0, parts_fen__gte=0, discount_fen__gte=0)
                & Q(total_fen__gte=0, reason="")
                | Q(reverses__isnull=False, labour_fen__lte=0, parts_fen__lte=0, discount_fen__lte=0)
                & Q(total_fen__lte=0)
                & ~Q(reason=""),
                name="settlement_or_its_reversal",
            ),
            models.CheckConstraint(
                condition=Q(payer=Payer.CUSTOMER) | Q(call_from__isnull=True, call_until__isnull=True),
                name="settlement_calls_the_customer",
            ),
            models.UniqueConstraint(
                fields=["order", "payer", "round"], condition=Q(reverses__isnull=True), name="settlement_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return self.sheet.number

    @property
    def live(self) -> bool:
        """Whether it counts: posted and not reversed."""
        return getattr(self, "balance", None) is not None

    @property
    def due_fen(self) -> int:
        return self.balance.due_fen if self.live else 0


class SettlementLine(Posted):
    """What one payer was charged for one line of the order; of a line that two pay, each sheet has its part."""

    class Kind(models.TextChoices):
        LABOUR = "labour", _("labour")
        PART = "part", _("part")

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="lines", verbose_name=_("settlement")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    labour = models.ForeignKey(LabourLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    part = models.ForeignKey(PartLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("code"), max_length=40)
    description = models.CharField(_("description"), max_length=260)
    quantity = models.DecimalField(_("hours or pieces"), max_digits=9, decimal_places=2)
    unit_fen = models.BigIntegerField(_("each (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    discount_fen = models.BigIntegerField(_("discount (fen)"), default=0)
    net_fen = models.BigIntegerField(_("to pay (fen)"))

    class Meta:
        verbose_name = _("line of a settlement")
        verbose_name_plural = _("lines of settlements")
        ordering = ["settlement", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(net_fen=F("amount_fen") - F("discount_fen")), name="settlementline_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(kind="labour", labour__isnull=False, part__isnull=True)
                | Q(kind="part", labour__isnull=True, part__isnull=False),
                name="settlementline_is_labour_or_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description} {money.written(self.net_fen)}"


class Balance(models.Model):
    """What one payer of one order is charged by the sheet that counts, and has paid; the one row here that changes.

    Money paid on a sheet that was reversed stays: it is given back, or counts on the next sheet.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="balances", verbose_name=_("order"))
    payer = models.CharField(_("payer"), max_length=12, choices=Payer.choices)
    sheet = models.OneToOneField(
        Settlement, on_delete=models.PROTECT, null=True, related_name="balance", verbose_name=_("sheet that counts")
    )
    charged_fen = models.BigIntegerField(_("charged (fen)"), default=0)
    paid_fen = models.BigIntegerField(_("paid (fen)"), default=0)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        ordering = ["order", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["order", "payer"], name="balance_one_per_payer"),
            models.CheckConstraint(condition=Q(payer__in=Payer.values), name="balance_payer_known"),
            models.CheckConstraint(condition=Q(charged_fen__gte=0, paid_fen__gte=0), name="balance_not_negative"),
            models.CheckConstraint(
                condition=Q(sheet__isnull=False) | Q(charged_fen=0), name="balance_charged_by_a_sheet"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_payer_display()}"

    @property
    def due_fen(self) -> int:
        return max(0, self.charged_fen - self.paid_fen)

    @property
    def credit_fen(self) -> int:
        """What was paid beyond what is charged: the payer's own money."""
        return max(0, self.paid_fen - self.charged_fen)


class Discount(models.Model):
    """Less on labour or on parts of what the customer pays himself: in percent or in fen, one of each until posted.

    `allowed_percent` is how far who gave it may go, then. Work for nothing is paid by the store, and is no discount.
    """

    class On(models.TextChoices):
        LABOUR = "labour", _("labour")
        PARTS = "parts", _("parts")

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="discounts", verbose_name=_("order"))
    on = models.CharField(_("on"), max_length=6, choices=On.choices)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    allowed_percent = models.PositiveSmallIntegerField(_("allowed (%)"))
    by = whom(_("given by"))
    at = models.DateTimeField(_("given at"))
    withdrawn_at = moment(_("taken back at"))
    withdrawn_by = person(_("taken back by"))

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")
        ordering = ["order", "pk"]
        default_permissions = ()
        permissions = [
            ("give_discount", _("can give discounts")),
            ("give_large_discount", _("can give the manager's discounts")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(on__in=["labour", "parts"]), name="discount_on_known"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount_fen__isnull=True)
                | Q(percent__isnull=True, amount_fen__gt=0),
                name="discount_in_percent_or_fen",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="discount_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="discount_taken_back_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["order", "on"], condition=Q(withdrawn_at__isnull=True), name="discount_one_of_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_on_display()}"


class PriceApproval(Posted):
    """The manager lets the customer be charged more than he agreed to, up to this total, and says why (3.5.2.1)."""

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="price_approvals", verbose_name=_("order")
    )
    agreed_fen = models.BigIntegerField(_("agreed to (fen)"))
    total_fen = models.BigIntegerField(_("approved up to (fen)"))
    reason = models.CharField(_("reason"), max_length=300)
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval of a price")
        verbose_name_plural = _("approvals of prices")
        ordering = ["order", "pk"]
        default_permissions = ()
        permissions = [("approve_price", _("can approve a price beyond what was agreed"))]
        constraints = [
            models.CheckConstraint(condition=Q(total_fen__gt=F("agreed_fen")), name="priceapproval_is_for_more"),
            models.CheckConstraint(condition=~Q(reason=""), name="priceapproval_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {money.written(self.total_fen)}"
