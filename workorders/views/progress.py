"""Asking how far the work is, and the promises in danger."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done, page, store_of
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from workorders.forms.progress import ProgressForm
from workorders.models import ProgressQuestion, WorkOrder
from workorders.operations import progress as asking
from workorders.queries import progress as queries
from workorders.queries import risks as dangers
from workorders.queries.rules import rules_at
from workorders.views.board import order_of, round_up


@allow("workorders.view_workorder")
def risks(request: Any) -> HttpResponse:
    """Promises in danger before they break, and orders nobody touches; fetches itself again."""
    store, now = store_of(request), timezone.now()
    calendar, rules = workshop.calendar_of(store), rules_at(store, now)
    context = {
        "risks": dangers.risks(store, now, calendar),
        "untouched": dangers.untouched(store, now, rules.untouched_minutes, calendar),
        "now": now,
    }
    return page(request, "workorders/risks.html", context)


@allow("workorders.answer_progress")
def progress(request: Any, pk: int) -> HttpResponse:
    """The question of one order, to be answered by whoever was asked, or by the advisor who asked him."""
    order = order_of(request, pk)
    question = asked_about(order)
    people, now = queries.workshop_people(order.store), timezone.now()
    form = ProgressForm(people=people, at=now, initial=usual_answer(order, question, people, request.user, now))
    return asked(request, order, question, form)


def asked_about(order: WorkOrder) -> ProgressQuestion:
    """Return the open question; raises NotAllowed where nothing is asked."""
    for question in queries.of_order(order):
        if question.open:
            return question
    raise NotAllowed(asking.nothing_to_answer(order))


def usual_answer(
    order: WorkOrder, question: ProgressQuestion, people: list[Any], user: Any, now: datetime
) -> dict[str, Any]:
    """Offer the plan as its own answer; where it is over, a quarter of an hour from now."""
    finish = question.ends_at if question.ends_at > now else round_up(timezone.localtime(now) + timedelta(minutes=15))
    person = queries.whom_to_ask(order, people, user)
    return {"asked_of": person.pk if person else None, "finish_at": finish}


def asked(
    request: Any, order: WorkOrder, question: ProgressQuestion, form: ProgressForm, status: int = 200
) -> HttpResponse:
    urgency = queries.urgency_of(question, timezone.now())
    context = {"order": order, "visit": order.visit, "question": question, "form": form, "urgency": urgency}
    return render(request, "workorders/progress.html", context, status=status)


@allow("workorders.answer_progress")
@require_POST
def answer(request: Any, pk: int) -> HttpResponse:
    order, now = order_of(request, pk), timezone.now()
    form = ProgressForm(request.POST, people=queries.workshop_people(order.store), at=now)
    if not form.is_valid():
        return asked(request, order, asked_about(order), form, status=422)
    said = asking.answer(order, **form.cleaned_data, by=request.user, at=now)
    sentence = _("The answer is noted.")
    if queries.breaks_promise(said, order):
        sentence = _("Noted. This is after the promise: reach the customer before another time is promised.")
    return done(request, sentence, "workorders:order", pk)
