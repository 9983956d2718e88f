"""Importing a table of another system: upload, preview, confirmation, the wrong rows."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership import web
from dealership.customers import forms
from dealership.customers.imports import applying, columns, reading, wrong_rows
from dealership.customers.imports.planning import Plan, Result
from dealership.customers.models import ImportBatch

PER_PAGE = 50
PERMISSION = "customers.import_customers"


def batches(request: Any) -> Any:
    return ImportBatch.objects.filter(store=web.store_of(request))


@web.allow(PERMISSION)
def upload(request: Any) -> HttpResponse:
    form = web.bound(forms.UploadForm, request)
    if form.is_valid():
        try:
            table = reading.read(form.cleaned_data["file"].read(reading.MOST_BYTES + 1))
        except reading.BadFile as error:
            form.add_error("file", str(error))
        else:
            batch = applying.keep(
                table,
                store=web.store_of(request),
                filename=form.cleaned_data["file"].name,
                source=form.cleaned_data["source"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect("customers:import_preview", batch.pk)
    earlier = batches(request).defer("rows", "header").select_related("uploaded_by")[:10]
    context = {"form": form, "earlier": earlier, "columns": columns.COLUMNS}
    return web.page(request, "customers/import_upload.html", context, status=web.form_status(form))


@web.allow(PERMISSION)
def preview(request: Any, pk: int) -> HttpResponse:
    """Show what the file would do row by row; a confirmed preview is carried out, an outdated one shown afresh."""
    batch = get_object_or_404(batches(request).select_related("store"), pk=pk)
    plan = applying.plan_of(batch)
    form = web.bound(forms.ApplyForm, request, wrong=len(plan.wrong), initial={"seen": plan.fingerprint})
    status = web.form_status(form)
    if form.is_valid():
        seen, leave_out = form.cleaned_data["seen"], form.cleaned_data["leave_out"]
        try:
            applying.apply(batch, seen=seen, leave_out_wrong=leave_out, by=request.user, at=timezone.now())
        except applying.PreviewOutdated as error:
            form = forms.ApplyForm(wrong=len(plan.wrong), initial={"seen": plan.fingerprint})
            return preview_page(request, batch, plan, form, status=409, refusal=str(error))
        return web.done(request, _("The file is imported."), "customers:import_preview", pk)
    return preview_page(request, batch, plan, form, status=status)


def preview_page(
    request: Any, batch: ImportBatch, plan: Plan, form: forms.ApplyForm, *, status: int, refusal: str = ""
) -> HttpResponse:
    wanted = request.GET.get("show", "")
    lines = [line for line in plan.lines if wanted in ("", line.result.value)]
    places = columns.recognised(plan.header)
    counts = batch.counts if batch.state == ImportBatch.State.APPLIED else plan.counts
    context = {
        "batch": batch,
        "form": form,
        "refusal": refusal,
        "has_wrong": bool(plan.wrong),
        "show": wanted,
        "counts": [(result.value, result.label, counts.get(result.value, 0)) for result in Result],
        "lines": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "recognised": [(plan.header[place], column.label) for place, column in places.items()],
        "ignored": [head for place, head in enumerate(plan.header) if head and place not in places],
    }
    return web.page(request, "customers/import_preview.html", context, status=status)


@web.allow(PERMISSION)
def wrong_rows_file(request: Any, pk: int) -> HttpResponse:
    batch = get_object_or_404(batches(request).select_related("store"), pk=pk)
    content = wrong_rows.as_csv(applying.plan_of(batch))
    headers = {"Content-Disposition": f'attachment; filename="wrong-rows-{batch.pk}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
