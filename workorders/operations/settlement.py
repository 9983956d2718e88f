"""Posting the settlement and taking the money."""

from datetime import datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import documents, queries, states
from workorders.models import Payment, PaymentMethod, Settlement, WorkOrder
from workorders.operations import gate


@transaction.atomic
def settle(
    order: WorkOrder, *, signer_name: str, image: bytes, call_from: time | None, call_until: time | None,
    by: User, at: datetime,
) -> Settlement:  # fmt: skip
    """Post the settlement sheet and have it signed; it never changes afterwards (2.6.7.2).

    The customer's best time for the follow-up call is printed on it (2.6.6.3). Nothing due means paid at once.
    """
    workflow.require(by, "workorders.settle_workorder")
    gate.hold_visit(order.visit)
    order = queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()
    if order.state != states.State.HANDED_OVER:
        raise NotAllowed(workflow.out_of_turn(order, at))
    for obstacle in queries.large.obstacles_to_settling(order, at):
        raise NotAllowed(obstacle)
    total = queries.totals(order)
    window = f"{call_from:%H:%M}–{call_until:%H:%M}" if call_from and call_until else ""
    sheet = paperwork.issue(
        store=order.store,
        kind=Kind.SETTLEMENT,
        content=documents.settlement(order, window),
        language=get_language() or "zh-hans",
        by=by,
        at=at,
    )
    paperwork.sign(sheet, role="customer", signer_name=signer_name, image=image, by=by, at=at)
    workflow.move(order, states.SETTLE, by=by, at=at)
    settlement = Settlement.objects.create(
        order=order,
        sheet=sheet,
        labour_fen=total.labour_fen,
        parts_fen=total.parts_fen,
        total_fen=total.total_fen,
        posted_at=at,
        call_from=call_from,
        call_until=call_until,
    )
    customers.correct_vehicle(
        order.visit.vehicle,
        next_service_on=order.next_service_on,
        next_service_km=order.next_service_km,
        by=by,
        at=at,
    )
    if settlement.total_fen == 0:
        workflow.move(order, states.NOTHING_DUE, by=by, at=at)
    gate.keep_pass(order, by=by, at=at)
    return settlement


@transaction.atomic
def pay(
    settlement: Settlement, *, method: str, received_fen: int, request_key: UUID, by: User, at: datetime
) -> Payment:
    """Take money against a settlement; cash beyond what is due is given back as change (2.6.8.2).

    A form sent twice is one payment. When nothing is due any more the gate pass counts.
    """
    workflow.require(by, "workorders.take_payment")
    settlement = Settlement.objects.select_for_update(of=("self",)).select_related("order__store").get(pk=settlement.pk)
    known = Payment.objects.filter(request_key=request_key).first()
    if known is not None:
        return known
    gate.hold_visit(settlement.order.visit)
    due = settlement.due_fen
    if due == 0:
        raise NotAllowed(_("This settlement is paid already."))
    if received_fen <= 0:
        raise NotAllowed(_("Enter the amount you received."))
    if received_fen > due and method != PaymentMethod.CASH:
        raise NotAllowed(_("Only %(due)s is due. Only cash gives change.") % {"due": money.written(due)})
    amount = min(received_fen, due)
    payment = record_payment(settlement, method, amount, received_fen, request_key, by, at)
    if amount == due:
        workflow.move(settlement.order, states.PAY, by=by, at=at)
        gate.keep_pass(settlement.order, by=by, at=at)
    return payment


def record_payment(
    settlement: Settlement, method: str, amount: int, received: int, request_key: UUID, by: User, at: datetime
) -> Payment:
    """Write the payment; the conditional UPDATE keeps two cashiers from taking the same money twice."""
    open_balance = Settlement.objects.filter(pk=settlement.pk, paid_fen=settlement.paid_fen)
    if not open_balance.update(paid_fen=F("paid_fen") + amount):
        raise NotAllowed(_("Somebody else has just taken a payment for this order. Please look again."))
    try:
        with transaction.atomic():
            return Payment.objects.create(
                settlement=settlement,
                method=method,
                amount_fen=amount,
                received_fen=received,
                change_fen=received - amount,
                request_key=request_key,
                by=by,
                at=at,
            )
    except IntegrityError as error:
        raise NotAllowed(_("This payment was sent twice; it is recorded once.")) from error
