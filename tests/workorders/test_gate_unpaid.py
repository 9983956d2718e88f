"""The manager's word: a car leaves unpaid, what it owes stays written down (R14)."""

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import (
    DUE,
    REASON,
    all_but_paid,
    owing,
    pass_of,
    pay,
    refused,
    scan,
    second_order,
    states_of,
)
from workorders import queries
from workorders.models import GatePass
from workorders.operations import gate
from workorders.states import State

pytestmark = pytest.mark.usefixtures("english")
DAY = timedelta(hours=24)


@pytest.fixture
def settled(crew):
    return all_but_paid(crew)


@pytest.fixture
def paid(crew):
    return factories.paid(crew)


@pytest.fixture
def manager(crew):
    return crew.after_sales_manager


def test_the_manager_lets_a_car_go_unpaid_and_the_order_stays_owed(settled, crew, manager):
    gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    one = pass_of(settled)
    assert (one.unpaid_by, one.unpaid_fen, one.unpaid_reason) == (manager, DUE, REASON)
    assert states_of(settled) == ("settled", "inspected")  # he said so; the car still goes through the gate
    scan(settled, crew.guard)
    assert states_of(settled) == ("settled", "released")
    [owed] = queries.gate.left_unpaid(crew.store)
    assert (owed, owed.due_fen, owed.word) == (settled, DUE, one)


def test_what_was_owed_is_paid_later_and_closes_the_order(settled, crew, manager):
    gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    scan(settled, crew.guard)
    pay(settled, crew, 9900, at=TUESDAY_NINE + 3 * DAY)
    assert [one.due_fen for one in queries.gate.left_unpaid(crew.store)] == [10000]
    pay(settled, crew, 10000, at=TUESDAY_NINE + 3 * DAY)
    assert states_of(settled) == ("closed", "released")
    assert queries.gate.left_unpaid(crew.store) == []
    assert GatePass.objects.count() == 1


def test_a_car_that_left_unpaid_is_in_no_list_of_the_house(settled, crew, manager):
    def on_board():
        columns = queries.board(crew.store, TUESDAY_NINE)
        return [card.order for column in columns for card in column.cards]

    assert on_board() == [settled]
    before = queries.board_version(crew.store, TUESDAY_NINE)
    gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    scan(settled, crew.guard)
    assert on_board() == []
    assert queries.delivered_column(crew.store, TUESDAY_NINE, shown=True).cards[0].order == settled
    assert queries.board_version(crew.store, TUESDAY_NINE) != before


def test_the_word_covers_what_was_owed_and_no_more(paid, crew, manager):
    first = owing(paid, crew)
    gate.let_go_unpaid(paid.visit, REASON, by=manager, at=TUESDAY_NINE)
    second = owing(first, crew, 1)
    with refused("is not paid: ¥199.00."):
        scan(paid, crew.service_advisor)
    assert len(queries.gate.obstacles(pass_of(paid), TUESDAY_NINE, to=manager)) == 2
    pay(second, crew, 1)
    scan(paid, crew.service_advisor)
    assert (states_of(paid)[0], states_of(first)[0], states_of(second)[0]) == ("closed", "settled", "closed")


@pytest.mark.parametrize("state", [State.SIGNED, State.IN_PROGRESS, State.REWORK, State.FINISHED])
def test_no_word_takes_a_car_out_of_the_workshop(settled, crew, manager, state):
    other = second_order(settled, crew, state)
    with refused(f"Order {other.number} is still in the workshop"):
        gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    assert pass_of(settled).unpaid_at is None


def test_work_begun_after_the_word_keeps_the_car_too(settled, crew, manager):
    gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    second_order(settled, crew, State.IN_PROGRESS)
    with refused("still in the workshop"):
        scan(settled, crew.guard)


def test_what_is_owed_is_written_down_before_a_car_leaves_unpaid(crew, manager):
    order = factories.handed_over(crew)
    with refused(f"Order {order.number} is not settled yet: shown to the customer."):
        gate.let_go_unpaid(order.visit, REASON, by=manager, at=TUESDAY_NINE)


def test_the_word_is_the_managers_and_has_a_reason(settled, crew, manager):
    for who in crew.service_advisor, crew.cashier, crew.guard:
        with refused("Your role does not allow this."):
            gate.let_go_unpaid(settled.visit, REASON, by=who, at=TUESDAY_NINE)
    with refused("Write down why the car may leave unpaid."):
        gate.let_go_unpaid(settled.visit, " ", by=manager, at=TUESDAY_NINE)


def test_nothing_due_needs_no_word_and_a_car_that_is_gone_gets_none(paid, crew, manager):
    with refused("Nothing is due."):
        gate.let_go_unpaid(paid.visit, REASON, by=manager, at=TUESDAY_NINE)
    scan(paid, crew.guard)
    with refused("not in the house any more"):
        gate.let_go_unpaid(paid.visit, REASON, by=manager, at=TUESDAY_NINE)


def test_a_word_on_an_ended_pass_prints_a_new_one(settled, crew, manager):
    old = pass_of(settled)
    new = gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE + 2 * DAY)
    assert new.pk != old.pk
    scan(new, crew.guard, TUESDAY_NINE + 2 * DAY)


def test_money_that_moves_takes_the_word_away(settled, crew, manager):
    gate.let_go_unpaid(settled.visit, REASON, by=manager, at=TUESDAY_NINE)
    gate.void_for(settled, "红冲", by=manager, at=TUESDAY_NINE)
    new = gate.renew(settled.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    with refused("is not paid"):
        scan(new, crew.guard)
