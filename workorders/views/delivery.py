"""Settlement and the gate."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, bound, done, form_status, page
from dealership.workflow import NotAllowed
from workorders.forms.delivery import GateForm, SettleForm
from workorders.models import GatePass
from workorders.operations import delivery, settlement
from workorders.states import SETTLE
from workorders.views.board import order_of, show
from workorders.views.workshop import act


@allow("workorders.settle_workorder")
@require_POST
def settle(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, SETTLE)
    form = SettleForm(request.POST)

    def post(*, by: Any, at: Any, explained: bool, signature: bytes, **facts: Any) -> None:
        settlement.settle(order, image=signature, **facts, by=by, at=at)

    if act(request, order, form, SETTLE, NON_FIELD_ERRORS, post):
        return done(request, _("The settlement is signed."), "workorders:order", pk)
    return show(request, order, status=422, step_form=form)


@allow("workorders.release_car")
def gate(request: Any) -> HttpResponse:
    """Check a gate pass and open the gate once."""
    form = bound(GateForm, request)
    if request.method == "POST" and form.is_valid():
        gate_pass = GatePass.objects.filter(
            code=form.cleaned_data["code"].lower(), settlement__order__store__in=request.user.stores.all()
        ).first()
        if gate_pass is None:
            form.add_error("code", _("No gate pass of this store has this code."))
        else:
            try:
                delivery.release(gate_pass, by=request.user, at=timezone.now())
            except NotAllowed as refusal:
                form.add_error("code", str(refusal))
            else:
                vehicle = gate_pass.settlement.order.visit.vehicle
                return done(
                    request, _("Released: %(plate)s. The gate may open.") % {"plate": vehicle}, "workorders:gate"
                )
    return page(request, "workorders/gate.html", {"form": form}, status=form_status(form))
