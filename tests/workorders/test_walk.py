"""The car shown to its customer line by line, his questions, and what he gets back before he leaves."""

from datetime import date, time, timedelta

import pytest

from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from reception.models import Visit
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, CustomerQuestion, DeliveryWalk, Desk, ThingsReturned, WorkOrder
from workorders.operations import delivery, ready, settlement
from workorders.operations.delivery import Told

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(minutes=9)


@pytest.fixture
def order(crew):
    return factories.told(crew)


def show(order, crew, **details):
    return delivery.hand_over(order, **factories.shown(order, **details), by=crew.service_advisor, at=TUESDAY_NINE)


def refused(order, crew, match, **details):
    with pytest.raises(NotAllowed, match=match):
        show(order, crew, **details)
    assert WorkOrder.objects.get(pk=order.pk).state == "ready"
    assert not DeliveryWalk.objects.exists()


@pytest.mark.parametrize("step", [
    pytest.param("accompanied", marks=pytest.mark.clause("2.6.4.1")),
    pytest.param("work_explained", marks=pytest.mark.clause("2.6.4.2", "3.5.1.2")),
    pytest.param("old_parts_shown", marks=pytest.mark.clause("2.6.4.3")),
    pytest.param("advice_told", marks=pytest.mark.clause("2.6.4.4")),
    pytest.param("next_service_told", marks=pytest.mark.clause("2.6.4.5", "3.5.3.1")),
    pytest.param("spare_and_tools_told", marks=pytest.mark.clause("2.6.4.6")),
    pytest.param("clean_shown", marks=pytest.mark.clause("2.6.4.7")),
    pytest.param("follow_up_told", marks=pytest.mark.clause("2.6.4.8")),
    pytest.param("call_time_asked", marks=pytest.mark.clause("2.6.4.9")),
    pytest.param("covers_removed", marks=pytest.mark.clause("2.6.4.10", "F25")),
    pytest.param("plan_given", marks=pytest.mark.clause("3.5.1.4")),
])  # fmt: skip
def test_no_step_is_left_out(order, crew, step):
    refused(order, crew, "Every step", steps=dict.fromkeys(delivery.STEPS, True) | {step: False})


@pytest.mark.clause("2.6.4.2")
def test_every_line_is_explained_and_kept(order, crew):
    lines = queries.leaving.charged(order)
    assert len(lines) == 2
    refused(order, crew, lines[1].description, explained=lines[:1])
    walk = show(order, crew, explained=lines)
    assert {str(one) for one in walk.explained.all()} == {str(line) for line in lines}


@pytest.mark.clause("2.6.4.4")
def test_what_was_declined_is_advised_once_more(order, crew):
    order.part_lines.update(decision="declined", decision_reason="下次")
    order = queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()
    assert queries.leaving.declined(order) == [order.part_lines.get().description]


@pytest.mark.clause("2.6.4.9")
@pytest.mark.clause("2.6.10.2")
@pytest.mark.clause("3.5.3.2")
@pytest.mark.clause("3.2.2.5")
def test_what_was_told_is_kept(order, crew):
    told = Told(
        use_notes="新制动片磨合期避免急刹", spare_result="备胎 2.4 bar", inspection_on=date(2027, 6, 1),
        call_from=time(19), call_until=time(20), card_given=True, next_visit="none", next_visit_words="要出国",
    )  # fmt: skip
    walk = show(order, crew, told=told)
    assert (walk.spare_result, walk.call_from, walk.card_given) == ("备胎 2.4 bar", time(19), True)
    assert queries.leaving.walk_of(order) == walk
    order.visit.vehicle.refresh_from_db()
    assert order.visit.vehicle.inspection_due_on == date(2027, 6, 1)


