"""Cars that stay: long jobs, cars overnight, and cars nobody collects."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext

from dealership.staff.models import Store
from dealership.workshop.calendar import WorkingCalendar
from workorders import queries
from workorders.models import LongStay, Stay, WorkOrder, WorkOrderMove, WorkshopRules
from workorders.queries.board import in_house
from workorders.queries.custody import Custody, custodies
from workorders.states import IN_HOUSE, IN_WORKSHOP, State

WORKED_ON = [*IN_WORKSHOP, State.FINISHED]
READY = [State.PASSED, State.READY, State.HANDED_OVER, State.SETTLED, State.PAID]


@dataclass(frozen=True)
class Staying:
    """A car that stays, since when, the newest note of its kind, and whether somebody has to write one now."""

    order: WorkOrder
    since: datetime
    note: LongStay | None
    due: bool
    key: str = ""  # who has it, of a car that stays overnight

    @property
    def place(self) -> str:
        """Return where the car stands, by the newest word of it."""
        said = self.note.place if self.note else ""
        bay = self.order.bay or self.order.visit.bay
        return said or self.order.parked_at or (bay.name if bay else "")


def staying(store: Store, states: Iterable[str]) -> QuerySet[WorkOrder]:
    """Return the orders of the cars in the house with what these lists show."""
    good = [State.PASSED, State.READY]
    ready = WorkOrderMove.objects.filter(thing=OuterRef("pk"), to_state__in=good).order_by().values("thing")
    found = in_house(store, states).annotate(ready_at=Subquery(ready.annotate(last=Max("at")).values("last")))
    people = [
        "visit__vehicle",
        "visit__customer",
        "visit__bay",
        "visit__advisor",
        "advisor",
        "team",
        "technician",
        "bay",
    ]
    return queries.board_order(found).select_related(*people).prefetch_related(
        Prefetch("stays", LongStay.objects.select_related("by").order_by("at", "pk")),
        "visit__customer__phones",
    )  # fmt: skip


@dataclass(frozen=True)
class Stays:
    """The three lists."""

    long: list[Staying]
    overnight: list[Staying]
    left: list[Staying]


def stays(store: Store, now: datetime, rules: WorkshopRules, calendar: WorkingCalendar) -> Stays:
    """Return the cars that stay, each list the longest first; a car may stand on several."""
    orders = list(staying(store, IN_HOUSE))
    closing = closes_today(store, now, calendar)
    tonight = [order for order in orders if stays_tonight(order, closing)]
    held = custodies(tonight)
    return Stays(
        long_jobs(orders, now, rules, calendar),
        [overnight(order, held[order.pk]) for order in tonight],
        left(orders, now, rules),
    )


def long_jobs(orders: list[WorkOrder], now: datetime, rules: WorkshopRules, calendar: WorkingCalendar) -> list[Staying]:
    """Return work that takes longer than a day by the clock; its note is asked anew after each working day."""
    limit, found = now - timedelta(hours=rules.long_job_hours), []
    for order in orders:
        if order.state not in WORKED_ON or order.visit.arrived_at > limit:
            continue
        note = newest(order, Stay.LONG)
        old = note is None or calendar.between(note.at, now) > calendar.full_day
        found.append(Staying(order, order.visit.arrived_at, note, due=old))
    return sorted(found, key=lambda row: row.since)


def closes_today(store: Store, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Return when the store closes today; None once it has, and on a day it stays closed."""
    spans = calendar.spans(now.astimezone(store.zone).date())
    return spans[-1][1] if spans and now < spans[-1][1] else None


def stays_tonight(order: WorkOrder, closing: datetime | None) -> bool:
    """Say whose car is not promised for today before closing; once the store has closed, every car still here."""
    if closing is None or order.promised_at is None or order.promised_at >= closing:
        return True
    return order.promised_at.astimezone(closing.tzinfo).date() < closing.date()  # uncollected since that day


def overnight(order: WorkOrder, held: Custody) -> Staying:
    """Somebody has to write down where the car stands as long as nobody knows."""
    note = newest(order, Stay.OVERNIGHT)
    holder = held.holder.full_name if held.holder else ""
    key = holder if held.key else gettext("the customer kept the key")
    row = Staying(order, order.visit.arrived_at, note, due=False, key=key)
    return row if row.place else replace(row, due=True)


def left(orders: list[WorkOrder], now: datetime, rules: WorkshopRules) -> list[Staying]:
    """Return cars that are ready and not collected for days; due is the next contact that was agreed, or the first."""
    limit, found = now - timedelta(days=rules.left_days), []
    for order in orders:
        ready_at = order.ready_at  # type: ignore[attr-defined]
        if order.state not in READY or ready_at is None or ready_at > limit:
            continue
        note = newest(order, Stay.LEFT)
        due = note is None or note.until_at is None or note.until_at < now
        found.append(Staying(order, ready_at, note, due=due))
    return sorted(found, key=lambda row: row.since)


def newest(order: WorkOrder, kind: str) -> LongStay | None:
    return next((note for note in reversed(order.stays.all()) if note.kind == kind), None)


def notes_due(found: Stays) -> int:
    """Count the cars about which somebody has to write now."""
    return len({row.order.pk for row in (*found.long, *found.overnight, *found.left) if row.due})
