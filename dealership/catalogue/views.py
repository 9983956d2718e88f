"""The store's parts, what is delivered and what is counted."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dealership import web
from dealership.catalogue import operations, queries
from dealership.catalogue.forms import CountForm, ReceiveForm, StockSearchForm
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
