"""Every transition of the table: allowed, refused from a wrong state, refused to a wrong role."""

import pytest

from dealership import workflow
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import WorkOrder
from workorders.states import TRANSITIONS, State

HOLDERS = {
    "sign": Role.SERVICE_ADVISOR,
    "revise": Role.SERVICE_ADVISOR,
    "dispatch": Role.FOREMAN,
    "dispatch_own": Role.SERVICE_ADVISOR,
    "recall": Role.FOREMAN,
    "start": Role.TECHNICIAN,
    "hold": Role.TECHNICIAN,
    "resume": Role.TECHNICIAN,
    "finish": Role.TECHNICIAN,
    "pass": Role.QUALITY_INSPECTOR,
    "fail": Role.QUALITY_INSPECTOR,
    "make_ready": Role.SERVICE_ADVISOR,
    "send_back": Role.SERVICE_ADVISOR,
    "hand_over": Role.SERVICE_ADVISOR,
    "settle": Role.SERVICE_ADVISOR,
    "pay": Role.CASHIER,
    "nothing_due": Role.SERVICE_ADVISOR,
    "reopen": Role.AFTER_SALES_MANAGER,
    "reverse": Role.AFTER_SALES_MANAGER,
    "close": Role.SERVICE_ADVISOR,
    "close_later": Role.SERVICE_ADVISOR,
    "cancel": Role.SERVICE_ADVISOR,
}


@pytest.fixture
def order(crew):
    return factories.signed(crew)


def placed(order, state):
    WorkOrder.objects.filter(pk=order.pk).update(state=state, held_for="parts" if state == State.ON_HOLD else "")
    order.refresh_from_db()
    return order


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
def test_transition(order, crew, step):
    holder = getattr(crew, HOLDERS[step.name])
    for state in State.values:
        placed(order, state)
        moves = order.moves.count()
        if state in step.sources:
            changes = {"held_for": "parts" if step.target == State.ON_HOLD else ""}
            workflow.move(order, step, by=holder, at=TUESDAY_NINE, **changes)
            assert order.state == step.target
            last = order.moves.last()
            assert (last.from_state, last.to_state, last.by) == (state, step.target, holder)
        else:
            with pytest.raises(NotAllowed):
                workflow.move(order, step, by=holder, at=TUESDAY_NINE)
            assert order.moves.count() == moves


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
def test_transition_is_refused_to_a_role_without_the_permission(order, crew, step):
    stranger = crew.claims
    placed(order, next(iter(step.sources)))
    with pytest.raises(NotAllowed):
        workflow.move(order, step, by=stranger, at=TUESDAY_NINE)
    if not step.by_clock:
        with pytest.raises(NotAllowed):
            workflow.move(order, step, by=workflow.CLOCK, at=TUESDAY_NINE)
