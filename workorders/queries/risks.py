"""Which promises are in danger before they break, and which orders nobody touches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import formats
from django.utils.translation import gettext as _

from appointments.models import AppointmentPart
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Stock
from dealership.staff.models import Store
from dealership.staff.templatetags.desk import short
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen, WorkingCalendar
from workorders import queries, reckoning
from workorders.models import Assignment, Clock, LabourLine, PartLine, ProgressQuestion, WorkOrder
from workorders.states import IN_WORKSHOP, State

PROMISED = [*IN_WORKSHOP, State.FINISHED]  # the customer waits for it, and it is not ready
SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Risk:
    """An order whose promise is in danger, and why, in words; `broken` once its time is over."""

    order: WorkOrder
    reasons: list[str]
    broken: bool

    @property
    def urgency(self) -> str:
        return "red" if self.broken else "amber"

    @property
    def words(self) -> str:
        return _(", ").join(self.reasons)


def risks(store: Store, now: datetime, calendar: WorkingCalendar | None = None) -> list[Risk]:
    """Return the promises of the store in danger, the earliest first."""
    found = WorkOrder.objects.filter(store=store, state__in=PROMISED, promised_at__isnull=False)
    people = ["visit__vehicle", "visit__customer", "visit__appointment", "advisor", "team__leader", "technician"]
    orders = list(queries.board_order(with_plans(found)).select_related("store", *people))
    marks = risk_marks(orders, now, calendar, {order.pk: order for order in orders})
    return [Risk(order, marks[order.pk], broken(order, now)) for order in orders if order.pk in marks]


def risk_marks(
    orders: Sequence[WorkOrder],
    now: datetime,
    calendar: WorkingCalendar | None = None,
    plans: dict[int, Any] | None = None,
) -> dict[int, list[str]]:
    """Return the reasons for those of one store's orders whose promise is in danger, by order id; for the board.

    However many orders, it asks for their work, plans, missing parts and the store's hours once each.
    """
    orders = [order for order in orders if order.state in PROMISED and order.promised_at is not None]
    if not orders:
        return {}
    calendar = calendar or workshop.calendar_of(orders[0].store)
    left, parts = work_left(orders, now), late_parts(orders, now)
    if plans is None:
        found = with_plans(WorkOrder.objects.filter(pk__in=[order.pk for order in orders]))
        plans = {order.pk: order for order in found}
    said = {
        order.pk: [
            *of_the_clock(order, now),
            *of_the_work(order, left[order.pk], plans[order.pk], calendar, now),
            *of_the_plan(plans[order.pk], now),
            *parts[order.pk],
        ]
        for order in orders
    }
    return {pk: reasons for pk, reasons in said.items() if reasons}


def broken(order: Any, now: datetime) -> bool:
    return bool(now > order.promised_at)


def of_the_clock(order: Any, now: datetime) -> list[str]:
    if broken(order, now):
        return [_("the promise is broken")]
    return [_("less than half an hour is left")] if order.promised_at - now <= SOON else []


def of_the_work(order: Any, left: timedelta, plan: Any, calendar: WorkingCalendar, now: datetime) -> list[str]:
    """Say whether the hours left end after the promise; teams that share an order work side by side."""
    try:
        finish = calendar.add(now, left / (plan.teams or 1)) if left else now
    except NeverOpen:
        return []
    if not left or finish <= order.promised_at:
        return []
    hours = reckoning.written(Decimal(left.total_seconds()) / 3600)
    return [_("%(hours)s h of work are left, until %(time)s") % {"hours": hours, "time": short(finish, now)}]


def of_the_plan(plan: Any, now: datetime) -> list[str]:
    """Say what the teams' times and the last answer from the workshop have beyond the promise."""
    said = []
    if plan.planned_until and plan.planned_until > plan.promised_at:
        said.append(_("planned until %(time)s") % {"time": short(plan.planned_until, now)})
    if plan.expected_at and plan.expected_at > plan.promised_at:
        said.append(_("the workshop expects %(time)s") % {"time": short(plan.expected_at, now)})
    return said


def work_left(orders: Sequence[WorkOrder], now: datetime) -> dict[int, timedelta]:
    """Return the hours sold and not yet worked of each order; a running clock counts until now."""
    lines = LabourLine.objects.wanted().filter(order__in=orders, done_at=None).exclude(order__state=State.FINISHED)
    sold: dict[int, tuple[int, Decimal]] = {}
    worked: dict[int, timedelta] = defaultdict(timedelta)
    for line, order, hours, on, off in lines.order_by().values_list(
        "pk", "order", "hours", "clocks__started_at", "clocks__stopped_at"
    ):
        sold[line] = (order, hours)
        worked[line] += max(timedelta(0), (off or now) - on) if on else timedelta(0)
    left: dict[int, timedelta] = defaultdict(timedelta)
    for line, (order, hours) in sold.items():
        left[order] += max(timedelta(0), timedelta(hours=float(hours)) - worked[line])
    return left


