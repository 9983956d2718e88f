"""The board: every car in the house as one card, by step, team, technician or bay (维修看板, F4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries as appointments
from dealership.staff.models import Store, Team, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar
from reception.states import State as VisitState
from workorders.models import Clock, Decision, LabourLine, PartLine, WorkOrder
from workorders.queries.rules import rules_at
from workorders.states import IN_HOUSE, IN_WORKSHOP, WITH_TEAM, State


class By(TextChoices):
    """What the columns of the board stand for."""

    STEP = "step", gettext_lazy("Step")
    TEAM = "team", gettext_lazy("Team")
    TECHNICIAN = "technician", gettext_lazy("Technician")
    BAY = "bay", gettext_lazy("Bay")


STEPS = [
    ("draft", gettext_lazy("Write-up"), [State.DRAFT]),
    ("waiting", gettext_lazy("Waiting"), [State.SIGNED]),
    ("team", gettext_lazy("With the team"), [State.DISPATCHED, State.REWORK]),
    ("work", gettext_lazy("In work"), [State.IN_PROGRESS]),
    ("hold", gettext_lazy("On hold"), [State.ON_HOLD]),
    ("check", gettext_lazy("Checks"), [State.FINISHED, State.PASSED]),
    ("ready", gettext_lazy("Ready"), [State.READY, State.HANDED_OVER, State.SETTLED, State.PAID]),
]
MOST_DELIVERED = 20
NEAR = timedelta(minutes=30)  # before a promise nobody has planned the work for


@dataclass(frozen=True)
class Worked:
    """What was clocked on an order, and what the customer agreed to of its work and parts."""

    done: timedelta = timedelta(0)
    sold: Decimal = Decimal(0)
    parts: int = 0
    issued: int = 0
    asked: bool = False

    @property
    def hours(self) -> Decimal:
        return round(Decimal(max(self.done, timedelta(0)) / timedelta(hours=1)), 1)

    @property
    def planned(self) -> Decimal:
        return round(Decimal(self.sold), 1)

    @property
    def missing(self) -> int:
        return self.parts - self.issued


@dataclass(frozen=True)
class Card:
    """One car on the board; `urgency` colours the promise: '', amber or red."""

    order: WorkOrder
    urgency: str = ""
    worked: Worked = Worked()

    @property
    def plate(self) -> str:
        vehicle = self.order.visit.vehicle
        return vehicle.plate_shown or str(vehicle)

    @property
    def customer(self) -> str:
        """Name the customer as he wishes to be named on a board, nothing where it is the plate alone (3.1.3.5)."""
        plate = self.order.visit.vehicle.plate_shown
        name = self.order.visit.customer.board_name(plate)
        return "" if name == plate else name

    @property
    def waiting(self) -> bool:
        return self.order.state == State.SIGNED


@dataclass
class Column:
    """`count` is more than its cards where a long column is cut."""

    key: str
    name: str
    cards: list[Card] = field(default_factory=list)
    uncut: int | None = None

    @property
    def count(self) -> int:
        return len(self.cards) if self.uncut is None else self.uncut


def board(store: Store, now: datetime, by: str = By.STEP) -> list[Column]:
    """Return the columns with their cards in board order (2.3.6, C14)."""
    cards = cards_of(store, now)
    if by != By.STEP:
        return grouped(store, cards, by)
    return [Column(key, str(name), [one for one in cards if one.order.state in states]) for key, name, states in STEPS]


def in_house(store: Store, states: Iterable[str] = IN_HOUSE) -> QuerySet[WorkOrder]:
    """Return the orders of the cars that are here; one that left unpaid is owed, and in no list of the house."""
    return WorkOrder.objects.filter(store=store, state__in=list(states)).exclude(visit__state=VisitState.RELEASED)


def cards_of(store: Store, now: datetime) -> list[Card]:
    """Return a card for each order in the house; what is added up is added up for all of them at once."""
    orders = joined(planned(board_order(in_house(store))))
    calendar, worked, percent = workshop.calendar_of(store), worked_in(store, now), rules_at(store, now).progress_from
    return [
        Card(order, urgency(order, now, check_due(order, calendar, percent)), worked.get(order.pk, Worked()))
        for order in orders
    ]


def joined(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return orders.select_related("visit__vehicle", "visit__customer", "advisor", "team", "technician", "bay")


def planned(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Put on each order when its team is to work on it: `planned_from` and `planned_until`."""
    leads = FilteredRelation(
        "assignments", condition=Q(assignments__lead=True, assignments__withdrawn_at__isnull=True)
    )  # one at most: the database sees to it
    found = orders.annotate(plan=leads)
    return found.annotate(planned_from=F("plan__starts_at"), planned_until=F("plan__ends_at"))


