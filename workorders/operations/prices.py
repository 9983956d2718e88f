"""What the customer agreed to pay, line by line, and the manager's word where it becomes more (3.5.2.1)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import LabourLine, PartLine, Payer, PriceApproval, WorkOrder
from workorders.operations.hold import hold
from workorders.queries.lines import shares


def agree(order: WorkOrder, work: LabourLine | None = None) -> None:
    """Keep what the customer pays of each line, in the moment he agrees; of one work and its parts, where given."""
    labour = list(LabourLine.objects.filter(order=order))
    parts = list(PartLine.objects.filter(order=order).select_related("labour"))
    pays: dict[int, int] = {}
    for line, payer, fen in shares(labour, parts):
        if payer == Payer.CUSTOMER:
            pays[id(line)] = pays.get(id(line), 0) + fen
    works = [one for one in labour if work in (None, one)]
    with_them = [one for one in parts if work is None or one.labour_id == work.pk]
    for one in [*works, *with_them]:
        one.agreed_fen = pays.get(id(one), 0) if one.counts else None  # type: ignore[attr-defined]
    LabourLine.objects.bulk_update(works, ["agreed_fen"])
    PartLine.objects.bulk_update(with_them, ["agreed_fen"])


@transaction.atomic
def approve(order: WorkOrder, *, total_fen: int, reason: str, by: User, at: datetime) -> PriceApproval:
    """Let the customer be charged up to this total, which is more than he agreed to; not once it is posted."""
    workflow.require(by, "workorders.approve_price")
    order = hold(order)
    if order.state in queries.money.POSTED_OR_OVER:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if not reason.strip():
        raise NotAllowed(_("Write down why the customer pays more than he agreed to."))
    agreed = queries.money.agreed_fen(order)
    if total_fen <= agreed:
        raise NotAllowed(_("That is not more than the customer agreed to."))
    approved = PriceApproval.objects.create(
        order=order, agreed_fen=agreed, total_fen=total_fen, reason=reason.strip()[:300], by=by, at=at
    )
    audit.record(
        Act.PRICE_APPROVED, about=approved, store=order.store, number=order.number, by=by, at=at,
        words=approved.reason, agreed_fen=agreed, total_fen=total_fen,
    )  # fmt: skip
    return approved
