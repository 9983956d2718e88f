"""Offering what the car needs besides, tap by tap."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from dealership.customers.models import PlanLine, Recommendation
from dealership.web import allow
from dealership.workflow import NotAllowed
from workorders.forms.diagnosis import OfferForm
from workorders.models import WorkOrder
from workorders.operations import offers
from workorders.states import SIGN
from workorders.views.board import order_of, show

KINDS: dict[str, Any] = {"advice": Recommendation, "plan": PlanLine}


@allow("workorders.write_workorder")
@require_POST
def offer(request: Any, pk: int, kind: str, thing: int) -> HttpResponse:
    order = order_of(request, pk, SIGN)
    found = get_object_or_404(KINDS[kind], pk=thing, vehicle=order.visit.vehicle)
    form = OfferForm(request.POST)
    if form.is_valid() and answered(request, order, found, form):
        return redirect("workorders:order", pk)
    return show(request, order, status=422, offer_form=form, refused_offer=found)


def answered(request: Any, order: WorkOrder, thing: Any, form: OfferForm) -> bool:
    """Keep the answer; what the catalogue does not know or has no price for is said beside the row."""
    facts, who = form.cleaned_data, {"by": request.user, "at": timezone.now()}
    try:
        if facts["answer"] == "accepted":
            offers.accept(order, thing, operation=facts["operation"], **who)
        elif facts["answer"] == "declined":
            offers.decline(order, thing, reason=facts["reason"], **who)
        else:
            offers.pass_over(order, thing, **who)
    except NotAllowed as refusal:
        order_of(request, order.pk, SIGN)  # raises where the customer signed meanwhile
        form.add_error("operation" if facts["answer"] == "accepted" else "reason", str(refusal))
        return False
    return True
