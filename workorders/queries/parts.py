"""What an order needs from the shelves: what is kept for it, missing, asked for, handed out."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from appointments import operations as booking
from appointments.models import Appointment, AppointmentPart
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Part, Stock, StockReservation, Supply
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from workorders.models import Decision, IssueSlip, IssueSlipLine, PartLine, WorkOrder, WorkOrderMove
from workorders.queries.lines import may_be_issued
from workorders.states import IN_WORKSHOP, WITH_TEAM, State

NEVER = date.max  # a part is missing and nobody said when it comes


@dataclass(frozen=True)
class Missing:
    """A part of which the store has too few now, and the day it is expected; None where nobody said (2.2.6.1)."""

    line: PartLine
    expected_on: date | None


def missing_parts(order: WorkOrder) -> list[Missing]:
    """Return the parts the customer wants and the store has not: the day is the parts desk's."""
    lines = [line for line in order.part_lines.all() if line.issued_at is None and line.wanted]
    if not lines:
        return []
    kept = kept_for(order)
    stock = catalogue.availability(order.store, [line.part for line in lines], kept_for=kept)
    short = [line for line in lines if stock[line.part_id] < line.quantity]
    if not short:  # as a rule; only what is missing is worth two more looks
        return []
    coming = catalogue.standings(order.store, [line.part for line in short], kept_for=kept)
    booked = order.visit.appointment
    wanted = booked.parts.filter(expected_on__isnull=False) if booked else []
    promised = {one.part_id: one.expected_on for one in wanted}
    return [Missing(line, promised.get(line.part_id) or coming[line.part_id].day_for(line.quantity)) for line in short]


def parts_expected(order: WorkOrder, missing: list[Missing] | None = None) -> date | None:
    """Return the day the last missing part is expected, NEVER where one has none, None where nothing is missing."""
    missing = missing_parts(order) if missing is None else missing
    return max((one.expected_on or NEVER for one in missing), default=None)


def kept_for(order: WorkOrder) -> str:
    """Return under which reference parts are put aside for the order: for a booked car that of its appointment.

    What the parts desk put aside before the car came (2.1.6) is so part of what the order has, and not kept twice.
    """
    made = order.visit.appointment
    return booking.reference_of(made) if made else f"order:{order.pk}"


def kept_by(order: WorkOrder) -> QuerySet[StockReservation]:
    """Return what is put aside for the order, in the order in which shelves are taken."""
    kept = StockReservation.objects.filter(store=order.store_id, reference=kept_for(order), ended_at=None)
    return kept.select_related("part").order_by("part_id", "pk")


class Stand(TextChoices):
    """How a part of an order stands."""

    OUT = "out", _("handed out")
    PICKED = "picked", _("picked, lies at the counter")
    SHORT = "short", _("short")
    ASKED = "asked", _("asked for")
    KEPT = "kept", _("put aside")
    THERE = "there", _("in stock")


@dataclass(frozen=True)
class Standing:
    """How a part line stands, since when where somebody did it, and when a short one is expected."""

    line: PartLine
    stand: Stand
    at: datetime | None = None
    day: date | None = None


def standings(order: WorkOrder, missing: list[Missing]) -> list[Standing]:
    """Say for each part of the order, which comes from `whole`, how it stands; in one query."""
    lines = [line for line in order.part_lines.all() if line.wanted]
    waits = order.state in IN_WORKSHOP and any(line.issued_at is None for line in lines)
    kept = {one.part_id for one in kept_by(order)} if waits else set()
    days = {one.line.pk: one.expected_on for one in missing}
    return [standing(line, line.part_id in kept, line.pk in days, days.get(line.pk)) for line in lines]


def standing(line: PartLine, kept: bool, short: bool, day: date | None) -> Standing:
    if line.issued_at:
        return Standing(line, Stand.OUT, line.issued_at)
    if line.picked_at:
        return Standing(line, Stand.PICKED, line.picked_at)
    if short:
        return Standing(line, Stand.SHORT, None, day)
    if line.requested_at:
        return Standing(line, Stand.ASKED, line.requested_at)
    return Standing(line, Stand.KEPT if kept else Stand.THERE)


class Effect(TextChoices):
    """What the day a short part is expected does to the promise."""

    IN_TIME = "in_time", _("in time")
    TIGHT = "tight", _("on the very day of the promise")
    BREAKS = "breaks", _("breaks the promise")
    LATE = "late", _("delivery late")
    UNKNOWN = "unknown", _("nobody said when it comes")


@dataclass(frozen=True)
class Short:
    """A part line the store cannot serve now: how many are there for it, and when the last of it comes."""

    line: PartLine
    order: WorkOrder
    there: int
    expected_on: date | None
    effect: Effect


