"""One appointment: what was promised, and everything that can become of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments import operations, queries, references
from appointments.forms.booking import AdvisorForm, DepositForm, MoveForm, ReasonForm
from appointments.models import Appointment, AppointmentMove, Reschedule
from appointments.states import ARRIVE, CANCEL, CONFIRM, HOLDS_SLOT, MISS, REBOOK, RESCHEDULE, State
from appointments.views.asking import appointment_of, asked_day, asked_slot, odd_day
from appointments.views.booking import chosen_time, earliest, notice_from, place_sentence
from dealership import money
from dealership.web import allow, bound, done, form_status, links, page
from dealership.workflow import NotAllowed


@allow("appointments.view_appointment")
def appointment(request: Any, pk: int) -> HttpResponse:
    """Everything about one promise, and what this person may do with it."""
    return show(request, appointment_of(request, pk))


def show(request: Any, found: Appointment, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the appointment; `forms` carry what was typed."""
    user, now = request.user, timezone.now()
    steps = {"confirm": CONFIRM, "cancel": CANCEL, "move": RESCHEDULE, "rebook": REBOOK, "miss": MISS}
    may = {f"may_{name}": step.possible(found) and user.has_perm(step.permission) for name, step in steps.items()}
    may["may_miss"] = may["may_miss"] and found.starts_at < now
    booking = user.has_perm("appointments.book_appointment") and found.state in HOLDS_SLOT
    may["may_deposit"] = booking and found.deposit_fen is None
    moves = history(found)
    context: dict[str, Any] = {
        "appointment": found,
        "phone": found.customer.phone,
        "moves": moves,
        "items": found.items.all(),
        "parts": found.parts.select_related("part", "reservation"),
        "reminders": found.reminders.select_related("done_by"),
        "reschedules": changes(found, moves),
        "late": queries.late(found, now),
        "code": references.reference(found) if found.state == State.CONFIRMED else "",
        "arrivals": arrivals(request, found, now),
        "form": ReasonForm() if may["may_cancel"] else None,
        "deposit_form": DepositForm() if may["may_deposit"] else None,
    }
    return page(request, "appointments/appointment.html", context | may | forms, status=status)


def history(found: Appointment) -> list[AppointmentMove]:
    """Return the steps in their order, without the hold of a time the customer agreed to in the same moment."""
    moves = list(found.moves.select_related("by"))
    agreed = {move.at for move in moves if (move.from_state, move.to_state) == (State.REQUESTED, State.CONFIRMED)}
    return [move for move in moves if move.to_state != State.REQUESTED or move.at not in agreed]


def changes(found: Appointment, moves: list[AppointmentMove]) -> list[Reschedule]:
    """Return the changes of time and of advisor; asks only where the history says that there are some."""
    if not found.sequence and all(move.from_state != move.to_state for move in moves):
        return []
    return list(found.reschedules.select_related("by", "from_advisor", "to_advisor"))


def arrivals(request: Any, found: Appointment, now: datetime) -> list[dict[str, Any]]:
    """Return the way on to the reception while the customer may come: all day, also where he was noted missing."""
    may_come = ARRIVE.possible(found) and queries.on_its_day(found, now)
    return links("arrival", found.vehicle_id, request.user) if may_come else []


