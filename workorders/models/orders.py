"""The work order and how the customer wants it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import OrderClass
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store, Team
from dealership.workflow import Move
from dealership.workshop.models import Bay
from reception.models import Visit
from workorders.states import Hold, State


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


class Priority(models.IntegerChoices):
    """Which car the workshop takes first; the foreman's alone to say (2.4.2.1)."""

    URGENT = 1, _("urgent")
    NORMAL = 2, _("normal")
    LATER = 3, _("can wait")


class WorkOrder(models.Model):
    """The customer's authorisation (任务委托书) and the workshop's job in one.

    `version` counts what was written on the draft, head or lines; moves and signatures leave it alone, so that only
    somebody else's words can be in the way of mine.
    """

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
    version = models.PositiveIntegerField(_("version"), default=0)
    valid_until = models.DateField(_("estimate valid until"), null=True, blank=True)
    wash_wanted = models.BooleanField(_("car wash wanted"), default=True)
    other_contact = models.CharField(_("other contact"), max_length=60, blank=True)
    other_phone = models.CharField(_("phone of the other contact"), max_length=20, blank=True)
    methods_told_at = models.DateTimeField(_("ways to pay told at"), null=True, blank=True)
    delivery_told_at = models.DateTimeField(_("delivery procedure told at"), null=True, blank=True)
    calls_told_at = models.DateTimeField(_("told at that we call before further work"), null=True, blank=True)
    items_told_at = models.DateTimeField(_("work, price and time read out at"), null=True, blank=True)
    read_back_at = models.DateTimeField(_("wishes read back at"), null=True, blank=True)
    phone_checked_at = models.DateTimeField(_("phone number checked at"), null=True, blank=True)
    checked_phone = models.CharField(_("phone number checked"), max_length=20, blank=True)
    no_phone_at = models.DateTimeField(_("has no phone, said at"), null=True, blank=True)
    authorisation = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="order"
    )
    copies_given_at = models.DateTimeField(_("customer copies handed over at"), null=True, blank=True)
    copies_given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer copies handed over by"),
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
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    priority_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("priority set by"),
    )  # fmt: skip
    priority_at = models.DateTimeField(_("priority set at"), null=True, blank=True)
    held_for = models.CharField(_("waits for"), max_length=12, choices=Hold.choices, blank=True, db_default="")
    parked_at = models.CharField(_("parking position"), max_length=60, blank=True, db_default="")
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
            ("hand_to_workshop", _("can hand cars to the workshop")),
            ("take_from_reception", _("can take cars over from the reception")),
            ("set_priority", _("can set the priority of orders")),
            ("dispatch_workorder", _("can dispatch orders")),
            ("dispatch_own_team", _("can dispatch orders to the own team")),
            ("accept_car", _("can take cars over for a team")),
            ("start_work", _("can start work")),
            ("finish_work", _("can finish work")),
            ("issue_parts", _("can hand out parts")),
            ("inspect_workorder", _("can inspect work")),
            ("hand_over_workorder", _("can show cars to customers")),
            ("settle_workorder", _("can settle orders")),
            ("take_payment", _("can take payments")),
            ("release_car", _("can release cars")),
        ]
        indexes = [
            models.Index(fields=["store", "state", "promised_at"], name="workorder_board"),
            models.Index(fields=["store", "state", "priority", "promised_at"], name="workorder_in_line"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="workorder_state_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="workorder_priority_known"),
            models.CheckConstraint(condition=Q(held_for__in=["", *Hold.values]), name="workorder_held_for_known"),
            models.CheckConstraint(
                condition=Q(state=State.ON_HOLD) & ~Q(held_for="") | ~Q(state=State.ON_HOLD) & Q(held_for=""),
                name="workorder_on_hold_says_why",
            ),
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
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | Q(
                    methods_told_at__isnull=False,
                    delivery_told_at__isnull=False,
                    calls_told_at__isnull=False,
                    items_told_at__isnull=False,
                )
                & ~Q(payment_method="")
                & ~Q(old_parts=""),
                name="workorder_explained_before_work",
            ),
            models.CheckConstraint(
                condition=Q(copies_given_at__isnull=True, copies_given_by__isnull=True)
                | Q(copies_given_at__isnull=False, copies_given_by__isnull=False),
                name="workorder_copies_given_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class WorkOrderMove(Move):
    thing = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("order move")
        verbose_name_plural = _("order moves")
