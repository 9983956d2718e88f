"""The worklist of the booking desk: who is to be called about a promised time, and what came of it."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments import notices, operations, queries
from appointments.forms.booking import MoveForm, ReasonForm
from appointments.forms.calls import CallForm
from appointments.models import Reminder
from appointments.models.reminders import Outcome, ReminderChannel, ReminderKind, ReminderState
from appointments.queries import Suggestion
from appointments.views.appointment import deposit_sentence
from appointments.views.booking import place_sentence
from dealership.customers.errors import Misfit
from dealership.web import allow, bound, done, form_status, page, store_of
from dealership.workflow import NotAllowed

ON_A_PAGE = 50
ABOUT_ANOTHER_TIME = (ReminderKind.MISSED, ReminderKind.WISH)


@allow("appointments.book_appointment")
def calls(request: Any) -> HttpResponse:
    """Who is to be called now, the overdue first (2.1.10, 3.1.3.6, 3.1.3.7)."""
    store, now = store_of(request), timezone.now()
    due = queries.calls_due(store, now).prefetch_related("appointment__customer__phones")
    shown = Paginator(due, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "calls": shown,
        "groups": queries.by_urgency(shown.object_list, now, request.user),
        "again": queries.calls_again(store, now)[:ON_A_PAGE],
    }
    return page(request, "appointments/calls.html", context)


def call_of(request: Any, pk: int) -> Reminder:
    """Return a call of this person's stores with everybody it names."""
    found = Reminder.objects.filter(store__in=request.user.stores.all()).select_related(
        "store", "done_by", "taken_by", "appointment__store", "appointment__customer", "appointment__vehicle",
        "appointment__advisor",
    )  # fmt: skip
    return get_object_or_404(found.prefetch_related("appointment__customer__phones"), pk=pk)


@allow("appointments.book_appointment")
def call(request: Any, pk: int) -> HttpResponse:
    """One call: whom, what to say, what was tried; each result is one press."""
    found = call_of(request, pk)
    form = bound(CallForm, request, results=queries.results(found))
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_call(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Misfit as misfit:
            form.add_error(misfit.field, str(misfit))
        else:
            return noted(request, found, Outcome(form.cleaned_data["outcome"]))
    return show(request, found, status=form_status(form), form=form)


def noted(request: Any, found: Reminder, outcome: Outcome) -> HttpResponse:
    """Go on to the next call; after a wrong number stay here, where the right one is entered and dialled."""
    sentence = _("%(plate)s: %(result)s.") % {"plate": found.appointment.vehicle, "result": outcome.label}
    if outcome == Outcome.WRONG_NUMBER:
        return done(request, sentence, "appointments:call", found.pk)
    return on_to_next(request, found, sentence)


@allow("appointments.book_appointment")
@require_POST
def take(request: Any, pk: int) -> HttpResponse:
    """Begin a call: the colleagues see that somebody is on the phone."""
    found = call_of(request, pk)
    try:
        operations.take_call(found, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
        return redirect("appointments:calls")
    return redirect("appointments:call", pk)


@allow("appointments.book_appointment")
def move(request: Any, pk: int) -> HttpResponse:
    """The customer cannot come: another time is agreed in the same call (3.1.3.8)."""
    found, now = call_of(request, pk), timezone.now()
    form = move_form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.move_on_call(found, **form.change(), agreed=True, by=request.user, at=now)
        except NotAllowed as refusal:
            found = call_of(request, pk)
            if found.state != ReminderState.OPEN:
                raise
            form.add_error(None, str(refusal))
        else:
            return on_to_next(request, found, moved_sentence(found))
    return show(request, found, status=form_status(form), move_form=form)


def move_form(request: Any, found: Reminder) -> MoveForm:
    return bound(MoveForm, request, store=found.store, initial={"reason": _("The customer cannot come.")})


@allow("appointments.cancel_appointment")
@require_POST
def cancel(request: Any, pk: int) -> HttpResponse:
    """The customer does not want to come; why stays in the history."""
    found, form = call_of(request, pk), bound(ReasonForm, request, auto_id="cancel_%s")
    if not form.is_valid():
        return show(request, found, status=422, reason_form=form)
    operations.cancel_on_call(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    sentence = _("%(plate)s does not come.") % {"plate": found.appointment.vehicle}
    return on_to_next(request, found, f"{sentence} {deposit_sentence(found.appointment)}".strip())


def show(request: Any, found: Reminder, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the call; `forms` carry what was typed."""
    made, now, user = found.appointment, timezone.now(), request.user
    to_do = found.state == ReminderState.OPEN and found.channel == ReminderChannel.CALL
    if to_do and found.kind in ABOUT_ANOTHER_TIME:
        forms.setdefault("move_form", MoveForm(store=found.store, initial={"reason": _("The customer cannot come.")}))
    context: dict[str, Any] = {
        "call": found,
        "appointment": made,
        "phones": made.customer.phones.all(),
        "items": made.items.all(),
        "attempts": attempts(found),
        "script": notices.script(found),
        "overdue": found.overdue(now),
        "taken": found.taken_from(user, now),
        "to_do": to_do,
        "form": forms.get("form") or CallForm(results=queries.results(found)),
        "reason_form": ReasonForm(auto_id="cancel_%s") if user.has_perm("appointments.cancel_appointment") else None,
        "move_form": None,
        "may_hurry": user.has_perm("appointments.override_lead_time"),
    }
    context |= chosen_before(request, forms.get("move_form"))
    return page(request, "appointments/call.html", context | forms, status=status)


def attempts(found: Reminder) -> Any:
    """Return every call made about this appointment, whatever it was due for."""
    tried = found.attempts.model.objects.filter(reminder__appointment=found.appointment_id)
    return tried.select_related("by", "reminder").order_by("at", "pk")


def chosen_before(request: Any, form: MoveForm | None) -> dict[str, Any]:
    """Return what was chosen, the page fetches the times itself; a time that was refused stays in sight, marked."""
    if form is None:
        return {}
    before = chosen(form, [])
    refused = form.is_bound and form.non_field_errors()
    return before | {"lost": before["lost"] if refused else None, "asked": request.POST.get("day", "")}


def chosen(form: Any, times: list[Suggestion]) -> dict[str, Any]:
    """Return the time to be marked: what was chosen before, else the first that is offered."""
    offered = [one.value for one in times]
    wanted = form["time"].value() or next(iter(offered), "")
    taken = form.is_bound and wanted not in offered and getattr(form, "cleaned_data", {}).get("time")
    return {"wanted": wanted, "lost": taken or None}


def on_to_next(request: Any, found: Reminder, sentence: str) -> HttpResponse:
    """Tell what was noted and begin the next call that is due, or show the list where none is left."""
    messages.success(request, sentence)
    now = timezone.now()
    for following in queries.calls_due(found.store, now)[:ON_A_PAGE]:
        if not following.taken_from(request.user, now) and not following.misdialled:
            with suppress(NotAllowed):  # a colleague took it in this moment
                operations.take_call(following, by=request.user, at=now)
                return redirect("appointments:call", following.pk)
    return redirect("appointments:calls")


def moved_sentence(found: Reminder) -> str:
    made = found.appointment
    sentence = _("%(plate)s comes on %(when)s to %(advisor)s.") % {
        "plate": made.vehicle,
        "when": timezone.localtime(made.starts_at).strftime("%Y-%m-%d %H:%M"),
        "advisor": made.advisor.full_name,
    }
    return f"{sentence} {place_sentence(made)}".strip()
