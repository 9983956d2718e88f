"""The board, one order with everything on it, and what still stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import operations as booking
from appointments import queries as appointments
from appointments.models import CardMove, ManagementCard
from appointments.signals import Work
from appointments.states import Area
from dealership.catalogue import queries as catalogue
from dealership.paperwork import queries as paperwork
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store, User
from reception.states import State as VisitState
from workorders.models import (
    Authorisation,
    LabourLine,
    ManufacturerCase,
    PartLine,
    QualityCheck,
    Way,
    WorkOrder,
    WorkOrderMove,
)  # fmt: skip
from workorders.queries.lines import (
    Totals,
    acts_after_signing,
    beginning,
    block_of,
    class_for,
    maintenance_asked,
    mark_of,
    may_be_issued,
    obstacles_of_lines,
    obstacles_to_finishing,
    obstacles_to_repair,
    obstacles_to_signing,
    obstacles_to_starting,
    totals,
    unanswered,
    warranty_over,
    words_booked,
    work_for,
)
from workorders.queries.offers import ToOffer, operation_of, to_offer
from workorders.states import DONE, IN_HOUSE, IN_WORKSHOP, TO_DO, CaseState, State

__all__ = [
    "ToOffer",
    "Totals",
    "acts_after_signing",
    "beginning",
    "block_of",
    "class_for",
    "maintenance_asked",
    "mark_of",
    "may_be_issued",
    "obstacles_of_lines",
    "obstacles_to_finishing",
    "obstacles_to_repair",
    "obstacles_to_signing",
    "obstacles_to_starting",
    "operation_of",
    "to_offer",
    "totals",
    "unanswered",
    "warranty_over",
    "words_booked",
    "work_for",
]

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


@dataclass(frozen=True)
class Booked:
    """The management card of a car that is not here yet; `late` beyond the store's grace (F3)."""

    card: ManagementCard
    late: bool

    @property
    def wish(self) -> str:
        """Return the first of the customer's wishes; the appointment's page has them all."""
        return self.card.wishes.partition("\n")[0]


@dataclass(frozen=True)
class BookedDay:
    """The column of one day: how many cars are promised, and the first of their cards (2.1.14)."""

    day: date
    count: int
    cards: list[Booked]


@dataclass(frozen=True)
class Promises:
    """The appointment side of the board: 作业预约 by day, and the cars that are expected today (2.1.12, F4)."""

    days: list[BookedDay]
    later: int
    later_on: date | None
    expected: list[Booked]
    count: int
    expected_count: int


DAYS_SHOWN = 3
MOST_SHOWN = 60  # cards in one column; a column nobody can read to its end tells nothing more


def promises(store: Store, now: datetime) -> Promises:
    """Return the management cards by area: the clock's move decides where a card lies, not the date (2.1.15)."""
    today = appointments.day_of(store, now)
    grace = timedelta(minutes=appointments.rules_on(store, today).grace_minutes)
    cards = appointments.cards(store, today)
    active, booked = cards.filter(state=Area.ACTIVE), cards.filter(state=Area.BOOKED)
    counted = list(cards.order_by("on").values_list("state", "on").annotate(number=Count("pk")))
    counts = {day: number for area, day, number in counted if area == Area.BOOKED}
    shown, later = list(counts)[:DAYS_SHOWN], list(counts)[DAYS_SHOWN:]
    first = [Booked(card, late=False) for card in booked[:MOST_SHOWN]]
    return Promises(
        [BookedDay(day, counts[day], [one for one in first if one.card.on == day]) for day in shown],
        sum(counts[day] for day in later),
        later[0] if later else None,
        [Booked(card, card.appointment.starts_at + grace < now) for card in active[:MOST_SHOWN]],
        count=sum(counts.values()),
        expected_count=sum(number for area, _day, number in counted if area == Area.ACTIVE),
    )


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
    """Join everything the order's page and papers show; `refused` says that the customer would not sign it so far."""
    refused = Authorisation.objects.filter(order=OuterRef("pk"), superseded_at=None, way=Way.REFUSED)
    return orders.annotate(refused=Exists(refused)).select_related(
        "store", "visit__vehicle", "visit__customer", "visit__store", "visit__appointment", "advisor", "team__leader",
        "bay", "technician", "authorisation", "settlement__sheet",
    ).prefetch_related(
        Prefetch("labour_lines", LabourLine.objects.select_related("operation", "complaint", "case", "package")),
        Prefetch("part_lines", PartLine.objects.select_related("part", "labour__case", "package")),
        "visit__complaints",
        "visit__customer__phones",
        Prefetch("checks", QualityCheck.objects.select_related("inspector")),
    )  # fmt: skip


def load(store: Store) -> Decimal:
    """Return the hours sold on orders that still wait for or are in work."""
    lines = LabourLine.objects.wanted().filter(order__store=store, order__state__in=IN_WORKSHOP)
    return lines.aggregate(hours=Sum("hours"))["hours"] or Decimal(0)


def hours_ahead(store: Store) -> Decimal:
    """Return the hours before a new order: those in the house, shared by the teams; in one query."""
    lines = LabourLine.objects.filter(order__store=OuterRef("pk"), order__state__in=IN_WORKSHOP)
    hours = lines.order_by().values("order__store").values_list(Sum("hours"))
    found = Store.objects.filter(pk=store.pk).annotate(sold=Subquery(hours), hands=Count("teams"))
    sold, teams = found.order_by().values_list("sold", "hands").get()
    return (sold or Decimal(0)) / max(1, teams)


