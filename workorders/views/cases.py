"""The claims clerk's cases with the manufacturer (F13)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, bound, done, form_status, store_of
from dealership.workflow import NotAllowed, out_of_turn
from workorders import queries
from workorders.forms.diagnosis import AnswerForm, SubmitForm
from workorders.forms.money import ReceiptForm
from workorders.models import ManufacturerCase, Settlement
from workorders.operations import cases as claims
from workorders.operations import receipts
from workorders.states import APPROVE, SUBMIT_CASE


@allow("workorders.view_manufacturercase")
def cases(request: Any) -> HttpResponse:
    """The store's cases, those that wait for somebody here first."""
    store = store_of(request)
    context = {"cases": queries.cases(store), "claims": queries.money.open_claims(store)}
    return render(request, "workorders/cases.html", context)


@allow("workorders.view_manufacturercase")
def case(request: Any, pk: int) -> HttpResponse:
    return shown(request, case_of(request, pk))


def case_of(request: Any, pk: int) -> ManufacturerCase:
    found = ManufacturerCase.objects.filter(line__order__store__in=request.user.stores.all())
    return get_object_or_404(queries.whole_cases(found), pk=pk)


def shown(request: Any, found: ManufacturerCase, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the case with its next step, where this person may take it; `forms` carry what was typed."""
    step = next((s for s in (SUBMIT_CASE, APPROVE) if s.possible(found) and request.user.has_perm(s.permission)), None)
    context = {
        "case": found,
        "line": found.line,
        "order": found.line.order,
        "visit": found.line.order.visit,
        "step": step.name if step else "",
        "moves": found.moves.select_related("by"),
        "submit_form": SubmitForm(initial={"situation": found.situation, "diagnosis": found.diagnosis}),
        "answer_form": AnswerForm(),
    }
    return render(request, "workorders/case.html", context | forms, status=status)


@allow("workorders.submit_case")
@require_POST
def submit(request: Any, pk: int) -> HttpResponse:
    found, form = case_of(request, pk), SubmitForm(request.POST)
    if not SUBMIT_CASE.possible(found):
        raise NotAllowed(out_of_turn(found, timezone.now()))
    if not form.is_valid():
        return shown(request, found, status=422, submit_form=form)
    claims.submit(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("Submitted; the work waits for the answer."), "workorders:case", pk)


@allow("workorders.answer_case")
@require_POST
def answer(request: Any, pk: int) -> HttpResponse:
    found, form = case_of(request, pk), AnswerForm(request.POST)
    if not APPROVE.possible(found):
        raise NotAllowed(out_of_turn(found, timezone.now()))
    if not form.is_valid():
        return shown(request, found, status=422, answer_form=form)
    claims.answer(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The answer is noted."), "workorders:case", pk)


@allow("workorders.take_claim")
def claim(request: Any, pk: int) -> HttpResponse:
    """Show what a manufacturer or insurer owes on one sheet and take what came in for it."""
    stores = request.user.stores.all()
    found = Settlement.objects.filter(order__store__in=stores, payer__in=queries.money.CLAIMED, reverses=None)
    sheet = get_object_or_404(found.select_related("sheet", "balance", "order__visit__vehicle"), pk=pk)
    form = bound(ReceiptForm, request)
    if request.method == "POST" and form.is_valid():
        try:
            receipts.enter(sheet, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("amount_fen", str(refusal))
        else:
            return done(request, _("The receipt is entered."), "workorders:claim", pk)
    context = {"sheet": sheet, "form": form, "receipts": queries.money.receipts_of(sheet)}
    return render(request, "workorders/claim.html", context, status=form_status(form))
