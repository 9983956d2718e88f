"""Parts and the quality check; what every step of the workshop shares."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from dealership.workflow import NotAllowed, Transition
from workorders.forms.workshop import InspectForm
from workorders.models import WorkOrder
from workorders.operations import quality
from workorders.states import PASS, State
from workorders.views.board import order_of, show


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


@allow("workorders.inspect_workorder")
@require_POST
def inspect(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, PASS)
    form = InspectForm(request.POST)
    if act(request, order, form, PASS, "findings", lambda **facts: quality.inspect(order, **facts)):
        passed = order.state == State.PASSED
        sentence = _("Passed: the car is ready.") if passed else _("Failed: the reception and the team see it now.")
        return done(request, sentence, "workorders:board")
    return show(request, order, status=422, step_form=form)
