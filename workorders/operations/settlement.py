"""Posting the settlement sheets of an order, and taking them back; the gate pass is printed with them."""

from datetime import datetime, time
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception.states import State as VisitState
from workorders import queries, states
from workorders.documents import bills
from workorders.models import Balance, Means, Payer, Payment, Settlement, SettlementLine, WorkOrder
from workorders.operations import gate
from workorders.operations.hold import hold, hold_visit, hold_whole
from workorders.queries.money import Charge, Draft


@transaction.atomic
def settle(
    order: WorkOrder, *, signer_name: str, image: bytes, call_from: time | None, call_until: time | None,
    by: User, at: datetime,
) -> Settlement:  # fmt: skip
    """Post one sheet for every payer and have the customer sign his own; they never change afterwards (2.6.7.2).

    The customer's best time for the follow-up call is printed on his (2.6.6.3). What he paid before, a deposit too,
    counts on it; nothing due means paid at once. Sheets, and with them their numbers, come last: a number is held
    for the shortest time, and a refusal takes none.
    """
    workflow.require(by, "workorders.settle_workorder")
    hold_visit(order.visit)
    order = hold_whole(order)
    if order.state != states.State.HANDED_OVER:
        raise NotAllowed(workflow.out_of_turn(order, at))
    mine, *others = drafts = queries.money.draft(order)
    for obstacle in [
        *queries.large.obstacles_to_settling(order, at),
        *queries.money.obstacles_to_settling(order, drafts),
    ]:
        raise NotAllowed(obstacle)
    deposit = queries.money.deposit_fen(order)
    paid = account(order, Payer.CUSTOMER).paid_fen + deposit
    workflow.move(order, states.SETTLE, by=by, at=at)
    remember_next_service(order, by=by, at=at)
    if paid >= mine.total_fen:
        workflow.move(order, states.NOTHING_DUE, by=by, at=at)
    window = f"{call_from:%H:%M}–{call_until:%H:%M}" if call_from and call_until else ""
    content = bills.settlement(order, mine, others, calls=window, paid_fen=min(paid, mine.total_fen))
    posted = post(order, mine, content, by=by, at=at, call_from=call_from, call_until=call_until)
    paperwork.sign(posted.sheet, role="customer", signer_name=signer_name, image=image, by=by, at=at)
    for theirs in others:
        post(order, theirs, bills.claim(order, theirs), by=by, at=at)
    if deposit:
        count_deposit(posted, deposit, by=by, at=at)
    gate.keep_pass(order, by=by, at=at)
    return posted


def account(order: WorkOrder, payer: str) -> Balance:
    """Return the payer's balance, made when it is first needed; the order is held."""
    return Balance.objects.get_or_create(order=order, payer=payer)[0]


def remember_next_service(order: WorkOrder, *, by: User, at: datetime) -> None:
    customers.correct_vehicle(
        order.visit.vehicle,
        next_service_on=order.next_service_on,
        next_service_km=order.next_service_km,
        by=by,
        at=at,
    )


def post(
    order: WorkOrder, theirs: Draft, content: dict[str, Any], *, by: User, at: datetime, **calls: time | None
) -> Settlement:
    """Issue a payer's sheet, freeze its lines and charge his balance with it; never a second that counts."""
    balance = account(order, theirs.payer)
    earlier = Settlement.objects.filter(order=order, payer=theirs.payer, reverses=None).count()
    posted = Settlement.objects.create(
        order=order, payer=theirs.payer, round=earlier + 1, sheet=issue(order, content, by=by, at=at),
        labour_fen=theirs.labour_fen, parts_fen=theirs.parts_fen, discount_fen=theirs.discount_fen,
        total_fen=theirs.total_fen, posted_at=at, posted_by=by, **calls,
    )  # fmt: skip
    SettlementLine.objects.bulk_create(frozen(posted, charge) for charge in theirs.lines)
    if not Balance.objects.filter(pk=balance.pk, sheet=None).update(sheet=posted, charged_fen=posted.total_fen):
        raise NotAllowed(_("This order was settled already."))
    note(Act.SETTLED, posted, by=by, at=at)
    return posted


def note(act: Act, posted: Settlement, *, words: str = "", by: User, at: datetime) -> None:
    audit.record(
        act, about=posted, store=posted.order.store, number=posted.sheet.number, by=by, at=at, words=words,
        order=posted.order, sheet=posted.sheet, payer=posted.payer, labour_fen=posted.labour_fen,
        parts_fen=posted.parts_fen, discount_fen=posted.discount_fen, total_fen=posted.total_fen,
    )  # fmt: skip


