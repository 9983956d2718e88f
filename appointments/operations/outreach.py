"""Proactive booking (主动预约): calling customers whose car is due, and what comes of it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import Appointment, ProactiveCall
from appointments.models.appointments import Kind
from appointments.models.outreach import CallOutcome
from appointments.operations import booking
from appointments.operations.reminding import correct_number
from dealership import workflow
from dealership.customers import operations as customers
from dealership.customers.models import Vehicle
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed

# Days after which the car comes back onto the list, where the caller names no day himself.
REST = {
    CallOutcome.BOOKED: 30,
    CallOutcome.LATER: 7,
    CallOutcome.NO_ANSWER: 1,
    CallOutcome.NOT_NOW: 30,
    CallOutcome.ELSEWHERE: 180,
    CallOutcome.SOLD: 365,
    CallOutcome.WRONG_NUMBER: 0,  # until the right one is known
}


@transaction.atomic
def record_call(
    *,
    store: Store,
    vehicle: Vehicle,
    outcome: str,
    by: User,
    at: datetime,
    mileage: int | None = None,
    mileage_note: str = "",
    condition: str = "",
    note: str = "",
    call_again_on: date | None = None,
    phone: str = "",
    appointment: Appointment | None = None,
) -> ProactiveCall:
    """Keep what the customer said about the car (3.1.1.3); a mileage he names goes into its history.

    `phone` is the number he is reached under instead. Raises MileageImplausible, PhoneInvalid, NotAllowed for a
    car without keeper or a result without its appointment.
    """
    workflow.require(by, "appointments.book_appointment")
    keeper, today = vehicle.keeper, at.astimezone(store.zone).date()
    if keeper is None:
        raise NotAllowed(_("This car has no keeper yet. Open its file and enter one."))
    if (outcome == CallOutcome.BOOKED) != (appointment is not None):
        raise NotAllowed(_("“Appointment made” needs the appointment."))
    if call_again_on is not None and call_again_on <= today:
        raise NotAllowed(_("The next call lies in the future."))
    dialled = keeper.phone
    if phone:
        correct_number(keeper, phone, store=store, by=by, at=at)
    if mileage is not None:
        customers.record_mileage(vehicle, mileage, "call", mileage_note, by=by, at=at)
    return ProactiveCall.objects.create(
        store=store,
        vehicle=vehicle,
        customer=keeper,
        by=by,
        at=at,
        outcome=outcome,
        mileage=mileage,
        condition=condition.strip(),
        note=note.strip(),
        wrong_number=dialled.number if dialled and outcome == CallOutcome.WRONG_NUMBER else "",
        call_again_on=call_again_on or today + timedelta(days=REST[CallOutcome(outcome)]),
        appointment=appointment,
    )


@transaction.atomic
def book_on_call(*, call: dict[str, Any] | None = None, **promise: Any) -> Appointment:
    """Make the appointment of a proactive call and the record of the call in one (3.1.1.1, 3.1.1.5).

    Raises what `booking.book` and `record_call` raise, and NotAllowed for a car that is promised a time already.
    """
    refuse_second(promise["store"], promise["vehicle"], promise["at"])
    made = booking.book(**promise | {"kind": Kind.PROACTIVE})
    record_call(
        store=made.store,
        vehicle=made.vehicle,
        outcome=CallOutcome.BOOKED,
        appointment=made,
        by=promise["by"],
        at=promise["at"],
        **(call or {}),
    )
    return made


def refuse_second(store: Store, vehicle: Vehicle, at: datetime) -> None:
    """Of two colleagues who call about one car at the same time one makes the appointment."""
    Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    coming = queries.coming(vehicle, at)
    if coming is not None:
        local = coming.starts_at.astimezone(coming.store.zone)
        when = f"{formats.date_format(local, 'SHORT_DATE_FORMAT')} {formats.time_format(local, 'H:i')}"
        sentence = (
            _("This car has an appointment already: %(when)s with %(advisor)s.")
            if coming.store == store
            else _("This car has an appointment already in %(store)s: %(when)s with %(advisor)s.")
        )
        raise NotAllowed(sentence % {"when": when, "advisor": coming.advisor.full_name, "store": coming.store.name})
