"""A morning at the reception, minute by minute from nine o'clock."""

from datetime import timedelta

from reception import operations
from tests import factories
from tests.factories import TUESDAY_NINE

MINUTE = timedelta(minutes=1)


def at(minutes):
    return TUESDAY_NINE + minutes * MINUTE


def came(crew, minutes, *, early=0, **details):
    """Let somebody booked so many minutes after nine come, on the minute or early."""
    made = factories.appointment(crew, at(minutes), **details)
    return operations.receive_appointment(made, by=made.advisor, at=at(minutes - early))


def walked_in(crew, minutes, size="", car=None):
    """Let somebody come without appointment."""
    customer, vehicle = car or factories.customer_with_car(crew.service_advisor)
    return operations.record_arrival(
        store=crew.store, vehicle=vehicle, customer=customer, size=size, by=crew.service_advisor, at=at(minutes)
    )


def receive(visit, minutes, by=None, **how):
    operations.receive(visit, by=by or visit.advisor, at=at(minutes), **how)
    return visit


def sign(visit, minutes):
    """Do everything the customer's signature needs, and have him sign."""
    by, moment = visit.advisor, at(minutes)
    operations.fit_covers(visit, by=by, at=moment)
    operations.finish_walk_round(visit, by=by, at=moment)
    operations.note_complaint(visit, words="保养", by=by)
    factories.answer_all(visit, by, moment)
    operations.sign_intake(visit, outcome=factories.drawn(), by=by, at=moment)
    return visit


def two_quick_ones(crew):
    """Receive two booked customers in twelve minutes each, the second being early; the third is booked for 9:30."""
    first, second = came(crew, 0), came(crew, 15, early=5)
    sign(receive(first, 0), 12)
    sign(receive(second, 12), 24)
    return factories.appointment(crew, at(30))
