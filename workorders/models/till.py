"""The cashier's desk: shifts, what was taken and given back, invoices, the close of the day, what claims brought."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from dealership import money
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store
from workorders.models.lines import whom
from workorders.models.money import Settlement
from workorders.models.orders import PaymentMethod
from workorders.models.posted import Posted


class Means(models.TextChoices):
    """How a payment was made: as at the cashier's desk, or by the deposit of the appointment."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    TRANSFER = "transfer", _("bank transfer")
    DEPOSIT = "deposit", _("deposit")


class CashShift(models.Model):
    """One cashier's drawer from one count to the next; whoever takes or gives money locks its row first.

    A day has one; money that moves after its close opens another, which is counted on its own.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="cash_shifts", verbose_name=_("store"))
    cashier = whom(_("cashier"))
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("number of the day"), default=1)
    float_fen = models.BigIntegerField(_("float (fen)"), default=0)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("cash shift")
        verbose_name_plural = _("cash shifts")
        ordering = ["-day", "number", "pk"]
        default_permissions = ["view"]
        permissions = [("close_day", _("can count and close a day's cash"))]
        constraints = [
            models.UniqueConstraint(fields=["store", "cashier", "day", "number"], name="cashshift_numbered"),
            models.CheckConstraint(condition=Q(float_fen__gte=0), name="cashshift_float_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.cashier}" + (f" ({self.number})" if self.number > 1 else "")

    @property
    def closed(self) -> bool:
        return getattr(self, "close", None) is not None


class Payment(Posted):
    """Money taken against a sheet; `request_key` makes a form sent twice one payment.

    A deposit was taken when the appointment was made; it counts once, and lies in nobody's drawer today.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=12, choices=Means.choices)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    received_fen = models.BigIntegerField(_("received (fen)"))
    change_fen = models.BigIntegerField(_("change (fen)"), default=0)
    request_key = models.UUIDField(unique=True)
    shift = models.ForeignKey(CashShift, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    deposit_of = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deposit of")
    )
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=Means.values), name="payment_method_known"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, change_fen__gte=0) & Q(received_fen=F("amount_fen") + F("change_fen")),
                name="payment_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(method=Means.DEPOSIT, deposit_of__isnull=False, shift__isnull=True)
                | ~Q(method=Means.DEPOSIT) & Q(deposit_of__isnull=True, shift__isnull=False),
                name="payment_in_one_shift_or_a_deposit",
            ),
            models.CheckConstraint(condition=Q(change_fen=0) | Q(method=Means.CASH), name="payment_change_is_cash"),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {money.written(self.amount_fen)}"


class Refund(Posted):
    """Money given back of one payment, never more than it brought."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod.choices)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    reason = models.CharField(_("reason"), max_length=300)
    request_key = models.UUIDField(unique=True)
    shift = models.ForeignKey(CashShift, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("shift"))
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        permissions = [
            ("refund_credit", _("can give back what was paid too much")),
            ("refund_payment", _("can give back any payment")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=PaymentMethod.values), name="refund_method_known"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="refund_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {money.written(self.amount_fen)}"


class Invoice(Posted):
    """Which invoice went with a sheet (F18), for reference; a correction is a further row, the last one counts.

    The shift of the first is the day until whose close it may be corrected.
    """

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("settlement")
    )
    number = models.CharField(_("invoice number"), max_length=40)
    title = models.CharField(_("invoice title"), max_length=120)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    shift = models.ForeignKey(CashShift, on_delete=models.PROTECT, related_name="+", verbose_name=_("shift"))
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(number="") & ~Q(title=""), name="invoice_has_number_and_title"),
        ]

    def __str__(self) -> str:
        return self.number


class DayClose(Posted):
    """A cashier's day counted and closed: the cash that should lie in the drawer, and the cash that does."""

    shift = models.OneToOneField(CashShift, on_delete=models.PROTECT, related_name="close", verbose_name=_("shift"))
    paper = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="day_close", verbose_name=_("paper")
    )
    expected_fen = models.BigIntegerField(_("cash expected (fen)"))
    counted_fen = models.BigIntegerField(_("cash counted (fen)"))
    difference_fen = models.BigIntegerField(_("difference (fen)"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("day close")
        verbose_name_plural = _("day closes")
        ordering = ["-at"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(difference_fen=F("counted_fen") - F("expected_fen")), name="dayclose_adds_up"
            ),
            models.CheckConstraint(condition=Q(counted_fen__gte=0), name="dayclose_counted_not_negative"),
            models.CheckConstraint(condition=Q(difference_fen=0) | ~Q(reason=""), name="dayclose_says_why_it_differs"),
        ]

    def __str__(self) -> str:
        return str(self.shift)


class DayCloseLine(Posted):
    """What one day's payments and refunds came to by one method."""

    close = models.ForeignKey(DayClose, on_delete=models.PROTECT, related_name="lines", verbose_name=_("day close"))
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod.choices)
    payments_fen = models.BigIntegerField(_("taken (fen)"))
    refunds_fen = models.BigIntegerField(_("given back (fen)"))

    class Meta:
        verbose_name = _("line of a day close")
        verbose_name_plural = _("lines of day closes")
        ordering = ["close", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["close", "method"], name="daycloseline_one_per_method"),
            models.CheckConstraint(condition=Q(method__in=PaymentMethod.values), name="daycloseline_method_known"),
            models.CheckConstraint(
                condition=Q(payments_fen__gte=0, refunds_fen__gte=0), name="daycloseline_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.close} {self.get_method_display()}"


class ClaimReceipt(Posted):
    """What manufacturer or insurer paid of his sheet, perhaps in parts; read from the bank's statement."""

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("settlement")
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    reference = models.CharField(_("reference"), max_length=60)
    received_on = models.DateField(_("received on"))
    request_key = models.UUIDField(unique=True)
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("claim receipt")
        verbose_name_plural = _("claim receipts")
        ordering = ["received_on", "pk"]
        default_permissions = ["view"]
        permissions = [("take_claim", _("can enter what manufacturers and insurers paid"))]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="claimreceipt_positive"),
            models.CheckConstraint(condition=~Q(reference=""), name="claimreceipt_says_from_what"),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {money.written(self.amount_fen)}"
