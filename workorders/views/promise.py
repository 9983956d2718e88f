"""Another promise, a delay the workshop reports, and the manager's part in a large order."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealership.web import allow, bound, done, form_status
from workorders.forms.additional import DelayForm, JoinForm, PromiseForm
from workorders.models import WorkOrder
from workorders.operations import large
from workorders.operations import promise as operations
from workorders.queries import progress
from workorders.views.additional import order_for


@require_http_methods(["GET", "POST"])
@allow("workorders.ask_customer")
def move(request: Any, pk: int) -> HttpResponse:
    """Tell the customer of a later finish; the promise moves with his answer, not before (2.4.4.2)."""
    order, now = order_for(request, pk), timezone.now()
    phone = order.visit.customer.phone
    reports, answers = order.delay_reports.select_related("by"), answered(order)
    spoken_of = [*(one.estimate_at for one in reports), *(one.finish_at for one in answers)]
    initial = {
        "promised_at": expected(order, spoken_of),
        "spoke_to": order.visit.customer.name,
        "number": phone.shown if phone else "",
    }
    form = bound(PromiseForm, request, order=order, now=now, initial=initial)
    if form.is_valid():
        operations.move(order, form.cleaned_data.pop("promised_at"), **form.cleaned_data, by=request.user, at=now)
        sentence = _("The new promise stands.") if form.answered else _("Noted. The promise stays as it was.")
        return done(request, sentence, "workorders:order", pk)
    context = {
        "order": order,
        "form": form,
        "reports": reports,
        "answers": answers,
        "contacts": order.contacts.filter(item=None).select_related("by"),
    }
    return render(request, "workorders/promise.html", context, status=form_status(form))


def answered(order: WorkOrder) -> list[Any]:
    """Return what the workshop answered when it was asked how far it is, the last first."""
    return [one for one in progress.of_order(order) if one.finish_at is not None]


def expected(order: WorkOrder, finishes: list[datetime]) -> datetime | None:
    """Return the latest finish the workshop spoke of, where it is after the promise."""
    latest = max(finishes, default=None)
    return timezone.localtime(latest) if latest and order.promised_at and latest > order.promised_at else None


@require_http_methods(["GET", "POST"])
@allow("workorders.report_item")
def report_delay(request: Any, pk: int) -> HttpResponse:
    """Say that the work goes otherwise than planned (2.4.4.1)."""
    order, now = order_for(request, pk), timezone.now()
    form = bound(DelayForm, request, now=now)
    if form.is_valid():
        operations.report_delay(order, **form.cleaned_data, by=request.user, at=now)
        return done(request, _("Foreman and advisor are told."), "workorders:order", pk)
    return render(request, "workorders/delay.html", {"order": order, "form": form}, status=form_status(form))


@require_POST
@allow("workorders.join_large_order")
def join(request: Any, pk: int) -> HttpResponse:
    """Note the manager's part (6.2.3)."""
    order, form = order_for(request, pk), JoinForm(request.POST)
    if not form.is_valid():
        return render(request, "workorders/join.html", {"order": order, "form": form}, status=422)
    large.join(order, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("Your part in this order is on record."), "workorders:order", pk)