def work_between(store: Store, first: date, last: date, today: date) -> list[Work]:
    """Return the hours sold that the workshop has to do on its days, by skill, and those it did on these (3.1.1.6).

    Work to do lies on its promised day, on today where that is over or nothing is promised yet. What is done for a
    car without appointment stays on the day it came, whose hours are gone; done for a booked one the estimate stands.
    """
    start, end = appointments.day_bounds(store, first)[0], appointments.day_bounds(store, last)[1]
    lines = LabourLine.objects.wanted().order_by()
    to_do = hours_by_skill(lines.filter(order__store=store, order__state__in=TO_DO), "order__promised_at", ahead=True)
    came = lines.filter(
        order__visit__store=store, order__visit__state__in=[VisitState.INSPECTED, VisitState.RELEASED],
        order__visit__arrived_at__gte=start, order__visit__arrived_at__lt=end,
    )  # fmt: skip
    done = came.filter(order__state__in=DONE, order__visit__appointment=None)
    # Two halves of one query: each is found by an index of its own.
    rows = to_do.union(hours_by_skill(done, "order__visit__arrived_at", ahead=False), all=True)
    return [
        Work(
            day_for(store, moment, today) if ahead else appointments.day_of(store, moment),
            hours.quantize(Decimal("0.01")),  # SQLite adds decimals as floats
            skill,
            booked,
        )
        for moment, ahead, skill, booked, hours in rows
    ]


def hours_by_skill(lines: QuerySet[LabourLine], moment: str, *, ahead: bool) -> QuerySet[LabourLine, tuple]:
    named = lines.annotate(moment=F(moment), ahead=Value(ahead, output_field=BooleanField()))
    grouped = named.values_list("moment", "ahead", "operation__skill", "order__visit__appointment")
    return grouped.annotate(sold=Sum("hours"))


def day_for(store: Store, promised_at: datetime | None, today: date) -> date:
    return today if promised_at is None else max(today, appointments.day_of(store, promised_at))


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
    """Return under which reference parts were put aside for this car, nothing for one that simply came (2.1.6)."""
    made = order.visit.appointment
    return booking.reference_of(made) if made else ""


def left_out(order: WorkOrder) -> list[str]:
    """Name what was booked and is not on the order: no longer on offer, without a price, or taken off."""
    booked = order.visit.appointment
    if booked is None:
        return []
    sold = set(order.labour_lines.values_list("operation", flat=True))
    parts = set(order.part_lines.values_list("part", flat=True))
    names = list(booked.items.exclude(operation__in=sold).values_list("description", flat=True))
    return names + list(booked.parts.exclude(part__in=parts).values_list("part__name", flat=True))


def obstacles_to_dispatch(order: WorkOrder) -> list[str]:
    """The workshop gets the car when the customer has his copies of both forms (2.2.9.6)."""
    if order.copies_given_at is None:
        return [_("Hand the customer his copies of the reception form and the work order first.")]
    return []


def papers(order: WorkOrder) -> list[IssuedDocument]:
    """Return the papers issued for the order so far, the first first; only the last can still count."""
    return [answer.paper for answer in order.authorisations.select_related("paper").order_by("at", "pk")]


def refusal_of(order: WorkOrder) -> Authorisation | None:
    """Return how the customer would not sign the order as it is presented now; the order comes from `whole`."""
    if not order.refused:  # type: ignore[attr-defined]
        return None
    return order.authorisations.filter(superseded_at=None, way=Way.REFUSED).select_related("witness").first()


def witnesses(order: WorkOrder, by: User) -> QuerySet[User]:
    """Return who can say that a customer authorised or refused: a paper's witnesses, but not who deals with him."""
    return paperwork.witnesses(order.store, by).exclude(pk__in=served_by(order))


def board_version(store: Store) -> str:
    """Return a mark that changes whenever a card of the store's board moved."""
    orders = WorkOrderMove.objects.filter(thing__store=store).aggregate(newest=Max("pk"))
    cards = CardMove.objects.filter(thing__store=store).aggregate(newest=Max("pk"))
    return f"{orders['newest'] or 0}.{cards['newest'] or 0}"


def served_by(order: WorkOrder) -> Iterable[int]:
    """Return everybody who acted for the customer on this order (C5)."""
    return {order.advisor_id, order.visit.advisor_id} - {None}  # type: ignore[return-value]


MOST_CASES = 100


def cases(store: Store) -> QuerySet[ManufacturerCase]:
    """Return the store's manufacturer cases: those to submit first, then those that wait, then the answered."""
    waiting = Case(When(state=CaseState.OPEN, then=0), When(state=CaseState.SUBMITTED, then=1), default=2)
    found = ManufacturerCase.objects.filter(line__order__store=store).order_by(waiting, "-opened_at", "-pk")
    return whole_cases(found)[:MOST_CASES]


def whole_cases(found: QuerySet[ManufacturerCase]) -> QuerySet[ManufacturerCase]:
    return found.select_related(
        "line__complaint", "line__order__visit__vehicle", "line__order__visit__customer", "line__order__store",
        "opened_by", "submitted_by",
    )  # fmt: skip
