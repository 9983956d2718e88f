"""The settlement is signed."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from workorders.forms.delivery import SettleForm
from workorders.operations import settlement
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
