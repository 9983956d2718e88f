"""The money of one order at the advisor's and the manager's desk: draft, discounts, approval, sheets, reversal."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.money import ApproveForm, DiscountForm, ReverseForm
from workorders.models import Discount
from workorders.operations import discounts, prices, settlement
from workorders.states import REVERSE
from workorders.views.board import order_of, show


@allow("workorders.give_discount")
@require_POST
def give_discount(request: Any, pk: int) -> HttpResponse:
    order, form = order_of(request, pk), DiscountForm(request.POST)
    if form.is_valid():
        try:
            discounts.give(order, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("percent", str(refusal))
        else:
            return done(request, _("The discount is noted."), "workorders:order", pk)
    return show(request, order_of(request, pk), status=422, discount_form=form)


@allow("workorders.give_discount")
@require_POST
def take_discount_back(request: Any, pk: int) -> HttpResponse:
    found = Discount.objects.filter(order__store__in=request.user.stores.all()).select_related("order")
    discount = get_object_or_404(found, pk=pk)
    discounts.take_back(discount, by=request.user, at=timezone.now())
    return done(request, _("The discount is taken back."), "workorders:order", discount.order_id)


@allow("workorders.approve_price")
@require_POST
def approve_price(request: Any, pk: int) -> HttpResponse:
    order, form = order_of(request, pk), ApproveForm(request.POST)
    if form.is_valid():
        try:
            prices.approve(order, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("total_fen", str(refusal))
        else:
            return done(request, _("The price is approved."), "workorders:order", pk)
    return show(request, order_of(request, pk), status=422, approve_form=form)


@allow("workorders.reverse_settlement")
@require_POST
def reverse(request: Any, pk: int) -> HttpResponse:
    order, form = order_of(request, pk, REVERSE), ReverseForm(request.POST)
    if not form.is_valid():
        return show(request, order, status=422, reverse_form=form)
    sheet = queries.money.sheet_of(order)
    if sheet is None:
        raise NotAllowed(_("This sheet was reversed already."))
    reason = form.cleaned_data["why_reversed"]
    settlement.reverse(sheet, reason=reason, by=request.user, at=timezone.now())
    return done(request, _("The settlement is reversed; the order can be settled anew."), "workorders:order", pk)
