"""What every step of the desk with a form of its own shares."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from dealership.workflow import NotAllowed, Transition
from workorders.models import WorkOrder
from workorders.views.board import order_of


def act(request: Any, order: WorkOrder, form: Any, step: Transition, field: str, do: Callable[..., Any]) -> bool:
    """Run one operation on a valid form; a refusal is shown beside its field where the form still fits."""
    if not form.is_valid():
        return False
    try:
        do(**form.cleaned_data, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        order_of(request, order.pk, step)  # raises where somebody was faster: the form no longer fits
        form.add_error(field, str(refusal))
        return False
    return True
