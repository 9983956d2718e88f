"""Cars at the gate, and what happens to their passes."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import Balance, GatePass, Payment, Settlement, ThingsReturned, WorkOrder
from workorders.operations import cashier, gate
from workorders.states import State

MINUTE = timedelta(minutes=1)
DUE = 19900
REASON = "老客户，月底结算"


def pass_of(order):
    return GatePass.objects.get(visit=order.visit_id, voided_at=None)


def all_but_paid(crew, **details):
    """A settled order whose customer has everything back, as after a refund; only the money is missing."""
    order = factories.settled(crew, **details)
    due = {name: True for name, was_received in queries.leaving.received(order.visit).items() if was_received}
    ThingsReturned.objects.create(visit=order.visit, **due, by=crew.service_advisor, at=TUESDAY_NINE)
    return order


def pay(order, crew, fen=DUE, at=TUESDAY_NINE):
    return cashier.pay(
        queries.money.sheet_of(order), method="card", received_fen=fen, request_key=uuid4(), by=crew.cashier, at=at
    )


def scan(order_or_pass, by, at=TUESDAY_NINE):
    one = order_or_pass if isinstance(order_or_pass, GatePass) else pass_of(order_or_pass)
    return gate.release(one.code, by=by, at=at)


def give_back(order, crew, fen=DUE, at=TUESDAY_NINE):
    """Give the money of the last payment back, as a manager may."""
    payment = Payment.objects.filter(settlement__order=order).order_by("pk").last()
    return cashier.refund(
        payment,
        amount_fen=fen,
        reason="退款",
        method=payment.method,
        request_key=uuid4(),
        by=crew.after_sales_manager,
        at=at,
    )


def second_order(order, crew, state=State.DRAFT):
    """Another order of the same visit, in a state the tests put it into."""
    made = WorkOrder(
        store=crew.store, visit=order.visit, number=f"{order.number}-B", advisor=crew.service_advisor,
        opened_at=TUESDAY_NINE, state=state,
    )  # fmt: skip
    if state not in (State.DRAFT, State.CANCELLED):
        for name in [*factories.EXPLAINED_COLUMNS, "promised_at"]:
            setattr(made, name, getattr(order, name))
        made.authorisation = copied(order.authorisation)
    made.save()
    return made


def copied(paper):
    paper = type(paper).objects.get(pk=paper.pk)
    paper.pk, paper.number = None, f"{paper.number}-B"
    paper.save(force_insert=True)
    return paper


def owing(order, crew, fen=DUE):
    """A second order of the visit, settled and not paid."""
    made = second_order(order, crew, State.SETTLED)
    first = queries.money.sheet_of(order)
    posted = Settlement.objects.create(
        order=made, payer="customer", sheet=copied(first.sheet), labour_fen=fen, parts_fen=0, total_fen=fen,
        posted_at=TUESDAY_NINE, posted_by=crew.service_advisor,
    )  # fmt: skip
    Balance.objects.create(order=made, payer="customer", sheet=posted, charged_fen=fen)
    return made


def refused(sentence):
    return pytest.raises(NotAllowed, match=re.escape(sentence))


def states_of(order):
    """Return where the order and its visit stand."""
    order.refresh_from_db()
    order.visit.refresh_from_db()
    return order.state, order.visit.state
