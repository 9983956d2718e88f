"""The visit ends: without work, or through the gate."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import operations as appointments
from dealership import workflow
from dealership.customers.models import Customer
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import states
from reception.models import Visit


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


def note_waiting(visit: Visit, *, waits_here: bool, by: User) -> None:
    """Keep what the customer says at the desk after the intake: he waits here, or he leaves (2.2.10.1)."""
    workflow.require(by, "reception.receive_visit")
    Visit.objects.filter(pk=visit.pk).update(waits_here=waits_here)
    visit.waits_here = waits_here
