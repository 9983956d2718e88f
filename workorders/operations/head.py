"""Keeping what is asked, told and promised while the order is being written."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import operations as reception
from workorders import head, states
from workorders.models import HeadChange, WorkOrder
from workorders.operations.hold import hold_whole


@transaction.atomic
def save(
    order: WorkOrder, *, by: User, at: datetime, version: int | None = None, page: str = "", **changes: Any
) -> WorkOrder:
    """Keep what changed on the head of a draft and return the order as it is then.

    `version` is that of the page the changes were typed on and `page` its mark; what others changed since stays,
    and where they changed the same field this raises head.HeadChanged and keeps nothing. So does NotAllowed, for a
    new promise nobody can make.
    """
    workflow.require(by, "workorders.write_workorder")
    held = hold(order, at)
    promise = changes.get("promised_at")
    if promise and head.plain(promise) != head.plain(held.promised_at) and (sentence := head.unsound(promise, at)):
        raise NotAllowed(sentence)
    write(held, changes, by=by, at=at, version=version, page=page)
    return held


def hold(order: WorkOrder, at: datetime) -> WorkOrder:
    """Return the draft with everything on it, its row locked until the transaction ends."""
    held = hold_whole(order)
    if held.state != states.State.DRAFT:
        raise NotAllowed(workflow.out_of_turn(held, at))
    return held


def write(order: WorkOrder, changes: dict[str, Any], *, by: User, at: datetime, version: int | None, page: str) -> None:
    mine = head.merged(order, changes, version=version, page=page)
    if not mine:
        return
    before = {field: head.plain(head.value(order, field)) for field in mine}
    columns: dict[str, Any] = {}
    for field, new in mine.items():
        columns |= head.put(order, field, new, at)
    # The version is compared once more: the guard holds wherever the lock above does not.
    unchanged = WorkOrder.objects.filter(pk=order.pk, version=order.version, state=states.State.DRAFT)
    if not unchanged.update(version=F("version") + 1, **columns):
        raise NotAllowed(_("Somebody else wrote on this order at the same moment. Please try again."))
    order.version += 1
    HeadChange.objects.bulk_create(
        HeadChange(
            order=order, version=order.version, field=field, before=before[field],
            after=head.plain(head.value(order, field)), page=page, by=by, at=at,
        )
        for field in mine
    )  # fmt: skip
    if "waits_here" in mine:
        reception.note_waiting(order.visit, waits_here=mine["waits_here"], by=by)
