"""The in-plant repair slip (进厂维修单): what the customer agreed to besides, on its way to the workshop (F9)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import documents, queries, states
from workorders.models import About, AdditionalItem, Desk, WorkOrder
from workorders.operations import additional, alerts, dispatch, parts, progress, promise
from workorders.operations.hold import hold
from workorders.states import ItemState


@transaction.atomic
def issue(order: WorkOrder, *, by: User, at: datetime) -> IssuedDocument:
    """Issue one numbered slip of all the customer agreed to and the workshop does not know yet (2.4.4.7)."""
    workflow.require(by, states.ISSUE_SLIP.permission)
    order = hold(order)
    items = list(queries.additional.items_of(order).filter(state=ItemState.APPROVED))
    if not items:
        raise NotAllowed(_("There is nothing new the customer agreed to."))
    paper = paperwork.issue(
        store=order.store,
        kind=Kind.SUPPLEMENT,
        content=documents.slip(order, items),
        by=by,
        at=at,
    )
    for item in items:
        additional.step(item, states.ISSUE_SLIP, by=by, at=at, slip=paper)
    alerts.tell(order, Desk.FOREMAN, about=About.SLIP, words=paper.number, by=by, at=at)
    return paper


@transaction.atomic
def take(order: WorkOrder, *, by: User, at: datetime) -> list[AdditionalItem]:
    """Foreman or dispatcher takes the slip: his name and this moment stand on it, and work and parts open (2.4.4.8).

    The promise moves to the finish the customer was told, where that is later; its parts are put aside, and the
    team's plan becomes as much longer.
    """
    workflow.require(by, states.TAKE_SLIP.permission)
    order = hold(order)
    items = list(queries.additional.items_of(order).filter(state=ItemState.SLIP_ISSUED))
    if not items:
        raise NotAllowed(_("No slip waits to be taken."))
    for item in items:
        additional.step(item, states.TAKE_SLIP, by=by, at=at, relayed_at=at, relayed_by=by, receiver=by)
        additional.settle_found(item, by=by, at=at)
    for paper in {item.slip for item in items if item.slip}:
        alerts.settle(order, Desk.FOREMAN, About.SLIP, words=paper.number, by=by, at=at)
    told = max(item.new_finish_at for item in items if item.new_finish_at)
    if order.promised_at is None or told > order.promised_at:
        promise.put(order, told, by=by, at=at)
    parts.put_aside(order, by=by, at=at)
    dispatch.lengthen(order, at=at)
    progress.replan(order, at=at)
    return items
