"""Taking money at the cashier's desk, giving it back, and noting which invoice went with it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception.models import Visit
from reception.states import State as VisitState
from workorders import queries, states
from workorders.models import (
    Balance,
    CashShift,
    Invoice,
    Means,
    Payer,
    Payment,
    PaymentMethod,
    Refund,
    Settlement,
    WorkOrder,
)
from workorders.operations import gate, till
from workorders.operations.hold import hold, hold_visit
from workorders.operations.settlement import note_payment


@transaction.atomic
def pay(
    settlement: Settlement, *, method: str, received_fen: int, request_key: UUID, by: User, at: datetime
) -> Payment:
    """Take money against the customer's sheet; cash beyond what is due is given back as change (2.6.8.2).

    A form sent twice is one payment. When nothing is due any more the gate pass counts. The visit is
    locked before the order, the order before the drawer, here and in `refund`.
    """
    workflow.require(by, "workorders.take_payment")
    hold_visit(settlement.order.visit)
    order = hold(settlement.order)
    known = Payment.objects.filter(request_key=request_key).first()
    if known is not None:
        return known
    sheet = Settlement.objects.select_related("balance").get(pk=settlement.pk)
    require_payable(sheet)
    due = sheet.due_fen
    if due == 0:
        raise NotAllowed(_("This settlement is paid already."))
    if received_fen <= 0:
        raise NotAllowed(_("Enter the amount you received."))
    if method not in PaymentMethod.values:
        raise NotAllowed(_("Choose how it is paid."))
    if received_fen > due and method != PaymentMethod.CASH:
        raise NotAllowed(_("Only %(due)s is due. Only cash gives change.") % {"due": money.written(due)})
    amount = min(received_fen, due)
    shift = till.shift_of(order.store, by=by, at=at)
    book(sheet, amount)
    payment = Payment.objects.create(
        settlement=sheet, method=method, amount_fen=amount, received_fen=received_fen,
        change_fen=received_fen - amount, request_key=request_key, shift=shift, by=by, at=at,
    )  # fmt: skip
    note_payment(payment, by=by, at=at)
    if amount == due:
        workflow.move(order, states.PAY, by=by, at=at)
        gate.keep_pass(order, by=by, at=at)
    return payment


def require_payable(sheet: Settlement) -> None:
    if sheet.payer != Payer.CUSTOMER:
        raise NotAllowed(_("Only the customer pays at the cashier's desk."))
    if not sheet.live:
        raise NotAllowed(_("This sheet was reversed. Take the money on the new one."))


def book(sheet: Settlement, amount_fen: int) -> None:
    """Put an amount to the payer's credit, unless it is more than is due by now; the UPDATE itself compares."""
    owed = Balance.objects.filter(sheet=sheet, charged_fen__gte=F("paid_fen") + amount_fen)
    if not owed.update(paid_fen=F("paid_fen") + amount_fen):
        raise NotAllowed(_("Somebody else has just taken a payment for this order. Please look again."))


