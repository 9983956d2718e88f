"""Counting a shelf: one sheet, the differences first, then the ledger."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dealership import web
from dealership.catalogue import operations, queries
from dealership.catalogue.forms import CountSearchForm, CountSheet
from dealership.catalogue.ways import ways

ON_ONE_SHEET = 40


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow("catalogue.correct_stock")
def count(request: Any) -> HttpResponse:
    """Count several parts, found by words or by their place; the differences are shown before they are posted."""
    wanted, sheet = sheet_of(request)
    status, moved = web.form_status(sheet) if sheet else 200, ""
    if sheet and sheet.is_bound and sheet.is_valid() and sheet.agreed:
        try:
            written = operations.count(
                web.store_of(request), sheet.counted, reference=sheet.cleaned_data["reference"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except operations.StockMoved as refusal:
            moved, status = str(refusal), 409
            sheet.ask_again(refusal.now)
        else:
            return web.done(request, summary(sheet, written), f"{reverse('catalogue:count')}?{urlencode(wanted)}")
    context = {"wanted": wanted, "sheet": sheet, "moved": moved, "ways": ways(request)}
    return web.page(request, "catalogue/count.html", context, status=status)


def sheet_of(request: Any) -> tuple[dict[str, str], CountSheet | None]:
    """Return what was searched and the sheet of it; no sheet before anything was searched."""
    form = CountSearchForm(request.GET)
    wanted = {name: text for name, text in form.cleaned_data.items() if text} if form.is_valid() else {}
    if not wanted:
        return wanted, None
    found = queries.sheet_of(web.store_of(request), wanted.get("text", ""), wanted.get("place", ""))
    return wanted, web.bound(CountSheet, request, parts=list(found[:ON_ONE_SHEET]))


def summary(sheet: CountSheet, written: list[Any]) -> str:
    counted = ngettext("%(n)d part counted", "%(n)d parts counted", len(sheet.counted)) % {"n": len(sheet.counted)}
    if not written:
        return _("%(counted)s, the stock agrees.") % {"counted": counted}
    changes = "、".join(f"{movement.part.name} {movement.change:+d}" for movement in written)
    return _("%(counted)s, corrected: %(changes)s.") % {"counted": counted, "changes": changes}
