"""Cars at the gate, and what happens to their passes."""

from datetime import timedelta
from uuid import uuid4

from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import GatePass, Settlement, WorkOrder
from workorders.operations import gate, settlement
from workorders.states import State

MINUTE = timedelta(minutes=1)
DUE = 19900
REASON = "老客户，月底结算"


def pass_of(order):
    return GatePass.objects.get(visit=order.visit_id, voided_at=None)


def pay(order, crew, fen=DUE, at=TUESDAY_NINE):
    return settlement.pay(
        Settlement.objects.get(order=order), method="card", received_fen=fen, request_key=uuid4(), by=crew.cashier,
        at=at,
    )  # fmt: skip


def scan(order_or_pass, by, at=TUESDAY_NINE):
    one = order_or_pass if isinstance(order_or_pass, GatePass) else pass_of(order_or_pass)
    return gate.release(one.code, by=by, at=at)


def give_back(order, crew, fen=DUE, at=TUESDAY_NINE):
    """Stand in for a refund: the gate hears of it first, then the money goes back."""
    gate.void_for(order, "退款", by=crew.cashier, at=at)
    posted = Settlement.objects.get(order=order)
    Settlement.objects.filter(pk=posted.pk).update(paid_fen=posted.paid_fen - fen)
    WorkOrder.objects.filter(pk=order.pk, state=State.PAID).update(state=State.SETTLED)


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
    sheet = copied(Settlement.objects.get(order=order).sheet)
    Settlement.objects.create(
        order=made, sheet=sheet, labour_fen=fen, parts_fen=0, total_fen=fen, posted_at=TUESDAY_NINE
    )
    return made
