"""A car arrives: booked or not, it becomes a visit."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments import operations as appointments
from appointments import queries as appointment_queries
from appointments.models import Appointment
from dealership import workflow
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store, User
from reception import queries
from reception.models import Visit
from reception.operations.errors import AlreadyHere


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
