"""Visits that cost so much that the after-sales manager takes part (6.2.3, C25)."""

from datetime import datetime

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from dealership import money
from reception.models import Visit
from workorders.models import Decision, Fault, LabourLine, ManagerMode, ManagerPart, PartLine, WorkOrder, WorkshopRules
from workorders.queries.rules import rules_at
from workorders.states import State


def visit_total(visit: Visit) -> int:
    """Return what the visit costs in fen: all its orders, all payers, with what the customer is still asked."""
    asked_or_agreed = Q(order__visit=visit, decision__in=[Decision.ACCEPTED, Decision.ASKED])
    labour = LabourLine.objects.filter(asked_or_agreed).exclude(order__state=State.CANCELLED)
    parts = PartLine.objects.filter(asked_or_agreed).exclude(order__state=State.CANCELLED)
    labour = labour.exclude(fault=Fault.UNDETERMINED, quoted_at=None)
    parts = parts.exclude(pk__in=parts.filter(labour__fault=Fault.UNDETERMINED, labour__quoted_at=None))
    return sum(lines.aggregate(fen=Sum(F("amount_fen")))["fen"] or 0 for lines in (labour, parts))


def rules_of(order: WorkOrder, at: datetime) -> WorkshopRules:
    return rules_at(order.store, at)


def is_large(order: WorkOrder, at: datetime) -> bool:
    """Say whether the order's visit costs as much as brings the manager in; exactly so much does."""
    return visit_total(order.visit) >= rules_of(order, at).manager_from_fen


def obstacles_to_settling(order: WorkOrder, at: datetime) -> list[str]:
    """Return why a large order cannot be settled yet: the manager has to take part, or to approve."""
    rules = rules_of(order, at)
    if rules.manager_mode == ManagerMode.NOTIFY or visit_total(order.visit) < rules.manager_from_fen:
        return []
    part = ManagerPart.objects.filter(visit=order.visit_id).first()
    joined = part is not None and part.joined_at is not None
    amount = {"amount": money.written(rules.manager_from_fen)}
    if rules.manager_mode == ManagerMode.APPROVE and not (part is not None and part.approved):
        return [_("This visit costs %(amount)s or more. The after-sales manager has to approve it first.") % amount]
    if not joined:
        return [_("This visit costs %(amount)s or more. The after-sales manager has to take part first.") % amount]
    return []
