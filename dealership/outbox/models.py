"""What we tell people: each message as a row with its whole life, and every try to send it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.outbox.states import State
from dealership.staff.models import Store
from dealership.workflow import Move


class Purpose(models.TextChoices):
    SERVICE = "service", _("about a visit")
    MARKETING = "marketing", _("offer or reminder")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")


class Message(models.Model):
    """One text to one recipient, stored with the act that caused it and sent afterwards.

    `dedupe_key` names the occasion (`appointment.reminder:42:2026-11-24`): the same occasion is one row, for ever.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("customer"),
    )
    dedupe_key = models.CharField(_("occasion"), max_length=160, unique=True)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    recipient = models.CharField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=8)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)  # [{"name", "type", "text"}]
    message_id = models.CharField(_("Message-ID"), max_length=160, unique=True)

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DUE)
    due_at = models.DateTimeField(_("due"))
    not_after = models.DateTimeField(_("useless after"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("what went wrong"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    # The claim of the worker that is sending it now; handing_at is set just before the text leaves us.
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    handing_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-due_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("release_message", "Can send a message again or cancel it")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="outbox_message_state_due"),
            models.Index(fields=["state", "lease_until"], name="outbox_message_state_lease"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="outbox_message_purpose"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="outbox_message_channel"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="outbox_message_state"),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="outbox_message_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
                name="outbox_message_sent_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(not_after__isnull=True) | Q(not_after__gte=F("due_at")),
                name="outbox_message_useful_when_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.recipient})"


class MessageMove(Move):
    """A step a person took with a message, or the clock on its behalf; sending itself is in Attempt."""

    thing = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("step of a message")
        verbose_name_plural = _("steps of messages")
        default_permissions = ()


class Outcome(models.TextChoices):
    SENT = "sent", _("accepted")
    NOT_YET = "not_yet", _("not accepted, to be tried again")
    REFUSED = "refused", _("refused for good")
    UNKNOWN = "unknown", _("no answer, unclear whether accepted")
    NOT_SENT = "not_sent", _("stopped before it was sent")


class Attempt(models.Model):
    """One try to send a message, begun with the claim; without an end the worker died."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries", verbose_name=_("message"))
    claim_token = models.UUIDField(unique=True, editable=False)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        ordering = ["started_at", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["started_at"], condition=Q(ended_at__isnull=True), name="outbox_attempt_unfinished")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="outbox_attempt_outcome"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="outbox_attempt_end_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%Y-%m-%d %H:%M} {self.get_outcome_display()}"
