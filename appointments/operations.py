"""Promising a time, and taking the promise back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from appointments import queries, states
from appointments.models import Appointment
from dealership import workflow
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed


class SlotTaken(NotAllowed):
    """The time cannot be had; the sentence names the next one that can."""


def book(
    *,
    store: Store,
    advisor: User,
    customer: Customer,
    vehicle: Vehicle,
    starts_at: datetime,
    cause: str,
    reason: str,
    agreed: bool,
    by: User,
    at: datetime,
    short_notice_reason: str = "",
    **details: Any,
) -> Appointment:
    """Keep a slot for a car (clauses 2.1.1-2.1.5, 3.1.2.2).

    Raises SlotTaken when somebody else has the slot, NotAllowed when a rule forbids it.
    """
    workflow.require(by, "appointments.book_appointment")
    if not agreed:
        raise NotAllowed(_("First ask the customer whether this time suits; then confirm."))
    if not reason.strip():
        raise NotAllowed(_("Write down why the customer comes."))
    require_belonging(store, advisor, customer, vehicle)
    for obstacle in queries.obstacles(store, advisor, vehicle, starts_at, at):
        raise SlotTaken(with_next_free(obstacle, store, advisor, starts_at, at))
    require_notice(store, starts_at, by, at, short_notice_reason)
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                store=store,
                advisor=advisor,
                customer=customer,
                vehicle=vehicle,
                starts_at=starts_at,
                cause=cause,
                reason=reason.strip(),
                agreed_at=at,
                short_notice_reason=short_notice_reason,
                booked_by=by,
                booked_at=at,
                **details,
            )
            workflow.begin(appointment, by=by, at=at)
    except IntegrityError as error:
        # The check above answers kindly; the unique constraint is what decides between two at once.
        if not queries.taken(advisor, vehicle, starts_at):
            raise
        raise SlotTaken(
            with_next_free(_("Somebody was faster: this time was just taken."), store, advisor, starts_at, at)
        ) from error
    return appointment


def require_belonging(store: Store, advisor: User, customer: Customer, vehicle: Vehicle) -> None:
    """Refuse what no form offers: an advisor of another store, a customer who does not keep the car."""
    if not advisor.stores.filter(pk=store.pk).exists():
        raise NotAllowed(_("%(name)s does not work in this store.") % {"name": advisor.full_name})
    if vehicle.keeper != customer:
        raise NotAllowed(_("This car has another keeper now. Please look it up again."))


def require_notice(store: Store, starts_at: datetime, by: User, at: datetime, reason: str) -> None:
    if not queries.at_short_notice(store, starts_at, at):
        return
    if not by.has_perm("appointments.override_lead_time"):
        hours = queries.rules_of(store).lead_hours
        raise NotAllowed(
            _("Appointments need %(hours)d hours of notice. A manager may make an exception.") % {"hours": hours}
        )
    if not reason.strip():
        raise NotAllowed(_("Write down why this appointment is made at short notice."))


def with_next_free(sentence: str, store: Store, advisor: User, wanted: datetime, at: datetime) -> str:
    """Add the advisor's next time from the one that was wanted."""
    lead = at + timedelta(hours=queries.rules_of(store).lead_hours)
    free = queries.next_free(store, advisor, max(lead, wanted))
    if free is None:
        return sentence
    local = free.astimezone(store.zone)
    when = formats.date_format(local, "SHORT_DATE_FORMAT") + " " + formats.time_format(local, "H:i")
    return sentence + " " + _("Next free with %(advisor)s: %(when)s.") % {"advisor": advisor.full_name, "when": when}


def cancel(appointment: Appointment, *, reason: str, by: User, at: datetime) -> None:
    """Give the slot back; the reason stays in the history."""
    if not reason.strip():
        raise NotAllowed(_("Write down why the appointment is cancelled."))
    workflow.move(appointment, states.CANCEL, by=by, at=at, reason=reason)


def mark_no_show(appointment: Appointment, *, by: User, at: datetime) -> None:
    if at < appointment.starts_at:
        raise NotAllowed(_("The appointment has not begun yet."))
    workflow.move(appointment, states.MISS, by=by, at=at)


def mark_arrived(appointment: Appointment, *, by: User, at: datetime) -> None:
    """The reception says the customer is here; only on the day of the appointment."""
    zone = appointment.store.zone
    if at.astimezone(zone).date() != appointment.starts_at.astimezone(zone).date():
        raise NotAllowed(_("This appointment is for another day. Take the car in without appointment, or rebook it."))
    workflow.move(appointment, states.ARRIVE, by=by, at=at)


def follow_survivor(survivor: Customer, duplicate: Customer) -> None:
    """Two entries of one customer became one: what was the duplicate's is the survivor's."""
    Appointment.objects.filter(customer=duplicate).update(customer=survivor)
