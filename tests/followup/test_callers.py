"""Who may call: never who served the customer, whatever way he served (3.6.1.3)."""

import pytest

from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from followup import operations, queries
from followup.models import Code, ContactRule
from reception.models import VisitMove
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db
WEDNESDAY = china(3, 4, 17)
ANSWER = {"outcome": "reached", "satisfied": True, "score": 5}


@pytest.fixture
def due(visit):
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    return house.task(visit)


def acts_of(task, person, manager):
    """Return every way in which a task could come to a person or be done by him."""
    return [
        lambda: operations.take(task, by=person, at=WEDNESDAY),
        lambda: operations.record_call(task, by=person, at=WEDNESDAY, **ANSWER),
        lambda: operations.reassign(task, to=person, by=manager, at=WEDNESDAY),
    ]


def refused_everything(task, person, manager):
    for act in acts_of(task, person, manager):
        with pytest.raises(NotAllowed):
            act()
    task.refresh_from_db()
    mine = [found.pk for found in queries.worklist(person, task.store, WEDNESDAY) if found.theirs]
    return task.pk not in mine and person not in queries.callers(task) and task.assigned_to is None


def steps(visit, person):
    return {
        "the visit's advisor": lambda: type(visit).objects.filter(pk=visit.pk).update(advisor=person),
        "an order's advisor": lambda: house.order(visit, person),
        "took the car in": lambda: visit_step(visit, "receiving", person),
        "had the intake signed": lambda: visit_step(visit, "inspected", person),
        "gave the car back": lambda: visit_step(visit, "released", person),
        "wrote the order": lambda: house.order_step(visit, "draft", person),
        "had the order signed": lambda: house.order_step(visit, "signed", person),
        "showed the car": lambda: house.order_step(visit, "handed_over", person),
        "settled": lambda: house.order_step(visit, "settled", person),
        "released the car": lambda: house.order_step(visit, "closed", person),
    }


def visit_step(visit, to_state, person):
    VisitMove.objects.create(thing=visit, to_state=to_state, by=person, at=visit.released_at)


@pytest.mark.clause("3.6.1.3")
@pytest.mark.parametrize("way", steps(None, None))
def test_who_acted_as_advisor_never_calls(due, store, manager, way):
    """The deputy who only showed the car is banned as well, whatever other role allows the call."""
    deputy = house.person(store, Role.INFORMATION_CLERK, Role.ADVISOR_ASSISTANT)
    assert deputy in queries.callers(due)
    steps(due.visit, deputy)[way]()
    assert refused_everything(due, deputy, manager)
    assert deputy.full_name in queries.obstacles(due, deputy)[0]


@pytest.mark.clause("3.6.1.3")
def test_the_role_of_advisor_is_banned_by_default(due, store, manager):
    both = house.person(store, Role.SERVICE_ADVISOR, Role.INFORMATION_CLERK)
    assert refused_everything(due, both, manager)


def test_other_advisors_may_call_where_a_manager_allows_it_but_never_who_served(due, store, manager):
    other = house.person(store, Role.SERVICE_ADVISOR, Role.INFORMATION_CLERK)
    served = house.person(store, Role.SERVICE_ADVISOR, Role.INFORMATION_CLERK)
    visit_step(due.visit, "receiving", served)
    operations.change_rule(ContactRule.objects.get(code=Code.CALL), advisors_barred=False, by=manager, at=WEDNESDAY)
    task = house.task(due.visit)
    assert refused_everything(task, served, manager)
    operations.record_call(task, by=other, at=WEDNESDAY, **ANSWER)


@pytest.mark.clause("3.6.1.4")
@pytest.mark.parametrize("role", [Role.INFORMATION_CLERK, Role.ADVISOR_ASSISTANT, Role.TECHNICIAN])
def test_clerk_assistant_and_technician_may_call(due, store, role):
    caller = house.person(store, role)
    assert due in queries.worklist(caller, store, WEDNESDAY)
    operations.record_call(due, by=caller, at=WEDNESDAY, **ANSWER)
    assert due.done_by == caller


def test_the_assistant_who_only_noted_the_arrival_may_call(due, store):
    assistant = house.person(store, Role.ADVISOR_ASSISTANT)
    visit_step(due.visit, "waiting", assistant)
    operations.record_call(due, by=assistant, at=WEDNESDAY, **ANSWER)


@pytest.mark.parametrize("role", [Role.SALESPERSON, Role.CASHIER, Role.SALES_MANAGER, Role.AFTER_SALES_MANAGER])
def test_other_roles_may_not(due, store, manager, role):
    assert refused_everything(due, house.person(store, role), manager)


def test_people_of_another_store_may_not(due, manager):
    stranger = house.clerk(house.store("YY"))
    assert stranger not in queries.callers(due)
    for act in acts_of(due, stranger, manager):
        with pytest.raises(NotAllowed):
            act()


def test_a_manager_gives_the_task_to_somebody_who_may(due, store, clerk, manager):
    operations.reassign(due, to=clerk, by=manager, at=WEDNESDAY, reason="休假")
    assert due.assigned_to == clerk
    assert "休假" in due.moves.last().reason
    other = house.clerk(store)
    assert due.pk not in [task.pk for task in queries.worklist(other, store, WEDNESDAY)]
    with pytest.raises(NotAllowed):
        operations.take(due, by=other, at=WEDNESDAY)


def test_only_who_may_reassign_hands_tasks_on(due, store, clerk):
    with pytest.raises(NotAllowed):
        operations.reassign(due, to=house.clerk(store), by=clerk, at=WEDNESDAY)


def test_a_task_that_is_done_is_not_given_to_anybody(due, clerk, store, manager):
    seen = house.task(due.visit)
    operations.record_call(due, by=clerk, at=WEDNESDAY, **ANSWER)
    with pytest.raises(NotAllowed):
        operations.reassign(seen, to=house.clerk(store), by=manager, at=WEDNESDAY)


def test_somebody_who_left_gets_no_task(due, clerk, manager):
    clerk.is_active = False
    clerk.save()
    assert clerk not in queries.callers(due)
    with pytest.raises(NotAllowed):
        operations.reassign(due, to=clerk, by=manager, at=WEDNESDAY)
