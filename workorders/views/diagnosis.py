"""One work that needs its diagnosis first: what was found, what it costs, and what the customer says."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.catalogue.queries import PriceMissing
from dealership.web import allow, done
from workorders import queries
from workorders.forms.diagnosis import DiagnoseForm, QuoteForm, SituationForm
from workorders.models import LabourLine
from workorders.operations import cases, diagnosis

PERMISSIONS = {
    "diagnose": "workorders.diagnose_line",
    "quote": "workorders.write_workorder",
    "decision": "workorders.write_workorder",
    "warranty": "workorders.write_workorder",
    "case": "workorders.open_case",
    "repair": "workorders.start_work",
}


@allow("workorders.view_workorder")
def examine(request: Any, pk: int, line: int) -> HttpResponse:
    return shown(request, line_of(request, pk, line))


def line_of(request: Any, pk: int, line: int) -> LabourLine:
    found = LabourLine.objects.select_related(
        "order__store",
        "order__visit__vehicle",
        "order__visit__customer",
        "complaint",
        "case",
        "additional",
        "diagnosed_by",
    )
    return get_object_or_404(found, pk=line, order=pk, order__store__in=request.user.stores.all())


def shown(request: Any, line: LabourLine, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the work with the acts this person may do next; `forms` carry what was typed."""
    parts = list(line.parts.select_related("part"))
    acts = {act for act in queries.acts_after_signing(line) if request.user.has_perm(PERMISSIONS[act])}
    context = {
        "line": line,
        "order": line.order,
        "parts": parts,
        "total_fen": line.amount_fen + sum(part.amount_fen for part in parts if part.wanted),
        "acts": acts,
        "waits_for": queries.block_of(line),
        "may_see_case": request.user.has_perm("workorders.view_manufacturercase"),
        "diagnose_form": DiagnoseForm(initial={"diagnosis": line.diagnosis}),
        "quote_form": QuoteForm(line=line, parts=parts),
        "case_form": SituationForm(initial={"situation": line.warranty_reason}),
    }
    return render(request, "workorders/examine.html", context | forms, status=status)


@allow("workorders.diagnose_line")
@require_POST
def diagnose(request: Any, pk: int, line: int) -> HttpResponse:
    found, form = line_of(request, pk, line), DiagnoseForm(request.POST)
    if not form.is_valid():
        return shown(request, found, status=422, diagnose_form=form)
    diagnosis.record(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The diagnosis is noted."), "workorders:examine", pk, line)


@allow("workorders.write_workorder")
@require_POST
def quote(request: Any, pk: int, line: int) -> HttpResponse:
    """Price the repair; a part without a price is refused beside the form."""
    found = line_of(request, pk, line)
    form = QuoteForm(request.POST, line=found)
    if not form.is_valid():
        return shown(request, found, status=422, quote_form=form)
    hours = form.cleaned_data["hours"]
    try:
        diagnosis.quote(found, hours=hours, parts=form.parts, by=request.user, at=timezone.now())
    except PriceMissing as refusal:
        form.add_error(None, str(refusal))
        return shown(request, found, status=422, quote_form=form)
    return done(request, _("Priced. Now ask the customer."), "workorders:examine", pk, line)


@allow("workorders.start_work")
@require_POST
def repair(request: Any, pk: int, line: int) -> HttpResponse:
    diagnosis.begin_repair(line_of(request, pk, line), by=request.user, at=timezone.now())
    return done(request, _("The repair has begun."), "workorders:order", pk)


@allow("workorders.open_case")
@require_POST
def open_case(request: Any, pk: int, line: int) -> HttpResponse:
    found, form = line_of(request, pk, line), SituationForm(request.POST)
    if not form.is_valid():
        return shown(request, found, status=422, case_form=form)
    case = cases.open_case(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The case is open; the work waits for the manufacturer."), "workorders:case", case.pk)