@pytest.mark.parametrize(("told", "match"), [
    ({"inspection_on": date(2026, 11, 24)}, "annual inspection lies in the future"),
    ({"call_from": time(19)}, "Enter both times"),
    ({"call_from": time(19), "call_until": time(18)}, "Enter both times"),
    ({"next_visit": "none", "next_visit_words": " "}, "why there is no next appointment"),
    pytest.param({"next_visit": ""}, "Ask for the next appointment", marks=pytest.mark.clause("3.5.3.2")),
    ({"next_visit": "perhaps"}, "Ask for the next appointment"),
    ({"next_visit": "booked"}, "for when the appointment is made"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(order, crew, told, match):
    refused(order, crew, match, told=Told(**{"next_visit": "remind"} | told))


@pytest.mark.clause("2.6.0.1")
def test_the_five_parts_of_the_delivery_come_in_order_each_with_its_time(crew):
    order = factories.released(crew)
    parts = ["ready", "handed_over", "settled", "paid", "closed"]
    moved = [move.to_state for move in order.moves.all() if move.to_state in parts]
    assert moved == parts
    assert all(move.at for move in order.moves.all())


# Questions


@pytest.mark.clause("3.5.1.3")
def test_a_question_is_answered_before_the_customer_leaves(order, crew):
    asked = delivery.ask(order, words="自动启停怎么关？", by=crew.service_advisor, at=TUESDAY_NINE)
    assert "自动启停怎么关" in queries.leaving.obstacles_to_leaving(order.visit)[0]
    with pytest.raises(NotAllowed, match="Write down the answer"):
        delivery.answer(asked, answer=" ", by=crew.service_advisor, at=LATER)
    delivery.answer(asked, answer="中控台 A 键", by=crew.service_advisor, at=LATER)
    assert not any("question" in one for one in queries.leaving.obstacles_to_leaving(order.visit))
    with pytest.raises(NotAllowed, match="answered this already"):
        delivery.answer(asked, answer="再", by=crew.service_advisor, at=LATER)


def test_a_question_answered_at_once_stays_nowhere_open(order, crew):
    asked = delivery.ask(
        order, words="胎压多少？", answer="2.4", to_workshop=True, by=crew.service_advisor, at=TUESDAY_NINE
    )
    assert (asked.answered_by, asked.to_workshop) == (crew.service_advisor, False)
    assert not order.alerts.filter(about=About.QUESTION).exists()


@pytest.mark.clause("3.5.2.2")
def test_what_the_advisor_cannot_answer_is_before_the_workshop_at_once(order, crew):
    asked = delivery.ask(order, words="为何换了连杆？", to_workshop=True, by=crew.service_advisor, at=TUESDAY_NINE)
    assert order.alerts.get(about=About.QUESTION).desk == Desk.FOREMAN
    with pytest.raises(NotAllowed, match="Your role"):
        delivery.answer(asked, answer="磨损", by=crew.cashier, at=LATER)
    delivery.answer(asked, answer="球头松旷", by=crew.technician, at=LATER)
    assert (asked.answered_by, asked.answered_at - asked.asked_at) == (crew.technician, timedelta(minutes=9))
    assert not order.alerts.filter(desk=Desk.FOREMAN, seen_at=None, about=About.QUESTION).exists()
    assert order.alerts.get(desk=Desk.ADVISOR, about=About.QUESTION).words == "球头松旷"


def test_a_question_says_what_and_comes_at_the_car(crew, order):
    with pytest.raises(NotAllowed, match="what the customer asked"):
        delivery.ask(order, words=" ", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        delivery.ask(factories.finished(crew), words="?", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="Your role"):
        delivery.ask(order, words="?", by=crew.technician, at=TUESDAY_NINE)
    assert not CustomerQuestion.objects.exists()


# What goes back


def received(order, **values):
    Visit.objects.filter(pk=order.visit_id).update(**values)
    order.visit.refresh_from_db()


@pytest.mark.clause("2.6.9.1")
@pytest.mark.clause("2.2.5.1")
@pytest.mark.clause("F33")
def test_everything_received_goes_back_before_the_car_leaves(crew):
    order = factories.settled(crew)
    with pytest.raises(NotAllowed, match="pays first"):
        factories.give_back(order, crew)
    factories.pay(order, crew)
    assert queries.leaving.owed_back(order.visit) == ["key", "vehicle licence", "maintenance booklet", "replaced parts"]
    assert "vehicle licence" in queries.leaving.obstacles_to_leaving(order.visit)[0]
    with pytest.raises(NotAllowed, match="everything back that was received"):
        delivery.give_back(order, things=["key", "booklet", "old_parts"], by=crew.service_advisor, at=LATER)
    things = ["key", "licence", "booklet", "old_parts"]
    given = delivery.give_back(order, things=things, by=crew.service_advisor, at=LATER)
    assert (given.key, given.licence, given.booklet, given.belongings, given.old_parts) == (
        True, True, True, False, True,
    )  # fmt: skip
    assert queries.leaving.obstacles_to_leaving(order.visit) == []


def test_what_was_not_received_is_not_owed(crew):
    order = factories.settled(crew)
    received(order, key_received=False, licence_received=False, booklet_received=None)
    WorkOrder.objects.update(old_parts="dispose")
    assert queries.leaving.owed_back(order.visit) == []
    received(order, belongings="儿童座椅")
    assert queries.leaving.owed_back(order.visit) == ["things from the car"]


@pytest.mark.clause("A6")
def test_parts_of_the_manufacturer_are_not_taken_away(crew):
    order = factories.settled(crew)
    order.part_lines.update(payer="manufacturer")
    assert "replaced parts" not in queries.leaving.owed_back(order.visit)


def test_who_gives_his_key_again_gets_it_back_again_and_both_stay_on_record(crew):
    order, by = factories.paid(crew), crew.service_advisor
    first = ThingsReturned.objects.get()
    sheet = queries.money.sheet_of(order)
    settlement.reverse(sheet, reason="漏记旧件", by=crew.after_sales_manager, at=TUESDAY_NINE)
    ready.send_to_workshop(order, words="异响", by=by, at=LATER)
    assert "key" in queries.leaving.names_owed(order.visit)
    first.refresh_from_db()
    assert (first.by, first.at, first.undone_at) == (by, TUESDAY_NINE, LATER)
    WorkOrder.objects.filter(pk=order.pk).update(state="paid")
    second = factories.give_back(order, crew, at=LATER)
    assert queries.leaving.names_owed(order.visit) == []
    assert second != first
    assert ThingsReturned.objects.filter(visit=order.visit).count() == 2


def test_nothing_goes_back_before_the_settlement(crew):
    order = factories.handed_over(crew)
    with pytest.raises(NotAllowed, match="Settle first"):
        delivery.give_back(order, things=["key"], by=crew.service_advisor, at=LATER)
    assert not ThingsReturned.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in ("service_advisor", "after_sales_manager")])
def test_only_the_desk_gives_back(crew, role):
    order = factories.settled(crew)
    with pytest.raises(NotAllowed, match="Your role"):
        delivery.give_back(order, things=["key"], by=getattr(crew, role), at=LATER)
