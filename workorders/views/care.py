"""The customer's things, test drives, and whether his fault shows."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from dealership.workflow import NotAllowed
from workorders.forms.workshop import MileageForm, WordsForm
from workorders.models import BelongingsRequest, TestDrive, WorkOrder
from workorders.operations import care
from workorders.states import MAKE_READY, PASS
from workorders.views.board import order_of, show
from workorders.views.checks import show_check
from workorders.views.work import line_of, show_job


def refuse(request: Any, pk: int, sentence: Any, typed: str = "", **where: Any) -> HttpResponse:
    """Show the job again with the sentence beside what was typed."""
    said = where | {"refusal": str(sentence), "typed": typed}
    return show_job(request, order_of(request, pk), status=422, **said)


@allow("workorders.start_work")
@require_POST
def ask_to_move(request: Any, pk: int) -> HttpResponse:
    """Ask for consent before something of the customer's is moved."""
    form = WordsForm(request.POST, empty=_("Write down what has to be moved, and why."))
    if not form.is_valid():
        return refuse(request, pk, form.errors["words"][0], request.POST.get("words", ""), refused="belongings")
    care.ask_to_move(order_of(request, pk), words=form.cleaned_data["words"], by=request.user, at=timezone.now())
    return done(request, _("The advisor is told; wait for the customer's answer."), "workorders:job", pk)


def request_of(request: Any, pk: int) -> BelongingsRequest:
    found = BelongingsRequest.objects.select_related("order")
    return get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())


@allow("workorders.hand_to_workshop")
@require_POST
def answer_request(request: Any, pk: int) -> HttpResponse:
    """Note what the customer said to moving his things."""
    asked, agreed = request_of(request, pk), request.POST.get("agreed") == "yes"
    form = WordsForm(request.POST, empty=_("Write down who answered, and how."))
    if not form.is_valid():
        said = {"refused_request": pk, "refusal": form.errors["words"][0], "typed": request.POST.get("words", "")}
        return show(request, order_of(request, asked.order_id), status=422, **said)
    care.answer_request(asked, agreed=agreed, who=form.cleaned_data["words"], by=request.user, at=timezone.now())
    return done(request, _("Noted; the workshop sees it."), "workorders:order", asked.order_id)


@allow("workorders.start_work")
@require_POST
def moved(request: Any, pk: int) -> HttpResponse:
    asked = request_of(request, pk)
    care.move_belongings(asked, by=request.user, at=timezone.now())
    return done(request, _("Noted as moved."), "workorders:job", asked.order_id)


@allow("workorders.start_work")
@require_POST
def put_back(request: Any, pk: int) -> HttpResponse:
    asked = request_of(request, pk)
    care.put_back(asked, by=request.user, at=timezone.now())
    return done(request, _("Noted as put back."), "workorders:job", asked.order_id)


def page_of_drive(request: Any, order: WorkOrder) -> str:
    """Return the page this person drives from: the check sheet, the order, or the job."""
    if PASS.possible(order) and request.user.has_perm(PASS.permission):
        return "workorders:check"
    if MAKE_READY.possible(order) and request.user.has_perm(MAKE_READY.permission):
        return "workorders:final_check"
    return "workorders:job" if request.user.has_perm("workorders.start_work") else "workorders:order"


def refuse_drive(request: Any, order: WorkOrder, sentence: Any, typed: str, **where: Any) -> HttpResponse:
    """Show that page again with the sentence beside what was typed; the order's shows the drives of its job."""
    said = where | {"refusal": str(sentence), "typed": typed, "typed_km": request.POST.get("km", "")}
    if page_of_drive(request, order) == "workorders:check":
        return show_check(request, order, status=422, **said)
    if page_of_drive(request, order) != "workorders:job":
        raise NotAllowed(sentence)
    return show_job(request, order, status=422, **said)


@allow("workorders.view_workorder")
@require_POST
def drive_out(request: Any, pk: int) -> HttpResponse:
    """Begin a test drive."""
    form, typed, order = MileageForm(request.POST), request.POST.get("km", ""), order_of(request, pk)
    if not form.is_valid():
        return refuse_drive(request, order, form.errors["km"][0], typed, refused="drive")
    try:
        care.drive_out(order, km_out=form.cleaned_data["km"], by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return refuse_drive(request, order, refusal, typed, refused="drive")
    return done(request, _("Drive carefully."), page_of_drive(request, order), pk)


@allow("workorders.view_workorder")
@require_POST
def drive_back(request: Any, pk: int) -> HttpResponse:
    """End a test drive."""
    found = TestDrive.objects.select_related("order", "driver")
    drive = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    form, typed, order = MileageForm(request.POST), request.POST.get("result", ""), order_of(request, drive.order_id)
    if not form.is_valid():
        return refuse_drive(request, order, next(iter(form.errors.values()))[0], typed, refused_drive=pk)
    km, result, ok = (form.cleaned_data[name] for name in ("km", "result", "ok"))
    if ok is None:
        return refuse_drive(request, order, _("Say whether the car was in order."), typed, refused_drive=pk)
    try:
        care.drive_back(drive, km_in=km, ok=ok, result=result, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return refuse_drive(request, order, refusal, typed, refused_drive=pk)
    return done(request, _("Noted."), page_of_drive(request, order), order.pk)


@allow("workorders.start_work")
@require_POST
def fault(request: Any, pk: int, line: int) -> HttpResponse:
    """Say whether the customer's fault shows; where not, how one looked for it."""
    seen, words = request.POST.get("seen") == "yes", request.POST.get("words", "").replace("\0", "")
    try:
        care.look_for_fault(line_of(request, pk, line), seen=seen, words=words, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return refuse(request, pk, refusal, words, refused_fault=line)
    told = _("The fault shows.") if seen else _("The advisor is told that the fault does not show.")
    return done(request, told, "workorders:job", pk)
