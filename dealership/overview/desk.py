"""One person at work in one store at one moment: what the lists of the first page look at, each loaded once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from appointments import queries as appointments
from appointments.models import Appointment, BookingRules, WelcomeBoard
from appointments.states import State as Booked
from dealership.staff.models import Store, Team, User
from dealership.staff.roles import Role
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar
from reception import queries as reception
from reception.states import State as VisitState
from workorders import queries as workorders
from workorders.models import Handover, PartLine, WorkOrder
from workorders.states import WITH_TEAM, State


@dataclass
class Desk:
    """One person in one store at one moment; what several lists look at is loaded once."""

    user: User
    store: Store
    now: datetime

    @cached_property
    def lane(self) -> reception.Lane:
        return reception.lane(self.store, self.now, self.rules)

    @cached_property
    def due(self) -> list[Appointment]:
        """Return who is still to come today."""
        if self.user.has_perm("reception.record_arrival"):
            return self.lane.due
        return list(appointments.arrivals_due(self.store, self.today))

    @cached_property
    def today(self) -> date:
        return appointments.day_of(self.store, self.now)

    @cached_property
    def rules(self) -> BookingRules:
        return appointments.rules_on(self.store, self.today)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return workshop.calendar_of(self.store)

    @cached_property
    def hours(self) -> tuple[datetime, datetime] | None:
        """Return when the store opens and closes today, None where it stays closed."""
        spans = self.calendar.spans(self.today)
        return (spans[0][0], spans[-1][1]) if spans else None

    @property
    def closed(self) -> bool:
        """Say whether the store has closed for today."""
        return self.hours is None or self.now >= self.hours[1]

    @cached_property
    def opening(self) -> tuple[bool, int]:
        """Return whether today's welcome board stands, and how many points of the opening checklist are done."""
        board = WelcomeBoard.objects.filter(store=OuterRef("pk"), on=self.today)
        done = Count("shift_checks", filter=Q(shift_checks__day=self.today, shift_checks__in_order=True))
        asked = Store.objects.filter(pk=self.store.pk).annotate(board=Exists(board), checked=done)
        return asked.values_list("board", "checked").get()

    @cached_property
    def promises(self) -> list[Appointment]:
        """Return the confirmed appointments of this person's lists, each with what puts it there, in one query."""
        wanted = {name: q(self) for name, (permission, q) in PROMISES.items() if self.user.has_perm(permission)}
        found = Appointment.objects.filter(store=self.store, state=Booked.CONFIRMED)
        found = appointments.measured(found, self.calendar)
        found = found.annotate(**marks(wanted)).filter(Q(*wanted.values(), _connector=Q.OR))
        return list(found.select_related("advisor", "customer", "vehicle").order_by("starts_at", "pk"))

    def promises_in(self, name: str) -> list[Appointment]:
        return [made for made in self.promises if getattr(made, f"in_{name}")]

    @cached_property
    def orders(self) -> list[WorkOrder]:
        """Return the orders of all of this person's lists, each with what puts it there, in one query."""
        wanted = {name: q(self) for name, (permission, q) in ORDERS.items() if self.user.has_perm(permission)}
        found = WorkOrder.objects.filter(Q(*wanted.values(), _connector=Q.OR), store=self.store)
        found = workorders.board_order(found.annotate(**marks(wanted)))
        return list(found.select_related("visit__vehicle", "visit__customer", "team", "technician"))

    def orders_in(self, name: str) -> list[WorkOrder]:
        return [order for order in self.orders if getattr(order, f"in_{name}")]


def marks(wanted: dict[str, Q]) -> dict[str, Case]:
    """Make what tells for each thing of a common query which of the lists it is on."""
    return {f"in_{name}": Case(When(q, then=Value(True)), default=Value(False)) for name, q in wanted.items()}


# Somebody has given the order's key and papers on: at the latest now the workshop has to act.
GIVEN_ON = Exists(Handover.objects.filter(order__visit=OuterRef("visit"), withdrawn_at=None))

# What puts an order on a list: for whom, and which orders.
ORDERS: dict[str, tuple[str, Callable[[Desk], Q]]] = {
    "written": (
        "reception.receive_visit",
        lambda desk: Q(visit__state=VisitState.INSPECTED, visit__advisor=desk.user) & ~Q(state=State.CANCELLED),
    ),
    "mine": (
        "reception.receive_visit",
        lambda desk: (
            Q(advisor=desk.user)
            & (
                Q(state__in=[State.DRAFT, State.PASSED, State.READY, State.HANDED_OVER, State.PAID])
                | Q(state=State.SIGNED) & ~Q(GIVEN_ON)
            )
        ),
    ),
    "signed": ("workorders.dispatch_workorder", lambda desk: Q(GIVEN_ON, state=State.SIGNED)),
    "jobs": ("workorders.start_work", lambda desk: Q(state__in=WITH_TEAM) & of_my_teams(desk.user)),
    "finished": ("workorders.inspect_workorder", lambda desk: Q(state=State.FINISHED)),
    "parts": (
        "workorders.issue_parts",
        lambda desk: Q(
            Exists(PartLine.objects.wanted().filter(order=OuterRef("pk"), issued_at=None)), state__in=WITH_TEAM
        ),
    ),
}


def of_my_teams(user: User) -> Q:
    """Return the jobs of the teams a technician works in or leads; the foreman sees all teams."""
    if user.has_role(Role.FOREMAN):
        return Q()
    return Q(team__in=Team.objects.filter(Q(members=user) | Q(leader=user)))


def unready(desk: Desk) -> Q:
    """Return who comes soon although something is not ready; nobody comes to a closed store."""
    return NOBODY if desk.closed else appointments.unready_within(desk.now, desk.rules.prepared_minutes)


NOBODY = Q(pk__in=[])

# What puts a promise on a list: for whom, and which ones.
PROMISES: dict[str, tuple[str, Callable[[Desk], Q]]] = {
    "unready": ("appointments.prepare_appointment", unready),
    "unkept": ("appointments.book_appointment", lambda desk: appointments.UNKEPT),
}
