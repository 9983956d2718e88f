"""Taking the car in."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments import operations as appointments
from appointments import queries as appointment_queries
from appointments.models import Appointment, BufferUse
from dealership import workflow
from dealership.customers import operations as customers
from dealership.customers.models import Customer, Vehicle
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from reception import documents, flow, queries, states
from reception.models import Complaint, DamageMark, Visit

Cause = BufferUse.Cause

GAP, BUFFER, EMERGENCY = "gap", "buffer", "emergency"  # places for customers without appointment
TRIAGE = "TRIAGE"  # the reason kept where a place suited one customer and not another who came earlier (C12)


class AlreadyHere(NotAllowed):
    """The car has an open visit already."""


class ReasonMissing(NotAllowed):
    """It can be done, but somebody has to write down why."""


@transaction.atomic
def receive_appointment(appointment: Appointment, *, by: User, at: datetime) -> Visit:
    """The booked customer is here: the appointment becomes a visit with its advisor, nothing is retyped."""
    appointments.mark_arrived(appointment, by=by, at=at)
    return open_visit(
        store=appointment.store,
        vehicle=appointment.vehicle,
        customer=appointment.customer,
        appointment=appointment,
        advisor=appointment.advisor,
        by=by,
        at=at,
    )


def record_arrival(
    *, store: Store, vehicle: Vehicle, customer: Customer, by: User, at: datetime, size: str = ""
) -> Visit:
    """A car is here; without an appointment on this day the moment decides the queue (2.2.11.4).

    `size` is what such a customer brings, for his place between the booked ones (3.1.2.10, 3.1.2.11). A booked
    customer who was looked up like anybody else keeps the appointment and its advisor, also where he was noted missing.
    """
    booked = appointment_queries.promised_today(store, vehicle, at)
    if booked is not None:
        return receive_appointment(booked, by=by, at=at)
    return open_visit(store=store, vehicle=vehicle, customer=customer, size=size, by=by, at=at)


def open_visit(*, by: User, at: datetime, **facts: Any) -> Visit:
    workflow.require(by, "reception.record_arrival")
    try:
        with transaction.atomic():
            visit = Visit.objects.create(arrived_at=at, **facts)
            workflow.begin(visit, by=by, at=at)
            appointments.stop_asking_back(visit.store, visit.vehicle)
    except IntegrityError as error:
        there = queries.open_visit(facts["vehicle"].pk)
        if there is None:
            raise
        raise AlreadyHere(already_here(there, facts["store"])) from error
    return visit


def already_here(there: Visit, store: Store) -> str:
    """Say where the car's open visit is, so that somebody can end it."""
    if there.store_id != store.pk:
        return _("This car still has an open visit in %(store)s.") % {"store": there.store}
    return _("This car is already in the house: %(state)s.") % {"state": there.get_state_display()}


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
    with transaction.atomic():
        use = take_buffer(visit, buffer, Cause.EMERGENCY if place == EMERGENCY else Cause.WALK_IN, by, at)
        workflow.move(visit, states.RECEIVE, by=by, at=at, reason=why, advisor=by, received_at=at, buffer=use)


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


def require_open(visit: Visit, by: User) -> None:
    """Only an intake that is not signed yet can be filled in (2.2.11.10).

    Holds the visit until the transaction ends: nothing slips in while the customer signs on another screen.
    """
    workflow.require(by, "reception.receive_visit")
    visit.refresh_from_db(from_queryset=Visit.objects.select_for_update())
    if visit.state == states.State.WAITING:
        raise NotAllowed(_("This customer has not been received yet."))
    if visit.state != states.State.RECEIVING:
        raise NotAllowed(_("The reception form is closed; nothing on it can be changed any more."))


@transaction.atomic
def fit_covers(visit: Visit, *, by: User, at: datetime) -> None:
    """Seat, wheel and floor are covered in front of the customer, before anything else (2.2.2.1, 3.2.1.1)."""
    require_open(visit, by)
    Visit.objects.filter(pk=visit.pk, protected_at=None).update(protected_at=at)
    visit.refresh_from_db()


@transaction.atomic
def mark_damage(visit: Visit, *, zone: str, kind: str, by: User, at: datetime) -> DamageMark:
    """Note a damage on the car's outline (2.2.11.8); marking it twice is marking it once."""
    require_open(visit, by)
    if visit.protected_at is None:
        raise NotAllowed(_("First fit the protective covers, in front of the customer."))
    mark, _created = DamageMark.objects.get_or_create(visit=visit, zone=zone, kind=kind, defaults={"marked_at": at})
    return mark


@transaction.atomic
def unmark_damage(mark: DamageMark, *, by: User) -> None:
    require_open(mark.visit, by)
    mark.delete()


