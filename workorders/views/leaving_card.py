"""The cards of the customer at the desk: his questions, and what goes back to him."""

from typing import Any

from dealership.staff.models import User
from workorders import queries
from workorders.forms.walk import QuestionForm
from workorders.models import WorkOrder
from workorders.operations.delivery import AT_THE_CAR
from workorders.states import HAND_OVER, State


def leaving_shown(user: User, order: WorkOrder) -> dict[str, Any]:
    """Say what the order's page shows from the ready car to the gate."""
    if order.state not in AT_THE_CAR:
        return {}
    serves = user.has_perm(HAND_OVER.permission)
    context: dict[str, Any] = {
        "questions": queries.leaving.questions_of(order),
        "may_ask": serves,
        "may_answer_question": serves or user.has_perm("workorders.answer_question"),
        "question_form": QuestionForm(),
        "walk": queries.leaving.walk_of(order) if order.state != State.READY else None,
    }
    if order.state not in (State.SETTLED, State.PAID) or not serves:
        return context
    owed = queries.leaving.names_owed(order.visit)
    may_give = bool(owed) and not queries.leaving.obstacles_to_giving_back(order.visit)
    return context | {"owed_back": queries.leaving.labelled(owed) if may_give else []}
