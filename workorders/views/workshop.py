"""Dispatch, work, parts and the quality check."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from dealership.workflow import NotAllowed, Transition
from workorders.forms.workshop import DispatchForm, InspectForm, StartForm
from workorders.models import WorkOrder
from workorders.operations import dispatch as dispatching
from workorders.operations import quality
from workorders.states import DISPATCH, PASS, RECALL, START, State
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


@allow("workorders.dispatch_workorder")
@require_POST
def dispatch(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, DISPATCH)
    form = DispatchForm(request.POST, store=order.store)
    if act(request, order, form, DISPATCH, "reason", lambda **facts: dispatching.dispatch(order, **facts)):
        return done(
            request,
            _("%(plate)s goes to %(team)s.") % {"plate": order.visit.vehicle, "team": order.team},
            "workorders:board",
        )
    return show(request, order, status=422, step_form=form)


@allow("workorders.dispatch_workorder")
@require_POST
def recall(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, RECALL)
    dispatching.recall(order, by=request.user, at=timezone.now())
    return done(request, _("Taken back; now give it to another team."), "workorders:order", pk)


@allow("workorders.start_work")
@require_POST
def start(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, START)
    form = StartForm(request.POST, order=order, by=request.user)
    if act(request, order, form, START, "technician", lambda **facts: dispatching.start(order, **facts)):
        return done(request, _("Work has begun."), "workorders:order", pk)
    return show(request, order, status=422, step_form=form)


@allow("workorders.issue_parts")
@require_POST
def issue_parts(request: Any, pk: int) -> HttpResponse:
    """Hand out everything still open to the technician of the order, or to the team's leader."""
    order = order_of(request, pk)
    receiver = order.technician or (order.team.leader if order.team else request.user)
    count = dispatching.issue_parts(order, to=receiver, by=request.user, at=timezone.now())
    sentence = _("Handed out to %(who)s: %(n)d lines.") % {"who": receiver.full_name, "n": count}
    return done(request, sentence, "workorders:order", pk)


@allow("workorders.issue_parts")
@require_POST
def return_parts(request: Any, pk: int) -> HttpResponse:
    count = dispatching.return_parts(order_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("Back in stock: %(n)d lines.") % {"n": count}, "workorders:order", pk)


@allow("workorders.finish_work")
@require_POST
def finish(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk)
    dispatching.finish(order, by=request.user, at=timezone.now())
    return done(request, _("Finished; the quality check is next."), "workorders:board")


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
