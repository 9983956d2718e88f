"""Hand-over, settlement and payment."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import money
from dealership.web import allow, done
from dealership.workflow import NotAllowed
from workorders.forms.delivery import HandOverForm, PayForm, SettleForm
from workorders.models import Payment
from workorders.operations import delivery, settlement
from workorders.states import HAND_OVER, PAY, SETTLE
from workorders.views.board import order_of, show
from workorders.views.workshop import act


@allow("workorders.hand_over_workorder")
@require_POST
def hand_over(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, HAND_OVER)
    form = HandOverForm(request.POST)

    def walk(*, by: Any, at: Any, next_service_on: Any, next_service_km: int, advice: str, **steps: bool) -> None:
        delivery.hand_over(
            order,
            steps=steps,
            next_service_on=next_service_on,
            next_service_km=next_service_km,
            advice=advice,
            by=by,
            at=at,
        )

    if act(request, order, form, HAND_OVER, NON_FIELD_ERRORS, walk):
        return done(request, _("Shown to the customer; now settle."), "workorders:order", pk)
    return show(request, order, status=422, step_form=form)


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
