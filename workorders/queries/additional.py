"""What was found besides: how each item stands, whose turn it is, and what is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from workorders.models import AdditionalItem, LabourLine, WorkOrder, WorkshopRules
from workorders.queries.rules import rules_at
from workorders.states import OPEN_ITEM, TO_RELAY, ItemState, State

UNTOUCHED = [State.DRAFT, State.SIGNED, State.DISPATCHED]  # nobody has looked into the car
NOT_CALLED = [ItemState.FOUND, ItemState.QUOTED]


def shut(line: LabourLine) -> str:
    """Return why a line of an additional item is no work yet: no clock and no part before its slip (2.4.4.8)."""
    item = line.extra
    if item is None or item.state == ItemState.HANDED:
        return ""
    name = {"line": line.description}
    if item.state in (ItemState.APPROVED, ItemState.SLIP_ISSUED):
        return _("“%(line)s” begins once the workshop has taken its in-plant repair slip.") % name
    return _("“%(line)s” was found besides, and the customer has not agreed to it.") % name


def obstacles_of_items(order: WorkOrder) -> list[str]:
    """Return what was found besides and is not settled: no order is finished over it (F.3)."""
    waiting = [item for item in order.additional_items.all() if item.state in OPEN_ITEM]
    return [
        _("“%(item)s” was found besides: %(state)s.") % {"item": item.words, "state": item.get_state_display()}
        for item in waiting
    ]


def items_of(order: WorkOrder) -> QuerySet[AdditionalItem]:
    """Return the items of an order with all that their card shows."""
    found = AdditionalItem.objects.filter(order=order).order_by("found_at", "pk")
    return whole_items(found)


def whole_items(items: QuerySet[AdditionalItem]) -> QuerySet[AdditionalItem]:
    return items.select_related(
        "line__operation", "found_by", "quoted_by", "answer__by", "slip", "receiver", "relayed_by", "seen_at_work"
    ).prefetch_related("photos", "line__parts")  # fmt: skip


def price_of(item: AdditionalItem) -> int | None:
    """Return what the item costs with its parts, in fen; None while nobody has priced it."""
    if item.line is None:
        return None
    return int(item.line.amount_fen + sum(part.amount_fen for part in item.line.parts.all()))


@dataclass(frozen=True)
class Late:
    """What is overdue about an item, and since when it was due."""

    what: str
    due_at: datetime

    @property
    def sentence(self) -> str:
        if self.what == "call":
            return _("The customer was not called in time.")
        return _("The workshop was not told the answer in time.")


def due_of(item: AdditionalItem, rules: WorkshopRules) -> Late | None:
    """Return what has to happen to the item at the latest when: the first call (2.4.4.3), the relay (2.4.4.5)."""
    if item.state in NOT_CALLED and item.called_at is None:
        return Late("call", item.found_at + timedelta(minutes=rules.call_minutes))
    if item.state in TO_RELAY and item.answered_at is not None:
        return Late("relay", item.answered_at + timedelta(minutes=rules.relay_minutes))
    return None


def late(item: AdditionalItem, rules: WorkshopRules, now: datetime) -> Late | None:
    due = due_of(item, rules)
    return due if due is not None and due.due_at <= now else None


def untold() -> QuerySet[AdditionalItem]:
    """Return the items about which somebody may have to be alerted, of all stores."""
    calls = AdditionalItem.objects.filter(state__in=NOT_CALLED, called_at=None, call_alerted_at=None)
    relays = AdditionalItem.objects.filter(state__in=TO_RELAY, relay_alerted_at=None)
    return (calls | relays).select_related("order__store").order_by("pk")


@dataclass(frozen=True)
class Row:
    """One item on the order's page: its price, what is late about it, and whether to ask again by now."""

    item: AdditionalItem
    price_fen: int | None
    late: Late | None
    again_due: bool


def card(order: WorkOrder, now: datetime) -> list[Row]:
    items = [] if order.state in UNTOUCHED else list(items_of(order))
    if not items:
        return []
    rules = rules_at(order.store, now)
    return [
        Row(item, price_of(item), late(item, rules, now), bool(item.repeat_at and item.repeat_at <= now))
        for item in items
    ]


def receivers(store: Store) -> QuerySet[User]:
    """Return who in the workshop can be told an answer."""
    return staff.people(store, Role.FOREMAN, Role.DISPATCHER, Role.TEAM_LEADER, Role.TECHNICIAN)
