"""Every transition of an appointment: allowed, refused from a wrong state, refused to a wrong role."""

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from appointments import states
from appointments.models import Appointment
from appointments.states import CANCEL, TRANSITIONS, State
from dealership import workflow
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE

NAMES = [step.name for step in TRANSITIONS]
ALLOWED = [(step, state) for step in TRANSITIONS for state in State if state in step.sources]
REFUSED = [(step, state) for step in TRANSITIONS for state in State if state not in step.sources]


@pytest.fixture
def appointment(crew):
    return factories.appointment(crew)


def placed(appointment, state):
    """Put the appointment into a state, with the fields the database wants there."""
    held_until = TUESDAY_NINE if state == State.REQUESTED else None
    Appointment.objects.filter(pk=appointment.pk).update(state=state, held_until=held_until, **fields(state))
    return Appointment.objects.get(pk=appointment.pk)


def fields(state):
    return {"arrived_at": TUESDAY_NINE if state == State.ARRIVED else None}


def test_the_table_names_each_step_once():
    assert sorted(NAMES) == sorted(set(NAMES)) == ["arrive", "cancel", "confirm", "miss", "rebook", "reschedule"]


@pytest.mark.clause("2.1.4")
def test_what_holds_a_slot_is_held_promised_or_here():
    assert {*states.HOLDS_SLOT} == {State.REQUESTED, State.CONFIRMED, State.ARRIVED}
    assert {step.target for step in TRANSITIONS if State.REQUESTED in step.sources} == {
        State.CONFIRMED,
        State.CANCELLED,
    }, "nobody arrives, misses or moves what he never agreed to"
    assert not any(State.ARRIVED in step.sources for step in TRANSITIONS), "F.1: who is here cancels nothing"


@pytest.mark.parametrize(("step", "state"), ALLOWED, ids=lambda value: getattr(value, "name", value))
def test_a_step_is_allowed_and_written_down(appointment, crew, step, state):
    thing, before = placed(appointment, state), appointment.moves.count()
    workflow.move(thing, step, by=crew.service_advisor, at=TUESDAY_NINE, reason="客户来电", **fields(step.target))
    assert Appointment.objects.get(pk=appointment.pk).state == thing.state == step.target
    assert appointment.moves.count() == before + 1
    last = appointment.moves.last()
    assert (last.from_state, last.to_state) == (state, step.target)
    assert (last.by, last.at, last.reason) == (crew.service_advisor, TUESDAY_NINE, "客户来电")


@pytest.mark.parametrize(("step", "state"), REFUSED, ids=lambda value: getattr(value, "name", value))
def test_a_step_is_refused_from_a_wrong_state(appointment, crew, step, state):
    thing, before = placed(appointment, state), appointment.moves.count()
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Appointment.objects.get(pk=appointment.pk).state == state
    assert appointment.moves.count() == before


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
@pytest.mark.parametrize("role", ["claims", "technician", "cashier", "director"])
def test_a_step_is_refused_to_a_role_without_the_permission(appointment, crew, step, role):
    thing = placed(appointment, next(iter(step.sources)))
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=getattr(crew, role), at=TUESDAY_NINE)
    assert appointment.moves.count() == 2


def test_the_clock_lets_holds_go_and_notes_who_is_missing():
    assert {step.name for step in TRANSITIONS if step.by_clock} == {"cancel", "miss"}


@pytest.mark.parametrize("step", [step for step in TRANSITIONS if not step.by_clock], ids=lambda step: step.name)
def test_every_other_step_needs_a_person(appointment, step):
    thing = placed(appointment, next(iter(step.sources)))
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=workflow.CLOCK, at=TUESDAY_NINE, **fields(step.target))
    assert appointment.moves.count() == 2


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_loser_of_a_race_reads_who_was_first(crew, language):
    crew.service_advisor = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="李娜")
    mine = factories.appointment(crew)
    theirs = Appointment.objects.get(pk=mine.pk)
    workflow.move(theirs, CANCEL, by=crew.service_advisor, at=TUESDAY_NINE, reason="改期")
    with translation.override(language):
        with pytest.raises(NotAllowed) as refusal:
            workflow.move(
                mine, CANCEL, by=crew.advisor_assistant, at=TUESDAY_NINE + timedelta(seconds=4), reason="改期"
            )
        words = {"who": "李娜", "state": State.CANCELLED.label, "ago": workflow.ago(4)}
        assert str(refusal.value) == _("%(who)s moved this to “%(state)s” %(ago)s.") % words
    if language == "en":
        assert str(refusal.value) == "李娜 moved this to “cancelled” 4 seconds ago."
    assert mine.moves.count() == 3
