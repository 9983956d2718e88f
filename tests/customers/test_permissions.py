"""Every operation asks who acts; the clock and the import act without a role of their own."""

import inspect

import pytest

from dealership.customers import operations
from dealership.customers.models import Recall
from dealership.workflow import CLOCK, NotAllowed

ACTS = {
    "register": lambda t, **who: operations.register(name="李娜", phones=["13900139000"], **who),
    "register_with_car": lambda t, **who: operations.register_with_car(name="李娜", plate="沪B54321", mileage=5, **who),
    "correct": lambda t, **who: operations.correct(t.wang, notes="x", **who),
    "add_phone": lambda t, **who: operations.add_phone(t.wang, "13900139000", **who),
    "prefer_phone": lambda t, **who: operations.prefer_phone(t.phone, **who),
    "drop_phone": lambda t, **who: operations.drop_phone(t.phone, **who),
    "add_contact": lambda t, **who: operations.add_contact(t.wang, name="李娜", kind="family", **who),
    "drop_contact": lambda t, **who: operations.drop_contact(t.contact, **who),
    "record_consent": lambda t, **who: operations.record_consent(
        t.wang, purpose="service", channel="call", granted=True, **who
    ),
    "add_vehicle": lambda t, **who: operations.add_vehicle(keeper=t.wang, plate="沪B54321", **who),
    "correct_vehicle": lambda t, **who: operations.correct_vehicle(t.car, colour="red", **who),
    "change_keeper": lambda t, **who: operations.change_keeper(t.car, t.li, t.at.date(), **who),
    "record_mileage": lambda t, **who: operations.record_mileage(t.car, 5000, "desk", **who),
    "record_past_order": lambda t, **who: operations.record_past_order(
        t.car, t.wang, source="DMS", number="1", closed_on=t.at.date(), **who
    ),
    "merge": lambda t, **who: operations.merge(t.wang, t.li, **who),
    "plan_line": lambda t, **who: operations.plan_line(t.car, item="刹车液", due_km=5000, **who),
    "make_usual_plan": lambda t, **who: operations.make_usual_plan(t.car, [("刹车液", "M20", 24, None)], **who),
    "drop_plan_line": lambda t, **who: operations.drop_plan_line(t.line, **who),
    "end_recommendation": lambda t, **who: operations.end_recommendation(t.advice, done=True, **who),
    "list_recalled": lambda t, **who: operations.list_recalled(t.recall, [t.car.vin], **who),
}
MANAGERS = {"merge", "list_recalled"}
# Whoever calls them, an order as a rule, has decided who may.
CALLERS = {"close_recall", "decline_again", "end_plan_lines", "end_recommendations", "recommend"}
CHANGE_NOTHING = {"check_plate", "check_vin"}


@pytest.fixture
def things(wang, car, advisor, at):
    class Things:
        pass

    made = Things()
    made.wang, made.car, made.at, made.phone = wang, car, at, wang.phones.get()
    made.li = operations.register(name="李娜", by=advisor, at=at)
    made.contact = operations.add_contact(wang, name="赵总", kind="key_person", by=advisor, at=at)
    made.line = operations.plan_line(car, item="机油机滤", due_on=at.date(), by=advisor, at=at)
    made.advice = operations.recommend(
        car, words="轮胎磨损", declined=False, source="W-1", remind_on=at.date(), by=advisor, at=at
    )
    made.recall = Recall.objects.create(number="R-1", title="气囊", todo="更换", published_on=at.date())
    return made


def test_every_operation_is_tried_here():
    known = {name for name in operations.__all__ if inspect.isfunction(getattr(operations, name))}
    assert known == set(ACTS) | CALLERS | CHANGE_NOTHING


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["salesperson", "technician", "cashier"])
def test_who_only_looks_changes_nothing(things, crew, at, act, role):
    with pytest.raises(NotAllowed):
        ACTS[act](things, by=getattr(crew, role), at=at)


@pytest.mark.parametrize("act", sorted(set(ACTS) - MANAGERS))
@pytest.mark.parametrize("role", ["service_advisor", "advisor_assistant"])
def test_the_desk_may(things, crew, at, act, role):
    ACTS[act](things, by=getattr(crew, role), at=at)


@pytest.mark.parametrize("act", ACTS)
def test_the_clock_may(things, at, act):
    ACTS[act](things, by=CLOCK, at=at)
