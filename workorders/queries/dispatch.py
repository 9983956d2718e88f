"""Which order is next, which team suits it, when and where it would be done."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dealership.staff import queries as staff
from dealership.staff.models import DispatchMode, Store, Team, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from dealership.workshop.models import Bay
from workorders.models import Assignment, Handover, LabourLine, Leg, WorkOrder
from workorders.queries.board import board_order
from workorders.states import WITH_TEAM, State

SHORTEST = timedelta(minutes=15)  # a plan without hours still takes a bay


def in_line(store: Store, of: User | None = None) -> QuerySet[WorkOrder]:
    """Return the orders the workshop could dispatch now, in board order; `of` an advisor his own (2.3.6, 3.3.1.2).

    What has not been handed over to the workshop yet keeps nobody waiting.
    """
    taken = Handover.objects.filter(
        order__visit=OuterRef("visit"), taken_at__isnull=False, leg__in=[Leg.TO_WORKSHOP, Leg.FROM_TEAM]
    )
    waiting = WorkOrder.objects.filter(store=store, state=State.SIGNED, copies_given_at__isnull=False)
    waiting = waiting.filter(advisor=of) if of else waiting.filter(Exists(taken))
    return board_order(waiting).select_related("visit__vehicle")


def next_in_line(store: Store, of: User | None = None) -> WorkOrder | None:
    return in_line(store, of).first()


def own_teams(user: User, store: Store) -> QuerySet[Team]:
    """Return the teams this advisor gives work to himself (3.3.1.2)."""
    return Team.objects.filter(store=store, dispatch_mode=DispatchMode.TEAM, advisor=user)


@dataclass(frozen=True)
class TeamOffer:
    """A team for this work: what it lacks, how many of it are here, and the hours it has still to do."""

    team: Team
    lacks: tuple[str, ...]
    present: int
    members: int
    hours: Decimal

    @property
    def fits(self) -> bool:
        return not self.lacks and self.present > 0

    @property
    def load(self) -> Decimal:
        """Hours for each pair of hands."""
        return self.hours / max(1, self.present)


def skills_of(lines: Iterable[LabourLine]) -> list[str]:
    """Return the skills the work takes, the first line's first."""
    return list(dict.fromkeys(line.operation.skill for line in lines if line.wanted and line.operation.skill))


def teams_offered(order: WorkOrder, now: datetime, teams: QuerySet[Team] | None = None) -> list[TeamOffer]:
    """Return the teams for an order, the best first: with its skills, with people here, the least loaded (2.4.2.2)."""
    store, today = order.store, now.astimezone(order.store.zone).date()
    found = (staff.teams(store) if teams is None else teams.select_related("leader")).prefetch_related("members")
    wanted, away, hours = skills_of(order.labour_lines.all()), staff.absences(store, today, today), hours_by_team(store)
    offers = []
    for team in found:
        hands = [member for member in team.members.all() if member.is_active]
        lacks = tuple(skill for skill in wanted if skill not in team.skills.split()) if team.skills else ()
        here = sum(member.pk not in away for member in hands)
        offers.append(TeamOffer(team, lacks, here, len(hands), hours[team.pk]))
    return sorted(offers, key=lambda offer: (not offer.fits, bool(offer.lacks), offer.load, offer.team.name))


def hours_by_team(store: Store) -> dict[int, Decimal]:
    """Return the hours each team has still to do, by the team's id: what is split goes to whom it was given."""
    lines = LabourLine.objects.wanted().filter(order__store=store, order__state__in=WITH_TEAM, done_at=None)
    rows = lines.annotate(whose=Coalesce("assignment__team", "order__team")).order_by().values("whose")
    hours: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows.annotate(sum=Sum("hours")):
        hours[row["whose"]] = Decimal(row["sum"]).quantize(Decimal("0.01"))  # SQLite adds decimals as floats
    return hours


def plan_times(store: Store, at: datetime, hours: Decimal) -> tuple[datetime, datetime]:
    """Return from when to when so many hours take if begun at the moment, in opening hours."""
    calendar = workshop.calendar_of(store)
    length = max(timedelta(hours=float(hours)), SHORTEST)
    try:
        start = calendar.add(at, timedelta(0))
        return start, calendar.add(start, length)
    except NeverOpen:
        return at, at + length


def hours_of(lines: Iterable[LabourLine], *, done: bool = False) -> Decimal:
    """Return the hours still to be worked on these lines, or of all of them, `done` or not."""
    return sum((line.hours for line in lines if line.wanted and (done or line.done_at is None)), Decimal(0))


def lines_of(assignment: Assignment) -> list[LabourLine]:
    """Return what an assignment is for: its own lines, for the leading one all that no other has."""
    lines = assignment.order.labour_lines.select_related("operation").wanted()
    mine = Q(assignment=assignment) | Q(assignment=None) if assignment.lead else Q(assignment=assignment)
    return list(lines.filter(mine))


@dataclass(frozen=True)
class BayOffer:
    """A bay for this work: which other car it is kept for until when, and which car stands in it now."""

    bay: Bay
    kept: bool
    occupied_by: str

    @property
    def free(self) -> bool:
        return not self.kept and not self.occupied_by

    @property
    def label(self) -> str:
        """Name the bay with what is in the way."""
        if self.occupied_by:
            return f"{self.bay} ({self.occupied_by})"
        kept = _("kept for another car")
        return f"{self.bay} ({kept})" if self.kept else str(self.bay)


def bays_offered(order: WorkOrder, start: datetime, end: datetime, skills: Collection[str]) -> list[BayOffer]:
    """Return the bays for a job, those free all the time first, then in the order they suit it."""
    booked = order.visit.appointment
    own = booked.reservation_id if booked else None
    plan = workshop.BayPlan(order.store, start, end, but=own)
    there = {
        bay: str(plate)
        for bay, plate in WorkOrder.objects.filter(store=order.store, state__in=WITH_TEAM)
        .exclude(pk=order.pk)
        .exclude(bay=None)
        .values_list("bay", "visit__vehicle__plate")
    }
    suiting = workshop.suiting(plan.bays, skills)
    others = [bay for bay in plan.bays if bay not in suiting]
    offers = [BayOffer(bay, plan.busy(bay, start, end), there.get(bay.pk, "")) for bay in [*suiting, *others]]
    own_bay = booked.reservation.bay_id if booked and booked.reservation else None
    return sorted(offers, key=lambda offer: (not offer.free, offer.bay.pk != own_bay, offer.bay not in suiting))


def of_team(person: User, team: Team) -> bool:
    return team.leader_id == person.pk or team.members.filter(pk=person.pk).exists()


def current(order: WorkOrder) -> list[Assignment]:
    """Return who has the order now, the leading team first."""
    found = order.assignments.filter(withdrawn_at=None).select_related("team__leader", "bay", "accepted_by", "given_by")
    return list(found.order_by("-lead", "starts_at", "pk"))


def beyond_promise(assignments: Iterable[Assignment], order: WorkOrder) -> datetime | None:
    """Return when the plan ends where that is after the promise: the customer has to be called (2.4.4.2)."""
    ends = max((one.ends_at for one in assignments), default=None)
    return ends if ends and order.promised_at and ends > order.promised_at else None
