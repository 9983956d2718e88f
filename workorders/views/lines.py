"""What is said about the lines of an order, tap by tap."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.catalogue.models import Package
from dealership.web import allow
from workorders.forms.lines import FORMS
from workorders.models import LabourLine, PartLine, WorkOrder
from workorders.operations import lines
from workorders.states import SIGN
from workorders.views.board import order_of, show

ACTS = {
    "fault": lines.say_fault,
    "warranty": lines.decide_warranty,
    "payer": lines.set_payer,
    "decision": lines.decide,
    "confirmed": lines.confirm,
}


@allow("workorders.write_workorder")
@require_POST
def say_labour(request: Any, pk: int, line: int, act: str) -> HttpResponse:
    order = order_of(request, pk)
    return said(request, order, get_object_or_404(LabourLine, pk=line, order=order), act)


@allow("workorders.write_workorder")
@require_POST
def say_part(request: Any, pk: int, line: int, act: str) -> HttpResponse:
    order = order_of(request, pk)
    return said(request, order, get_object_or_404(PartLine, pk=line, order=order), act)


def said(request: Any, order: WorkOrder, line: LabourLine | PartLine, act: str) -> HttpResponse:
    """Do what the tap says and come back to the row; without its reason the row asks for it."""
    form = FORMS[act](request.POST, line=line)
    if not form.is_valid():
        return show(request, order, status=422, line_form=form)
    operation: Any = ACTS[act]
    try:
        broken = operation(line, **form.facts, mark=request.POST.get("mark"), by=request.user, at=timezone.now())
    except lines.LineChanged as changed:
        form.changed = str(changed)
        return show(request, order_of(request, order.pk), status=409, line_form=form)
    return told_broken(request, broken, line.order_id) or back_to(line)


def told_broken(request: Any, package: Package | None, order: int) -> HttpResponse | None:
    """Say at the top of the order that the rest of a package costs its own price, before the customer is surprised."""
    if package is None:
        return None
    sentence = _("%(package)s is not complete any more: what is left of it costs its own price. Read it out again.")
    messages.warning(request, sentence % {"package": package.name_shown})
    return redirect("workorders:order", order)


def back_to(line: LabourLine | PartLine) -> HttpResponse:
    kind = "labour" if isinstance(line, LabourLine) else "part"
    return redirect(f"{reverse('workorders:order', args=[line.order_id])}#{kind}-{line.pk}")


@allow("workorders.write_workorder")
@require_POST
def confirm_all(request: Any, pk: int) -> HttpResponse:
    """Everything on the page was read out; what came onto the order meanwhile was not."""
    order = order_of(request, pk, SIGN)
    lines.confirm_all(order, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now())
    return redirect("workorders:order", pk)