def with_open_parts(orders: QuerySet[WorkOrder], parts: Collection[int] | None = None) -> list[WorkOrder]:
    """Return, in the order given, those that still want parts (of these), with their `open_parts`; in two queries."""
    still_open = PartLine.objects.wanted().filter(issued_at=None)
    if parts is not None:
        still_open = still_open.filter(part__in=parts)
    moved = WorkOrderMove.objects.filter(thing=OuterRef("pk"), to_state=State.DISPATCHED).order_by("-at", "-pk")
    found = orders.filter(Exists(still_open.filter(order=OuterRef("pk"))))
    found = found.annotate(with_team_since=Subquery(moved.values("at")[:1])).select_related(
        "store", "visit__vehicle", "visit__customer", "visit__appointment", "advisor", "team__leader", "technician"
    )
    lines = lying(still_open).select_related("part", "labour__case", "labour__additional").order_by("pk")
    return list(found.prefetch_related(Prefetch("part_lines", lines, to_attr="open_parts")))


def lying(lines: QuerySet[PartLine]) -> QuerySet[PartLine]:
    """Give each line the `place` in its store where the part lies."""
    shelf = Stock.objects.filter(store=OuterRef("order__store"), part=OuterRef("part"))
    return lines.annotate(place=Subquery(shelf.values("place")[:1]))


class Shelf:
    """One part of a store while it is shared out among the orders, in their order."""

    def __init__(self, stock: Stock | None, arrivals: list[tuple[date, int]]) -> None:
        self.left = stock.quantity if stock else 0
        self.free = max(0, stock.free) if stock else 0
        self.arrivals = arrivals

    def give(self, wanted: int, kept: int) -> int:
        """Take what is there for somebody: first what was kept for him."""
        own = min(wanted, kept)
        shared = min(wanted - own, self.free)
        had = min(own + shared, self.left)
        self.free -= shared
        self.left -= had
        return had

    def day_for(self, lacking: int) -> date | None:
        """Take what is to come; return the day of the last of it, None where too few are on order."""
        while lacking and self.arrivals:
            day, coming = self.arrivals.pop(0)
            taken = min(lacking, coming)
            lacking -= taken
            if taken < coming:
                self.arrivals.insert(0, (day, coming - taken))
            if not lacking:
                return day
        return None


def shorts(orders: list[WorkOrder], now: datetime) -> list[Short]:
    """Share what is there and to come among the orders, the first first; return what is short, in four queries.

    Two who wait for the same delivery are so not both told its day where it brings one piece (2.2.6.1, 2.2.6.2). The
    orders come from `with_open_parts` and belong to one store.
    """
    wanted = {line.part_id for order in orders for line in order.open_parts}  # type: ignore[attr-defined]
    if not wanted:
        return []
    store = orders[0].store
    today = now.astimezone(store.zone).date()
    shelves, kept, booked = shelves_of(store, wanted), reservations_of(store, wanted), days_booked(orders)
    found = []
    for order in orders:
        for line in order.open_parts:  # type: ignore[attr-defined]
            key = (line.part_id, kept_for(order))
            shelf, own = shelves[line.part_id], kept[key]
            had = shelf.give(line.quantity, own)
            kept[key] = max(0, own - line.quantity)
            if had < line.quantity:
                coming = shelf.day_for(line.quantity - had)
                day = booked.get((order.visit.appointment_id, line.part_id)) or coming
                found.append(Short(line, order, had, day, effect_of(order, day, today)))
    return found


def shelves_of(store: Store, parts: Collection[int]) -> dict[int, Shelf]:
    coming: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for supply in Supply.objects.open().filter(store=store, part__in=parts).order_by("expected_on", "pk"):
        coming[supply.part_id].append((supply.expected_on, supply.to_come))
    stock = {shelf.part_id: shelf for shelf in Stock.objects.filter(store=store, part__in=parts)}
    return {pk: Shelf(stock.get(pk), coming[pk]) for pk in parts}


def reservations_of(store: Store, parts: Collection[int]) -> dict[tuple[int, str], int]:
    kept = StockReservation.objects.filter(store=store, part__in=parts, ended_at=None).order_by()
    sums = kept.values_list("part_id", "reference").annotate(sum=Sum("quantity"))
    return defaultdict(int, {(part, reference): quantity for part, reference, quantity in sums})


def days_booked(orders: list[WorkOrder]) -> dict[tuple[int | None, int], date]:
    """Return the days the parts desk named while it prepared the appointments."""
    booked = AppointmentPart.objects.filter(
        appointment__in=[order.visit.appointment_id for order in orders if order.visit.appointment_id],
        expected_on__isnull=False,
    )
    days = booked.values_list("appointment_id", "part_id", "expected_on")
    return {(made, part): day for made, part, day in days if day}


