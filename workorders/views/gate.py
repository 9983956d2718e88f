"""The gate: the guard's page, and what the desk does with the pass of an order's visit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dealership.web import allow, bound, done, form_status, store_of
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.gate import GateForm, UnpaidForm, VoidForm
from workorders.models import GatePass
from workorders.operations import gate as operations
from workorders.views import board

OPENED = "gate_opened"  # in the session: the pass whose car drives out now, for the next look at the page


@never_cache
@allow("workorders.release_car")
def gate(request: Any) -> HttpResponse:
    """Take a code; typed it is looked at first, sent it opens the gate."""
    if request.method == "GET" and request.GET.get("code", "").strip():
        form = GateForm(request.GET)
        if form.is_valid():
            return redirect("workorders:gate_pass", queries.gate.read(form.cleaned_data["code"])[0] or "-")
        return show(request, form)
    form = bound(GateForm, request)
    if request.method == "POST" and form.is_valid():
        found = queries.gate.found(form.cleaned_data["code"], request.user.stores.all())
        if found is not None:
            return open_gate(request, found)
        form.add_error("code", _("No gate pass of this store has this code."))
    return show(request, form)


@never_cache
@allow("workorders.release_car")
def gate_pass(request: Any, code: str) -> HttpResponse:
    """Show which car has this pass and whether it may leave; sent, open the gate."""
    found = queries.gate.found(code, request.user.stores.all())
    if found is None:
        sentence = _("No gate pass of this store has this code.")
        return show(request, GateForm(), status=404, refusals=[sentence])
    if request.method == "POST":
        return open_gate(request, found)
    refusals = queries.gate.obstacles(found, timezone.now(), to=request.user)
    if not refusals and queries.gate.guarded(found.visit.store, request.user):
        refusals = [_("The guard opens the gate with the pass.")]
    return show(request, GateForm(), gate_pass=found, refusals=refusals)


def open_gate(request: Any, found: GatePass) -> HttpResponse:
    """Open the gate and lead back, so that a reload does not ask again; the loser of a race reads who was first."""
    try:
        operations.release(found.code, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return show(request, GateForm(), status=409, gate_pass=found, refusals=[str(refusal)])
    request.session[OPENED] = found.pk
    return redirect("workorders:gate")


def show(request: Any, form: GateForm, *, status: int = 0, **shown: Any) -> HttpResponse:
    store, opened = store_of(request), None
    if request.method == "GET" and not shown and not form.is_bound:
        opened = queries.gate.whole_passes().filter(pk=request.session.pop(OPENED, None)).first()
    context: dict[str, Any] = {
        "form": form,
        "gate_pass": None,
        "refusals": [],
        "opened": opened,
        "released": queries.gate.released_today(store, timezone.now()),
    }
    return render(request, "workorders/gate.html", context | shown, status=status or form_status(form))


@allow("workorders.settle_workorder")
@require_POST
def renew(request: Any, pk: int) -> HttpResponse:
    made = operations.renew(board.order_of(request, pk).visit, by=request.user, at=timezone.now())
    return done(request, _("Gate pass %(number)s is printed.") % {"number": made.paper.number}, "workorders:order", pk)


@allow("workorders.settle_workorder")
@require_POST
def void(request: Any, pk: int) -> HttpResponse:
    order, form = board.order_of(request, pk), VoidForm(request.POST)
    found = queries.gate.pass_of(order.visit)
    if found is None:
        raise NotAllowed(_("This gate pass was used already or is void."))
    if form.is_valid():
        operations.void(found, form.cleaned_data["why"], by=request.user, at=timezone.now())
        return done(request, _("The gate pass is void."), "workorders:order", pk)
    return board.show(request, order, status=422, void_form=form)


@allow("workorders.release_unpaid")
@require_POST
def let_go_unpaid(request: Any, pk: int) -> HttpResponse:
    """Let the manager answer for a car that leaves before it is paid."""
    order, form = board.order_of(request, pk), UnpaidForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        operations.let_go_unpaid(order.visit, reason, by=request.user, at=timezone.now())
        return done(request, _("The car may leave. What is owed stays open."), "workorders:order", pk)
    return board.show(request, order, status=422, unpaid_form=form)


@allow("workorders.release_unpaid")
@require_GET
def debts(request: Any) -> HttpResponse:
    """List the cars that left before everything was paid."""
    orders = queries.gate.left_unpaid(store_of(request))
    context = {"orders": orders, "total_fen": sum(order.due_fen for order in orders)}  # type: ignore[attr-defined]
    return render(request, "workorders/debts.html", context)