def with_plans(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Add until when each is planned, by how many teams, and the finish the workshop last expected."""
    given = Assignment.objects.filter(order=OuterRef("pk"), withdrawn_at=None).order_by().values("order")
    answered = ProgressQuestion.objects.filter(order=OuterRef("pk"), answered_at__isnull=False)
    return orders.annotate(
        planned_until=Subquery(given.annotate(last=Max("ends_at")).values("last")),
        teams=Subquery(given.annotate(count=Count("team", distinct=True)).values("count")),
        expected_at=Subquery(answered.order_by("-answered_at", "-pk").values("finish_at")[:1]),
    )


def late_parts(orders: Sequence[WorkOrder], now: datetime) -> dict[int, list[str]]:
    """Name the parts that are not there, and come after the promised day or nobody knows when."""
    by_pk: dict[int, Any] = {order.pk: order for order in orders}
    said: dict[int, list[str]] = defaultdict(list)
    zone = orders[0].store.zone
    for order_id, name, day in missing(orders):
        if day is None or day < now.astimezone(zone).date():
            said[order_id].append(_("%(part)s: nobody knows when it comes") % {"part": name})
        elif datetime.combine(day, time(0), zone) > by_pk[order_id].promised_at:
            words = {"part": name, "day": formats.date_format(day, "m-d")}
            said[order_id].append(_("%(part)s comes on %(day)s") % words)
    return said


def missing(orders: Sequence[WorkOrder]) -> list[tuple[int, str, date | None]]:
    """Return the parts of these orders of which the store has too few, each with the day it is expected."""
    promised = AppointmentPart.objects.filter(
        appointment=OuterRef("order__visit__appointment"), part=OuterRef("part"), expected_on__isnull=False
    )
    lines = PartLine.objects.wanted().filter(order__in=orders, issued_at=None).exclude(order__state=State.FINISHED)
    shelf = Stock.objects.filter(store=OuterRef("order__store"), part=OuterRef("part"))
    lines = lines.annotate(
        said=Subquery(promised.values("expected_on")[:1]), there=Subquery(shelf.values("quantity")[:1]),
        kept=Subquery(shelf.values("reserved")[:1]),
    )  # fmt: skip
    # As a rule nothing is short; only where something may be, three more questions tell what and until when.
    doubtful = Q(there__isnull=True) | Q(there__lt=F("quantity") + F("kept"))
    found = list(lines.filter(doubtful).order_by("order", "pk"))
    if not found:
        return []
    jobs = {order.pk: queries.kept_for(order) for order in orders}
    standings = catalogue.standings_of_jobs(orders[0].store, {(jobs[line.order_id], line.part_id) for line in found})
    short_of = [(line, standings[jobs[line.order_id], line.part_id]) for line in found]
    return [
        (line.order_id, line.description, line.said or there.day_for(line.quantity))  # type: ignore[attr-defined]
        for line, there in short_of
        if there.free < line.quantity
    ]


@dataclass(frozen=True)
class Untouched:
    """An order at which nothing happened for longer than the store lets pass, since when, and whose turn it is."""

    order: WorkOrder
    since: datetime
    for_minutes: int
    turn: str

    @property
    def words(self) -> str:
        hours = reckoning.written(Decimal(self.for_minutes) / 60)
        return _("nothing happened for %(hours)s working hours; it is up to %(who)s") % {
            "hours": hours, "who": self.turn,
        }  # fmt: skip


TOUCHABLE = [State.SIGNED, State.DISPATCHED, State.IN_PROGRESS, State.REWORK]  # on hold, something else is waited for

# What counts as touching an order: the moments on its rows.
TOUCHES = {
    "moves": ["at"],
    "labour_lines__clocks": ["stopped_at"],
    "alerts": ["seen_at"],
    "part_lines": ["issued_at"],
    "assignments": ["given_at", "accepted_at", "withdrawn_at"],
    "handovers": ["given_at", "taken_at", "withdrawn_at"],
    "progress_questions": ["answered_at"],
    "stays": ["at"],
}


def untouched(store: Store, now: datetime, minutes: int, calendar: WorkingCalendar | None = None) -> list[Untouched]:
    """Return the orders with nothing on them for so many working minutes, the longest first; no clock runs there."""
    running = Clock.objects.filter(line__order=OuterRef("pk"), stopped_at=None)
    people = ["visit__vehicle", "visit__customer", "advisor", "team__leader", "technician"]
    found = WorkOrder.objects.filter(~Exists(running), store=store, state__in=TOUCHABLE).select_related(*people)
    calendar = calendar or workshop.calendar_of(store)
    rows = []
    for order in last_touched(found):
        since = max(getattr(order, f"touched_{n}") or order.opened_at for n, _path in enumerate(touch_paths()))
        passed = calendar.between(since, now)
        if passed > timedelta(minutes=minutes):
            rows.append(Untouched(order, since, int(passed.total_seconds() // 60), turn_of(order)))
    return sorted(rows, key=lambda row: row.since)


def touch_paths() -> list[str]:
    return [f"{relation}__{moment}" for relation, moments in TOUCHES.items() for moment in moments]


def last_touched(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Add the last moment of each kind; a look-up of its own for each, so that rows do not multiply."""
    own = WorkOrder.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    newest = {f"touched_{n}": own.annotate(last=Max(path)).values("last") for n, path in enumerate(touch_paths())}
    return orders.annotate(**{name: Subquery(moment) for name, moment in newest.items()})


def turn_of(order: WorkOrder) -> str:
    """Say who has to act: who dispatches, the team's leader, or who works on it."""
    if order.state == State.SIGNED or order.team is None:
        return _("the dispatcher or the foreman")
    person = order.team.leader
    if order.state == State.IN_PROGRESS and order.technician:
        person = order.technician
    return person.full_name if person else str(order.team)
