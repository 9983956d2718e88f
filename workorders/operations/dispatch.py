"""Giving the order to teams: in board order, to who can do it and is there, with a bay and a time."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff.models import DispatchMode, Team, User
from dealership.workflow import NotAllowed, Transition
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay, BayReservation
from workorders import documents, queries, states
from workorders.models import About, Assignment, Desk, LabourLine, Leg, Priority, WorkOrder
from workorders.operations import alerts, custody, progress
from workorders.operations.hold import hold


@transaction.atomic
def dispatch(
    order: WorkOrder, *, team: Team, bay: Bay | None, by: User, at: datetime, reason: str = "",
    starts_at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Give the order to a team (2.4.2.2); passing over the next in line needs a reason (2.3.6).

    Not before the customer has his copies (2.2.9.6) and the workshop confirmed key and papers (2.4.1.2). In team mode
    the team's own advisor gives it the work himself, and the key with it (3.3.1.2).
    """
    step = step_for(team, by)
    require_same_store(order, team, bay)
    held = hold(order)
    order.state, order.promised_at, order.parked_at = held.state, held.promised_at, held.parked_at
    if step.possible(order):
        own = by if step is states.DISPATCH_OWN else None
        for obstacle in queries.obstacles_to_dispatch(held, own=own is not None):
            raise NotAllowed(obstacle)
        require_turn(held, queries.next_in_line(held.store, own), reason)
    workflow.move(order, step, by=by, at=at, reason=reason, team=team, bay=bay)
    given = assign(
        order, list(order.labour_lines.all()), team, bay, max(starts_at or at, at), reason=reason, by=by, at=at
    )
    give_key(order, by=by, at=at)
    return given


def step_for(team: Team, by: User) -> Transition:
    """Return the step by which this person may give work to this team (3.3.1.1, 3.3.1.2)."""
    if by.has_perm(states.DISPATCH.permission):
        return states.DISPATCH
    if team.dispatch_mode == DispatchMode.TEAM and team.advisor_id == by.pk:
        return states.DISPATCH_OWN
    raise NotAllowed(_("Foreman or dispatcher give this team its work."))


def require_same_store(order: WorkOrder, team: Team, bay: Bay | None) -> None:
    if team.store_id != order.store_id or (bay is not None and bay.store_id != order.store_id):
        raise NotAllowed(_("This team or bay belongs to another store."))


def require_turn(order: WorkOrder, first: WorkOrder | None, reason: str) -> None:
    if first is not None and first.pk != order.pk and not reason.strip():
        raise NotAllowed(
            _("%(plate)s is next in line. Write down why this car goes first.") % {"plate": first.visit.vehicle}
        )


def assign(
    order: WorkOrder, lines: list[LabourLine], team: Team, bay: Bay | None, start: datetime, *, lead: bool = True,
    reason: str = "", by: User, at: datetime,
) -> Assignment:  # fmt: skip
    """Write the assignment with its bay, plan and sheet; where the plan ends after the promise, the advisor is told."""
    starts_at, ends_at = queries.plan_times(order.store, start, queries.hours_of(lines))
    if lead and order.visit.appointment is not None:
        workshop.free_bay(order.visit.appointment.reservation)  # the car is here; its bay is chosen now
    given = Assignment.objects.create(
        order=order, team=team, lead=lead, bay=bay, reservation=keep_bay(bay, starts_at, ends_at),
        starts_at=starts_at, ends_at=ends_at, reason=reason.strip()[:300], given_by=by, given_at=at,
    )  # fmt: skip
    if not lead:
        LabourLine.objects.filter(pk__in=[line.pk for line in lines]).update(assignment=given)
    issue_sheet(given, by=by, at=at)
    tell_if_late(order, by=by, at=at)
    return given


def keep_bay(bay: Bay | None, start: datetime, end: datetime) -> BayReservation | None:
    if bay is None:
        return None
    kept = workshop.keep(bay, start, end)
    if kept is None:
        raise NotAllowed(_("%(bay)s is kept for another car at this time.") % {"bay": bay})
    return kept


