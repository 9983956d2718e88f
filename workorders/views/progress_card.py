"""How far the work is, on the page of its order."""

from datetime import datetime
from typing import Any

from dealership.staff.models import User
from workorders.models import WorkOrder
from workorders.queries import progress
from workorders.states import WITH_TEAM, State

ASKED = (*WITH_TEAM, State.FINISHED)


def progress_shown(user: User, order: WorkOrder, now: datetime) -> dict[str, Any]:
    """Return the question that is open, what was answered last, and what this person may do about it."""
    asked = progress.of_order(order) if order.state in ASKED else []
    open_one = next((one for one in asked if one.open), None)
    answers = [one for one in asked if not one.open]
    return {
        "progress_asked": open_one,
        "progress_urgency": progress.urgency_of(open_one, now) if open_one else "",
        "progress_said": answers[0] if answers else None,
        "progress_breaks": bool(answers) and order.state in WITH_TEAM and progress.breaks_promise(answers[0], order),
        "may_answer_progress": open_one is not None and user.has_perm("workorders.answer_progress"),
    }
