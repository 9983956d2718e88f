"""The board, one order with everything on it, and what still stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.catalogue import queries as catalogue
from dealership.staff import queries as staff
from dealership.staff.models import Store
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from workorders.models import LabourLine, WorkOrder
from workorders.states import IN_HOUSE, IN_WORKSHOP, State

COLUMNS = [
    (gettext_lazy("Write-up"), [State.DRAFT]),
    (gettext_lazy("Waiting"), [State.SIGNED]),
    (gettext_lazy("With the team"), [State.DISPATCHED, State.REWORK]),
    (gettext_lazy("In work"), [State.IN_PROGRESS]),
    (gettext_lazy("Quality check"), [State.FINISHED]),
    (gettext_lazy("Ready"), [State.PASSED, State.HANDED_OVER, State.SETTLED, State.PAID]),
]


@dataclass(frozen=True)
class Card:
    """One car on the board; `urgency` colours the promise: '', amber or red."""

    order: WorkOrder
    urgency: str


@dataclass
class Column:
    name: str
    cards: list[Card] = field(default_factory=list)


def board(store: Store, now: datetime) -> list[Column]:
    """Return the columns with their cards in board order (2.3.6, C14)."""
    orders = board_order(WorkOrder.objects.filter(store=store, state__in=IN_HOUSE))
    orders = orders.select_related("visit__vehicle", "visit__customer", "advisor", "team", "technician", "bay")
    cards = [Card(order, urgency(order, now)) for order in orders]
    return [Column(str(name), [card for card in cards if card.order.state in states]) for name, states in COLUMNS]


def board_order(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return orders.order_by("promised_at", "visit__arrived_at", "pk")


def urgency(order: WorkOrder, now: datetime) -> str:
    """Say how the promise stands: red when it is broken, amber in the last half hour before it."""
    if order.promised_at is None or order.state not in [*IN_WORKSHOP, State.FINISHED]:
        return ""
    if now > order.promised_at:
        return "red"
    return "amber" if order.promised_at - now <= timedelta(minutes=30) else ""


def next_in_line(store: Store) -> WorkOrder | None:
    """Return the order the board wants dispatched next (2.3.6)."""
    return (
        board_order(WorkOrder.objects.filter(store=store, state=State.SIGNED)).select_related("visit__vehicle").first()
    )


def whole(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Join everything the order's page and papers show."""
    return orders.select_related(
        "store", "visit__vehicle", "visit__customer", "visit__store", "advisor", "team__leader", "bay", "technician",
        "authorisation", "settlement__sheet",
    ).prefetch_related(
        Prefetch("labour_lines", LabourLine.objects.select_related("operation", "complaint")),
        "part_lines__part",
        "visit__complaints",
        "checks__inspector",
    )  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """What the order costs, in fen; hours as sold."""

    hours: Decimal
    labour_fen: int
    parts_fen: int

    @property
    def total_fen(self) -> int:
        return self.labour_fen + self.parts_fen


def totals(order: WorkOrder) -> Totals:
    """Add up the rounded lines (2.2.7.3)."""
    labour, parts = list(order.labour_lines.all()), list(order.part_lines.all())
    return Totals(
        hours=sum((line.hours for line in labour), Decimal(0)),
        labour_fen=sum(line.amount_fen for line in labour),
        parts_fen=sum(line.amount_fen for line in parts),
    )


def load(store: Store) -> Decimal:
    """Return the hours sold on orders that still wait for or are in work."""
    lines = LabourLine.objects.filter(order__store=store, order__state__in=IN_WORKSHOP)
    return lines.aggregate(hours=Sum("hours"))["hours"] or Decimal(0)


def mark_of(order: WorkOrder) -> str:
    """Return a mark of the order's lines: another mark, another order than the one the customer was shown."""
    labour, parts = order.labour_lines.all(), order.part_lines.all()
    rows = [f"l{line.pk}" for line in labour] + [f"p{line.pk}" for line in parts]
    return f"{totals(order).total_fen}:{'.'.join(sorted(rows))}"


def likely_finish(store: Store, hours: Decimal, now: datetime) -> datetime | None:
    """Return when this many more hours will be done, after the work already in the house (2.2.8.1).

    The work in the house is shared by the teams; only opening hours count. None for a store without any.
    """
    teams = max(1, staff.teams(store).count())
    ahead = timedelta(hours=float(load(store) / teams + hours))
    try:
        return workshop.calendar_of(store).add(now, ahead)
    except NeverOpen:
        return None


def short_parts(order: WorkOrder) -> list[str]:
    """Name the parts of which the store has too few (2.2.6.1)."""
    lines = [line for line in order.part_lines.all() if line.issued_at is None]
    stock = catalogue.availability(order.store, [line.part for line in lines])
    return [line.description for line in lines if stock.get(line.part_id, 0) < line.quantity]


def unanswered(order: WorkOrder) -> list[str]:
    """Return the complaints no labour line answers (2.3.2)."""
    answered = {line.complaint_id for line in order.labour_lines.all()}
    return [complaint.words for complaint in order.visit.complaints.all() if complaint.pk not in answered]


def obstacles_to_signing(order: WorkOrder) -> list[str]:
    found = [_("No work answers “%(words)s” yet.") % {"words": words} for words in unanswered(order)]
    if not order.labour_lines.all():
        found.insert(0, _("The order has no work yet."))
    return found


def obstacles_to_finishing(order: WorkOrder) -> list[str]:
    return [
        _("“%(part)s” was not handed out yet.") % {"part": line.description}
        for line in order.part_lines.all()
        if line.issued_at is None
    ]


def board_version(store: Store) -> str:
    """Return a mark that changes whenever a card of the store's board moved."""
    newest = WorkOrder.objects.filter(store=store).order_by("-moves__pk").values_list("moves__pk", flat=True).first()
    return str(newest or 0)


def served_by(order: WorkOrder) -> Iterable[int]:
    """Return everybody who acted for the customer on this order (C5)."""
    return {order.advisor_id, order.visit.advisor_id} - {None}  # type: ignore[return-value]
