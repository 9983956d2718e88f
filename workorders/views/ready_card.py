"""The card of what lies between the quality check and the hand-over."""

from typing import Any

from django.db.models import QuerySet

from dealership.staff.models import User
from workorders import queries
from workorders.models import Incident, WorkOrder
from workorders.states import BEFORE_SHOWN, SEND_BACK, WITH_TEAM, State

AFTER_WORK = [*WITH_TEAM, State.FINISHED, *BEFORE_SHOWN, State.HANDED_OVER]  # where damage may have been found


def incidents_of(order: WorkOrder) -> QuerySet[Incident]:
    return order.incidents.select_related("found_by", "decided_by")


def ready_shown(user: User, order: WorkOrder, now: Any) -> dict[str, Any]:
    """Say what the order's page shows of the time between the check and the hand-over."""
    back = SEND_BACK.possible(order) and user.has_perm(SEND_BACK.permission)
    context: dict[str, Any] = {
        "may_send_back": back and order.state != State.PASSED,
        "incidents": incidents_of(order) if order.state in AFTER_WORK else [],
        "may_decide": user.has_perm("workorders.decide_incident"),
    }
    if order.state not in BEFORE_SHOWN:
        return context
    waiting = order.state == State.PASSED
    unwashed = waiting and queries.ready.wash_due(order)
    return context | {
        "before_ready": queries.ready.obstacles_to_final_check(order) if waiting else [],
        "may_wash": unwashed and user.has_perm("workorders.wash_car") and not queries.ready.obstacles_to_washing(order),
        "told": queries.ready.told(order.visit) if not waiting else None,
        "notices": queries.ready.notices_of(order.visit) if not waiting else [],
        "delay_untold": queries.quality.obstacles_of_delay(order, now),
    }
