"""Another time, no time at all, here at last, or not: what becomes of a promise."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments import queries, states
from appointments.models import Appointment, Reschedule
from appointments.operations import booking, cards, preparing, reminding
from appointments.operations.errors import SlotTaken
from appointments.states import HOLDS_SLOT, State
from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay
from dealership.workshop.operations import NoBayFree

CHANGED = ["state", "starts_at", "advisor", "sequence", "agreed_at", "short_notice_reason", "reservation_id"]


def reschedule(
    appointment: Appointment,
    *,
    starts_at: datetime,
    reason: str,
    agreed: bool,
    by: User,
    at: datetime,
    advisor: User | None = None,
    short_notice_reason: str = "",
) -> None:
    """Give the customer another time; slot, bay, card and reminders go with it, the history stays (3.1.3.8).

    Also for a customer who did not come. Raises what `book` raises, and NotAllowed where a colleague was faster.
    """
    store, advisor = appointment.store, advisor or appointment.advisor
    if not reason.strip():
        raise NotAllowed(_("Write down why the time is changed."))
    if not agreed:
        raise NotAllowed(_("First ask the customer whether this time suits; then confirm."))
    if starts_at == appointment.starts_at and advisor == appointment.advisor:
        raise NotAllowed(_("This is the time the customer has already."))
    if starts_at == appointment.starts_at and appointment.state == State.CONFIRMED:
        change_advisor(appointment, advisor=advisor, reason=reason, by=by, at=at)
        return
    booking.require_colleague(store, by)
    booking.require_belonging(store, advisor, appointment.customer, appointment.vehicle)
    wish = queries.wish_of(appointment)
    booking.require_one_visit(store, appointment.vehicle, starts_at, appointment)
    for obstacle in queries.obstacles(store, advisor, starts_at, at, but=appointment):
        raise SlotTaken(booking.with_next_free(obstacle, store, advisor, starts_at, at, wish))
    kept = ""
    if not queries.later_that_day(appointment, starts_at):
        kept = booking.require_notice(store, starts_at, by, at, short_notice_reason)
    seen = {name: getattr(appointment, name) for name in CHANGED}
    try:
        with transaction.atomic():
            booking.hold_car(appointment.vehicle)
            change_time(appointment, advisor, starts_at, reason.strip(), kept, by, at)
    except IntegrityError as error:
        if not queries.taken(advisor, appointment.vehicle, starts_at, but=appointment):
            raise
        sentence = _("Somebody was faster: this time was just taken.")
        raise SlotTaken(booking.with_next_free(sentence, store, advisor, starts_at, at, wish)) from error
    except NotAllowed as refusal:
        for name, value in seen.items():  # nothing happened, so what is in hand must not claim it did
            setattr(appointment, name, value)
        if isinstance(refusal, (NoBayFree, SlotTaken)):
            raise SlotTaken(booking.with_next_free(str(refusal), store, advisor, starts_at, at, wish)) from refusal
        raise


def change_time(
    appointment: Appointment,
    advisor: User,
    starts_at: datetime,
    reason: str,
    short_notice_reason: str,
    by: User,
    at: datetime,
) -> None:
    before = (appointment.starts_at, appointment.advisor)
    booking.require_room(appointment, advisor, starts_at)
    booking.require_free(appointment, advisor, starts_at)
    step = states.REBOOK if appointment.state == State.NO_SHOW else states.RESCHEDULE
    workflow.move(
        appointment, step, by=by, at=at, reason=reason, seen_too=seen_of(appointment),
        starts_at=starts_at, advisor=advisor, sequence=appointment.sequence + 1, agreed_at=at,
        short_notice_reason=short_notice_reason or appointment.short_notice_reason,
    )  # fmt: skip
    Reschedule.objects.create(
        appointment=appointment, from_at=before[0], to_at=starts_at, from_advisor=before[1], to_advisor=advisor,
        reason=reason, by=by, at=at,
    )  # fmt: skip
    let_bay_go(appointment)
    booking.reserve(appointment)
    cards.move_to_day(appointment, by=by, at=at)
    cards.tell_foreman(appointment, "moved", at)
    if queries.day_of(appointment.store, before[0]) != queries.day_of(appointment.store, starts_at):
        preparing.start_again(appointment)
    reminding.withdraw(appointment, by=by, at=at, reason=reason)
    reminding.plan(appointment, at)
    reminding.tell_moved(appointment, at)


def seen_of(appointment: Appointment) -> dict[str, Any]:
    """Name what a change rests on; its state is the same before and after."""
    return {"sequence": appointment.sequence, "advisor": appointment.advisor}


def change_advisor(appointment: Appointment, *, advisor: User, reason: str, by: User, at: datetime) -> None:
    """Give a promise to another advisor who is free then; the customer's time stays as he agreed to it.

    What still waits to be said names the new advisor, nothing is said twice. Raises SlotTaken, NotAllowed.
    """
    store, starts_at, before = appointment.store, appointment.starts_at, appointment.advisor
    if not reason.strip():
        raise NotAllowed(_("Write down why the advisor is changed."))
    if advisor == before:
        raise NotAllowed(_("%(name)s has this appointment already.") % {"name": advisor.full_name})
    booking.require_colleague(store, by)
    booking.require_belonging(store, advisor, appointment.customer, appointment.vehicle)
    # The time is promised already: it stays also where the rules have cut the day otherwise since.
    for obstacle in queries.not_free(store, advisor, starts_at, at, but=appointment):
        raise SlotTaken(obstacle)
    try:
        with transaction.atomic():
            booking.require_room(appointment, advisor, starts_at)
            booking.require_free(appointment, advisor, starts_at)
            workflow.move(
                appointment, states.RESCHEDULE, by=by, at=at, reason=reason.strip(),
                seen_too=seen_of(appointment), advisor=advisor,
            )  # fmt: skip
            Reschedule.objects.create(
                appointment=appointment, from_at=starts_at, to_at=starts_at, from_advisor=before, to_advisor=advisor,
                reason=reason.strip(), by=by, at=at,
            )  # fmt: skip
            reminding.rewrite(appointment)
    except IntegrityError as error:
        if not queries.taken(advisor, appointment.vehicle, starts_at, but=appointment):
            raise
        raise SlotTaken(_("Somebody was faster: this time was just taken.")) from error


def let_bay_go(appointment: Appointment) -> None:
    """Free the bay that is kept now: this request may have loaded the appointment before its bay was changed."""
    held = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("reservation")
    kept, appointment.reservation = held.get(pk=appointment.pk).reservation, None
    workshop.free_bay(kept)


@transaction.atomic
def change_bay(appointment: Appointment, *, bay: Bay, by: User, at: datetime) -> None:
    """The foreman gives the car another bay than the one that was kept (2.1.9); raises NotAllowed if that is kept."""
    workflow.require(by, "appointments.see_notice")
    # Locked before its bay: a cancellation of this moment takes the two in the same order.
    Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
    appointment.refresh_from_db(fields=["reservation", "state"])
    kept = appointment.reservation
    if kept is None or appointment.state not in HOLDS_SLOT:
        raise NotAllowed(_("No bay is kept for this appointment."))
    if bay.store_id != appointment.store_id:
        raise NotAllowed(_("This bay belongs to another store."))
    let_bay_go(appointment)
    appointment.reservation = workshop.keep(bay, kept.starts_at, kept.ends_at)
    if appointment.reservation is None:
        raise NotAllowed(_("This bay is kept for another car at that time."))
    Appointment.objects.filter(pk=appointment.pk).update(reservation=appointment.reservation)


@transaction.atomic
def cancel(appointment: Appointment, *, reason: str, by: User | None, at: datetime) -> None:
    """Give slot, bay and parts back; the reason stays in the history, the foreman is told.

    `by` is the clock where a hold ran out or the customer used the link in his reminder.
    """
    if not reason.strip():
        raise NotAllowed(_("Write down why the appointment is cancelled."))
    booking.require_colleague(appointment.store, by)
    promised = appointment.state == State.CONFIRMED
    workflow.move(appointment, states.CANCEL, by=by, at=at, reason=reason.strip(), held_until=None)
    end(appointment, by=by, at=at, reason=reason.strip())
    if promised:
        cards.tell_foreman(appointment, "cancelled", at)
        reminding.tell_cancelled(appointment, at)


@transaction.atomic
def mark_no_show(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """The customer did not come: the time is over, and somebody has to call him (F.1); not where we were closed."""
    if at < appointment.starts_at:
        raise NotAllowed(_("The appointment has not begun yet."))
    if queries.closed_then(appointment):
        raise NotAllowed(
            _("The store is closed at this time, so the customer could not come. Agree on another time, or cancel.")
        )
    workflow.move(appointment, states.MISS, by=by, at=at)
    end(appointment, by=by, at=at, reason=_("The customer did not come."))
    reminding.ask_back(appointment, at)


def end(appointment: Appointment, *, by: User | None, at: datetime, reason: str) -> None:
    """Take back everything a promise keeps."""
    let_bay_go(appointment)
    cards.take_off(appointment, by=by, at=at, reason=reason)
    preparing.give_parts_back(appointment, by=by, at=at)
    reminding.withdraw(appointment, by=by, at=at, reason=reason)


@transaction.atomic
def mark_arrived(appointment: Appointment, *, by: User, at: datetime) -> None:
    """The reception says the customer is here, or came after all (C11); only on the day of the appointment.

    Who was noted missing gets his card back, not his bay and parts: others may have them, so dispatch and the order
    look for what is free.
    """
    if not queries.on_its_day(appointment, at):
        raise NotAllowed(_("This appointment is for another day. Take the car in without appointment, or rebook it."))
    workflow.move(appointment, states.ARRIVE, by=by, at=at, arrived_at=at)
    cards.activate(appointment, by=by, at=at)
    reminding.withdraw(appointment, by=by, at=at, reason=_("The customer is here."))


@transaction.atomic
def finish(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """The car has left the house: the card comes off, the bay and the parts kept for it are free (F.1)."""
    let_bay_go(appointment)
    cards.finish(appointment, by=by, at=at)
    preparing.give_rest_back(appointment, by=by, at=at)


def let_holds_go(at: datetime) -> int:
    """Cancel what was held for customers who never agreed; return how many."""
    over = Appointment.objects.filter(state=State.REQUESTED, held_until__lte=at).select_related("store")
    return sum(try_cancel(appointment, at) for appointment in over.order_by("pk")[:200])


def try_cancel(appointment: Appointment, at: datetime) -> bool:
    try:
        cancel(appointment, reason=_("Nobody agreed to this time."), by=CLOCK, at=at)
    except NotAllowed:
        return False  # somebody agreed or cancelled in this very moment
    return True