def effect_of(order: WorkOrder, day: date | None, today: date) -> Effect:
    if day is None:
        return Effect.UNKNOWN
    if day < today:
        return Effect.LATE
    if order.promised_at is None:
        return Effect.IN_TIME
    promised = order.promised_at.astimezone(order.store.zone).date()
    return Effect.BREAKS if day > promised else Effect.TIGHT if day == promised else Effect.IN_TIME


@dataclass(frozen=True)
class Wanted:
    """One order at the counter: what may be handed out now, what waits, since when and who asked."""

    order: WorkOrder
    ready: list[PartLine]
    short: list[Short]
    waits: list[PartLine]
    since: datetime | None

    @property
    def picked(self) -> bool:
        return bool(self.ready) and all(line.picked_at for line in self.ready)


def to_issue(orders: list[WorkOrder], now: datetime) -> list[Wanted]:
    """Return the orders whose team waits at the counter, the first first; the orders come from `with_open_parts`."""
    short = {one.line.pk: one for one in shorts(orders, now)}
    return [wanted_by(order, short) for order in orders if order.state in WITH_TEAM]


def wanted_by(order: WorkOrder, short: dict[int, Short]) -> Wanted:
    lines: list[PartLine] = order.open_parts  # type: ignore[attr-defined]
    allowed = [line for line in lines if may_be_issued(line)]
    asked = [line.requested_at for line in lines if line.requested_at]
    return Wanted(
        order,
        [line for line in allowed if line.pk not in short],
        [short[line.pk] for line in lines if line.pk in short],
        [line for line in lines if line not in allowed and line.pk not in short],
        min(asked) if asked else order.with_team_since,  # type: ignore[attr-defined]
    )


def issuable(order: WorkOrder) -> list[PartLine]:
    """Return the lines that may be handed out once a team has the order (2.4.3.4), read anew."""
    lines = lying(PartLine.objects.filter(order=order.pk, issued_at=None, decision=Decision.ACCEPTED))
    lines = lines.select_related("part", "labour__case", "labour__additional", "labour__order").order_by(
        "part_id", "pk"
    )
    return [line for line in lines if may_be_issued(line)]


def slips_of(order: WorkOrder) -> QuerySet[IssueSlip]:
    """Return the issue slips of the order, the first first."""
    return IssueSlip.objects.filter(order=order).select_related("paper", "technician", "storekeeper")


def slips_in_full(order: WorkOrder) -> QuerySet[IssueSlip]:
    """Return the issue slips of the order with their lines and what came back of these, in three queries."""
    lines = IssueSlipLine.objects.select_related("part").prefetch_related("returns")
    return slips_of(order).prefetch_related(Prefetch("lines", lines))


def open_slip_lines(order: WorkOrder) -> QuerySet[IssueSlipLine]:
    """Return what technicians have of the order, slip by slip."""
    lines = IssueSlipLine.objects.filter(slip__order=order, returned__lt=F("quantity"))
    return lines.select_related("slip__paper", "line", "part").order_by("part_id", "pk")


def holders_of(order: WorkOrder) -> QuerySet[User]:
    """Return who may draw parts for the order."""
    return staff.people(order.store, Role.TECHNICIAN, Role.TEAM_LEADER)


def places_of(store: Store, parts: Collection[Part]) -> dict[int, str]:
    """Return where in the store the parts lie, by part id."""
    return dict(Stock.objects.filter(store=store, part__in=parts).values_list("part_id", "place"))


@dataclass(frozen=True)
class Kept:
    """Units put aside, and the order or the appointment they are for, where it is a car's."""

    reservation: StockReservation
    order: WorkOrder | None
    appointment: Appointment | None


def kept_shown(kept: QuerySet[StockReservation]) -> list[Kept]:
    """Return for whom the units are kept, in three queries."""
    rows = list(kept)
    orders, made = pks_named(rows, "order:"), pks_named(rows, "appointment:")
    cars = {
        kept_for(order): order
        for order in WorkOrder.objects.filter(Q(pk__in=orders) | Q(visit__appointment__in=made))
        .exclude(state=State.CANCELLED)
        .select_related("visit__vehicle", "visit__appointment")
    }
    promises = Appointment.objects.filter(pk__in=made).select_related("vehicle")
    booked = {booking.reference_of(one): one for one in promises}
    return [Kept(one, cars.get(one.reference), booked.get(one.reference)) for one in rows]


def pks_named(kept: list[StockReservation], prefix: str) -> list[int]:
    return [int(one.reference.removeprefix(prefix)) for one in kept if one.reference.startswith(prefix)]
