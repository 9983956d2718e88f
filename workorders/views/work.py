"""The job as the workshop sees it on the tablet: clocks, things of the customer, test drives; no prices."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done, store_of
from dealership.workflow import NotAllowed
from reception.models import Purpose
from workorders import queries
from workorders.forms.workshop import PutRightForm, StopForm, WordsForm
from workorders.models import Clock, LabourLine, Stop, WorkOrder
from workorders.operations import work
from workorders.states import FINISH, HOLD, RESUME, START, WITH_TEAM, Hold, State
from workorders.views.board import cards_shown, order_of


@allow("workorders.view_workorder")
def job(request: Any, pk: int) -> HttpResponse:
    return show_job(request, order_of(request, pk))


def show_job(request: Any, order: WorkOrder, status: int = 200, **said: Any) -> HttpResponse:
    """Show the job; `said` names the form that was refused, why, and what was typed into it."""
    user, works = request.user, request.user.has_perm(START.permission) and order.state in WITH_TEAM
    context: dict[str, Any] = {
        "order": order,
        "visit": order.visit,
        "urgency": queries.urgency(order, timezone.now()),
        "mine": queries.running(user),
        "blocked": queries.obstacles_of_team(order) if works else [],
        "rules_read": order.rules_read.filter(technician=user).exists(),
        "works": works,
        "looks_for_faults": works and order.visit.purpose not in (Purpose.MAINTENANCE, Purpose.FIRST_SERVICE),
        "overrun": overrun(order, user),
        "drives": (drives := order.test_drives.select_related("driver")),
        "may_drive": works and all(drive.back_at for drive in drives),
        "damage": order.visit.damage_marks.all(),
        "may_see_form": user.has_perm("reception.view_visit"),
        **steps_shown(order, user, works),
        **cards_shown(request, order, []),
    }
    return render(request, "workorders/job.html", context | said, status=status)


def steps_shown(order: WorkOrder, user: Any, works: bool) -> dict[str, Any]:
    """Say what can be pressed: at each line, and for the whole car."""
    clocks = list(Clock.objects.filter(line__order=order).select_related("technician"))
    return {
        "rows": [row(order, line, clocks, user, works) for line in order.labour_lines.all() if line.wanted],
        "may_finish": user.has_perm(FINISH.permission) and (FINISH.possible(order) or nothing_left(order)),
        "may_resume": user.has_perm(RESUME.permission) and RESUME.possible(order),
        "may_hold": user.has_perm(HOLD.permission) and HOLD.possible(order),
        "holds": Hold.choices,
        "stops": StopForm().fields["stop"].choices,  # type: ignore[attr-defined]
    }


def overrun(order: WorkOrder, user: Any) -> dict[str, Any] | None:
    """Return this person's clock that ran on after the store had closed, with the form to put it right."""
    found = next(iter(queries.forgotten(order.store, timezone.now(), user)), None)
    if found is None:
        return None
    return {"clock": found.clock, "form": PutRightForm(initial={"stopped_at": timezone.localtime(found.closed_at)})}


def row(order: WorkOrder, line: LabourLine, clocks: list[Clock], user: Any, works: bool) -> dict[str, Any]:
    """Return one line with who works on it, how long it took so far, and what this person may do."""
    own = [clock for clock in clocks if clock.line_id == line.pk]
    running = [clock for clock in own if clock.stopped_at is None]
    mine = next((clock for clock in running if clock.technician_id == user.pk), None)
    return {
        "line": line,
        "running": running,
        "mine": mine,
        "spent": sum(((clock.stopped_at or timezone.now()) - clock.started_at for clock in own), timedelta()),
        "block": queries.block_of(line),
        "parts": [part for part in order.part_lines.all() if part.labour_id == line.pk and part.wanted],
        "may_clock": works and mine is None,
    }


def nothing_left(order: WorkOrder) -> bool:
    """Say whether a team has a car whose work the customer has declined altogether."""
    return order.state in (State.DISPATCHED, State.REWORK) and not any(line.wanted for line in order.labour_lines.all())


def line_of(request: Any, pk: int, line: int) -> LabourLine:
    lines = LabourLine.objects.select_related("order__store", "order__visit", "operation", "complaint", "case")
    return get_object_or_404(lines, pk=line, order=pk, order__store__in=request.user.stores.all())


