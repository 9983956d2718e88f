"""The work order and its lines, the checks, the settlement and the gate pass."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import LabourOperation, OrderClass, Part
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store, Team
from dealership.workflow import Move
from dealership.workshop.models import Bay
from reception.models import Complaint, Visit
from workorders.states import State


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("cash")
    CARD = "card", _("card")
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    TRANSFER = "transfer", _("bank transfer")


class OldParts(models.TextChoices):
    TAKE = "take", _("takes them away")
    LOOK = "look", _("looks at them")
    DISPOSE = "dispose", _("the store disposes of them")


class WorkOrder(models.Model):
    """The customer's authorisation (任务委托书) and the workshop's job in one."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="orders", verbose_name=_("store"))
    number = models.CharField(_("number"), max_length=32, unique=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="orders", verbose_name=_("visit"))
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", verbose_name=_("advisor")
    )
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.DRAFT)
    order_class = models.CharField(
        _("class"), max_length=12, choices=OrderClass.choices, default=OrderClass.MAINTENANCE
    )
    opened_at = models.DateTimeField(_("opened at"))
    first_promised_at = models.DateTimeField(_("first promise"), null=True, blank=True)
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    promise_reason = models.CharField(_("why this promise"), max_length=200, blank=True)
    payment_method = models.CharField(_("will pay by"), max_length=12, choices=PaymentMethod.choices, blank=True)
    old_parts = models.CharField(_("old parts"), max_length=12, choices=OldParts.choices, blank=True)
    authorisation = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="order"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("team")
    )
    bay = models.ForeignKey(
        Bay, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("bay")
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("technician"),
    )
    workers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("everybody who worked on it")
    )
    next_service_on = models.DateField(_("next service on"), null=True, blank=True)
    next_service_km = models.PositiveIntegerField(_("next service at (km)"), null=True, blank=True)
    advice = models.TextField(_("advice to the customer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        ordering = ["-opened_at", "-pk"]
        permissions = [
            ("write_workorder", _("can write orders")),
            ("sign_workorder", _("can have orders signed")),
            ("dispatch_workorder", _("can dispatch orders")),
            ("start_work", _("can start work")),
            ("finish_work", _("can finish work")),
            ("issue_parts", _("can hand out parts")),
            ("inspect_workorder", _("can inspect work")),
            ("hand_over_workorder", _("can show cars to customers")),
            ("settle_workorder", _("can settle orders")),
            ("take_payment", _("can take payments")),
            ("release_car", _("can release cars")),
        ]
        indexes = [models.Index(fields=["store", "state", "promised_at"], name="workorder_board")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="workorder_state_known"),
            models.CheckConstraint(condition=Q(order_class__in=OrderClass.values), name="workorder_class_known"),
            models.CheckConstraint(
                condition=Q(payment_method__in=["", *PaymentMethod.values]), name="workorder_payment_method_known"
            ),
            models.CheckConstraint(condition=Q(old_parts__in=["", *OldParts.values]), name="workorder_old_parts_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | Q(promised_at__isnull=False, authorisation__isnull=False),
                name="workorder_signed_before_work",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LabourLine(models.Model):
    """An operation sold on an order: hours at the hourly price of the day, rounded once."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="labour_lines", verbose_name=_("order"))
    operation = models.ForeignKey(LabourOperation, on_delete=models.PROTECT, verbose_name=_("operation"))
    complaint = models.ForeignKey(
        Complaint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="labour_lines",
        verbose_name=_("answers the complaint"),
    )
    description = models.CharField(_("description"), max_length=120)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    rate_fen = models.BigIntegerField(_("price per hour (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))

    class Meta:
        verbose_name = _("labour line")
        verbose_name_plural = _("labour lines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, rate_fen__gte=0, amount_fen__gte=0), name="labourline_figures"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class PartLine(models.Model):
    """A part sold on an order; `issued_at` says the technician has it."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="part_lines", verbose_name=_("order"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, verbose_name=_("part"))
    description = models.CharField(_("description"), max_length=120)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price_fen = models.BigIntegerField(_("price each (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    issued_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    issued_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("part line")
        verbose_name_plural = _("part lines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_fen__gte=0, amount_fen__gte=0), name="partline_figures"
            ),
        ]

    def __str__(self) -> str:
        return self.description


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


class GatePass(models.Model):
    """The right to drive out (出门证): issued when nothing is due, used once."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="gate_passes")
    paper = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="gate_pass")
    code = models.CharField(_("code"), max_length=32, unique=True)
    issued_at = models.DateTimeField(_("issued at"))
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("gate pass")
        verbose_name_plural = _("gate passes")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement"], condition=Q(voided_at__isnull=True), name="gatepass_one_valid"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class WorkOrderMove(Move):
    thing = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("order move")
        verbose_name_plural = _("order moves")
