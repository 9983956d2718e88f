"""The rows audit_verify compares with the events about them."""

from django.db.models import Q

from dealership.audit.acts import Act
from dealership.audit.witnesses import Witness
from workorders.models import (
    Authorisation,
    BelongingsRequest,
    ClaimReceipt,
    CustomerContact,
    DayClose,
    Discount,
    GatePass,
    Invoice,
    Payment,
    PriceApproval,
    Refund,
    Settlement,
)


def amounts(settlement: Settlement) -> dict[str, object]:
    return {
        "labour_fen": settlement.labour_fen,
        "parts_fen": settlement.parts_fen,
        "discount_fen": settlement.discount_fen,
        "total_fen": settlement.total_fen,
        "payer": settlement.payer,
        "sheet": settlement.sheet_id,
    }


def money(payment: Payment) -> dict[str, object]:
    return {
        "settlement": payment.settlement_id,
        "method": payment.method,
        "amount_fen": payment.amount_fen,
        "change_fen": payment.change_fen,
    }


def given_back(refund: Refund) -> dict[str, object]:
    return {"payment": refund.payment_id, "method": refund.method, "amount_fen": refund.amount_fen}


def answer(contact: CustomerContact) -> dict[str, object]:
    return {
        "channel": contact.channel,
        "delay_told": contact.delay_told,
        "finish_told_at": contact.finish_told_at,
        "item": contact.item_id,
    }


def promise(contact: CustomerContact) -> dict[str, object]:
    return {"channel": contact.channel, "finish_told_at": contact.finish_told_at}


WITNESSES = [
    Witness(Settlement, [Act.SETTLED], "posted_at", Q(reverses=None), says=amounts),
    Witness(Settlement, [Act.SETTLEMENT_REVERSED], "posted_at", Q(reverses__isnull=False), says=amounts),
    Witness(Refund, [Act.REFUNDED], "at", says=given_back),
    Witness(ClaimReceipt, [Act.CLAIM_RECEIVED], "at", says=lambda came: {"amount_fen": came.amount_fen}),
    Witness(Invoice, [Act.INVOICE_NOTED], "at", says=lambda noted: {"settlement": noted.settlement_id}),
    Witness(PriceApproval, [Act.PRICE_APPROVED], "at", says=lambda said: {"total_fen": said.total_fen}),
    Witness(Discount, [Act.DISCOUNT_GIVEN], "at", says=lambda less: {"on": less.on, "amount_fen": less.amount_fen}),
    Witness(Discount, [Act.DISCOUNT_TAKEN_BACK], "withdrawn_at", Q(withdrawn_at__isnull=False)),
    Witness(
        GatePass, [Act.RELEASED_UNPAID], "unpaid_at", Q(unpaid_at__isnull=False),
        says=lambda word: {"due_fen": word.unpaid_fen},
    ),
    Witness(DayClose, [Act.DAY_CLOSED], "at", says=lambda day: {"counted_fen": day.counted_fen}),
    Witness(Payment, [Act.PAID], "at", says=money),
    Witness(GatePass, [Act.PASS_ISSUED], "issued_at", says=lambda issued: {"paper": issued.paper_id}),
    Witness(GatePass, [Act.PASS_USED], "used_at", Q(used_at__isnull=False)),
    Witness(GatePass, [Act.PASS_VOIDED], "voided_at", Q(voided_at__isnull=False)),
    Witness(
        Authorisation, [Act.ORDER_AUTHORISED], "at", ~Q(way="refused"),
        says=lambda kept: {"way": kept.way, "paper": kept.paper_id, "called_at": kept.called_at},
    ),
    Witness(
        Authorisation, [Act.ORDER_REFUSED], "at", Q(way="refused"), says=lambda kept: {"paper": kept.paper_id}
    ),
    Witness(BelongingsRequest, [Act.BELONGINGS_AGREED], "answered_at", Q(agreed=True)),
    Witness(BelongingsRequest, [Act.BELONGINGS_REFUSED], "answered_at", Q(agreed=False)),
    Witness(CustomerContact, [Act.ITEM_AGREED], "at", Q(item__isnull=False, result="agreed"), says=answer),
    Witness(CustomerContact, [Act.ITEM_REFUSED], "at", Q(item__isnull=False, result="refused"), says=answer),
    Witness(CustomerContact, [Act.PROMISE_ACCEPTED], "at", Q(item=None, result="agreed"), says=promise),
    Witness(CustomerContact, [Act.PROMISE_REFUSED], "at", Q(item=None, result="refused"), says=promise),
]  # fmt: skip
