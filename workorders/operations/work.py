"""The workshop's own day with an order: clocks on and off, on hold and on again, finished; what is left alone."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from workorders import queries, states
from workorders.models import Clock, LabourLine, Leg, RulesRead, Stop, WorkOrder
from workorders.operations import custody, progress
from workorders.operations.hold import hold
from workorders.states import Hold, State

HOLDS = {Stop(hold.value): hold for hold in Hold}  # what a clock stops for that stops the whole car


@transaction.atomic
def clock_on(line: LabourLine, *, technician: User, rules_read: bool = False, by: User, at: datetime) -> Clock:
    """Begin or go on working on one line (2.4.3.3); a clock that still runs elsewhere stops as “another job first”.

    Only what the customer authorised, once the team has taken the car over, no difference is open and the technician
    has read what he leaves alone; `rules_read` says that he reads it now (2.4.3.6).
    """
    workflow.require(by, states.START.permission)
    order = hold(line.order)
    line.refresh_from_db()
    line.order = order
    for obstacle in queries.obstacles_to_clock(line):
        raise NotAllowed(obstacle)
    require_technician(order, technician)
    if by != technician and not may_act_for(by, order):
        raise NotAllowed(_("Everybody clocks himself on."))
    if rules_read:
        RulesRead.objects.get_or_create(order=order, technician=technician, defaults={"at": at})
    elif not RulesRead.objects.filter(order=order, technician=technician).exists():
        raise NotAllowed(_("First read what is left alone in a customer's car."))
    stop_running(Clock.objects.filter(technician=technician), Stop.OTHER_JOB, by=by, at=at)
    begin(order, technician, by=by, at=at)
    if line.done_at is not None:
        LabourLine.objects.filter(pk=line.pk).update(done_at=None, done_by=None, done_reason="")
    if line.examined and not queries.obstacles_to_repair(line):  # clocked on after the diagnosis is the repair
        LabourLine.objects.filter(pk=line.pk, repair_begun_at=None).update(repair_begun_at=at, repair_begun_by=by)
    try:
        with transaction.atomic():
            return Clock.objects.create(line=line, technician=technician, started_at=at)
    except IntegrityError:
        raise NotAllowed(_("%(who)s has just been clocked on elsewhere.") % {"who": technician.full_name}) from None


def begin(order: WorkOrder, technician: User, *, by: User, at: datetime) -> None:
    """Put the order into work from wherever it waits; the technician answers for it from now on."""
    if states.START.possible(order):
        workflow.move(order, states.START, by=by, at=at, technician=technician)
    elif states.RESUME.possible(order):
        workflow.move(order, states.RESUME, by=by, at=at, held_for="", technician=technician)
    order.workers.add(technician)


def require_technician(order: WorkOrder, technician: User) -> None:
    if not technician.stores.filter(pk=order.store_id).exists():
        raise NotAllowed(_("%(name)s does not work in this store.") % {"name": technician.full_name})
    if not technician.has_role(Role.TECHNICIAN, Role.TEAM_LEADER):
        raise NotAllowed(_("%(name)s is not a technician.") % {"name": technician.full_name})


def may_act_for(by: User, order: WorkOrder) -> bool:
    """Say whether this person clocks others on and off: their team's leader, or who runs the workshop."""
    if by.has_perm(states.DISPATCH.permission):
        return True
    return by.has_perm("workorders.correct_clock") and any(
        queries.of_team(by, one.team) for one in queries.current(order)
    )


@transaction.atomic
def clock_off(clock: Clock, *, stop: str, note: str = "", by: User, at: datetime) -> None:
    """Stop a clock and say why; what waits for something puts the car on hold, unless others still work on it."""
    workflow.require(by, states.START.permission)
    order = hold(clock.line.order)
    if by.pk != clock.technician_id and not may_act_for(by, order):
        raise NotAllowed(_("Everybody clocks himself off."))
    if stop not in Stop.values or stop == Stop.FORGOTTEN:
        raise NotAllowed(_("Say why the clock stops."))
    running = Clock.objects.filter(pk=clock.pk, stopped_at=None, started_at__lte=at)
    if not running.update(stopped_at=at, stop=stop, note=note.strip()[:200], stopped_by=by):
        raise NotAllowed(_("This clock has been stopped already."))
    clock.refresh_from_db()
    others = Clock.objects.filter(line__order=order, stopped_at=None)
    if stop == Stop.DONE and not others.filter(line=clock.line_id).exists():
        LabourLine.objects.filter(pk=clock.line_id, done_at=None).update(done_at=at, done_by=clock.technician)
    if Stop(stop) in HOLDS and not others.exists() and states.HOLD.possible(order):
        workflow.move(order, states.HOLD, by=by, at=at, reason=note.strip()[:300], held_for=HOLDS[Stop(stop)])


