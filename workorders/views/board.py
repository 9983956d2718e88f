"""One order with everything on it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Package
from dealership.customers import queries as customers
from dealership.staff.models import User
from dealership.web import allow
from dealership.workflow import NotAllowed, Transition, out_of_turn
from reception.models import Visit
from reception.states import State as VisitState
from workorders import head, queries, reckoning
from workorders.forms.delivery import SettleForm
from workorders.forms.lines import LineForm
from workorders.forms.signing import ReviseForm, SignForm, head_initial
from workorders.forms.writeup import CancelForm, LabourForm, LetGoForm, PartForm
from workorders.models import Payer, WorkOrder
from workorders.queries import Missing
from workorders.states import (
    BEFORE_SHOWN,
    CANCEL,
    CLOSE,
    HAND_OVER,
    MAKE_READY,
    PASS,
    RECALL,
    REVISE,
    SETTLE,
    SIGN,
    WITH_TEAM,
    State,
)
from workorders.views import additional, parts
from workorders.views.cards import alerts_shown, custody_shown, dispatch_shown, gate_shown
from workorders.views.leaving_card import leaving_shown
from workorders.views.money_card import money_shown
from workorders.views.progress_card import progress_shown
from workorders.views.ready_card import ready_shown

STEPS = [SIGN, PASS, MAKE_READY, HAND_OVER, SETTLE, CLOSE]


@allow("workorders.view_workorder")
def order(request: Any, pk: int) -> HttpResponse:
    """The order with its prices and papers; who only works on the car gets the job instead."""
    found = order_of(request, pk)
    if queries.prefers_job(request.user, found) and "whole" not in request.GET:
        return redirect("workorders:job", pk)
    return show(request, found)


@allow("workorders.view_workorder")
def of_visit(request: Any, visit_pk: int) -> HttpResponse:
    """The orders of one visit; offers to begin the first."""
    visit = get_object_or_404(
        Visit.objects.select_related("vehicle", "customer"), pk=visit_pk, store__in=request.user.stores.all()
    )
    found = visit.orders.exclude(state=State.CANCELLED).first()
    if found is not None:
        return show(request, order_of(request, found.pk))
    may_write = request.user.has_perm("workorders.write_workorder")
    context = {"visit": visit, "may_write": may_write and visit.state == VisitState.INSPECTED, "form": LetGoForm()}
    return render(request, "workorders/begin.html", context)


def order_of(request: Any, pk: int, step: Transition | None = None) -> WorkOrder:
    """Return the order if it is one of this person's stores; raises NotAllowed where `step` does not start any more."""
    orders = WorkOrder.objects.filter(store__in=request.user.stores.all())
    found = get_object_or_404(queries.whole(orders), pk=pk)
    if step is not None and not step.possible(found):
        raise NotAllowed(out_of_turn(found, timezone.now()))
    return found


