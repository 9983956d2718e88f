"""Who works on what, what may be worked on, and clocks somebody forgot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar
from workorders.models import Clock, LabourLine, WorkOrder
from workorders.queries.custody import open_differences
from workorders.queries.dispatch import current
from workorders.queries.lines import block_of
from workorders.states import DISPATCH, SIGN, START, WITH_TEAM


def prefers_job(user: User, order: WorkOrder) -> bool:
    """Say whether this person comes to work on the car: no prices, large buttons."""
    desk = user.has_perm(SIGN.permission) or user.has_perm(DISPATCH.permission)
    return order.state in WITH_TEAM and user.has_perm(START.permission) and not desk


def obstacles_to_clock(line: LabourLine) -> list[str]:
    """Return why nobody works on a line now (2.4.3.1, 2.4.3.3); its order was read just now."""
    order = line.order
    if order.state not in WITH_TEAM:
        return [_("Work is clocked while a team has the car.")]
    if not line.wanted:
        return [_("The customer declined “%(line)s”.") % {"line": line.description}]
    if block := block_of(line):
        return [block]
    return obstacles_of_team(order, line)


def obstacles_of_team(order: WorkOrder, line: LabourLine | None = None) -> list[str]:
    """Return why the team cannot begin: it has not taken the car over, or a difference waits for the advisor."""
    given = current(order)
    mine = next(
        (one for one in given if line is not None and one.pk == line.assignment_id), given[0] if given else None
    )
    if mine is None or mine.accepted_at is None:
        return [_("The team takes the car over first: compare it with the reception form.")]
    return [
        _("The car differs from the reception form: “%(words)s”. The advisor has to answer first.")
        % {"words": difference.words}
        for difference in open_differences(order)
    ]


def running(user: User) -> Clock | None:
    """Return the clock this person has running."""
    found = Clock.objects.filter(technician=user, stopped_at=None)
    return found.select_related("line__order__visit__vehicle", "line__order__store").first()


@dataclass(frozen=True)
class Forgotten:
    """A clock that ran on after the store had closed; `closed_at` is when, the likeliest end."""

    clock: Clock
    closed_at: datetime


def forgotten(store: Store, now: datetime, of: User | None = None) -> list[Forgotten]:
    """Return the clocks that still run although the store has closed since they began, the oldest first."""
    found = running_in(store)
    clocks = list(found.filter(technician=of) if of else found)
    if not clocks:
        return []
    calendar = workshop.calendar_of(store)
    ends = [(clock, closing_after(calendar, clock.started_at, now)) for clock in clocks]
    return [Forgotten(clock, closed) for clock, closed in ends if closed is not None]


def running_in(store: Store) -> QuerySet[Clock]:
    found = Clock.objects.filter(line__order__store=store, stopped_at=None)
    return found.select_related("technician", "line__order__visit__vehicle").order_by("started_at", "pk")


OVERTIME = timedelta(hours=2)  # people finish what they have begun


def closing_after(calendar: WorkingCalendar, start: datetime, now: datetime) -> datetime | None:
    """Return the end of the working day on which a clock began, where that is over by more than the usual overtime."""
    day = start.astimezone(calendar.zone).date()
    spans = calendar.spans(day)
    closes = spans[-1][1] if spans else start
    return max(closes, start) if now > max(closes, start) + OVERTIME else None
