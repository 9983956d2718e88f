"""What the order's page says of its money: who pays how much, less what, which sheets were posted, what was paid."""

from typing import Any

from dealership import money
from dealership.staff.models import User
from reception.states import State as VisitState
from workorders import queries
from workorders.forms.money import ApproveForm, DiscountForm, ReverseForm
from workorders.models import Payer, WorkOrder
from workorders.states import REVERSE, State

SEES = ("workorders.settle_workorder", "workorders.reverse_settlement")
AT_THE_DESK = (State.PASSED, State.READY, State.HANDED_OVER, State.SETTLED, State.PAID, State.CLOSED)


def money_shown(user: User, order: WorkOrder) -> dict[str, Any]:
    """Return the card of whoever settles or manages; nothing before the car is ready."""
    if order.state not in AT_THE_DESK or not any(user.has_perm(one) for one in SEES):
        return {}
    posted = order.state in queries.money.POSTED_OR_OVER
    drafts = [] if posted else queries.money.draft(order)
    discounts = [] if posted else list(queries.money.discounts_of(order))
    return {
        "money_card": True,
        "drafts": [(Payer(one.payer).label, one) for one in drafts],
        "discounts": discounts,
        "price_obstacles": queries.money.obstacles_to_settling(order, drafts) if drafts else [],
        "sheets": list(order.settlements.select_related("sheet", "reverses__sheet").order_by("pk")),
        "payments": list(queries.money.payments_of(order)),
        "may_refund": user.has_perm("workorders.refund_credit"),
        **money_forms(user, order, drafts),
    }


def money_forms(user: User, order: WorkOrder, drafts: list[queries.money.Draft]) -> dict[str, Any]:
    """Make the forms this person may fill in now."""
    forms: dict[str, Any] = {"discount_form": None, "approve_form": None, "reverse_form": None}
    if drafts and user.has_perm("workorders.give_discount"):
        forms["discount_form"] = DiscountForm()
    if drafts and user.has_perm("workorders.approve_price"):
        total = drafts[0].total_fen
        over = total > queries.money.agreed_fen(order) and not queries.money.approved(order, total)
        forms["approve_form"] = ApproveForm(initial={"total_fen": money.yuan(total)}) if over else None
    here = order.visit.state != VisitState.RELEASED
    if here and REVERSE.possible(order) and user.has_perm(REVERSE.permission):
        forms["reverse_form"] = ReverseForm()
    return forms
