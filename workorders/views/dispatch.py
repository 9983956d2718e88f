"""Giving orders to teams, and moving their plans."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done, number
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.workshop import DifferenceForm, DispatchForm, ReplanForm, SplitForm
from workorders.models import Assignment
from workorders.operations import dispatch as dispatching
from workorders.states import DISPATCH, RECALL
from workorders.views.board import order_of, show
from workorders.views.cards import offers_shown
from workorders.views.workshop import act


@allow("workorders.dispatch_own_team")
@require_POST
def dispatch(request: Any, pk: int) -> HttpResponse:
    """Give the order to a team; who may is decided by the step and the team's mode."""
    order = order_of(request, pk, DISPATCH)
    form = DispatchForm(request.POST, store=order.store, now=timezone.now())
    if act(request, order, form, DISPATCH, "reason", lambda **facts: dispatching.dispatch(order, **facts)):
        said = _("%(plate)s goes to %(team)s.") % {"plate": order.visit.vehicle, "team": order.team}
        lacks = next((one.lacks for one in queries.teams_offered(order, timezone.now()) if one.team == order.team), ())
        if lacks:
            said += " " + _("This team lacks: %(skills)s.") % {"skills": "、".join(lacks)}
        return done(request, said, "workorders:board")
    bays = offers_shown(request.user, order, None).get("dispatch_form", form)
    form.fields["bay"].choices = bays.fields["bay"].choices  # type: ignore[attr-defined]
    return show(request, order, status=422, dispatch_form=form, chosen_team=number(request.POST.get("team")))


@allow("workorders.dispatch_workorder")
@require_POST
def recall(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, RECALL)
    dispatching.recall(order, by=request.user, at=timezone.now())
    return done(request, _("Taken back; now give it to another team."), "workorders:order", pk)


@allow("workorders.set_priority")
@require_POST
def prioritise(request: Any, pk: int) -> HttpResponse:
    """Say which car goes first (2.4.2.1)."""
    order = order_of(request, pk)
    wanted = number(request.POST.get("priority"))
    dispatching.set_priority(order, priority=wanted or 0, by=request.user, at=timezone.now())
    said = _("Priority: %(name)s.") % {"name": order.get_priority_display()}
    return done(request, said, "workorders:order", pk)


@allow("workorders.dispatch_workorder")
@require_POST
def split(request: Any, pk: int) -> HttpResponse:
    """Give some of the work to another team or another day."""
    order = order_of(request, pk)
    form = SplitForm(request.POST, order=order, now=timezone.now(), prefix="split")
    if form.is_valid():
        facts = form.cleaned_data | {"starts_at": form.cleaned_data["starts_at"] or timezone.now()}
        try:
            given = dispatching.split(order, facts.pop("lines"), **facts, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("lines", str(refusal))
        else:
            return done(request, _("%(team)s does this part.") % {"team": given.team}, "workorders:order", pk)
    return show(request, order, status=422, split_form=form)


def assignment_of(request: Any, pk: int) -> Assignment:
    found = Assignment.objects.select_related("order__store", "order__visit__appointment", "team", "reservation")
    return get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())


@allow("workorders.dispatch_workorder")
@require_POST
def replan(request: Any, pk: int) -> HttpResponse:
    """Move a team's plan; says when that breaks the promise, and that the customer has to be called."""
    given = assignment_of(request, pk)
    form = ReplanForm(request.POST, store=given.order.store, prefix=f"plan{pk}")
    if form.is_valid():
        try:
            late = dispatching.replan(given, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("starts_at", str(refusal))
        else:
            return done(request, replanned(given, late), "workorders:order", given.order_id)
    return show(request, order_of(request, given.order_id), status=422, refused_plan=pk, plan_form=form)


def replanned(given: Assignment, late: Any) -> str:
    until = formats.date_format(timezone.localtime(given.ends_at), "m-d H:i")
    said = _("Planned until %(when)s.") % {"when": until}
    told = _("That is after the promise: the advisor is told to call the customer.")
    return f"{said} {told}" if late else said


@allow("workorders.accept_car")
@require_POST
def accept(request: Any, pk: int) -> HttpResponse:
    """Take the car over for the team, compared with the reception form."""
    given, form = assignment_of(request, pk), DifferenceForm(request.POST)
    if form.is_valid():
        dispatching.accept(given, **form.cleaned_data, by=request.user, at=timezone.now())
        said = _("Taken over; the advisor is told of the difference.") if form.cleaned_data["difference"] else (
            _("The car is yours."))  # fmt: skip
        return done(request, said, "workorders:job", given.order_id)
    return show(request, order_of(request, given.order_id), status=422, difference_form=form)
