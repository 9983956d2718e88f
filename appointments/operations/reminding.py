"""Reminders: written with the promise, sent or called in time, taken back with it (2.1.10, 3.1.3.6-8, C9, C10)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from appointments import notices, queries, timing
from appointments.models import Appointment, CustomerLink, Reminder, ReminderAttempt
from appointments.models.reminders import TAKEN_FOR, Outcome, ReminderChannel, ReminderKind, ReminderState
from appointments.states import State
from dealership import workflow
from dealership.customers import operations as customers
from dealership.customers.errors import Misfit, PhoneInvalid
from dealership.customers.models import Customer, Vehicle
from dealership.outbox import queue
from dealership.outbox.models import Channel, Message, Purpose
from dealership.outbox.states import State as MessageState
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop

RETRY = {Outcome.NO_ANSWER: timedelta(minutes=10), Outcome.CALL_LATER: timedelta(minutes=30)}
BY_MESSAGE = {ReminderKind.DAY, ReminderKind.HALF_DAY}  # the question "can you make it?" is asked by a person
BATCH = 200


def plan(made: Appointment, at: datetime) -> list[Reminder]:
    """Write what this customer is to be reminded of from now on, as messages or as calls."""
    rules = queries.rules_on(made.store, queries.day_of(made.store, made.starts_at))
    dues = timing.reminders(made.starts_at, at, rules, workshop.calendar_of(made.store))
    return [write(made, due, at) for due in dues]


def write(made: Appointment, due: timing.Due, at: datetime) -> Reminder:
    message = remind_by_message(made, due) if due.kind in BY_MESSAGE and notices.by_email(made.customer) else None
    return Reminder.objects.create(
        appointment=made,
        store=made.store,
        sequence=made.sequence,
        kind=due.kind,
        channel=ReminderChannel.MESSAGE if message else ReminderChannel.CALL,
        message=message,
        due_at=due.due_at,
        limit_at=due.limit_at,
    )


def remind_by_message(made: Appointment, due: timing.Due) -> Message:
    links = {purpose: make_link(made, purpose, due.due_at) for purpose in CustomerLink.Purpose.values}
    notice = notices.reminder(made, links)
    return enqueue(made, notice, f"{key(made)}{made.sequence}:{due.kind}", due.due_at, due.limit_at)


def key(made: Appointment) -> str:
    return f"appointment.reminder:{made.pk}:"


def told_key(made: Appointment) -> str:
    return f"appointment.told:{made.pk}:"


def enqueue(
    made: Appointment, notice: notices.Notice, dedupe_key: str, due_at: datetime, not_after: datetime | None
) -> Message:
    return queue.enqueue(
        dedupe_key=dedupe_key,
        store=made.store,
        customer=made.customer,
        purpose=Purpose.SERVICE,
        channel=Channel.EMAIL,
        recipient=made.customer.email,
        subject=notice.subject,
        body=notice.body,
        language=notice.language,
        attachments=notice.attachments,
        due_at=due_at,
        not_after=not_after,
    )


def make_link(made: Appointment, purpose: str, at: datetime) -> CustomerLink:
    """Make the one link of a purpose for this time of the appointment; another time makes another."""
    link, _created = CustomerLink.objects.get_or_create(
        appointment=made,
        purpose=purpose,
        sequence=made.sequence,
        defaults={"nonce": secrets.token_urlsafe(32), "made_at": at, "expires_at": notices.valid_until(made)},
    )
    return link


def tell_booked(made: Appointment, at: datetime) -> None:
    tell(made, notices.booked, "booked", at, made.starts_at)


def tell_moved(made: Appointment, at: datetime) -> None:
    """Write the new time, and take back a letter with the old one that has not gone out."""
    queue.withdraw(prefix=told_key(made), by=None, at=at, reason=_("The appointment was moved."))
    tell(made, notices.moved, f"moved:{made.sequence}", at, made.starts_at)


def rewrite(made: Appointment) -> None:
    """Write anew what waits to be sent about this time, because it names another advisor now."""
    for due in Reminder.objects.filter(appointment=made, state=ReminderState.OPEN).exclude(message=None):
        links = {purpose: make_link(made, purpose, due.due_at) for purpose in CustomerLink.Purpose.values}
        say_instead(f"{key(made)}{made.sequence}:{due.kind}", notices.reminder(made, links))
    say_instead(f"{told_key(made)}booked", notices.booked(made))
    say_instead(f"{told_key(made)}moved:{made.sequence}", notices.moved(made))


def say_instead(dedupe_key: str, notice: notices.Notice) -> None:
    queue.rewrite(dedupe_key, subject=notice.subject, body=notice.body, attachments=notice.attachments)


def tell_cancelled(made: Appointment, at: datetime) -> None:
    """Write that nobody waits for the customer any more, and take back what still said the opposite."""
    queue.withdraw(prefix=told_key(made), by=None, at=at, reason=_("The appointment was cancelled."))
    tell(made, notices.cancelled, f"cancelled:{made.sequence}", at, None)


def tell(
    made: Appointment,
    write_notice: Callable[[Appointment], notices.Notice],
    occasion: str,
    at: datetime,
    not_after: datetime | None,
) -> None:
    """Put a letter with the calendar file into the outbox, for customers who wish e-mail."""
    if notices.by_email(made.customer) and (not_after is None or not_after > at):
        enqueue(made, write_notice(made), f"{told_key(made)}{occasion}", at, not_after)


def withdraw(made: Appointment, *, by: User | None, at: datetime, reason: str) -> None:
    """Take back what has not been said yet: the message is not sent, nobody calls."""
    queue.withdraw(prefix=key(made), by=by, at=at, reason=reason[:300])
    Reminder.objects.filter(appointment=made, state=ReminderState.OPEN).update(state=ReminderState.WITHDRAWN)


def to_be_sent() -> QuerySet[Reminder]:
    """Return the reminders whose message still waits for its time."""
    return Reminder.objects.filter(
        state=ReminderState.OPEN, channel=ReminderChannel.MESSAGE, message__state=MessageState.DUE
    )


@transaction.atomic
def hold_back(made: Appointment, at: datetime) -> None:
    """Have no message call the customer to a closed store; a call takes its place, see `settle_messages`."""
    queue.withdraw(prefix=key(made), by=None, at=at, reason=_("The store is closed at this time."))


def ask_back(made: Appointment, at: datetime) -> Reminder:
    """Have somebody who did not come called within the store's time (F.1)."""
    return ask(made, ReminderKind.MISSED, at)


