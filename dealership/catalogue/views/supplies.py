"""What is ordered from suppliers."""

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
from dealership.catalogue.forms import DayForm, OrderForm
from dealership.catalogue.models import Supply
from dealership.catalogue.views.shelves import PARTS_PER_PAGE
from dealership.catalogue.ways import ways
from dealership.workflow import NotAllowed


@require_safe
@web.allow("catalogue.view_stock")
def supplies(request: Any) -> HttpResponse:
    """What is on order, the late ones first."""
    coming = queries.on_order(web.store_of(request))
    context = {
        "supplies": Paginator(coming, PARTS_PER_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "ways": ways(request),
        "may_receive": request.user.has_perm("catalogue.receive_goods"),
        "may_order": request.user.has_perm("catalogue.order_goods"),
    }
    return web.page(request, "catalogue/supplies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.order_goods")
def order(request: Any) -> HttpResponse:
    """Note what was ordered from a supplier."""
    store, typed = web.store_of(request), {name: web.typed(request, name) for name in ("part", "quantity")}
    form = web.bound(OrderForm, request, today=timezone.localdate(), initial=typed)
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