@allow("workorders.start_work")
@require_POST
def clock_on(request: Any, pk: int, line: int) -> HttpResponse:
    """Clock oneself on; a clock that ran elsewhere stops, and the answer says so."""
    before = queries.running(request.user)
    chosen = line_of(request, pk, line)
    read = request.POST.get("rules_read") == "on"
    try:
        work.clock_on(chosen, technician=request.user, rules_read=read, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return show_job(request, order_of(request, pk), status=409, refused_line=line, refusal=str(refusal))
    said = _("The clock runs on “%(line)s”.") % {"line": chosen}
    if before is not None and before.line_id != line:
        said += " " + _("That on “%(line)s” has stopped.") % {"line": before.line}
    return done(request, said, "workorders:job", pk)


def clock_of(request: Any, pk: int) -> Clock:
    clocks = Clock.objects.select_related("line__order__store", "line__order__visit", "technician")
    return get_object_or_404(clocks, pk=pk, line__order__store__in=request.user.stores.all())


@allow("workorders.start_work")
@require_POST
def clock_off(request: Any, pk: int) -> HttpResponse:
    clock, form = clock_of(request, pk), StopForm(request.POST)
    order_pk = clock.line.order_id
    if not form.is_valid():
        said = {"refused_line": clock.line_id, "refusal": form.errors["stop"][0], "typed": request.POST.get("note", "")}
        return show_job(request, order_of(request, order_pk), status=422, **said)
    work.clock_off(clock, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(
        request, _("The clock has stopped: %(why)s.") % {"why": Stop(clock.stop).label}, "workorders:job", order_pk
    )


@allow("workorders.start_work")
@require_POST
def close_line(request: Any, pk: int, line: int) -> HttpResponse:
    """Call a line done without a clock, with the reason."""
    form = WordsForm(request.POST, empty=_("Write down why it needs no time of its own."))
    if not form.is_valid():
        said = {"refused_close": line, "refusal": form.errors["words"][0]}
        return show_job(request, order_of(request, pk), status=422, **said)
    work.close_line(line_of(request, pk, line), reason=form.cleaned_data["words"], by=request.user, at=timezone.now())
    return done(request, _("Noted as done."), "workorders:job", pk)


@allow("workorders.finish_work")
@require_POST
def hold(request: Any, pk: int) -> HttpResponse:
    """Let the car wait for something."""
    order, held_for = order_of(request, pk), request.POST.get("held_for", "")
    note = request.POST.get("note", "")
    work.put_on_hold(order, held_for=held_for, note=note, by=request.user, at=timezone.now())
    return done(request, _("On hold: %(what)s.") % {"what": Hold(held_for).label}, "workorders:job", pk)


@allow("workorders.start_work")
@require_POST
def resume(request: Any, pk: int) -> HttpResponse:
    work.resume(order_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("In work again."), "workorders:job", pk)


@allow("workorders.finish_work")
@require_POST
def finish(request: Any, pk: int) -> HttpResponse:
    """Finish the work, or show everything it still lacks."""
    order = order_of(request, pk)
    lacking = queries.obstacles_to_finishing(order) if FINISH.possible(order) else []
    if lacking:
        return show_job(request, order, status=409, refused="finish", lacking=lacking)
    work.finish(order, by=request.user, at=timezone.now())
    return done(request, _("Finished; the quality check is next."), "workorders:board")


@allow("workorders.view_clock")
def clocks(request: Any) -> HttpResponse:
    """Every clock that runs, those somebody forgot first."""
    store, now = store_of(request), timezone.now()
    return show_clocks(request, store, now)


def show_clocks(request: Any, store: Any, now: Any, status: int = 200, **said: Any) -> HttpResponse:
    found = queries.forgotten(store, now)
    forgotten = {one.clock.pk for one in found}
    rows = [(one, PutRightForm(initial={"stopped_at": timezone.localtime(one.closed_at)})) for one in found]
    running = [clock for clock in queries.running_in(store) if clock.pk not in forgotten]
    context = {"forgotten": rows, "running": running, "now": now} | said
    return render(request, "workorders/clocks.html", context, status=status)


@allow("workorders.start_work")
@require_POST
def put_right(request: Any, pk: int) -> HttpResponse:
    """Stop a forgotten clock at the time it really ended."""
    clock, form = clock_of(request, pk), PutRightForm(request.POST)
    if form.is_valid():
        try:
            work.put_right(clock, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("stopped_at", str(refusal))
        else:
            if clock.technician_id != request.user.pk:
                return done(request, _("Put right."), "workorders:clocks")
            return done(request, _("Put right."), "workorders:job", clock.line.order_id)
    return render(request, "workorders/put_right.html", {"clock": clock, "form": form}, status=422)