@transaction.atomic
def put_right(clock: Clock, *, stopped_at: datetime, note: str, by: User, at: datetime) -> None:
    """Stop a clock that somebody forgot, at the time he really stopped, with a word of why.

    His own everybody may; those of others their leader, or who runs the workshop.
    """
    order = hold(clock.line.order)
    if by.pk != clock.technician_id:
        workflow.require(by, "workorders.correct_clock")
        if not may_act_for(by, order):
            raise NotAllowed(_("This is not a technician of your team."))
    if not note.strip():
        raise NotAllowed(_("Write down why it is put right."))
    if not clock.started_at <= stopped_at <= at:
        raise NotAllowed(_("The end lies between the start of the clock and now."))
    running = Clock.objects.filter(pk=clock.pk, stopped_at=None)
    if not running.update(stopped_at=stopped_at, stop=Stop.FORGOTTEN, note=note.strip()[:200], stopped_by=by):
        raise NotAllowed(_("This clock has been stopped already."))
    clock.refresh_from_db()


@transaction.atomic
def close_line(line: LabourLine, *, reason: str, by: User, at: datetime) -> None:
    """Call a line done that nobody was clocked on for, such as what was done together with another, and say why."""
    workflow.require(by, states.FINISH.permission)
    order = hold(line.order)
    line.refresh_from_db()
    line.order = order
    for obstacle in queries.obstacles_to_clock(line):
        raise NotAllowed(obstacle)
    if not reason.strip():
        raise NotAllowed(_("Write down why it needs no time of its own."))
    open_still = LabourLine.objects.filter(pk=line.pk, done_at=None)
    if not open_still.update(done_at=at, done_by=by, done_reason=reason.strip()[:200]):
        raise NotAllowed(_("This work is done already."))
    order.workers.add(by)
    line.refresh_from_db()


@transaction.atomic
def put_on_hold(order: WorkOrder, *, held_for: str, note: str = "", by: User, at: datetime) -> None:
    """Let the car wait for something; clocks that run on it stop with the same reason."""
    if held_for not in Hold.values:
        raise NotAllowed(_("Say what the car waits for."))
    order.state = hold(order).state
    workflow.move(order, states.HOLD, by=by, at=at, reason=note.strip()[:300], held_for=held_for)
    stop_running(Clock.objects.filter(line__order=order), Stop(held_for), by=by, at=at)


@transaction.atomic
def resume(order: WorkOrder, *, by: User, at: datetime) -> None:
    """What the car waited for is there; it is in work again."""
    order.state = hold(order).state
    workflow.move(order, states.RESUME, by=by, at=at, held_for="")


@transaction.atomic
def finish(order: WorkOrder, *, by: User, at: datetime) -> None:
    """The work is done; the car goes to the quality check, its bays are free, its clocks stop.

    What was clocked is done with it. The order is held meanwhile: no part goes back to the shelf between the look at
    the parts and the step.
    """
    order.state = hold(order).state
    if order.state in (State.DISPATCHED, State.REWORK) and not LabourLine.objects.wanted().filter(order=order).exists():
        begin(order, by, by=by, at=at)  # the customer declined all of it meanwhile: nothing can be clocked
    if order.state == State.IN_PROGRESS:
        for obstacle in queries.obstacles_to_finishing(order):
            raise NotAllowed(obstacle)
    workflow.move(order, states.FINISH, by=by, at=at)
    stop_running(Clock.objects.filter(line__order=order), Stop.DONE, by=by, at=at)
    worked = LabourLine.objects.wanted().filter(order=order, done_at=None, clocks__isnull=False)
    LabourLine.objects.filter(pk__in=worked.values("pk")).update(done_at=at, done_by=by)
    for given in order.assignments.exclude(reservation=None).select_related("reservation"):
        kept, given.reservation = given.reservation, None
        given.save(update_fields=["reservation"])
        workshop.free_bay(kept)
    progress.replan(order, at=at)
    send_key_back(order, by=by, at=at)


def send_key_back(order: WorkOrder, *, by: User, at: datetime) -> None:
    """Let key and papers follow the car to the foreman, who confirms; unless another order still needs them (C26)."""
    held = queries.custody(order)
    elsewhere = WorkOrder.objects.filter(visit=order.visit_id, state__in=states.WITH_TEAM)
    if held.leg == Leg.TO_TEAM and held.on_the_way is None and not elsewhere.exists():
        custody.send(order, Leg.FROM_TEAM, parked_at="", notes="", key=held.key, by=by, at=at)


def stop_running(clocks: QuerySet[Clock], stop: str, *, by: User, at: datetime) -> int:
    """Stop those that run; one begun in the same moment stops where it began. Return how many."""
    running = clocks.filter(stopped_at=None)
    return running.update(stopped_at=Greatest(F("started_at"), Value(at)), stop=stop, stopped_by=by)
