"""The store's parts, what is ordered, what is delivered and what is counted."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dealership import web
from dealership.catalogue import operations, queries
from dealership.catalogue.forms import CountForm, DayForm, OrderForm, ReceiveForm, StockSearchForm
from dealership.catalogue.models import Supply
from dealership.workflow import NotAllowed

PARTS_PER_PAGE = 50


@require_safe
@web.allow("catalogue.view_stock")
def stock(request: Any) -> HttpResponse:
    form = StockSearchForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"text": "", "low": False}
    parts = queries.find_parts(wanted["text"], web.store_of(request), low_only=wanted["low"])
    context = {
        "wanted": wanted,
        "parts": Paginator(parts, PARTS_PER_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "may_order": request.user.has_perm("catalogue.order_goods"),
        "may_receive": request.user.has_perm("catalogue.receive_goods"),
        "may_count": request.user.has_perm("catalogue.correct_stock"),
    }
    return web.page(request, "catalogue/stock.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.receive_goods")
def receive(request: Any) -> HttpResponse:
    store = web.store_of(request)
    form = web.bound(ReceiveForm, request, initial={"part": web.typed(request, "part")})
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        try:
            operations.receive_goods(store, **wanted, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = _("Received: %(quantity)d × %(part)s") % wanted
            return web.done(request, sentence, "catalogue:receive")
    return web.page(request, "catalogue/receive.html", {"form": form}, status=web.form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.correct_stock")
def count(request: Any) -> HttpResponse:
    """Set the stock of a part to what somebody counted."""
    store = web.store_of(request)
    form = web.bound(CountForm, request, initial={"part": web.typed(request, "part")})
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        movement = operations.correct(store, **wanted, by=request.user, at=timezone.now())
        sentence = _("%(part)s: %(counted)d counted, the stock agrees.")
        if movement is not None:
            wanted["change"] = f"{movement.change:+d}"
            sentence = _("%(part)s: %(counted)d counted, corrected by %(change)s.")
        return web.done(request, sentence % wanted, "catalogue:count")
    return web.page(request, "catalogue/count.html", {"form": form}, status=web.form_status(form))


@require_safe
@web.allow("catalogue.view_stock")
def supplies(request: Any) -> HttpResponse:
    """What is on order, the late ones first."""
    coming = queries.on_order(web.store_of(request))
    context = {
        "supplies": Paginator(coming, PARTS_PER_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "may_order": request.user.has_perm("catalogue.order_goods"),
    }
    return web.page(request, "catalogue/supplies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.order_goods")
def order(request: Any) -> HttpResponse:
    """Note what was ordered from a supplier."""
    store, part = web.store_of(request), web.typed(request, "part")
    form = web.bound(OrderForm, request, today=timezone.localdate(), initial={"part": part})
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        try:
            operations.order_goods(store, **wanted, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("reference", str(refusal))
        else:
            day = date_format(wanted["expected_on"])
            sentence = _("On order: %(quantity)d × %(part)s, expected on %(day)s") % (wanted | {"day": day})
            return web.done(request, sentence, "catalogue:supplies")
    return web.page(request, "catalogue/order.html", {"form": form}, status=web.form_status(form))


def supply_here(request: Any, pk: int) -> Supply:
    return get_object_or_404(Supply.objects.select_related("store", "part"), pk=pk, store=web.store_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.order_goods")
def supply_day(request: Any, pk: int) -> HttpResponse:
    """Note that the supplier named another day."""
    supply = supply_here(request, pk)
    form = web.bound(DayForm, request, today=timezone.localdate(), initial={"expected_on": supply.expected_on})
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["expected_on"]
        operations.expect_on(supply, day, by=request.user, at=timezone.now())
        sentence = _("%(part)s: expected on %(day)s") % {"part": supply.part, "day": date_format(day)}
        return web.done(request, sentence, "catalogue:supplies")
    context = {"form": form, "supply": supply, "days": supply.days.select_related("by")}
    return web.page(request, "catalogue/supply_day.html", context, status=web.form_status(form))


@require_POST
@web.allow("catalogue.order_goods")
def supply_cancel(request: Any, pk: int) -> HttpResponse:
    supply = supply_here(request, pk)
    operations.cancel_supply(supply, by=request.user, at=timezone.now())
    sentence = _("%(part)s: no longer on order under “%(reference)s”")
    return web.done(request, sentence % {"part": supply.part, "reference": supply.reference}, "catalogue:supplies")
