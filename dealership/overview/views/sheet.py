"""The appointment statistics sheet: on the screen, on paper, as a file."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import queries as booking
from dealership.overview import exports
from dealership.overview import sheet as sheets
from dealership.overview.forms import SheetForm
from dealership.web import allow, form_status, page, store_of

WIDTHS = [11, 7, 10, 14, 16, 12, 20, 12, 10, 36, 30, 28, 8, 17, 17, 18, 18, 17, 12, 12, 22]


def form_of(request: Any) -> SheetForm:
    """Read what was asked; where nothing was, the form shows today."""
    store = store_of(request)
    today = booking.day_of(store, timezone.now())
    return SheetForm(request.GET or {"first": today, "last": today}, store=store, today=today)


@allow("appointments.view_appointment")
def sheet(request: Any) -> HttpResponse:
    """Every promise of some days with what became of it, today's where nothing was asked (2.1.7, F1)."""
    store, form, now = store_of(request), form_of(request), timezone.now()
    asked = form.asked() if form.is_valid() else None
    found = sheets.sheet(store, asked, now, request.GET.get("page")) if asked else None
    return show(request, form, asked, found)


def show(
    request: Any, form: SheetForm, asked: sheets.Asked | None = None, found: sheets.Sheet | None = None
) -> HttpResponse:
    """Answer the page; without an answer to a form that makes no sense."""
    context = {
        "form": form,
        "asked": asked,
        "sheet": found,
        "now": timezone.now(),
        "most": sheets.MOST_EXPORTED,
        "files": request.GET.urlencode(),
    }
    return page(request, "overview/sheet.html", context, status=form_status(form))


@allow("appointments.view_appointment")
def as_csv(request: Any) -> HttpResponse:
    form = form_of(request)
    if not form.is_valid():
        return show(request, form)
    rows = sheets.table(store_of(request), form.asked(), timezone.now())
    return download(exports.as_csv(rows), "text/csv; charset=utf-8", sheets.file_name(form.asked(), "csv"))


@allow("appointments.view_appointment")
def as_xlsx(request: Any) -> HttpResponse:
    form = form_of(request)
    if not form.is_valid():
        return show(request, form)
    rows = sheets.table(store_of(request), form.asked(), timezone.now(), sheets.values)
    content = exports.as_xlsx(rows, _("Statistics sheet"), WIDTHS)
    return download(content, exports.XLSX, sheets.file_name(form.asked(), "xlsx"))


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
