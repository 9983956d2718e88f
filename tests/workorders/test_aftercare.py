"""What an order leaves behind on the car: its maintenance plan, what was advised, what was declined."""

from datetime import timedelta

import pytest

from dealership.customers import operations as customers
from dealership.customers.models import PlanLine, Recommendation
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.workorders.gates import scan
from workorders.operations import delivery, gate, writeup

TUESDAY = TUESDAY_NINE.date()


def planned(crew, vehicle, code):
    return customers.plan_line(
        vehicle, item=f"项目{code}", code=code, due_on=TUESDAY, by=crew.service_advisor, at=MONDAY
    )


@pytest.mark.clause("3.1.1.4")
def test_the_plan_line_an_order_did_is_closed_by_it(crew):
    _customer, vehicle = car = factories.customer_with_car(crew.service_advisor)
    other = factories.customer_with_car(crew.service_advisor)[1]
    order = factories.paid(crew, car=car)
    code = order.labour_lines.get().operation.code
    done, elsewhere, to_come = planned(crew, vehicle, code), planned(crew, other, code), planned(crew, vehicle, "M99")
    scan(order, crew.service_advisor)
    assert set(PlanLine.objects.filter(state="open")) == {elsewhere, to_come}
    done.refresh_from_db()
    assert (done.state, done.ended_by, done.ended_at) == ("done", order.number, TUESDAY_NINE)


def test_a_car_that_cannot_leave_keeps_its_plan(crew):
    car = factories.customer_with_car(crew.service_advisor)
    order = factories.paid(crew, car=car)
    line = planned(crew, car[1], order.labour_lines.get().operation.code)
    gate_pass = order.visit.gate_passes.get()
    gate.void(gate_pass, "写错", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        gate.release(gate_pass.code, by=crew.service_advisor, at=TUESDAY_NINE)
    line.refresh_from_db()
    assert line.state == "open"


def hand_over(order, crew, advice):
    delivery.hand_over(order, **factories.shown(order, advice=advice), by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.6.4.5")
def test_advice_given_at_the_car_is_recommended_for_another_visit(crew):
    order = factories.told(crew)
    hand_over(order, crew, " 后轮胎花纹偏浅 ")
    found = Recommendation.objects.get()
    assert (found.vehicle, found.words, found.source) == (order.visit.vehicle, "后轮胎花纹偏浅", order.number)
    assert (found.declined, found.state, found.said_by) == (False, "open", crew.service_advisor)
    assert found.remind_on == TUESDAY + timedelta(days=90)


def test_without_advice_nothing_is_recommended(crew):
    hand_over(factories.told(crew), crew, " ")
    assert not Recommendation.objects.exists()


def test_a_hand_over_that_is_refused_recommends_nothing(crew):
    with pytest.raises(NotAllowed):
        hand_over(factories.finished(crew), crew, "后轮胎花纹偏浅")
    assert not Recommendation.objects.exists()


def test_work_the_customer_declined_is_kept_with_his_reason(crew):
    visit = factories.taken_in(crew)
    writeup.let_go(visit, reason="太贵", by=crew.service_advisor, at=TUESDAY_NINE)
    found = Recommendation.objects.get()
    assert (found.vehicle, found.words, found.reason) == (visit.vehicle, "刹车有异响", "太贵")
    assert (found.declined, found.source) == (True, visit.intake.number)
    assert found.remind_on == TUESDAY + timedelta(days=30)


def test_whoever_may_not_let_the_customer_go_writes_nothing(crew):
    visit = factories.taken_in(crew)
    with pytest.raises(NotAllowed):
        writeup.let_go(visit, reason="太贵", by=crew.claims, at=TUESDAY_NINE)
    assert not Recommendation.objects.exists()


@pytest.mark.clause("2.6.4.5")
def test_the_next_service_promised_at_the_car_reaches_its_file(crew):
    order = factories.settled(crew)
    vehicle = type(order.visit.vehicle).objects.get(pk=order.visit.vehicle_id)
    assert (vehicle.next_service_on, vehicle.next_service_km) == (TUESDAY + timedelta(days=180), 20000)