def issue(order: WorkOrder, content: dict[str, Any], *, by: User, at: datetime) -> IssuedDocument:
    return paperwork.issue(
        store=order.store,
        kind=Kind.SETTLEMENT,
        content=content,
        by=by,
        at=at,
    )


def frozen(posted: Settlement, charge: Charge) -> SettlementLine:
    return SettlementLine(
        settlement=posted,
        kind=SettlementLine.Kind.LABOUR if charge.labour else SettlementLine.Kind.PART,
        amount_fen=charge.amount_fen,
        discount_fen=charge.discount_fen,
        net_fen=charge.net_fen,
        **{"labour" if charge.labour else "part": charge.line},
        **bills.facts(charge),
    )


def count_deposit(posted: Settlement, deposit_fen: int, *, by: User, at: datetime) -> Payment:
    """Count what the customer left when he booked, once: the database keeps one payment to a deposit."""
    Balance.objects.filter(sheet=posted).update(paid_fen=F("paid_fen") + deposit_fen)
    payment = Payment.objects.create(
        settlement=posted, method=Means.DEPOSIT, amount_fen=deposit_fen, received_fen=deposit_fen,
        deposit_of=posted.order.visit.appointment, request_key=uuid4(), by=by, at=at,
    )  # fmt: skip
    note_payment(payment, by=by, at=at)
    return payment


def note_payment(payment: Payment, *, by: User, at: datetime) -> None:
    sheet = payment.settlement
    audit.record(
        Act.PAID, about=payment, store=sheet.order.store, number=sheet.sheet.number, by=by, at=at, settlement=sheet,
        method=payment.method, amount_fen=payment.amount_fen, received_fen=payment.received_fen,
        change_fen=payment.change_fen,
    )  # fmt: skip


@transaction.atomic
def reverse(sheet: Settlement, *, reason: str, by: User, at: datetime) -> Settlement:
    """Take an order's sheets back with reversing sheets, so that it can be settled anew; return the customer's.

    All payers' together: what one pays less, another pays more. Money paid stays to the payer's credit, and a gate
    pass not used yet opens nothing any more. Raises NotAllowed once the car has left, and for a reversed sheet.
    """
    workflow.require(by, states.REVERSE.permission)
    if not reason.strip():
        raise NotAllowed(_("Write down why the settlement is reversed."))
    if hold_visit(sheet.order.visit).state == VisitState.RELEASED:
        raise NotAllowed(_("The car has left; its settlement is not reversed any more."))
    order = hold(sheet.order)
    live = list(queries.money.sheets_of(order).prefetch_related("lines"))
    if sheet not in live:
        raise NotAllowed(_("This sheet was reversed already."))
    workflow.move(order, states.REVERSE, by=by, at=at, reason=reason.strip()[:300])
    gate.void_for(order, reason, by=by, at=at)
    whole = hold_whole(order)
    for posted in live:
        posted.order = whole
    against, *_others = [take_back(posted, reason.strip()[:300], by=by, at=at) for posted in live]
    return against


def take_back(posted: Settlement, reason: str, *, by: User, at: datetime) -> Settlement:
    """Post the same sheet with all figures negative, and charge its payer nothing."""
    against = Settlement.objects.create(
        order=posted.order, payer=posted.payer, round=posted.round, reverses=posted, reason=reason,
        sheet=issue(posted.order, bills.reversal(posted, reason), by=by, at=at),
        labour_fen=-posted.labour_fen, parts_fen=-posted.parts_fen, discount_fen=-posted.discount_fen,
        total_fen=-posted.total_fen, posted_at=at, posted_by=by,
    )  # fmt: skip
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=against, kind=line.kind, labour_id=line.labour_id, part_id=line.part_id, code=line.code,
            description=line.description, quantity=line.quantity, unit_fen=line.unit_fen,
            amount_fen=-line.amount_fen, discount_fen=-line.discount_fen, net_fen=-line.net_fen,
        )
        for line in posted.lines.all()
    )  # fmt: skip
    if not Balance.objects.filter(sheet=posted).update(sheet=None, charged_fen=0):
        raise NotAllowed(_("This sheet was reversed already."))
    note(Act.SETTLEMENT_REVERSED, against, words=reason, by=by, at=at)
    return against