def give_key(order: WorkOrder, *, by: User, at: datetime) -> None:
    """Send key and papers to the team, where they are not with a team already."""
    held = queries.custody(order)
    if held.on_the_way is None and held.leg != Leg.TO_TEAM:
        custody.send(order, Leg.TO_TEAM, parked_at="", notes=held.last.notes if held.last else "", key=held.key,
                     by=by, at=at)  # fmt: skip


def issue_sheet(given: Assignment, *, by: User, at: datetime) -> None:
    """Freeze the dispatch sheet (派工单, F8) in the store's language of papers."""
    content = documents.dispatch_sheet(given, queries.lines_of(given))
    given.sheet = paperwork.issue(store=given.order.store, kind=Kind.DISPATCH, content=content, by=by, at=at)
    given.save(update_fields=["sheet"])


def tell_if_late(order: WorkOrder, *, by: User, at: datetime) -> datetime | None:
    """Tell the advisor whom to call where the plan ends after the promise; return when it ends then (2.4.4.2)."""
    ends = queries.beyond_promise(queries.current(order), order)
    if ends is not None:
        until = formats.date_format(ends.astimezone(order.store.zone), "m-d H:i")
        with alerts.in_house_language(order):
            words = _("Planned until %(when)s, after the promise: call the customer.") % {"when": until}
        alerts.tell(order, Desk.ADVISOR, about=About.REPLANNED, words=words, by=by, at=at)
    return ends


@transaction.atomic
def accept(given: Assignment, *, difference: str = "", by: User, at: datetime) -> None:
    """Take the car over for the team, compared with its reception form (2.4.3.1); with it come key and papers.

    A difference is told to the advisor at once, and the work waits for his answer.
    """
    workflow.require(by, "workorders.accept_car")
    order = hold(given.order)
    if not queries.of_team(by, given.team):
        raise NotAllowed(_("This car was given to %(team)s.") % {"team": given.team})
    fresh = Assignment.objects.filter(pk=given.pk, accepted_at=None, withdrawn_at=None)
    if not fresh.update(accepted_by=by, accepted_at=at):
        raise NotAllowed(_("This car has been taken over already, or went to another team."))
    sent = order.handovers.filter(leg=Leg.TO_TEAM, taken_at=None, withdrawn_at=None).first()
    if sent is not None and given.lead:
        custody.take(sent, by=by, at=at)
    if difference.strip():
        custody.report_difference(order, words=difference, by=by, at=at)
    given.refresh_from_db()


@transaction.atomic
def recall(order: WorkOrder, *, by: User, at: datetime, reason: str = "") -> None:
    """Take the order back from its teams, which have not begun, to give it to others; bays are free again."""
    held = hold(order)
    order.state = held.state
    workflow.move(order, states.RECALL, by=by, at=at, reason=reason, team=None, bay=None)
    end_all(order, at=at)
    key = queries.custody(order)
    if key.on_the_way is not None and key.on_the_way.leg == Leg.TO_TEAM:
        key.on_the_way.withdrawn_at = at
        key.on_the_way.save(update_fields=["withdrawn_at"])
    elif key.leg == Leg.TO_TEAM and key.holder is not None:
        # The foreman fetches it: whoever had it stands as giver, so that the chain has no hole.
        back = custody.send(order, Leg.FROM_TEAM, parked_at="", notes="", key=key.key, by=key.holder, at=at)
        back.taken_by, back.taken_at = by, at
        back.save(update_fields=["taken_by", "taken_at"])


def end_all(order: WorkOrder, *, at: datetime) -> None:
    """Let no team have the order any more: nobody waits for it, and its bays are free."""
    for given in order.assignments.filter(withdrawn_at=None).select_related("reservation"):
        end(given, at=at)


def end(given: Assignment, *, at: datetime) -> None:
    """Withdraw an assignment; its lines go back to the leading team, its bay is free."""
    LabourLine.objects.filter(assignment=given).update(assignment=None)
    kept, given.reservation, given.withdrawn_at = given.reservation, None, at
    given.save(update_fields=["reservation", "withdrawn_at"])
    workshop.free_bay(kept)


