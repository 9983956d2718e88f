"""Two people act on one visit in the same moment: it has one advisor, and is received once."""

import pytest

from appointments.models import Appointment
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from reception import operations
from reception.models import Visit, VisitHandOver
from reception.states import State
from tests import factories
from tests.faults.crowd import at_once
from tests.reception.morning import at

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PRESSES = 4


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


@pytest.fixture
def hand_over(crew):
    """Let the responsible advisor hand one visit to several colleagues at once; return what each press brought."""
    visit = factories.taken_in(crew)
    colleagues = [factories.person(Role.SERVICE_ADVISOR, crew.store) for _ in range(PRESSES)]
    copies = [Visit.objects.select_related("advisor").get(pk=visit.pk) for _ in range(PRESSES)]
    by = crew.service_advisor
    by.has_perm("reception.receive_visit")  # asked once, before the crowd
    return lambda: at_once(
        PRESSES, lambda n: operations.hand_visit_over(copies[n], to=colleagues[n], reason="忙", by=by, at=at(1))
    )


@pytest.mark.clause("2.2.0.1")
def test_a_visit_handed_to_several_at_once_goes_to_one(hand_over):
    brought = hand_over()
    assert brought.count(None) == 1
    assert all("answers for this visit" in str(one) for one in brought if one is not None)
    assert Visit.objects.get().advisor == VisitHandOver.objects.get().to_advisor


def test_control_who_trusts_what_the_page_showed_hands_it_to_all(hand_over, monkeypatch):
    monkeypatch.setattr(Visit, "refresh_from_db", lambda *args, **kwargs: None)
    assert hand_over().count(None) == PRESSES
    assert VisitHandOver.objects.count() == PRESSES


def test_a_customer_received_from_the_door_by_several_at_once_is_one_visit(crew):
    made = factories.appointment(crew)
    copies = [Appointment.objects.get(pk=made.pk) for _ in range(PRESSES)]
    by = crew.service_advisor
    by.has_perm("reception.receive_visit")
    brought = at_once(PRESSES, lambda n: operations.arrive_and_receive(copies[n], by=by, at=at(0)))
    assert sum(isinstance(one, Visit) for one in brought) == 1
    assert sum(isinstance(one, NotAllowed) for one in brought) == PRESSES - 1
    assert Visit.objects.get().state == State.RECEIVING
