"""Hand-over, settlement and payment."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dealership.paperwork import operations as paperwork
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import GatePass, Payment
from workorders.operations import cashier, delivery, settlement

HALF_A_YEAR_ON = TUESDAY_NINE.date() + timedelta(days=182)


def hand_over(order, crew, on=HALF_A_YEAR_ON, km=50000):
    facts = factories.shown(order, next_service_on=on, next_service_km=km)
    delivery.hand_over(order, **facts, by=crew.service_advisor, at=TUESDAY_NINE)


def pay(order, crew, received_fen, method="cash", key=None):
    return cashier.pay(
        queries.money.sheet_of(order),
        method=method,
        received_fen=received_fen,
        request_key=key or uuid4(),
        by=crew.cashier,
        at=TUESDAY_NINE,
    )


@pytest.mark.clause("2.6.4.5")
@pytest.mark.parametrize("next_service", [{"on": TUESDAY_NINE.date()}, {"km": 12000}])
def test_the_next_service_lies_ahead_in_days_and_kilometres(crew, next_service):
    order = factories.told(crew)
    with pytest.raises(NotAllowed):
        hand_over(order, crew, **next_service)
    hand_over(order, crew)
    assert order.state == "handed_over"


@pytest.mark.clause("2.6.4.1")
def test_an_order_is_settled_only_after_the_car_was_shown(crew):
    with pytest.raises(NotAllowed):
        settlement.settle(
            factories.told(crew),
            signer_name="王",
            image=factories.signature_png(),
            call_from=None,
            call_until=None,
            by=crew.service_advisor,
            at=TUESDAY_NINE,
        )


@pytest.mark.clause("2.6.6.1", "2.6.6.3", "2.6.10.3")
def test_the_sheet_carries_next_service_call_time_and_the_advisor(crew):
    from datetime import time

    order = factories.settled(crew, call_from=time(19), call_until=time(20))
    fields = dict(queries.money.sheet_of(order).sheet.content["fields"])
    assert "20000" in " ".join(fields.values())
    assert "19:00–20:00" in fields.values()
    assert any(crew.service_advisor.full_name in value for value in fields.values())
    assert paperwork.verify(queries.money.sheet_of(order).sheet)


@pytest.mark.clause("2.6.8.2")
def test_cash_beyond_what_is_due_is_change(crew):
    order = factories.settled(crew)
    payment = pay(order, crew, 50000)
    assert (payment.amount_fen, payment.change_fen) == (19900, 30100)


def test_a_card_pays_no_more_than_is_due(crew):
    with pytest.raises(NotAllowed):
        pay(factories.settled(crew), crew, 50000, method="card")


def test_the_order_is_paid_with_the_last_fen(crew):
    order = factories.settled(crew)
    pay(order, crew, 10000, method="card")
    order.refresh_from_db()
    assert order.state == "settled"
    pay(order, crew, 9900)
    order.refresh_from_db()
    assert order.state == "paid"


def test_a_payment_sent_twice_is_one_payment(crew):
    order, key = factories.settled(crew), uuid4()
    first, second = pay(order, crew, 5000, key=key), pay(order, crew, 5000, key=key)
    assert first == second
    assert Payment.objects.count() == 1


def test_nothing_is_taken_twice(crew):
    order = factories.paid(crew)
    with pytest.raises(NotAllowed):
        pay(order, crew, 5000)


@pytest.mark.clause("2.6.8.1")
def test_nothing_due_means_paid_at_once(crew):
    order = factories.handed_over(crew)
    order.part_lines.update(unit_price_fen=0, amount_fen=0)
    order.labour_lines.update(rate_fen=0, amount_fen=0)
    settlement.settle(
        order,
        signer_name="王",
        image=factories.signature_png(),
        call_from=None,
        call_until=None,
        by=crew.service_advisor,
        at=TUESDAY_NINE,
    )
    order.refresh_from_db()
    assert order.state == "paid"
    assert GatePass.objects.count() == 1
