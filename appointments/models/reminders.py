"""What the booking desk has to tell a customer, and every try to tell it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from dealership.outbox.models import Message
from dealership.staff.models import Store

TAKEN_FOR = timedelta(minutes=10)  # who took a call and went away does not keep it for ever


class ReminderKind(models.TextChoices):
    DAY = "day", _("reminder the day before")  # REM-1, 2.1.10
    HALF_DAY = "half_day", _("reminder half a day before")  # REM-1 of a late booking, C9
    NEAR = "near", _("can you make it?")  # REM-2, 3.1.3.7
    MISSED = "missed", _("did not come: call back")
    WISH = "wish", _("asks for another time")


class ReminderChannel(models.TextChoices):
    CALL = "call", _("call")
    MESSAGE = "message", _("message")


class ReminderState(models.TextChoices):
    OPEN = "open", _("to do")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("not needed")


class Outcome(models.TextChoices):
    CAN_COME = "can_come", _("will come")
    TOLD = "told", _("told")
    SENT = "sent", _("message sent")
    MOVED = "moved", _("another time agreed")
    CANCELLED = "cancelled", _("cancelled")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    CALL_LATER = "call_later", _("asked to call later")
    GAVE_UP = "gave_up", _("not reached, given up")


class Reminder(models.Model):
    """One thing owed to one booked customer, by message or by a call; `sequence` is that of the appointment's time."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("appointment")
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0)
    kind = models.CharField(_("kind"), max_length=12, choices=ReminderKind.choices)
    channel = models.CharField(_("channel"), max_length=8, choices=ReminderChannel.choices)
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="appointment_reminder",
        verbose_name=_("message"),
    )  # fmt: skip
    due_at = models.DateTimeField(_("due"))
    limit_at = models.DateTimeField(_("at the latest"))
    retry_at = models.DateTimeField(_("try again at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ReminderState.choices, default=ReminderState.OPEN)
    outcome = models.CharField(_("result"), max_length=16, choices=Outcome.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    wrong_number = models.CharField(_("wrong number"), max_length=20, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("is being called by"),
    )  # fmt: skip
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("done by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["store", "due_at"], condition=Q(state="open"), name="reminder_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "kind", "sequence"], name="reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=ReminderChannel.values), name="reminder_channel_known"),
            models.CheckConstraint(condition=Q(state__in=ReminderState.values), name="reminder_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="reminder_outcome_known"),
            models.CheckConstraint(condition=Q(due_at__lte=F("limit_at")), name="reminder_due_before_limit"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="reminder_done_when",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="reminder_taken_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.appointment}"

    def taken_from(self, user: Any, at: datetime) -> bool:
        """Say whether a colleague of this person is on the phone about it right now."""
        if self.state != ReminderState.OPEN or self.taken_at is None:
            return False
        return self.taken_by_id != user.pk and self.taken_at > at - TAKEN_FOR

    @property
    def misdialled(self) -> bool:
        """Say whether the number to dial is one that was found wrong; false as soon as it is corrected."""
        phone = self.appointment.customer.phone if self.wrong_number else None
        return phone is not None and phone.number == self.wrong_number

    def overdue(self, at: datetime) -> bool:
        return self.state == ReminderState.OPEN and self.limit_at < at


class ReminderAttempt(models.Model):
    """One call of the booking desk and what came of it; kept whatever the end."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="attempts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("result"), max_length=16, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("call about an appointment")
        verbose_name_plural = _("calls about appointments")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="reminderattempt_outcome_known")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%m-%d %H:%M} {self.get_outcome_display()}"