@transaction.atomic
def finish_walk_round(visit: Visit, *, by: User, at: datetime) -> None:
    """Every point was looked at; what is not marked is in order (2.2.2.3)."""
    require_open(visit, by)
    if visit.protected_at is None:
        raise NotAllowed(_("First fit the protective covers, in front of the customer."))
    Visit.objects.filter(pk=visit.pk).update(walked_round_at=at)
    visit.refresh_from_db()


@transaction.atomic
def note_complaint(visit: Visit, *, words: str, by: User) -> Complaint:
    """Write down what the customer says, word for word; there is no way to edit it (2.2.3.2)."""
    require_open(visit, by)
    if not words.strip():
        raise NotAllowed(_("Write down what the customer says."))
    last = visit.complaints.aggregate(last=Max("position"))["last"] or 0
    return Complaint.objects.create(visit=visit, position=last + 1, words=words.strip())


@transaction.atomic
def record_condition(visit: Visit, *, by: User, at: datetime, mileage_note: str = "", **facts: Any) -> None:
    """Keep mileage, fuel and the answers about the car; raises MileageImplausible below the last reading."""
    require_open(visit, by)
    mileage = facts.get("mileage")
    if mileage is not None and mileage != visit.mileage:
        customers.record_mileage(visit.vehicle, km=mileage, source="reception", note=mileage_note, by=by, at=at)
    Visit.objects.filter(pk=visit.pk).update(**facts)
    visit.refresh_from_db()


@transaction.atomic
def sign_intake(visit: Visit, *, signer_name: str, image: bytes, by: User, at: datetime) -> IssuedDocument:
    """The customer signs the reception form; from here on it is closed (2.2.11.10).

    Raises NotAllowed with the first thing that is missing.
    """
    require_open(visit, by)
    for obstacle in queries.obstacles(visit):
        raise NotAllowed(obstacle)
    document = paperwork.issue(
        store=visit.store,
        kind=Kind.INTAKE,
        content=documents.intake(visit),
        language=get_language() or "zh-hans",
        by=by,
        at=at,
    )
    paperwork.sign(document, role="customer", signer_name=signer_name, image=image, by=by, at=at)
    workflow.move(visit, states.SIGN, by=by, at=at, intake=document, taken_in_at=at)
    note_overrun(visit, by=by, at=at)
    return document


def note_overrun(visit: Visit, *, by: User, at: datetime) -> None:
    """The reception ran into the buffer of its block: note what the buffer was used for (3.1.2.4, 3.1.2.12).

    A customer without appointment whose slot reached into it from the start used it himself.
    """
    began = visit.received_at
    if began is None or visit.advisor is None or visit.buffer_id is not None:
        return
    rules, slots = queries.slots_of_day(visit.store, began)
    eaten = flow.buffer_eaten(slots, began, at)
    if eaten is None:
        return
    squeezed_in = visit.appointment is None and began + timedelta(minutes=rules.slot_minutes) > eaten.starts_at
    cause = Cause.WALK_IN if squeezed_in else Cause.OVERRUN
    with suppress(NotAllowed):  # somebody used it before; the customer's signature counts all the same
        appointments.use_buffer(
            store=visit.store, advisor=visit.advisor, starts_at=eaten.starts_at, cause=cause, by=by, at=at
        )


@transaction.atomic
def leave(visit: Visit, *, reason: str, by: User, at: datetime) -> None:
    """The customer goes without work; the reason is kept."""
    if not reason.strip():
        raise NotAllowed(_("Write down why the customer leaves."))
    workflow.move(visit, states.LEAVE, by=by, at=at, reason=reason)
    end_appointment(visit, by=by, at=at)


@transaction.atomic
def decline(visit: Visit, *, reason: str, by: User, at: datetime) -> None:
    """The customer takes the car away after the intake, without work; the order's desk has made sure of that."""
    workflow.move(visit, states.DECLINE, by=by, at=at, reason=reason)
    end_appointment(visit, by=by, at=at)


@transaction.atomic
def release(visit: Visit, *, by: User, at: datetime) -> None:
    """The car has left through the gate: the moment from which the follow-up counts (C6)."""
    workflow.move(visit, states.RELEASE, by=by, at=at, released_at=at)
    end_appointment(visit, by=by, at=at)


def end_appointment(visit: Visit, *, by: User, at: datetime) -> None:
    """The card comes off the board, and the bay that was kept is free again."""
    if visit.appointment is not None:
        appointments.finish(visit.appointment, by=by, at=at)


def follow_survivor(survivor: Customer, duplicate: Customer) -> None:
    """Two entries of one customer became one: what was the duplicate's is the survivor's."""
    Visit.objects.filter(customer=duplicate).update(customer=survivor)
