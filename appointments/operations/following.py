"""The customer's data changed: his coming appointments go by what is true now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import notices, timing
from appointments.models import Appointment, ManagementCard, Reminder
from appointments.models.reminders import ReminderChannel, ReminderKind, ReminderState
from appointments.operations import reminding
from appointments.states import State
from dealership.customers.models import Customer
from dealership.outbox import queue
from dealership.outbox.states import State as MessageState


def follow_survivor(survivor: Customer, duplicate: Customer) -> None:
    """Two entries of one customer became one: what was the duplicate's is the survivor's."""
    mine = Appointment.objects.filter(customer=duplicate)
    ManagementCard.objects.filter(appointment__in=mine).update(customer_name=survivor.name)
    mine.update(customer=survivor)


def rename(customer: Customer, *, at: datetime) -> None:
    """Write the name that was corrected on the cards of what is still to come; the others stay as they were."""
    coming = Appointment.objects.filter(customer=customer, state=State.CONFIRMED, starts_at__gt=at)
    ManagementCard.objects.filter(appointment__in=coming).update(customer_name=customer.name)


def follow_wish(customer: Customer, *, at: datetime) -> None:
    """Send what still waits to the address he has now; have him called where he wishes no e-mail any more."""
    coming = Appointment.objects.filter(customer=customer, state=State.CONFIRMED, starts_at__gt=at)
    for made in coming.select_related("store", "vehicle", "advisor").order_by("pk"):
        made.customer = customer
        if notices.by_email(customer):
            readdress(made)
            write_instead_of_calling(made, at)
        else:
            call_instead_of_writing(made, at)


def readdress(made: Appointment) -> None:
    for prefix in (reminding.key(made), reminding.told_key(made)):
        queue.readdress(prefix=prefix, recipient=made.customer.email)


@transaction.atomic
def write_instead_of_calling(made: Appointment, at: datetime) -> None:
    """Turn the calls that are not due yet into messages; those that once were messages stay calls."""
    calls = Reminder.objects.filter(
        appointment=made, state=ReminderState.OPEN, channel=ReminderChannel.CALL, message=None, due_at__gt=at
    )
    for call in calls.filter(kind__in=reminding.BY_MESSAGE).order_by("pk"):
        due = timing.Due(ReminderKind(call.kind), call.due_at, call.limit_at)
        message = reminding.remind_by_message(made, due)
        reminding.still_open(call).update(channel=ReminderChannel.MESSAGE, message=message)


@transaction.atomic
def call_instead_of_writing(made: Appointment, at: datetime) -> None:
    """Take back the messages that wait and have him called; what is being sent this moment goes out."""
    for prefix in (reminding.key(made), reminding.told_key(made)):
        queue.withdraw(prefix=prefix, by=None, at=at, reason=_("The customer wishes no e-mail any more."))
    Reminder.objects.filter(appointment=made, state=ReminderState.OPEN, message__state=MessageState.CANCELLED).update(
        channel=ReminderChannel.CALL
    )
