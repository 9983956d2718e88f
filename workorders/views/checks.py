"""The quality check: its sheet, what is done again, the countersignature, and the wash after it."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealership.web import allow, bound, done, form_status
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.checks import CheckForm
from workorders.models import QualityCheck, ReworkItem, WorkOrder
from workorders.operations import quality, ready
from workorders.states import PASS, State
from workorders.views.board import order_of
from workorders.views.work import show_job


@require_http_methods(["GET", "POST"])
@allow("workorders.inspect_workorder")
def check(request: Any, pk: int) -> HttpResponse:
    """The check sheet of the round (F14)."""
    order = order_of(request, pk, PASS)
    form = bound(CheckForm, request, order=order)
    if form.is_valid():
        try:
            quality.inspect(order, **form.facts, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            order_of(request, pk, PASS)  # raises where somebody was faster: the form no longer fits
            form.add_error(NON_FIELD_ERRORS, str(refusal))
        else:
            passed = order.state == State.PASSED
            said = _("Passed and signed.") if passed else _("Failed: the reception and the team see it now.")
            return done(request, said, "workorders:board")
    return show_check(request, order, form)


def show_check(
    request: Any, order: WorkOrder, form: CheckForm | None = None, status: int = 0, **said: Any
) -> HttpResponse:
    """Show the sheet; `said` names the test drive that was refused and why."""
    form = form or CheckForm(order=order)
    drives = order.test_drives.select_related("driver")
    context = {
        "order": order,
        "visit": order.visit,
        "form": form,
        "rows": list(form.rows()),
        "round": order.checks.count() + 1,
        "obstacles": queries.quality.obstacles_to_inspecting(order, request.user),
        "drives": drives,
        "may_drive": all(one.back_at for one in drives),
        "driven": queries.quality.drives_of_round(order).exists(),
        "again": queries.quality.rework_of(order),
        "media": form.media,
    }
    return render(request, "workorders/check.html", context | said, status=status or form_status(form))


@allow("workorders.countersign_check")
@require_POST
def countersign(request: Any, pk: int) -> HttpResponse:
    found = QualityCheck.objects.select_related("order__store", "order__visit")
    checked = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    quality.countersign(checked, by=request.user, at=timezone.now())
    return done(request, _("The re-check is countersigned."), "workorders:order", checked.order_id)


@allow("workorders.finish_work")
@require_POST
def put_right(request: Any, pk: int) -> HttpResponse:
    """Say that one thing was done again."""
    found = ReworkItem.objects.select_related("order__store", "order__visit")
    item = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    words = request.POST.get("words", "").replace("\0", "")
    if not words.strip():
        said = {"refused_rework": pk, "refusal_rework": _("Write down what was done.")}
        return show_job(request, order_of(request, item.order_id), status=422, **said)
    quality.put_right(item, words=words, by=request.user, at=timezone.now())
    return done(request, _("Noted as done again."), "workorders:job", item.order_id)


@allow("workorders.wash_car")
@require_POST
def wash(request: Any, pk: int) -> HttpResponse:
    ready.wash(order_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("Noted as washed."), "workorders:order", pk)
