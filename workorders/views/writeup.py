"""Writing an order, or ending it without work."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Package
from dealership.web import allow, done, store_of, typed
from reception.models import Complaint, Visit
from workorders import queries
from workorders.forms.writeup import CancelForm, LabourForm, LetGoForm, PartForm
from workorders.models import LabourLine, PartLine
from workorders.operations import writeup
from workorders.states import CANCEL, SIGN
from workorders.views.board import order_of, show
from workorders.views.lines import told_broken
from workorders.views.workshop import act


@allow("workorders.write_workorder")
@require_POST
def begin(request: Any, visit_pk: int) -> HttpResponse:
    visit = get_object_or_404(Visit, pk=visit_pk, store__in=request.user.stores.all())
    order = writeup.open_order(visit, by=request.user, at=timezone.now())
    if names := queries.left_out(order):
        messages.warning(request, _("Booked, but not on the order: %(names)s.") % {"names": "、".join(names)})
    return redirect("workorders:order", order.pk)


@allow("workorders.write_workorder")
@require_POST
def add_labour(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, SIGN)
    form = LabourForm(request.POST, visit=order.visit)
    if act(request, order, form, SIGN, "operation", lambda **facts: writeup.add_labour(order, **facts)):
        return redirect(f"{reverse('workorders:order', args=[pk])}#id_operation")  # the field for the next line
    return show(request, order, status=422, labour_form=form)


@allow("workorders.write_workorder")
@require_POST
def add_part(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, SIGN)
    form = PartForm(request.POST, order=order)
    if act(request, order, form, SIGN, "part", lambda **facts: writeup.add_part(order, **facts)):
        return redirect(f"{reverse('workorders:order', args=[pk])}#id_part")
    return show(request, order, status=422, part_form=form)


@allow("workorders.write_workorder")
@require_POST
def add_package(request: Any, pk: int, package: int) -> HttpResponse:
    """A whole package with one tap: the express path of pure maintenance."""
    found = get_object_or_404(Package, pk=package)
    writeup.add_package(order_of(request, pk, SIGN), package=found, by=request.user, at=timezone.now())
    return redirect("workorders:order", pk)


@allow("workorders.write_workorder")
@require_POST
def answer(request: Any, pk: int, line: int, complaint: int) -> HttpResponse:
    """Say with one tap which of the customer's words a line answers."""
    order = order_of(request, pk, SIGN)
    found = get_object_or_404(LabourLine.objects.select_related("order"), pk=line, order=order)
    writeup.answer(found, get_object_or_404(Complaint, pk=complaint, visit=order.visit_id), by=request.user)
    return redirect("workorders:order", pk)


@allow("workorders.write_workorder")
@require_POST
def remove_line(request: Any, pk: int, kind: str, line: int) -> HttpResponse:
    order = order_of(request, pk, SIGN)
    rows: Any = {"labour": LabourLine.objects, "part": PartLine.objects}[kind]
    found = rows.filter(pk=line, order=order).select_related("order").first()
    broken = writeup.remove_line(found, by=request.user, at=timezone.now()) if found else None  # gone: pressed twice
    return told_broken(request, broken, pk) or redirect(f"{reverse('workorders:order', args=[pk])}#lines")


@allow("workorders.write_workorder")
@require_POST
def let_go(request: Any, visit_pk: int) -> HttpResponse:
    """The customer takes the car away after the intake, without work."""
    visit = get_object_or_404(Visit, pk=visit_pk, store__in=request.user.stores.all())
    form = LetGoForm(request.POST)
    if form.is_valid():
        writeup.let_go(visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("Noted: the customer left without work."), "reception:lane")
    context = {"visit": visit, "may_write": True, "form": form}
    return render(request, "workorders/begin.html", context, status=422)


@allow("workorders.write_workorder")
@require_POST
def cancel(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, CANCEL)
    form = CancelForm(request.POST)
    if form.is_valid():
        writeup.cancel(order, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("The order is cancelled."), "reception:intake", order.visit_id)
    return show(request, order, status=422, cancel_form=form)


@allow("workorders.write_workorder")
def suggest(request: Any, kind: str) -> HttpResponse:
    """Suggestions of the catalogue while somebody types, with price-independent facts only."""
    text = typed(request, "operation" if kind == "operations" else "part")
    rows = []
    if text and kind == "operations":
        rows = [(o.code, f"{o.name} ({o.hours} h)") for o in catalogue.find_operations(text)[:12]]
    elif text:
        rows = [(p.number, f"{p.name} ({p.quantity})") for p in catalogue.find_parts(text, store_of(request))[:12]]  # type: ignore[attr-defined]
    return render(request, "workorders/suggestions_part.html", {"rows": rows})