def stop_asking_back(store: Store, vehicle: Vehicle) -> None:
    """The car is in the house: nobody calls any more because it did not come."""
    asked = Reminder.objects.filter(store=store, appointment__vehicle=vehicle, kind=ReminderKind.MISSED)
    asked.filter(state=ReminderState.OPEN).update(state=ReminderState.WITHDRAWN)


def wrong_number(made: Appointment) -> str:
    """Return the number an earlier call about the appointment found wrong."""
    found = made.reminders.exclude(wrong_number="").order_by("-pk").values_list("wrong_number", flat=True)
    return found.first() or ""


def ask(made: Appointment, kind: ReminderKind, at: datetime, note: str = "") -> Reminder:
    rules = queries.rules_on(made.store, queries.day_of(made.store, made.starts_at))
    reminder, _created = Reminder.objects.get_or_create(
        appointment=made,
        kind=kind,
        sequence=made.sequence,
        defaults={
            "store": made.store,
            "channel": ReminderChannel.CALL,
            "due_at": at,
            "limit_at": at + timedelta(minutes=rules.call_back_minutes),
            "note": note[:300],
            "wrong_number": wrong_number(made),
        },
    )
    return reminder


ENDS = {Outcome.CAN_COME, Outcome.TOLD, Outcome.MOVED, Outcome.CANCELLED, Outcome.GAVE_UP}


@transaction.atomic
def take_call(reminder: Reminder, *, by: User, at: datetime) -> None:
    """Keep a call for this person while he is on the phone, so that nobody is called by two at once.

    He has one call in hand: taking another lets the first go. Raises NotAllowed where a colleague has it.
    """
    workflow.require(by, "appointments.book_appointment")
    mine = Q(taken_by=None) | Q(taken_by=by) | Q(taken_at__lte=at - TAKEN_FOR)
    if not still_open(reminder).filter(mine).update(taken_by=by, taken_at=at):
        raise NotAllowed(in_hand(reminder))
    let_go(Reminder.objects.filter(taken_by=by, state=ReminderState.OPEN).exclude(pk=reminder.pk))
    reminder.refresh_from_db(fields=["taken_by", "taken_at"])


def let_go(found: QuerySet[Reminder]) -> None:
    found.update(taken_by=None, taken_at=None)


def in_hand(reminder: Reminder) -> str:
    found = Reminder.objects.select_related("taken_by", "store").get(pk=reminder.pk)
    if found.state != ReminderState.OPEN or found.taken_by is None or found.taken_at is None:
        return done_already(reminder)
    since = formats.time_format(found.taken_at.astimezone(found.store.zone), "H:i")
    return _("%(who)s is making this call since %(when)s.") % {"who": found.taken_by.full_name, "when": since}