def show(request: Any, order: WorkOrder, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the order with the one next step this person may take; `forms` carry what was typed."""
    step = next((s for s in STEPS if s.possible(order) and request.user.has_perm(s.permission)), None)
    missing, now = queries.missing_parts(order) if order.state in BEFORE_PARTS else [], timezone.now()
    context: dict[str, Any] = {
        "order": order,
        "visit": order.visit,
        "totals": queries.totals(order),
        "urgency": queries.urgency(order, now, queries.check_of(order, now)),
        "missing_parts": missing,
        "step": step.name if step else "",
        "may_see_job": order.team_id is not None and request.user.has_perm("workorders.start_work"),
        "moves": order.moves.select_related("by"),
        "may_countersign": request.user.has_perm("workorders.countersign_check"),
        "settlement": queries.money.sheet_of(order) if order.state in POSTED else None,
    }
    context |= lines_shown(order, forms.pop("line_form", None)) | cards_shown(request, order, missing)
    context |= ways_back(request.user, order) | step_forms(request.user, order, context["step"], missing) | forms
    drawn = context.get("sign_form") or context.get("step_form")
    context["media"] = drawn.media if drawn else ""
    return render(request, "workorders/order.html", context, status=status)


def cards_shown(request: Any, order: WorkOrder, missing: list[Missing]) -> dict[str, Any]:
    """Say what the cards beside the order show, each for this person."""
    user = request.user
    return {
        **parts.card(request, order, missing),
        **progress_shown(user, order, timezone.now()),
        **ready_shown(user, order, timezone.now()),
        **leaving_shown(user, order),
        "rework": queries.quality.rework_of(order) if order.state in CHECKED else [],
        **additional.card(user, order),
        **alerts_shown(user, order),
        **custody_shown(user, order),
        **money_shown(user, order),
        **dispatch_shown(user, order, request.GET.get("team")),
        **gate_shown(user, order),
        "requests": order.belongings_requests.select_related("asked_by", "answered_by") if order.team_id else [],
    }


def lines_shown(order: WorkOrder, refused: LineForm | None) -> dict[str, Any]:
    """Say what the rows of the lines need: who may pay, what was read out, and the tap that lacked its reason."""
    lines = [*order.labour_lines.all(), *order.part_lines.all()]
    return {
        "payers": Payer.choices,
        "seen": queries.mark_of(order),
        "unread": any(line.wanted and not line.confirmed_at for line in lines),
        "refused_line": refused.line if refused else None,
        "refused_act": refused.act if refused else "",
        "refused_words": refused.data.get("reason", "") if refused else "",
        "refusal": refused.refusal if refused else "",
        "line_changed": refused.changed if refused else "",
    }


BACK = [CANCEL, REVISE, RECALL]
CHECKED = [State.REWORK, State.IN_PROGRESS, State.ON_HOLD, State.FINISHED, *BEFORE_SHOWN]  # may have failed before
MOST_PACKAGES = 8
POSTED = (State.SETTLED, State.PAID, State.CLOSED)
BEFORE_PARTS = (State.DRAFT, State.SIGNED, *WITH_TEAM)


def ways_back(user: User, order: WorkOrder) -> dict[str, Any]:
    """Say which way back from here is open to this person, and whether the customer still waits for his copies."""
    open_to_him = {f"may_{way.name}": way.possible(order) and user.has_perm(way.permission) for way in BACK}
    due = queries.obstacles_to_handover(order) if order.state == State.SIGNED else []
    may_give = bool(due) and user.has_perm(SIGN.permission)
    return open_to_him | {"waits_for": due, "may_give_copies": may_give, "revise_form": ReviseForm()}


def step_forms(user: User, order: WorkOrder, step: str, missing: list[Missing]) -> dict[str, Any]:
    """Make the empty forms the next step shows."""
    customer = order.visit.customer
    if step == "sign":
        return sign_forms(user, order, missing)
    makers: dict[str, Any] = {
        "settle": lambda: SettleForm(initial={"signer_name": customer.name, **calls_welcome(order)}),
    }
    forms: dict[str, Any] = {"step_form": makers[step]()} if step in makers else {}
    return forms | {"cancel_form": CancelForm()}


def calls_welcome(order: WorkOrder) -> dict[str, Any]:
    """Offer what the customer said at the car; the settlement has it confirmed and prints it (C8)."""
    walk = queries.leaving.walk_of(order)
    return {"call_from": walk.call_from, "call_until": walk.call_until} if walk else {}


def offers_shown(order: WorkOrder) -> dict[str, Any]:
    return {"offers": queries.to_offer(order, timezone.localdate()), "offer_form": None, "refused_offer": None}


def packages_shown(order: WorkOrder) -> list[Package]:
    """Return the packages that suit the car as long as nothing is on the order yet."""
    vehicle = order.visit.vehicle
    if order.labour_lines.all() or order.part_lines.all():
        return []
    suitable = catalogue.packages_for(vehicle.make, vehicle.model_name)
    return list(catalogue.with_own_price(suitable, timezone.localdate())[:MOST_PACKAGES])


def sign_forms(user: User, order: WorkOrder, missing: list[Missing] | None = None) -> dict[str, Any]:
    """Make the forms of the write-up, with the promise the workshop can keep and how that was reckoned (2.2.8.1)."""
    now = timezone.now()
    reckoned = reckoning.reckon(order, now, missing)
    offered = round_up(timezone.localtime(reckoned.finish)) if reckoned.finish else None
    initial = {"seen": queries.mark_of(order), "page": uuid4().hex, "signer_name": order.visit.customer.name}
    return {
        "labour_form": LabourForm(visit=order.visit),
        "part_form": PartForm(order=order),
        "sign_form": SignForm(order=order, by=user, at=now, initial=initial | head_initial(order, offered)),
        "missing": queries.obstacles_to_signing(order),
        "warnings": head.warnings(order, now),
        "reckoned": reckoned.words,
        "offered": offered,
        "refused_paper": queries.refusal_of(order),
        "unanswered": queries.unanswered(order),
        "cancel_form": CancelForm(),
        "recalls": customers.open_recalls(order.visit.vehicle),
        "packages": packages_shown(order),
        **offers_shown(order),
    }


def round_up(moment: Any) -> Any:
    """Promise a quarter of an hour people can remember."""
    late = -(moment.minute * 60 + moment.second) % 900
    return moment.replace(microsecond=0) + timedelta(seconds=late)
