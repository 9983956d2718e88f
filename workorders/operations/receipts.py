"""What manufacturers and insurers pay of their sheets."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import ClaimReceipt, Settlement
from workorders.operations.cashier import book
from workorders.operations.hold import hold


@transaction.atomic
def enter(
    settlement: Settlement, *, amount_fen: int, reference: str, received_on: date, request_key: UUID,
    by: User, at: datetime,
) -> ClaimReceipt:  # fmt: skip
    """Enter what came in for a manufacturer's or insurer's sheet, part by part; a form sent twice is one receipt."""
    workflow.require(by, "workorders.take_claim")
    order = hold(settlement.order)
    known = ClaimReceipt.objects.filter(request_key=request_key).first()
    if known is not None:
        return known
    sheet = Settlement.objects.select_related("balance").get(pk=settlement.pk)
    if sheet.payer not in queries.money.CLAIMED or not sheet.live:
        raise NotAllowed(_("Nothing is claimed by this sheet."))
    if amount_fen <= 0 or not reference.strip():
        raise NotAllowed(_("Enter what came in and its reference."))
    if not sheet.posted_at.astimezone(order.store.zone).date() <= received_on <= at.astimezone(order.store.zone).date():
        raise NotAllowed(_("The money came in between the day of the sheet and today."))
    if amount_fen > sheet.due_fen:
        raise NotAllowed(_("Only %(due)s is open on this sheet.") % {"due": money.written(sheet.due_fen)})
    book(sheet, amount_fen)
    receipt = ClaimReceipt.objects.create(
        settlement=sheet, amount_fen=amount_fen, reference=reference.strip()[:60], received_on=received_on,
        request_key=request_key, by=by, at=at,
    )  # fmt: skip
    audit.record(
        Act.CLAIM_RECEIVED, about=receipt, store=order.store, number=sheet.sheet.number, by=by, at=at,
        words=receipt.reference, settlement=sheet, amount_fen=amount_fen,
    )  # fmt: skip
    return receipt