@transaction.atomic
def split(
    order: WorkOrder, lines: Iterable[LabourLine], *, team: Team, bay: Bay | None, starts_at: datetime, by: User,
    at: datetime,
) -> Assignment:  # fmt: skip
    """Give some of an order's work to another team, or to the same one on another day.

    The team that leads keeps at least one line; its own plan becomes shorter.
    """
    workflow.require(by, states.DISPATCH.permission)
    require_same_store(order, team, bay)
    held = hold(order)
    chosen = {line.pk for line in lines}
    mine = [line for line in held.labour_lines.select_related("operation").wanted() if line.done_at is None]
    moved = [line for line in mine if line.pk in chosen]
    if held.state not in states.WITH_TEAM:
        raise NotAllowed(_("Work is split once a team has the order, and before it is finished."))
    if not moved or len(moved) != len(chosen):
        raise NotAllowed(_("Choose work of this order that is not done yet."))
    if moved == mine:
        raise NotAllowed(_("At least one piece of work stays with the team that leads; dispatch the order anew else."))
    if any(clock.stopped_at is None for line in moved for clock in line.clocks.all()):
        raise NotAllowed(_("Somebody is working on this right now."))
    LabourLine.objects.filter(pk__in=chosen).update(assignment=None)
    given = assign(held, moved, team, bay, max(starts_at, at), lead=False, by=by, at=at)
    for other in queries.current(held):
        if other != given:
            replan_to(other, other.starts_at, other.bay)
    return given


@transaction.atomic
def replan(
    given: Assignment, *, starts_at: datetime, bay: Bay | None, by: User, at: datetime
) -> datetime | None:  # fmt: skip
    """Move the plan of one team to another time or bay; return when the order ends where that breaks the promise.

    The promise itself moves only after the customer was called (2.4.4.2); the advisor is told to call him.
    """
    workflow.require(by, states.DISPATCH.permission)
    require_same_store(given.order, given.team, bay)
    order = hold(given.order)
    given.refresh_from_db()
    if given.withdrawn_at is not None or order.state not in states.WITH_TEAM:
        raise NotAllowed(_("This team no longer has the order."))
    if starts_at < at and starts_at != given.starts_at:
        raise NotAllowed(_("A plan lies in the future."))
    replan_to(given, starts_at, bay)
    if given.lead:
        WorkOrder.objects.filter(pk=order.pk).update(bay=bay)
    progress.replan(order, at=at)
    return tell_if_late(order, by=by, at=at)


def replan_to(given: Assignment, start: datetime, bay: Bay | None) -> None:
    kept, given.reservation = given.reservation, None
    given.save(update_fields=["reservation"])
    workshop.free_bay(kept)
    hours = queries.hours_of(queries.lines_of(given), done=start == given.starts_at)
    given.starts_at, given.ends_at = queries.plan_times(given.order.store, start, hours)
    given.bay, given.reservation = bay, keep_bay(bay, given.starts_at, given.ends_at)
    given.save(update_fields=["starts_at", "ends_at", "bay", "reservation"])


def lengthen(order: WorkOrder, *, at: datetime) -> None:
    """Let the leading team's plan end as much later as work was added; the order is held.

    Where its bay is kept for another car from then on, the bay stays kept as long as it was.
    """
    lead = order.assignments.filter(lead=True, withdrawn_at=None).select_related("order__store", "reservation").first()
    if lead is None:
        return
    hours = queries.hours_of(queries.lines_of(lead), done=True)
    ends_at = max(lead.ends_at, queries.plan_times(lead.order.store, lead.starts_at, hours)[1])
    kept = lead.reservation
    Assignment.objects.filter(pk=lead.pk).update(ends_at=ends_at)
    if kept is not None and ends_at > kept.ends_at:
        workshop.extend(kept, ends_at)


def set_priority(order: WorkOrder, *, priority: int, by: User, at: datetime) -> None:
    """Say which car goes first (2.4.2.1); only who runs the workshop may."""
    workflow.require(by, "workorders.set_priority")
    if priority not in Priority.values:
        raise NotAllowed(_("Choose one of the priorities."))
    open_still = WorkOrder.objects.filter(pk=order.pk, state__in=[states.State.DRAFT, *states.IN_WORKSHOP])
    if not open_still.update(priority=priority, priority_by=by, priority_at=at):
        raise NotAllowed(_("The work on this car is finished."))
    order.refresh_from_db(fields=["priority", "priority_by", "priority_at"])