@transaction.atomic
def record_call(
    reminder: Reminder, *, outcome: str, by: User, at: datetime, note: str = "", phone: str = ""
) -> ReminderAttempt:
    """Write down what came of a call; who was not reached is called again soon (2.1.10: record the result).

    `phone` is the number the customer is reached under instead. Raises NotAllowed for a call somebody else has
    finished meanwhile, for what is told by a message, and for one given up too early; Misfit for a number that
    cannot be right and for a wrong one given up without a reason.
    """
    workflow.require(by, "appointments.book_appointment")
    if reminder.state == ReminderState.OPEN and reminder.channel != ReminderChannel.CALL:
        raise NotAllowed(_("The customer is told by a message; nobody has to call."))
    if outcome == Outcome.GAVE_UP:
        refuse_early(reminder, note)
    attempt = ReminderAttempt.objects.create(reminder=reminder, by=by, at=at, outcome=outcome, note=note.strip())
    dialled = reminder.appointment.customer.phone
    if phone:
        correct_number(reminder.appointment.customer, phone, store=reminder.store, by=by, at=at)
    if outcome == Outcome.WRONG_NUMBER:
        mark_wrong(reminder, dialled.number if dialled else "")
    elif outcome in ENDS:
        settle(reminder, outcome, by=by, at=at, note=note.strip())
    elif not still_open(reminder).update(
        retry_at=again_at(reminder, Outcome(outcome), at), taken_by=None, taken_at=None
    ):
        raise NotAllowed(done_already(reminder))
    reminder.refresh_from_db()
    return attempt


def refuse_early(reminder: Reminder, note: str) -> None:
    if reminder.misdialled:
        if not note.strip():
            raise Misfit("note", _("Please say why no right number can be found."))
    elif reminder.kind not in queries.ENDLESS:
        raise NotAllowed(_("This call is due until the time of the appointment; it cannot be given up."))
    elif not queries.tried_enough(reminder):
        raise NotAllowed(_("Try at least three times before giving up."))


def correct_number(customer: Customer, number: str, *, store: Store, by: User, at: datetime) -> None:
    """Reach the customer under another number from now on; raises PhoneInvalid, also for the one he has."""
    old = customer.phone
    new = customers.add_phone(customer, number, preferred=True, region=store.region, by=by, at=at)
    if old is not None and new.number == old.number:
        raise PhoneInvalid("phone", _("This is the number that was dialled. Please enter another one."))


def mark_wrong(reminder: Reminder, number: str) -> None:
    """Keep the call due under the right number; no other call about the appointment dials the wrong one again."""
    if not still_open(reminder).update(wrong_number=number, retry_at=None):
        raise NotAllowed(done_already(reminder))
    others = Reminder.objects.filter(appointment=reminder.appointment_id, state=ReminderState.OPEN)
    others.update(wrong_number=number)


def again_at(reminder: Reminder, outcome: Outcome, at: datetime) -> datetime:
    """Return when to call again: after a while, but not beyond the limit as long as it can be kept."""
    wanted = at + RETRY[outcome]
    return reminder.limit_at if at < reminder.limit_at < wanted else wanted


def still_open(reminder: Reminder) -> Any:
    return Reminder.objects.filter(pk=reminder.pk, state=ReminderState.OPEN)


def settle(reminder: Reminder, outcome: str, *, by: User | None, at: datetime, note: str = "") -> None:
    changes = {"state": ReminderState.DONE, "outcome": outcome, "done_at": at, "done_by": by, "retry_at": None}
    # What the customer wrote when he asked for another time stays, before what was said on the phone.
    words = " · ".join(filter(None, [reminder.note, note]))[:300]
    if not still_open(reminder).update(**changes, note=words):
        raise NotAllowed(done_already(reminder))


def done_already(reminder: Reminder) -> str:
    found = Reminder.objects.select_related("done_by").get(pk=reminder.pk)
    if found.done_by is None:
        return _("This call is not needed any more.")
    return _("%(who)s has made this call: %(result)s.") % {
        "who": found.done_by.full_name,
        "result": found.get_outcome_display(),
    }


def settle_messages(at: datetime) -> int:
    """Note the reminders that went out, and turn those that could not into calls, so that nobody is forgotten."""
    waiting = Reminder.objects.filter(state=ReminderState.OPEN, channel=ReminderChannel.MESSAGE)
    sent = list(waiting.filter(message__state=MessageState.SENT).select_related("message").order_by("pk")[:BATCH])
    for reminder in sent:
        still_open(reminder).update(
            state=ReminderState.DONE,
            outcome=Outcome.SENT,
            done_at=reminder.message.sent_at,  # type: ignore[union-attr]
        )
    lost = [MessageState.FAILED, MessageState.EXPIRED, MessageState.CANCELLED]
    unclear = waiting.filter(message__state=MessageState.UNKNOWN, limit_at__lt=at)
    called = (waiting.filter(message__state__in=lost) | unclear).filter(appointment__state=State.CONFIRMED)
    return len(sent) + called.update(channel=ReminderChannel.CALL, note=_("The message did not go out; please call."))
