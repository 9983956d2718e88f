"""Settlement, payment and the gate."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import money
from dealership.web import allow, bound, done, form_status, page
from dealership.workflow import NotAllowed
from workorders.forms.delivery import GateForm, PayForm, SettleForm
from workorders.models import GatePass, Payment
from workorders.operations import delivery, settlement
from workorders.states import PAY, SETTLE
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


@allow("workorders.take_payment")
@require_POST
def pay(request: Any, pk: int) -> HttpResponse:
    """Take the money; the change is the first thing the cashier reads."""
    order = order_of(request, pk)
    if not hasattr(order, "settlement"):
        raise NotAllowed(_("There is nothing to pay yet: the settlement is not signed."))
    form = PayForm(request.POST)
    if form.is_valid():
        try:
            payment = settlement.pay(order.settlement, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("received_fen", str(refusal))
        else:  # the same form sent twice, too: it finds its payment
            return done(request, taken_sentence(payment), "workorders:order", pk)
    return show(request, order_of(request, pk, PAY), status=422, step_form=form)


def taken_sentence(payment: Payment) -> str:
    sums = {"amount": money.written(payment.amount_fen), "change": money.written(payment.change_fen)}
    payment.settlement.refresh_from_db(fields=["paid_fen"])
    if payment.settlement.due_fen:
        due = money.written(payment.settlement.due_fen)
        return _("Taken: %(amount)s. Still due: %(due)s.") % {"amount": sums["amount"], "due": due}
    return _("Taken: %(amount)s. Change: %(change)s.") % sums


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
