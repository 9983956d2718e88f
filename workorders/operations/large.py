"""Bringing the after-sales manager into a large visit (6.2.3, C25)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import About, Desk, ManagerPart, WorkOrder
from workorders.operations import alerts


@transaction.atomic
def watch(order: WorkOrder, *, by: Any, at: datetime) -> ManagerPart | None:
    """Tell the manager, once per visit, that it costs as much as brings him in."""
    if not queries.large.is_large(order, at):
        return None
    total = queries.large.visit_total(order.visit)
    part, new = ManagerPart.objects.get_or_create(visit=order.visit, defaults={"total_fen": total, "called_at": at})
    if new:
        alerts.tell(order, Desk.MANAGER, about=About.LARGE, words=money.written(total), by=by, at=at)
    return part


@transaction.atomic
def join(order: WorkOrder, *, approved: bool, words: str, by: User, at: datetime) -> ManagerPart:
    """Note that the manager took part, what was agreed, and whether he approves; a no may become a yes."""
    workflow.require(by, "workorders.join_large_order")
    if not words.strip():
        raise NotAllowed(_("Write down what was agreed."))
    part = watch(order, by=by, at=at) or ManagerPart.objects.filter(visit=order.visit).first()
    if part is None:
        raise NotAllowed(_("This visit does not cost as much as brings the manager in."))
    # Compare-and-set: of two managers at once one is on record, and nobody takes back an approval.
    undecided = ManagerPart.objects.filter(pk=part.pk).exclude(approved=True)
    if not undecided.update(joined_by=by, joined_at=at, approved=approved, words=words.strip()[:300]):
        raise NotAllowed(_("A manager has taken part in this visit already."))
    part.refresh_from_db()
    audit.record(
        Act.MANAGER_JOINED, about=part, store=order.store, number=order.number, by=by, at=at, words=part.words,
        approved=approved, total_fen=part.total_fen,
    )  # fmt: skip
    return part
