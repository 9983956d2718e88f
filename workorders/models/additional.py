"""More work, found while the car is in the workshop (追加项目): found, priced, answered, and only then begun."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from dealership.workflow import Move
from workorders.models.lines import LabourLine, moment, person
from workorders.models.orders import WorkOrder
from workorders.states import ANSWERED, PRICED, ItemState


class Channel(models.TextChoices):
    """How the customer was spoken to about more work or another time."""

    PHONE = "phone", _("by phone")
    LINK = "link", _("by link")
    IN_PERSON = "in_person", _("in person")


class ContactResult(models.TextChoices):
    SENT = "sent", _("link sent")
    NOT_REACHED = "not_reached", _("not reached")
    THINKS = "thinks", _("wants to think about it")
    AGREED = "agreed", _("agrees")
    REFUSED = "refused", _("does not want it")


CLEAR = [ContactResult.AGREED, ContactResult.REFUSED]


class AdditionalItem(models.Model):
    """One thing the workshop found: one price, one decision of the customer (2.4.4.3, 3.3.1.3, F.4).

    Its price is the labour line and that line's parts. `version` counts the prices: who was asked under another one
    was not asked. Work and parts open when the slip is handed to the workshop (2.4.4.8), not before.
    """

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="additional_items", verbose_name=_("order")
    )
    state = models.CharField(_("state"), max_length=12, choices=ItemState.choices, default=ItemState.FOUND)
    words = models.CharField(_("what was found"), max_length=300)
    seen_at_work = models.ForeignKey(
        LabourLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("found at")
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("found by")
    )
    found_at = models.DateTimeField(_("found at"))
    line = models.OneToOneField(
        LabourLine, on_delete=models.PROTECT, null=True, blank=True, related_name="additional", verbose_name=_("work")
    )
    version = models.PositiveSmallIntegerField(_("price no."), default=0)
    quoted_by = person(_("priced by"))
    quoted_at = moment(_("priced at"))
    delay_minutes = models.PositiveIntegerField(_("takes longer by (minutes)"), null=True, blank=True)
    new_finish_at = moment(_("new finish"))
    called_at = moment(_("first contact"))
    repeat_at = moment(_("ask again at"))
    answer = models.OneToOneField(
        "workorders.CustomerContact", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("answer"),
    )  # fmt: skip
    answered_at = moment(_("answered at"))
    slip = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="additional_items",
        verbose_name=_("in-plant repair slip"),
    )  # fmt: skip
    relayed_at = moment(_("workshop told at"))
    relayed_by = person(_("workshop told by"))
    receiver = person(_("received in the workshop by"))
    call_alerted_at = moment(_("alert: not called"))
    relay_alerted_at = moment(_("alert: workshop not told"))

    class Meta:
        verbose_name = _("additional item")
        verbose_name_plural = _("additional items")
        ordering = ["found_at", "pk"]
        default_permissions = ["view"]
        permissions = [
            ("report_item", _("can report additional work")),
            ("withdraw_item", _("can withdraw additional work found in error")),
            ("ask_customer", _("can record what the customer answers")),
            ("take_slip", _("can take in-plant repair slips for the workshop")),
        ]
        indexes = [
            models.Index(fields=["state", "found_at"], name="additional_waiting"),
            models.Index(fields=["order", "state"], name="additional_of_order"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="additional_state_known"),
            models.CheckConstraint(condition=~Q(words=""), name="additional_says_what"),
            models.CheckConstraint(
                condition=~Q(state__in=PRICED)
                | Q(
                    line__isnull=False,
                    delay_minutes__isnull=False,
                    new_finish_at__isnull=False,
                    quoted_by__isnull=False,
                    quoted_at__isnull=False,
                ),
                name="additional_priced_before_asked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERED, answer__isnull=False, answered_at__isnull=False)
                | ~Q(state__in=ANSWERED) & Q(answer__isnull=True, answered_at__isnull=True),
                name="additional_answer_on_record",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ItemState.SLIP_ISSUED, ItemState.HANDED]) | Q(slip__isnull=False),
                name="additional_slip_issued",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ItemState.HANDED, ItemState.WORKSHOP_TOLD])
                | Q(relayed_at__isnull=False, relayed_by__isnull=False, receiver__isnull=False),
                name="additional_workshop_told_when_and_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.WITHDRAWN) | Q(line__isnull=True),
                name="additional_withdrawn_costs_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class AdditionalItemMove(Move):
    thing = models.ForeignKey(AdditionalItem, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("move of an additional item")
        verbose_name_plural = _("moves of additional items")


class ItemPhoto(models.Model):
    """A picture of what was found, a plain JPEG; kept outside what a browser reaches by itself."""

    item = models.ForeignKey(AdditionalItem, on_delete=models.PROTECT, related_name="photos", verbose_name=_("item"))
    picture = models.FileField(_("picture"), upload_to="additional/%Y/%m/", max_length=120)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, help_text=_("SHA-256 of the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["item", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.item}"


class CustomerContact(models.Model):
    """One try to reach the customer about one item or, without an item, about another promise, and what came of it.

    `by` is empty where he answered by himself, through his link. Whoever answers was told how much longer it takes
    (2.4.4.4), and a promise moves only with his answer on record (2.4.4.2).
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("order"))
    item = models.ForeignKey(
        AdditionalItem, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts",
        verbose_name=_("additional item"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"))
    by = person(_("by"))
    channel = models.CharField(_("how"), max_length=12, choices=Channel.choices)
    spoke_to = models.CharField(_("spoke to"), max_length=60, blank=True)
    number = models.CharField(_("number"), max_length=20, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=ContactResult.choices)
    delay_told = models.PositiveIntegerField(_("delay told (minutes)"), null=True, blank=True)
    finish_told_at = moment(_("finish told"))
    words = models.CharField(_("words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("contact with the customer")
        verbose_name_plural = _("contacts with customers")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="contact_channel_known"),
            models.CheckConstraint(condition=Q(result__in=ContactResult.values), name="contact_result_known"),
            models.CheckConstraint(
                condition=~Q(result__in=CLEAR) | ~Q(spoke_to="") & Q(finish_told_at__isnull=False),
                name="contact_answer_says_who_and_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(result__in=CLEAR) | Q(item__isnull=True) | Q(delay_told__isnull=False),
                name="contact_answer_after_the_delay",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(channel=Channel.LINK), name="contact_made_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_result_display()}"


class Asking(models.Model):
    """Items put before the customer in writing: by a link that works once, or on the store's tablet.

    Made for the prices of that moment: another price, or an item withdrawn, and it asks nothing any more.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="askings", verbose_name=_("order"))
    channel = models.CharField(_("how"), max_length=12, choices=Channel.choices)
    nonce = models.CharField(max_length=43, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    made_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("valid until"))
    spent_at = moment(_("answered at"))
    signer_name = models.CharField(_("name"), max_length=60, blank=True)
    signature = models.BinaryField(_("signature"), null=True, blank=True)

    class Meta:
        verbose_name = _("asking for additional items")
        verbose_name_plural = _("askings for additional items")
        ordering = ["made_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="asking_channel_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="asking_ends_later"),
            models.CheckConstraint(
                condition=Q(spent_at__isnull=True, signer_name="", signature__isnull=True)
                | Q(spent_at__isnull=False, signature__isnull=False) & ~Q(signer_name=""),
                name="asking_answered_in_his_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.made_at:%m-%d %H:%M}"


class AskedItem(models.Model):
    """One item of an asking, under the price it was asked at."""

    asking = models.ForeignKey(Asking, on_delete=models.CASCADE, related_name="asked")
    item = models.ForeignKey(AdditionalItem, on_delete=models.PROTECT, related_name="asked")
    version = models.PositiveSmallIntegerField(_("price no."))

    class Meta:
        verbose_name = _("asked item")
        verbose_name_plural = _("asked items")
        ordering = ["asking", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["asking", "item"], name="askeditem_once")]

    def __str__(self) -> str:
        return str(self.item)


class DelayReport(models.Model):
    """The work goes otherwise than planned, said by whoever does it (2.4.4.1)."""

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="delay_reports", verbose_name=_("order")
    )
    reason = models.CharField(_("reason"), max_length=300)
    estimate_at = models.DateTimeField(_("new estimate"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("report of a delay")
        verbose_name_plural = _("reports of delays")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="delayreport_says_why")]

    def __str__(self) -> str:
        return self.reason
