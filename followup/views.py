"""The caller's pages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, bound, done, form_status, page, store_of
from dealership.workflow import NotAllowed
from followup import notices, operations, queries
from followup.forms import CallForm, LetterForm, ReassignForm
from followup.models import Channel, FollowUpTask
from followup.states import State


@allow("followup.view_followuptask")
def worklist(request: Any) -> HttpResponse:
    """Whom to call now, the overdue first."""
    now = timezone.now()
    tasks = queries.worklist(request.user, store_of(request), now)
    rows = [
        {
            "task": task,
            "overdue": task.overdue(now),
            "script": notices.script(task, request.user),
            "theirs": task.theirs,
        }
        for task in tasks
    ]
    return page(request, "followup/worklist.html", {"rows": rows, "late": sum(row["overdue"] for row in rows)})


@allow("followup.view_followuptask")
def task(request: Any, pk: int) -> HttpResponse:
    """One call: what to say, what was tried, what came of it."""
    found, now = asked_task(request, pk), timezone.now()
    form = bound(CallForm, request, survey=found.rule.survey_required)
    if request.method != "POST" or not form.is_valid():
        return shown(request, found, form, form_status(form))
    try:
        operations.record_call(found, by=request.user, at=now, **form.cleaned_data)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return shown(request, asked_task(request, pk), form, 409)
    return done(request, recorded_sentence(found), "followup:worklist")


@allow("followup.make_call")
@require_POST
def take(request: Any, pk: int) -> HttpResponse:
    operations.take(asked_task(request, pk), by=request.user, at=timezone.now())
    return done(request, _("This call is yours now."), "followup:task", pk)


@allow("followup.make_call")
@require_POST
def letter(request: Any, pk: int) -> HttpResponse:
    found, form = asked_task(request, pk), bound(LetterForm, request)
    if not form.is_valid():
        return shown(request, found, form, 422)
    operations.record_letter(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    return done(request, _("Noted: the letter has been sent."), "followup:worklist")


@allow("followup.reassign_task")
@require_POST
def reassign(request: Any, pk: int) -> HttpResponse:
    found = asked_task(request, pk)
    form = bound(ReassignForm, request, callers=queries.callers(found))
    if not form.is_valid():
        raise NotAllowed(_("Please choose somebody who may make this call."))
    operations.reassign(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    sentence = _("%(name)s makes this call.") % {"name": form.cleaned_data["to"].full_name}
    return done(request, sentence, "followup:task", pk)


def asked_task(request: Any, pk: int) -> FollowUpTask:
    """Return the task if it belongs to a store of this person, with all the page shows."""
    tasks = FollowUpTask.objects.select_related(
        "rule", "store", "customer", "visit__vehicle", "visit__store", "visit__advisor", "assigned_to", "done_by"
    ).prefetch_related("customer__phones", "visit__orders__labour_lines")
    return get_object_or_404(tasks, pk=pk, store__in=request.user.stores.all())


def shown(request: Any, found: FollowUpTask, form: Any, status: int) -> HttpResponse:
    obstacles = queries.obstacles(found, request.user)
    may_act = found.state == State.DUE and not obstacles and request.user.has_perm("followup.make_call")
    may_hand_on = found.open and not found.awaits_message and request.user.has_perm("followup.reassign_task")
    context = {
        "task": found,
        "overdue": found.overdue(timezone.now()),
        "phone": found.customer.phone,
        "script": notices.script(found, request.user),
        "attempts": found.attempts.select_related("by"),
        "moves": found.moves.select_related("by"),
        "obstacles": obstacles if found.open else [],
        "form": form_for(found, form) if may_act else None,
        "may_take": may_act and found.assigned_to is None,
        "reassign_form": ReassignForm(callers=queries.callers(found)) if may_hand_on else None,
    }
    return page(request, "followup/task.html", context, status=status)


def form_for(found: FollowUpTask, form: Any) -> Any:
    """Show the form of the task's channel; a letter has no call to tell about."""
    return form if found.channel == Channel.CALL or isinstance(form, LetterForm) else LetterForm()


def recorded_sentence(task: FollowUpTask) -> str:
    if task.state == State.DONE:
        return _("Saved. Thank you for calling %(name)s.") % {"name": task.customer.salutation}
    if task.state == State.CANCELLED:
        return _("Saved. %(name)s will not be asked again about this visit.") % {"name": task.customer.salutation}
    return _("Saved. The task stays on the list.")