def board_order(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Sort by the foreman's priority, the promise, then the arrival (C14); what has no promise yet comes last."""
    return orders.order_by("priority", F("promised_at").asc(nulls_last=True), "visit__arrived_at", "pk")


def in_workshop(store: Store) -> QuerySet[WorkOrder]:
    """Return the orders from the signature to the quality check, in board order."""
    return board_order(WorkOrder.objects.filter(store=store, state__in=IN_WORKSHOP))


def check_due(order: Any, calendar: WorkingCalendar, percent: int) -> datetime | None:
    """Return when so much of the planned time of an order from `planned` is over; None where no plan is kept.

    A plan that runs beyond the promise counts up to the promise.
    """
    if order.state not in WITH_TEAM or order.planned_from is None or order.promised_at is None:
        return None
    end = min(order.planned_until, order.promised_at)
    return calendar.at_share(order.planned_from, end, percent / 100) if order.planned_from < end else None


def check_of(order: WorkOrder, now: datetime) -> datetime | None:
    """Return when the progress of one order is asked, None where no team works to a plan."""
    if order.state not in WITH_TEAM:
        return None
    found = planned(WorkOrder.objects.filter(pk=order.pk)).get()
    if not found.planned_from:  # type: ignore[attr-defined]
        return None
    return check_due(found, workshop.calendar_of(order.store), rules_at(order.store, now).progress_from)


def urgency(order: WorkOrder, now: datetime, check_at: datetime | None = None) -> str:
    """Say how the promise stands: red when it is broken, amber from the progress check on.

    Without a plan to check it is amber in the last half hour.
    """
    if order.promised_at is None or order.state not in [*IN_WORKSHOP, State.FINISHED]:
        return ""
    if now > order.promised_at:
        return "red"
    return "amber" if now >= (check_at or order.promised_at - NEAR) else ""


def worked_in(store: Store, now: datetime) -> dict[int, Worked]:
    """Return what was done, sold and handed out on each order in the house, in three queries for all of them."""
    here: dict[str, Any] = {"order__store": store, "order__state__in": IN_HOUSE}
    on_clock = {f"line__{name}": value for name, value in here.items()}
    stretch = Coalesce("stopped_at", Value(now)) - F("started_at")
    clocks = Clock.objects.filter(**on_clock).order_by().values_list("line__order").annotate(done=Sum(stretch))
    accepted, open_to_answer = Q(decision=Decision.ACCEPTED), Count("pk", filter=Q(decision=Decision.ASKED))
    labour = LabourLine.objects.filter(**here).order_by().values_list("order")
    parts = PartLine.objects.filter(**here).order_by().values_list("order")
    done = dict(clocks)
    sold = {row[0]: row[1:] for row in labour.annotate(sold=Sum("hours", filter=accepted), open=open_to_answer)}
    given = Count("pk", filter=accepted & Q(issued_at__isnull=False))
    out = {
        row[0]: row[1:] for row in parts.annotate(parts=Count("pk", filter=accepted), given=given, open=open_to_answer)
    }
    return {order: together(done.get(order), sold.get(order), out.get(order)) for order in {*done, *sold, *out}}


def together(done: timedelta | None, sold: Iterable[Any] | None, out: Iterable[Any] | None) -> Worked:
    hours, labour_asked = sold or (None, 0)
    parts, issued, parts_asked = out or (0, 0, 0)
    return Worked(done or timedelta(0), hours or Decimal(0), parts, issued, bool(labour_asked or parts_asked))


def grouped(store: Store, cards: list[Card], by: str) -> list[Column]:
    """Sort the cards into a column for each team, technician or bay, with those nobody has yet before them."""
    columns = {None: Column("none", _("Not given out"))}
    columns |= {one.pk: Column(str(one.pk), str(one)) for one in owners(store, by)}
    for card in cards:
        owner = getattr(card.order, by)
        key = owner.pk if owner else None
        columns.setdefault(key, Column(str(key), str(owner))).cards.append(card)
    return list(columns.values())


def owners(store: Store, by: str) -> Iterable[Any]:
    """Return those who have a column though nothing lies in it: who has no work is what the foreman looks for."""
    if by == By.TEAM:
        return teams(store)
    if by == By.BAY:
        return workshop.bays(store)
    return User.objects.filter(teams__store=store, is_active=True).distinct().order_by("full_name", "pk")


def teams(store: Store) -> QuerySet[Team]:
    return Team.objects.filter(store=store).order_by("name")


def delivered(store: Store, now: datetime) -> QuerySet[WorkOrder]:
    """Return the orders of the cars that were driven away today, the last first."""
    start, end = appointments.day_bounds(store, appointments.day_of(store, now))
    gone = WorkOrder.objects.filter(store=store, visit__released_at__gte=start, visit__released_at__lt=end).exclude(
        state=State.CANCELLED
    )
    return gone.order_by("-visit__released_at", "-pk")


def delivered_column(store: Store, now: datetime, *, shown: bool) -> Column:
    """Return the last column of the steps: counted always, looked up only where it is shown."""
    gone = delivered(store, now)
    cards = [Card(order) for order in joined(gone)[:MOST_DELIVERED]] if shown else []
    return Column("delivered", _("Delivered today"), cards, uncut=gone.count())
