"""Twenty people press at once: one moves the order, the others read a sentence."""

import threading
from datetime import timedelta

import pytest

from dealership import workflow
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once
from workorders import queries
from workorders.models import GatePass, Payment, WorkOrder, WorkOrderMove
from workorders.operations import cashier as desk
from workorders.states import DISPATCH, State

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def refusals(brought):
    return [answer for answer in brought if isinstance(answer, NotAllowed)]


def test_twenty_moves_of_one_order_have_one_winner():
    crew = factories.Crew(factories.store())
    order, foreman = factories.signed(crew), crew.foreman
    copies = [WorkOrder.objects.get(pk=order.pk) for _ in range(20)]

    brought = at_once(
        20, lambda n: workflow.move(copies[n], DISPATCH, by=foreman, at=TUESDAY_NINE + timedelta(seconds=4))
    )

    assert len(refusals(brought)) == 19
    assert all(foreman.full_name in str(refusal) for refusal in refusals(brought))
    assert WorkOrderMove.objects.filter(thing=order, to_state=State.DISPATCHED).count() == 1


def test_control_without_the_guard_more_than_one_wins():
    """The same press written as read, check, save: the race the compare-and-set closes."""
    crew = factories.Crew(factories.store())
    order, foreman = factories.signed(crew), crew.foreman
    seen = threading.Barrier(20)

    def naive(n):
        mine = WorkOrder.objects.get(pk=order.pk)
        if mine.state != State.SIGNED:
            raise NotAllowed("too late")
        seen.wait()  # everybody has looked before anybody writes
        mine.state = State.DISPATCHED
        mine.save(update_fields=["state"])
        mine.moves.create(from_state=State.SIGNED, to_state=State.DISPATCHED, by=foreman, at=TUESDAY_NINE)

    assert refusals(at_once(20, naive)) == []
    assert WorkOrderMove.objects.filter(thing=order, to_state=State.DISPATCHED).count() == 20


def test_twenty_payments_at_once_never_take_more_than_is_due():
    from uuid import uuid4

    crew = factories.Crew(factories.store())
    order, cashier = factories.settled(crew), crew.cashier
    due = queries.money.sheet_of(order).due_fen

    def pay(n):
        return desk.pay(
            queries.money.sheet_of(order),
            method="card",
            received_fen=due,
            request_key=uuid4(),
            by=cashier,
            at=TUESDAY_NINE,
        )

    brought = at_once(20, pay)
    assert len(refusals(brought)) == 19
    assert Payment.objects.count() == GatePass.objects.count() == 1
