"""What customers answer: on the phone to the booking desk, or by the link in their reminder."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from appointments import notices, queries
from appointments.models import Appointment, CustomerLink, Reminder
from appointments.models.reminders import Outcome, ReminderKind, ReminderState
from appointments.operations import changing, reminding
from appointments.states import State
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed


class LinkInvalid(NotAllowed):
    """The address is not one of ours, or was broken on its way."""


class LinkSpent(NotAllowed):
    """The link was used, has run out, or its appointment is no longer what it was."""


@transaction.atomic
def move_on_call(reminder: Reminder, *, by: User, at: datetime, note: str = "", **change: Any) -> None:
    """The customer cannot come and takes another time on the phone; raises what `changing.reschedule` raises."""
    reminding.record_call(reminder, outcome=Outcome.MOVED, by=by, at=at, note=note)
    changing.reschedule(reminder.appointment, by=by, at=at, **change)


@transaction.atomic
def cancel_on_call(reminder: Reminder, *, reason: str, by: User, at: datetime) -> None:
    """The customer does not want to come any more."""
    reminding.record_call(reminder, outcome=Outcome.CANCELLED, by=by, at=at, note=reason)
    if reminder.appointment.state != State.NO_SHOW:
        changing.cancel(reminder.appointment, reason=reason, by=by, at=at)


def link_of(token: str) -> CustomerLink:
    """Return the link of a token; raises LinkInvalid."""
    try:
        nonce, purpose = notices.nonce_of(token)
    except signing.BadSignature as error:
        raise LinkInvalid(_("This link is not valid. Please call us.")) from error
    found = CustomerLink.objects.select_related(
        "appointment__store", "appointment__customer", "appointment__vehicle", "appointment__advisor"
    ).filter(nonce=nonce, purpose=purpose)
    link = found.first()
    if link is None:
        raise LinkInvalid(_("This link is not valid. Please call us."))
    return link


def why_not(link: CustomerLink, at: datetime) -> str:
    """Return why the link does nothing any more, or nothing where it still serves."""
    if link.spent_at is not None:
        return _("This link was used already. If you need us, please call.")
    return outdated(link, at)


def outdated(link: CustomerLink, at: datetime) -> str:
    """Return why the appointment is no longer the one the link was made for, or nothing."""
    made = link.appointment
    if made.state == State.CANCELLED:
        return _("This appointment is cancelled.")
    if link.sequence != made.sequence or made.state != State.CONFIRMED:
        return _("This appointment has changed since. Please call us.")
    if at >= link.expires_at:
        return _("This link has run out. Please call us.")
    # The desk finds him among the promises that cannot be kept; to ask for another time or to cancel still serves.
    if link.purpose == CustomerLink.Purpose.CONFIRM and queries.closed_then(made):
        return _("We are sorry: we are closed at this time. We will call you about another time.")
    return ""


def spend(link: CustomerLink, *, at: datetime, words: str = "") -> None:
    """Do once what the link is for: confirm, ask for another time, cancel. Raises LinkSpent.

    The nonce is spent by compare-and-set before anything else, so that a press twice is one answer. Then the
    appointment is read again under its lock: two links of one reminder, or the desk, may act in the same moment.
    """
    if refusal := why_not(link, at):
        raise LinkSpent(refusal)
    words = words.strip()[:300]
    if link.purpose == CustomerLink.Purpose.MOVE and not words:
        raise NotAllowed(_("Please write when you could come."))
    with transaction.atomic():
        use_up(link, at, words)
        link.appointment = locked(link)
        if refusal := outdated(link, at):
            raise LinkSpent(refusal)
        ACTS[CustomerLink.Purpose(link.purpose)](link, at, words)


def use_up(link: CustomerLink, at: datetime, words: str) -> None:
    """Take the link out of use by compare-and-set; raises LinkSpent for whoever comes second."""
    if not CustomerLink.objects.filter(pk=link.pk, spent_at=None).update(spent_at=at, words=words):
        raise LinkSpent(_("This link was used already. If you need us, please call."))
    link.spent_at, link.words = at, words


def locked(link: CustomerLink) -> Appointment:
    held = Appointment.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("store", "customer", "vehicle", "advisor").get(pk=link.appointment_id)


def confirm(link: CustomerLink, at: datetime, words: str) -> None:
    """The customer will come: nobody has to remind him any more; the call before the visit stays."""
    kinds = [ReminderKind.DAY, ReminderKind.HALF_DAY, ReminderKind.WISH]
    mine = Reminder.objects.filter(appointment=link.appointment, sequence=link.sequence, kind__in=kinds)
    # What a colleague has told the customer stays that colleague's result.
    mine.filter(done_by=None).exclude(state=ReminderState.WITHDRAWN).update(
        state=ReminderState.DONE, outcome=Outcome.CAN_COME, done_at=at
    )


def ask_for_another(link: CustomerLink, at: datetime, words: str) -> None:
    """Have the customer called about another time; until then the old one stays his."""
    reminding.ask(link.appointment, ReminderKind.WISH, at, note=words)


def cancel(link: CustomerLink, at: datetime, words: str) -> None:
    with translation.override(notices.language_of(link.appointment)):  # the desk reads it, not the customer
        reason = _("The customer cancelled by the link in the reminder.")
    changing.cancel(link.appointment, reason=f"{reason} {words}".strip()[:300], by=CLOCK, at=at)


ACTS = {
    CustomerLink.Purpose.CONFIRM: confirm,
    CustomerLink.Purpose.MOVE: ask_for_another,
    CustomerLink.Purpose.CANCEL: cancel,
}
