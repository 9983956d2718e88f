"""Beginning a reception: whose turn it is, and which of the advisor's time it takes."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import operations as appointments
from appointments import queries as appointment_queries
from appointments.models import Appointment, BufferUse
from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import flow, queries, states
from reception.models import Visit
from reception.operations.arriving import receive_appointment
from reception.operations.errors import ReasonMissing

Cause = BufferUse.Cause

GAP, BUFFER, EMERGENCY = "gap", "buffer", "emergency"  # places for customers without appointment
TRIAGE = "TRIAGE"  # the reason kept where a place suited one customer and not another who came earlier (C12)


def receive(
    visit: Visit, *, by: User, at: datetime, reason: str = "", place: str = "", buffer: datetime | None = None
) -> None:
    """Begin the reception; from now on one advisor answers for the visit (2.2.0.1).

    `place` says what a customer without appointment is given of the advisor's time: the `gap` of now, the named
    `buffer`, or as an `emergency` the next buffer there is. Raises NotAllowed where he has no such place or the buffer
    was used, ReasonMissing where somebody is passed over without one.
    """
    workflow.require(by, states.RECEIVE.permission)
    if not states.RECEIVE.possible(visit):
        raise NotAllowed(workflow.out_of_turn(visit, at))
    if place != BUFFER:
        buffer = None  # a page may still carry the buffer of another place
    if place == EMERGENCY:
        buffer = next_buffer(visit, by, at, reason)
    elif place:
        require_place(visit, place, buffer, by, at)
    why = why_now(visit, place, reason.strip(), by, at)
    mode = queries.mode_at(visit.store, at)
    with transaction.atomic():
        use = take_buffer(visit, buffer, Cause.EMERGENCY if place == EMERGENCY else Cause.WALK_IN, by, at)
        workflow.move(
            visit, states.RECEIVE, by=by, at=at, reason=why, advisor=by, received_at=at, buffer=use, mode=mode
        )


@transaction.atomic
def arrive_and_receive(appointment: Appointment, *, by: User, at: datetime) -> Visit:
    """Note that the booked customer is here and begin his reception, both or neither; raises what the two raise."""
    visit = receive_appointment(appointment, by=by, at=at)
    receive(visit, by=by, at=at)
    return visit


def require_place(visit: Visit, place: str, buffer: datetime | None, by: User, at: datetime) -> None:
    """Refuse a gap that is too short and a buffer whose turn it is not; booked customers get neither (3.1.2.9)."""
    if visit.appointment is not None:
        raise NotAllowed(_("Buffers and gaps are kept for customers without appointment."))
    stream = queries.stream_of(by, visit.store, at)
    if place == GAP:
        if stream.gap < stream.pace.needs(small=queries.is_small(visit)):
            raise NotAllowed(_("There is no gap long enough now."))
        return
    if buffer is None or at >= buffer + stream.pace.slot:
        raise NotAllowed(_("This buffer is over."))
    if appointment_queries.day_of(visit.store, buffer) != appointment_queries.day_of(visit.store, at):
        raise NotAllowed(_("This buffer is not one of today."))
    if stream.first_before(buffer) is not None:
        raise NotAllowed(_("Customers booked before this buffer come first."))


def next_buffer(visit: Visit, by: User, at: datetime, reason: str) -> datetime | None:
    """Return the buffer an emergency costs, None where no more is left today: it is received all the same."""
    if visit.appointment is not None:
        raise NotAllowed(_("Buffers and gaps are kept for customers without appointment."))
    if not reason.strip():
        raise ReasonMissing(_("Write down what the emergency is."))
    free = queries.stream_of(by, visit.store, at).free_buffers
    return free[0].starts_at if free else None


def why_now(visit: Visit, place: str, reason: str, by: User, at: datetime) -> str:
    """Return the reason to keep: what was typed, and TRIAGE where a place let him pass others (2.2.11.4, C12).

    A place passes only customers of the other size, to whom it was not offered. Raises ReasonMissing.
    """
    passed = queries.passed_over(visit, by, at)
    if not passed or place == EMERGENCY:
        return reason
    small = queries.is_small(visit)
    wronged = [one for one in passed if not place or one.booked or queries.is_small(one.visit) == small]
    if not wronged:
        return f"{TRIAGE} {reason}".strip()
    if not reason:
        raise ReasonMissing(passing_over(wronged[0]))
    return reason


def passing_over(first: queries.Passed) -> str:
    if first.booked:
        sentence = _("%(plate)s is booked and waits for you. Write down why this customer goes first.")
    else:
        sentence = _("%(plate)s came earlier and still waits. Write down why this customer goes first.")
    return sentence % {"plate": first.visit.vehicle}


def take_buffer(visit: Visit, buffer: datetime | None, cause: str, by: User, at: datetime) -> BufferUse | None:
    """Note the buffer's use; one that runs is used by whoever came without appointment and is received in it."""
    if buffer is None and visit.appointment is None:
        buffer = queries.running_buffer(by, visit.store, at)
    if buffer is None:
        return None
    return appointments.use_buffer(store=visit.store, advisor=by, starts_at=buffer, cause=cause, by=by, at=at)


def note_overrun(visit: Visit, *, by: User, at: datetime) -> None:
    """The reception ran into the buffer of its block: note what the buffer was used for (3.1.2.4, 3.1.2.12).

    A customer without appointment whose slot reached into it from the start used it himself.
    """
    began = visit.received_at
    if began is None or visit.advisor is None or visit.buffer_id is not None:
        return
    rules, slots = queries.slots_of_day(visit.store, began)
    eaten = flow.buffer_eaten(slots, began, queries.seated_at(visit) or at)
    if eaten is None:
        return
    squeezed_in = visit.appointment is None and began + timedelta(minutes=rules.slot_minutes) > eaten.starts_at
    cause = Cause.WALK_IN if squeezed_in else Cause.OVERRUN
    with suppress(NotAllowed):  # somebody used it before; the customer's signature counts all the same
        appointments.use_buffer(
            store=visit.store, advisor=visit.advisor, starts_at=eaten.starts_at, cause=cause, by=by, at=at
        )
