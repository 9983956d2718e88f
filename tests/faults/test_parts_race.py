"""A part is put aside, or a bay changed, in the moment in which the customer cancels: nothing stays kept for nobody."""

import threading

import pytest

from appointments import operations
from appointments.models import Appointment, AppointmentPart
from appointments.operations import preparing
from dealership.catalogue.models import Stock, StockReservation
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import BayReservation
from tests import factories
from tests.factories import MONDAY
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PRESSES = 10


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


@pytest.fixture
def wanted(crew):
    made = factories.appointment(crew)
    return made.parts.create(part=factories.part(crew.store), quantity=2)


@pytest.fixture
def cancel(crew, wanted):
    made = Appointment.objects.get(pk=wanted.appointment_id)
    return lambda: operations.cancel(made, reason="出差", by=crew.service_advisor, at=MONDAY)


def test_a_part_put_aside_and_back_while_the_customer_cancels_is_free(crew, wanted, cancel):
    copies, by = [AppointmentPart.objects.get(pk=wanted.pk) for _ in range(PRESSES)], crew.parts

    def press(n):
        if n == 4:
            return cancel()
        if n % 3 == 0:
            return operations.put_all_aside(wanted.appointment, by=by, at=MONDAY) and None
        return (operations.put_back if n % 3 == 2 else operations.put_aside)(copies[n], by=by, at=MONDAY)

    brought = at_once(PRESSES, press)
    assert brought[4] is None
    assert {str(one) for one in brought if isinstance(one, NotAllowed)} <= {"This appointment is over."}
    assert not StockReservation.objects.filter(ended_at=None).exists()
    assert Stock.objects.get().reserved == 0


def test_control_who_only_looks_keeps_a_part_for_a_customer_who_cancelled(crew, wanted, cancel, monkeypatch):
    gone, by = threading.Event(), crew.parts

    def look(pk):
        made = Appointment.objects.select_related("store").get(pk=pk)
        assert made.state == "confirmed"
        gone.wait(60)
        return made

    monkeypatch.setattr(preparing, "hold_promise", look)

    def press(n):
        if n:
            cancel()
            return gone.set()
        # Without its transaction, which alone would make SQLite wait.
        return preparing.put_aside.__wrapped__(wanted, by=by, at=MONDAY)

    assert at_once(2, press) == [None, None]
    assert Appointment.objects.get().state == "cancelled"
    assert Stock.objects.get().reserved == 2


def test_control_who_only_looks_keeps_another_bay_for_a_customer_who_cancelled(crew):
    for name in ["1号", "2号"]:
        crew.store.bays.create(name=name)
    made, by, gone = factories.appointment(crew), crew.service_advisor, threading.Event()
    kept, other = made.reservation, crew.store.bays.exclude(pk=made.reservation.bay_id).get()

    def press(n):
        if n:
            operations.cancel(made, reason="出差", by=by, at=MONDAY)
            return gone.set()
        assert Appointment.objects.get().reservation == kept
        gone.wait(60)
        workshop.keep(other, kept.starts_at, kept.ends_at)
        return None

    assert at_once(2, press) == [None, None]
    assert BayReservation.objects.get().bay == other