@transaction.atomic
def refund(
    payment: Payment, *, amount_fen: int, reason: str, method: str, request_key: UUID, by: User, at: datetime
) -> Refund:
    """Give money of a payment back: the cashier what was paid too much, a manager any of it; never more than it was.

    Cash leaves a cashier's drawer, whoever decides about it.

    Where something is due again the order waits for payment, and its gate pass opens nothing. A form sent twice is
    one refund.
    """
    workflow.require(by, "workorders.refund_credit")
    visit = hold_visit(payment.settlement.order.visit)
    order = hold(payment.settlement.order)
    known = Refund.objects.filter(request_key=request_key).first()
    if known is not None:
        return known
    require_refundable(payment, amount_fen, reason, method)
    balance = Balance.objects.get(order=order, payer=Payer.CUSTOMER)
    due_again = amount_fen > balance.credit_fen
    if due_again:
        require_before_release(visit, by)
    if method == PaymentMethod.CASH:
        shift = till.drawer(order.store, amount_fen, payment.shift, by=by, at=at)
    else:
        shift = till.shift_of(order.store, by=by, at=at)
    unchanged = Balance.objects.filter(pk=balance.pk, paid_fen=balance.paid_fen, charged_fen=balance.charged_fen)
    if not unchanged.update(paid_fen=F("paid_fen") - amount_fen):
        raise NotAllowed(_("Somebody else has just taken a payment for this order. Please look again."))
    given = Refund.objects.create(
        payment=payment, method=method, amount_fen=amount_fen, reason=reason.strip()[:300], request_key=request_key,
        shift=shift, by=by, at=at,
    )  # fmt: skip
    audit.record(
        Act.REFUNDED, about=given, store=order.store, number=payment.settlement.sheet.number, by=by, at=at,
        words=given.reason, payment=payment, method=method, amount_fen=amount_fen,
    )  # fmt: skip
    if due_again and states.REOPEN.possible(order):
        workflow.move(order, states.REOPEN, by=by, at=at, reason=reason.strip()[:300])
        gate.void_for(order, reason, by=by, at=at)
    return given


def require_refundable(payment: Payment, amount_fen: int, reason: str, method: str) -> None:
    left = queries.money.refundable_fen(payment)
    if amount_fen <= 0:
        raise NotAllowed(_("Enter the amount you give back."))
    if amount_fen > left:
        raise NotAllowed(_("Of this payment %(left)s is left to give back.") % {"left": money.written(left)})
    if not reason.strip():
        raise NotAllowed(_("Write down why money is given back."))
    if method not in PaymentMethod.values:
        raise NotAllowed(_("Choose how it is given back."))
    if method == PaymentMethod.CASH or method == payment.method or payment.method == Means.DEPOSIT:
        return
    raise NotAllowed(_("Give it back the way it was paid, or in cash."))


def require_before_release(visit: Visit, by: User) -> None:
    """Only a manager gives back what is owed, and only while the car is here to be paid for."""
    if not by.has_perm("workorders.refund_payment"):
        raise NotAllowed(_("You may give back what was paid too much. For more, ask a manager."))
    if visit.state == VisitState.RELEASED:
        raise NotAllowed(_("The car has left; only what was paid too much can be given back."))


@transaction.atomic
def note_invoice(
    settlement: Settlement, *, number: str, title: str, tax_number: str = "", by: User, at: datetime
) -> Invoice:
    """Note the invoice that goes with the customer's sheet (F18); corrected by a further note until the day's close."""
    workflow.require(by, "workorders.take_payment")
    order = hold(settlement.order)
    require_payable(Settlement.objects.select_related("balance").get(pk=settlement.pk))
    said = {"number": number.strip()[:40], "title": title.strip()[:120], "tax_number": tax_number.strip()[:20]}
    if not said["number"] or not said["title"]:
        raise NotAllowed(_("An invoice has a number and a title."))
    earlier = list(Invoice.objects.filter(settlement=settlement).order_by("at", "pk"))
    if earlier and said == {name: getattr(earlier[-1], name) for name in said}:
        return earlier[-1]
    noted = Invoice.objects.create(
        settlement=settlement, shift=day_of(earlier, order, by=by, at=at), by=by, at=at, **said
    )
    audit.record(
        Act.INVOICE_NOTED, about=noted, store=order.store, number=settlement.sheet.number, by=by, at=at,
        words=" ".join(said.values()), settlement=settlement,
    )  # fmt: skip
    return noted


def day_of(earlier: list[Invoice], order: WorkOrder, *, by: User, at: datetime) -> CashShift:
    """Return the shift the first note was made in, while nobody has closed it."""
    if not earlier:
        return till.shift_of(order.store, by=by, at=at)
    shift = till.locked(earlier[0].shift)
    if till.is_closed(shift):
        raise NotAllowed(_("The day of this invoice is closed; it does not change any more."))
    return shift
