"""Every transition of a visit: allowed, refused from a wrong state, refused to a wrong role."""

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.paperwork import operations as paperwork
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from reception import documents, operations
from reception.models import Visit
from reception.states import OPEN, TRANSITIONS, State
from tests import factories
from tests.factories import TUESDAY_NINE

ALLOWED = [(step, state) for step in TRANSITIONS for state in State if state in step.sources]
REFUSED = [(step, state) for step in TRANSITIONS for state in State if state not in step.sources]


@pytest.fixture
def visit(crew):
    """A visit with everything the database wants of any state."""
    made = factories.arrived(crew)
    paper = paperwork.issue(
        store=made.store,
        kind="intake",
        content=documents.intake(made),
        language="zh-hans",
        by=crew.service_advisor,
        at=TUESDAY_NINE,
    )
    Visit.objects.filter(pk=made.pk).update(intake=paper, released_at=TUESDAY_NINE)
    return made


def placed(visit, state):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    return Visit.objects.get(pk=visit.pk)


def test_the_table_names_each_step_once():
    assert sorted(step.name for step in TRANSITIONS) == ["decline", "leave", "receive", "release", "sign"]


@pytest.mark.parametrize(("step", "state"), ALLOWED, ids=lambda value: getattr(value, "name", value))
def test_a_step_is_allowed_and_written_down(visit, crew, step, state):
    thing, before = placed(visit, state), visit.moves.count()
    workflow.move(thing, step, by=crew.service_advisor, at=TUESDAY_NINE, reason="客户要求")
    assert Visit.objects.get(pk=visit.pk).state == thing.state == step.target
    assert visit.moves.count() == before + 1
    last = visit.moves.last()
    assert (last.from_state, last.to_state) == (state, step.target)
    assert (last.by, last.at, last.reason) == (crew.service_advisor, TUESDAY_NINE, "客户要求")


@pytest.mark.parametrize(("step", "state"), REFUSED, ids=lambda value: getattr(value, "name", value))
def test_a_step_is_refused_from_a_wrong_state(visit, crew, step, state):
    thing, before = placed(visit, state), visit.moves.count()
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Visit.objects.get(pk=visit.pk).state == state
    assert visit.moves.count() == before


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
@pytest.mark.parametrize("role", ["claims", "technician", "cashier", "advisor_assistant"])
def test_a_step_is_refused_to_a_role_without_the_permission(visit, crew, step, role):
    thing = placed(visit, next(iter(step.sources)))
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=getattr(crew, role), at=TUESDAY_NINE)
    assert visit.moves.count() == 1


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
def test_no_step_is_the_clocks(visit, step):
    thing = placed(visit, next(iter(step.sources)))
    with pytest.raises(NotAllowed):
        workflow.move(thing, step, by=workflow.CLOCK, at=TUESDAY_NINE)


def test_the_states_that_hold_a_car_are_those_before_it_goes():
    assert set(State) - set(OPEN) == {State.RELEASED, State.LEFT}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_loser_of_a_race_reads_who_was_first(crew, language):
    crew.service_advisor = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="李娜")
    mine = factories.arrived(crew)
    theirs = Visit.objects.get(pk=mine.pk)
    operations.receive(theirs, by=crew.service_advisor, at=TUESDAY_NINE)
    with translation.override(language):
        with pytest.raises(NotAllowed) as refusal:
            operations.receive(mine, by=crew.after_sales_manager, at=TUESDAY_NINE + timedelta(minutes=3))
        words = {"who": "李娜", "state": State.RECEIVING.label, "ago": workflow.ago(180)}
        assert str(refusal.value) == _("%(who)s moved this to “%(state)s” %(ago)s.") % words
    if language == "en":
        assert str(refusal.value) == "李娜 moved this to “being received” 3 minutes ago."
    stored = Visit.objects.get()
    assert stored.advisor == crew.service_advisor, "the loser does not become the responsible advisor"
    assert stored.moves.count() == 2