@allow("appointments.cancel_appointment")
@require_POST
def cancel(request: Any, pk: int) -> HttpResponse:
    """Give the time back; the reason stays."""
    found, form = appointment_of(request, pk), bound(ReasonForm, request)
    if not form.is_valid():
        return show(request, found, status=422, form=form)
    operations.cancel(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    sentence = _("The appointment is cancelled; the time is free again.")
    return done(request, f"{sentence} {deposit_sentence(found)}".strip(), "appointments:appointment", pk)


def deposit_sentence(found: Appointment) -> str:
    """Say that money is to be given back, where a deposit was taken for what is cancelled."""
    if found.deposit_fen is None:
        return ""
    return _("A deposit of %(amount)s was taken and has to be given back.") % {
        "amount": money.written(found.deposit_fen)
    }


@allow("appointments.book_appointment")
@require_POST
def confirm(request: Any, pk: int) -> HttpResponse:
    """The customer agrees to the time that was held for him."""
    operations.confirm(appointment_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("Confirmed: the customer agrees."), "appointments:appointment", pk)


@allow("appointments.cancel_appointment")
@require_POST
def no_show(request: Any, pk: int) -> HttpResponse:
    operations.mark_no_show(appointment_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("Noted: the customer did not come."), "appointments:appointment", pk)


@allow("appointments.book_appointment")
@require_POST
def deposit(request: Any, pk: int) -> HttpResponse:
    found, form = appointment_of(request, pk), bound(DepositForm, request)
    if not form.is_valid():
        return show(request, found, status=422, deposit_form=form)
    operations.take_deposit(found, amount_fen=form.amount_fen(), by=request.user, at=timezone.now())
    return done(request, _("The deposit is noted."), "appointments:appointment", pk)


@allow("appointments.book_appointment")
def move(request: Any, pk: int) -> HttpResponse:
    """Another time: one of those offered, with the reason that stays in the history (3.1.3.8)."""
    found, now = movable(request, pk), timezone.now()
    form = bound(MoveForm, request, store=found.store)
    if request.method == "POST" and form.is_valid():
        try:
            operations.reschedule(found, **form.change(), agreed=True, by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            found.refresh_from_db()
        else:
            return done(request, moved_sentence(found), "appointments:appointment", pk)
    return show_move(request, found, form, status=form_status(form))


def movable(request: Any, pk: int) -> Appointment:
    found = appointment_of(request, pk)
    if found.state not in (State.CONFIRMED, State.NO_SHOW):
        raise NotAllowed(_("Only a promise that still stands can be given another time."))
    return found


def show_move(request: Any, found: Appointment, form: MoveForm, status: int, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {"appointment": found, "form": form, "wanted": wanted(request, form, found)}
    context["asked"] = request.POST.get("day", "")
    context["may_hurry"] = request.user.has_perm("appointments.override_lead_time")
    context["colleagues"] = queries.free_colleagues(found, timezone.now())
    context["advisor_form"] = AdvisorForm(store=found.store, auto_id="advisor_%s")
    return page(request, "appointments/move.html", context | forms, status=status)


@allow("appointments.book_appointment")
@require_POST
def change_advisor(request: Any, pk: int) -> HttpResponse:
    """The same time with a colleague; the customer has agreed to the time already."""
    found, now = movable(request, pk), timezone.now()
    form = bound(AdvisorForm, request, store=found.store, auto_id="advisor_%s")
    if form.is_valid():
        try:
            operations.change_advisor(found, **form.cleaned_data, by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            found = appointment_of(request, pk)
        else:
            return done(request, moved_sentence(found), "appointments:appointment", pk)
    return show_move(request, found, MoveForm(store=found.store), 422, advisor_form=form)


def wanted(request: Any, form: MoveForm, found: Appointment) -> str:
    slot = asked_slot(request, found.store)
    return form["time"].value() or (f"{slot[0].pk}|{slot[1].isoformat()}" if slot else "")


@allow("appointments.book_appointment")
def move_times(request: Any, pk: int) -> HttpResponse:
    """The times that can be had for this job instead."""
    found, now = appointment_of(request, pk), timezone.now()
    book = queries.RuleBook(found.store)
    today = queries.day_of(found.store, now)
    if odd := odd_day(request, today):
        return render(request, "appointments/times_part.html", {"odd": odd})
    after = earliest(request, book.on(today), now)
    wish = replace(queries.wish_of(found), kept_from=queries.kept_from(found, now))
    offered = queries.offers(
        found.store, wish, after, asked_day(request, None), book,
        today=today, notice_from=notice_from(request, now),
    )  # fmt: skip
    context = {"offers": offered, "wanted": chosen_time(request, offered)}
    return render(request, "appointments/times_part.html", context)


def moved_sentence(found: Appointment) -> str:
    sentence = _("%(plate)s comes on %(when)s to %(advisor)s.") % {
        "plate": found.vehicle,
        "when": timezone.localtime(found.starts_at).strftime("%Y-%m-%d %H:%M"),
        "advisor": found.advisor.full_name,
    }
    return f"{sentence} {place_sentence(found)}".strip()
