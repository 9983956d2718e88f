"""The board, one order with everything on it, and what still stands in the way."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.utils.translation import gettext as _

from appointments import queries as appointments
from appointments.signals import Work
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
)  # fmt: skip
from workorders.queries import additional, gate, large, leaving, money, quality, ready, rules, till
from workorders.queries.alerts import desks_of, unseen, unseen_of
from workorders.queries.board import (
    STEPS,
    By,
    Card,
    Column,
    board,
    board_order,
    check_of,
    delivered_column,
    in_workshop,
    teams,
    urgency,
)
from workorders.queries.board_mark import board_version
from workorders.queries.booked import promises
from workorders.queries.custody import (
    GIVES,
    NEXT,
    TAKES,
    custody,
    fits,
    goes_with_car,
    may_give,
    may_take,
    obstacles_of_handover,
)
from workorders.queries.dispatch import (
    bays_offered,
    beyond_promise,
    current,
    hours_of,
    in_line,
    lines_of,
    next_in_line,
    of_team,
    own_teams,
    plan_times,
    skills_of,
    teams_offered,
)
from workorders.queries.lines import (
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
    totals,
    unanswered,
    warranty_over,
    words_booked,
    work_for,
)
from workorders.queries.offers import operation_of, to_offer
from workorders.queries.parts import (
    NEVER,
    Effect,
    Missing,
    Short,
    holders_of,
    issuable,
    kept_by,
    kept_for,
    kept_shown,
    missing_parts,
    open_slip_lines,
    parts_expected,
    places_of,
    shorts,
    slips_in_full,
    slips_of,
    standings,
    to_issue,
    with_open_parts,
)
from workorders.queries.work import (
    forgotten,
    obstacles_of_team,
    obstacles_to_clock,
    prefers_job,
    running,
    running_in,
)
from workorders.states import DONE, IN_WORKSHOP, TO_DO, CaseState

__all__ = [
    "GIVES",
    "NEVER",
    "NEXT",
    "STEPS",
    "TAKES",
    "By",
    "Card",
    "Column",
    "Effect",
    "Missing",
    "Short",
    "acts_after_signing",
    "additional",
    "bays_offered",
    "beginning",
    "beyond_promise",
    "block_of",
    "board",
    "board_order",
    "board_version",
    "check_of",
    "class_for",
    "current",
    "custody",
    "delivered_column",
    "desks_of",
    "fits",
    "forgotten",
    "gate",
    "goes_with_car",
    "holders_of",
    "hours_of",
    "in_line",
    "in_workshop",
    "issuable",
    "kept_by",
    "kept_for",
    "kept_shown",
    "large",
    "leaving",
    "lines_of",
    "maintenance_asked",
    "mark_of",
    "may_be_issued",
    "may_give",
    "may_take",
    "missing_parts",
    "money",
    "next_in_line",
    "obstacles_of_lines",
    "obstacles_of_team",
    "obstacles_to_clock",
    "obstacles_to_finishing",
    "obstacles_to_repair",
    "obstacles_to_signing",
    "of_team",
    "open_slip_lines",
    "operation_of",
    "own_teams",
    "parts_expected",
    "places_of",
    "plan_times",
    "prefers_job",
    "promises",
    "quality",
    "ready",
    "rules",
    "running",
    "running_in",
    "shorts",
    "skills_of",
    "slips_in_full",
    "slips_of",
    "standings",
    "teams",
    "teams_offered",
    "till",
    "to_issue",
    "to_offer",
    "totals",
    "unanswered",
    "unseen",
    "unseen_of",
    "urgency",
    "warranty_over",
    "with_open_parts",
    "words_booked",
    "work_for",
]


BESIDE_LABOUR = ["operation", "complaint", "case", "package", "additional"]
BESIDE_PARTS = ["part", "labour__case", "labour__additional", "package"]


def whole(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Join everything the order's page and papers show; `refused` says that the customer would not sign it so far."""
    refused = Authorisation.objects.filter(order=OuterRef("pk"), superseded_at=None, way=Way.REFUSED)
    return orders.annotate(refused=Exists(refused)).select_related(
        "store", "visit__vehicle", "visit__customer", "visit__store", "visit__appointment", "advisor", "team__leader",
        "bay", "technician", "authorisation", "visit__manager_part__joined_by",
    ).prefetch_related(
        Prefetch("labour_lines", LabourLine.objects.select_related(*BESIDE_LABOUR)),
        Prefetch("part_lines", PartLine.objects.select_related(*BESIDE_PARTS)),
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


def left_out(order: WorkOrder) -> list[str]:
    """Name what was booked and is not on the order: no longer on offer, without a price, or taken off."""
    booked = order.visit.appointment
    if booked is None:
        return []
    sold = set(order.labour_lines.values_list("operation", flat=True))
    parts = set(order.part_lines.values_list("part", flat=True))
    names = list(booked.items.exclude(operation__in=sold).values_list("description", flat=True))
    return names + list(booked.parts.exclude(part__in=parts).values_list("part__name", flat=True))


def obstacles_to_handover(order: WorkOrder) -> list[str]:
    """The workshop gets the car when the customer has his copies of both forms (2.2.9.6)."""
    if order.copies_given_at is None:
        return [_("Hand the customer his copies of the reception form and the work order first.")]
    return []


def obstacles_to_dispatch(order: WorkOrder, *, own: bool = False) -> list[str]:
    """Return why no team gets the order: copies (2.2.9.6), then key and papers (2.4.1.2), to the `own` team at once."""
    return obstacles_to_handover(order) or ([] if own else obstacles_of_handover(order))


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
