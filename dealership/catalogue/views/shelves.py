"""The store's parts: what lies there, what comes in, what is to be ordered, and where it lies."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dealership import web
from dealership.catalogue import operations, queries
from dealership.catalogue.forms import PlaceForm, ReceiveForm, StockSearchForm
from dealership.catalogue.models import Part
from dealership.catalogue.ways import ways
from dealership.workflow import NotAllowed

PARTS_PER_PAGE = 50


@require_safe
@web.allow("catalogue.view_stock")
def stock(request: Any) -> HttpResponse:
    form = StockSearchForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"text": "", "low": False}
    parts = queries.find_parts(wanted["text"], web.store_of(request), low_only=wanted["low"])
    page = Paginator(parts, PARTS_PER_PAGE).get_page(request.GET.get("page"))
    for part in page:
        part.ways = web.links("part", part.pk, request.user)  # type: ignore[attr-defined]  # for its row
    context = {
        "wanted": wanted,
        "parts": page,
        "ways": ways(request),
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
    typed = {name: web.typed(request, name) for name in ("part", "quantity", "reference")}
    form = web.bound(ReceiveForm, request, initial=typed)
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        try:
            operations.receive_goods(store, **wanted, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = _("Received: %(quantity)d × %(part)s") % wanted
            # The next part of the same delivery needs no second look at its note.
            note = urlencode({"reference": wanted["reference"]})
            return web.done(request, sentence, f"{reverse('catalogue:receive')}?{note}")
    context = {"form": form, "ways": ways(request)}
    return web.page(request, "catalogue/receive.html", context, status=web.form_status(form))


@require_safe
@web.allow("catalogue.order_goods")
def to_order(request: Any) -> HttpResponse:
    """The minimum stock list: what is below its safety stock even with what is on order, and by how many."""
    parts = queries.to_order(web.store_of(request))
    context = {"parts": Paginator(parts, PARTS_PER_PAGE).get_page(request.GET.get("page")), "ways": ways(request)}
    return web.page(request, "catalogue/to_order.html", context)


@require_POST
@web.allow("catalogue.correct_stock")
def place(request: Any, pk: int) -> HttpResponse:
    """Note where the part lies."""
    part, form = get_object_or_404(Part, pk=pk), PlaceForm(request.POST)
    if not form.is_valid():
        raise NotAllowed(_("A place has at most 30 signs."))
    operations.put_in_place(web.store_of(request), part, form.cleaned_data["place"], by=request.user, at=timezone.now())
    back = web.links("part", part.pk, request.user)
    return web.done(
        request, _("%(part)s: place noted.") % {"part": part}, back[0]["url"] if back else "catalogue:stock"
    )
