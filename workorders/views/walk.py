"""The walk round the car with its customer, his questions, and what he gets back at the end."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealership.web import allow, bound, done, form_status
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.walk import AnswerForm, QuestionForm, WalkForm
from workorders.models import CustomerQuestion, WorkOrder
from workorders.operations import delivery
from workorders.states import HAND_OVER
from workorders.views.board import order_of, show


@require_http_methods(["GET", "POST"])
@allow("workorders.hand_over_workorder")
def hand_over(request: Any, pk: int) -> HttpResponse:
    """Show the car: both forms beside the car, a tick for each thing shown, told or asked (2.6.4)."""
    order, now = order_of(request, pk, HAND_OVER), timezone.now()
    if request.method == "GET" and queries.ready.told(order.visit) is None:
        return redirect("workorders:tell_ready", pk)
    form = bound(WalkForm, request, order=order, initial=walk_initial(order))
    if form.is_valid():
        try:
            delivery.hand_over(order, **form.facts, by=request.user, at=now)
        except NotAllowed as refusal:
            order_of(request, pk, HAND_OVER)
            form.add_error(NON_FIELD_ERRORS, str(refusal))
        else:
            return done(request, _("Shown to the customer; now settle."), "workorders:order", pk)
    return render(request, "workorders/walk.html", walk_shown(order, form, now), status=form_status(form))


def walk_shown(order: WorkOrder, form: WalkForm, now: Any) -> dict[str, Any]:
    return {
        "order": order,
        "visit": order.visit,
        "form": form,
        "explained": list(form.explained()),
        "declined": queries.leaving.declined(order),
        "questions": queries.leaving.questions_of(order),
        "damage": order.visit.damage_marks.all(),
        "obstacles": queries.ready.obstacles_to_showing(order, now),
        "missing_old_parts": missing_old_parts(order),
    }


def missing_old_parts(order: WorkOrder) -> str:
    look = queries.ready.last_look(order)
    return look.old_parts_words if look else ""


def walk_initial(order: WorkOrder) -> dict[str, Any]:
    """Offer half a year or 10,000 km on, whichever the advisor corrects, and what is known of the customer."""
    customer, vehicle, today = order.visit.customer, order.visit.vehicle, timezone.localdate()
    return {
        "next_service_on": today + timedelta(days=182),
        "next_service_km": (order.visit.mileage or 0) + 10_000,
        "inspection_on": vehicle.inspection_due_on if (vehicle.inspection_due_on or today) > today else None,
        "call_from": customer.call_from,
        "call_until": customer.call_until,
    }


@allow("workorders.hand_over_workorder")
@require_POST
def ask(request: Any, pk: int) -> HttpResponse:
    """Note a question: with its answer, or put to the workshop."""
    order, form = order_of(request, pk), QuestionForm(request.POST)
    if not form.is_valid():
        return show(request, order, status=422, question_form=form)
    to_workshop = "to_workshop" in request.POST
    delivery.ask(order, **form.cleaned_data, to_workshop=to_workshop, by=request.user, at=timezone.now())
    said = _("The workshop is asked.") if to_workshop and not form.cleaned_data["answer"] else _("Noted.")
    return done(request, said, "workorders:order", pk)


@allow("workorders.view_workorder")
@require_POST
def answer(request: Any, pk: int) -> HttpResponse:
    found = CustomerQuestion.objects.select_related("order__store", "order__visit")
    question = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    form = AnswerForm(request.POST)
    if form.is_valid():
        delivery.answer(question, **form.cleaned_data, by=request.user, at=timezone.now())
        return done(request, _("Noted."), "workorders:order", question.order_id)
    said = {"refused_question": pk, "refusal_question": form.errors["answer"][0]}
    return show(request, order_of(request, question.order_id), status=422, **said)


@allow("workorders.hand_over_workorder")
@require_POST
def give_back(request: Any, pk: int) -> HttpResponse:
    """Give back key, licence, booklet, things and old parts (2.6.9.1)."""
    order = order_of(request, pk)
    try:
        delivery.give_back(order, things=request.POST.getlist("things"), by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return show(request, order, status=422, refused_back_things=str(refusal))
    return done(request, _("Given back."), "workorders:order", pk)
