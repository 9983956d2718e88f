"""Where key and papers are, and what keeps them from going on."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dealership.staff.models import User
from workorders.models import Difference, Handover, Leg, WorkOrder
from workorders.queries.dispatch import current, of_team
from workorders.states import WITH_TEAM, State

# Who may give on this leg, and who may take: each confirms for himself (2.4.1.2, C26).
GIVES = {
    Leg.TO_WORKSHOP: "workorders.hand_to_workshop",
    Leg.TO_TEAM: "workorders.dispatch_workorder",
    Leg.FROM_TEAM: "workorders.finish_work",
    Leg.TO_RECEPTION: "workorders.take_from_reception",
}
TAKES = {
    Leg.TO_WORKSHOP: "workorders.take_from_reception",
    Leg.TO_TEAM: "workorders.accept_car",
    Leg.FROM_TEAM: "workorders.take_from_reception",
    Leg.TO_RECEPTION: "workorders.hand_to_workshop",
}
# After which leg which may follow by hand; the first begins at the reception. A team that is given a car is sent its
# key with it, from wherever it is.
NEXT = {
    None: [Leg.TO_WORKSHOP],
    Leg.TO_WORKSHOP: [Leg.TO_TEAM, Leg.TO_RECEPTION],
    Leg.TO_TEAM: [Leg.FROM_TEAM],
    Leg.FROM_TEAM: [Leg.TO_TEAM, Leg.TO_RECEPTION],
    Leg.TO_RECEPTION: [Leg.TO_WORKSHOP],
}


@dataclass(frozen=True)
class Custody:
    """Who has key and papers since when, and to whom they are on the way; one answer for one car.

    `key` is False where the customer kept his key.
    """

    holder: User | None
    since: datetime | None
    key: bool
    on_the_way: Handover | None
    last: Handover | None

    @property
    def leg(self) -> str | None:
        return self.last.leg if self.last else None

    @property
    def place(self) -> str:
        """Say at which desk they are."""
        places = {
            Leg.TO_WORKSHOP: _("workshop"), Leg.FROM_TEAM: _("workshop"), Leg.TO_TEAM: _("team"),
        }  # fmt: skip
        return places.get(self.leg, _("reception"))  # type: ignore[call-overload]


def custody(order: WorkOrder) -> Custody:
    """Say where the key of the order's car is: what was last taken over, for whichever order of the visit."""
    return custodies([order])[order.pk]


def custodies(orders: Collection[WorkOrder]) -> dict[int, Custody]:
    """Say it for several orders at once, by the order's id."""
    given = Handover.objects.filter(order__visit__in=[order.visit_id for order in orders], withdrawn_at=None)
    rows: dict[int, list[Handover]] = defaultdict(list)
    for row in given.select_related("given_by", "taken_by", "order").order_by("-given_at", "-pk"):
        rows[row.order.visit_id].append(row)
    return {order.pk: custody_by(order, rows[order.visit_id]) for order in orders}


def custody_by(order: WorkOrder, rows: list[Handover]) -> Custody:
    """Read the custody off the handovers of the visit, the newest first."""
    on_the_way = next((row for row in rows if row.taken_at is None), None)
    last = next((row for row in rows if row.taken_at is not None), None)
    visit = order.visit
    key = visit.key_received is not False
    if last is None:
        return Custody(visit.advisor or order.advisor, visit.taken_in_at, key, on_the_way, None)
    return Custody(last.taken_by, last.taken_at, key, on_the_way, last)


def may_give(user: User, order: WorkOrder, held: Custody) -> str:
    """Return the leg on which this person can send key and papers on from here, or nothing."""
    if held.on_the_way is not None:
        return ""
    possible = [leg for leg in NEXT[held.leg] if fits(leg, order)]  # type: ignore[index]
    return next((str(leg) for leg in possible if user.has_perm(GIVES[leg])), "")


def goes_with_car(sent: Handover) -> bool:
    """Say whether the team takes key and papers over together with the car, which it has not done yet."""
    waiting = sent.order.assignments.filter(lead=True, accepted_at=None, withdrawn_at=None)
    return sent.leg == Leg.TO_TEAM and waiting.exists()


def may_take(user: User, sent: Handover) -> bool:
    """Say whether the key is for this person: at its desk, or in a team that has taken the car over."""
    if not user.has_perm(TAKES[Leg(sent.leg)]):
        return False
    return sent.leg != Leg.TO_TEAM or any(of_team(user, one.team) for one in current(sent.order) if one.accepted_at)


def fits(leg: str, order: WorkOrder) -> bool:
    """Say whether the order stands where this leg makes sense: nobody gives a car back while it is worked on."""
    if leg == Leg.TO_WORKSHOP:
        return order.state == State.REWORK or (order.state == State.SIGNED and order.copies_given_at is not None)
    if leg == Leg.TO_TEAM:
        return order.state in WITH_TEAM
    if leg == Leg.TO_RECEPTION:  # what the team has finished is checked first (2.5.5)
        return order.state in (State.SIGNED, State.PASSED, State.CANCELLED)
    return order.state in (State.FINISHED, State.PASSED, State.CANCELLED)


def with_workshop(held: Custody) -> bool:
    """Say whether the workshop has confirmed that it has key and papers of the car."""
    return held.leg in (Leg.TO_WORKSHOP, Leg.TO_TEAM, Leg.FROM_TEAM)


def open_differences(order: WorkOrder) -> list[Difference]:
    return list(order.differences.filter(answered_at=None).select_related("found_by"))


def obstacles_of_handover(order: WorkOrder) -> list[str]:
    """Return why the workshop cannot dispatch the car: key and papers are not there yet (2.4.1.2)."""
    if with_workshop(custody(order)):
        return []
    return [_("Key and papers have not been taken over by the workshop yet.")]
