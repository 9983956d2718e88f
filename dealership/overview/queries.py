"""What needs this person now, across the whole visit; read-only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership.customers.models import Vehicle
from dealership.outbox import queries as outbox
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.staff.templatetags.desk import short
from followup import queries as followup
from reception import queries as reception
from reception.models import Visit
from workorders import queries as workorders
from workorders.models import PartLine, WorkOrder
from workorders.states import IN_WORKSHOP, State

MOST = 20  # rows of one list; the rest is counted


@dataclass(frozen=True)
class Row:
    """One thing to do: where to, which car, what about it; `urgency` is '', amber or red."""

    url: str
    plate: str
    text: str
    when: str = ""
    urgency: str = ""


@dataclass
class Section:
    """One kind of work with its rows; `more` counts those not listed."""

    title: str
    icon: str
    rows: list[Row] = field(default_factory=list)
    more: int = 0


@dataclass
class Desk:
    """One person in one store at one moment; what several lists look at is loaded once."""

    user: User
    store: Store
    now: datetime

    @cached_property
    def lane(self) -> reception.Lane:
        return reception.lane(self.store, self.now)


def needs(user: User, store: Store, now: datetime) -> list[Section]:
    """Return the lists this person's roles act on, those with work first."""
    desk = Desk(user, store, now)
    sections = [build(desk) for permission, build in SECTIONS if user.has_perm(permission)]
    return sorted(sections, key=lambda section: not section.rows)


def cut(title: str, icon: str, rows: Iterable[Row]) -> Section:
    every = list(rows)
    return Section(title, icon, every[:MOST], max(0, len(every) - MOST))


def plate(vehicle: object) -> str:
    return getattr(vehicle, "plate_shown", "") or str(vehicle)


def orders(store: Store, *states: State) -> QuerySet[WorkOrder]:
    found = WorkOrder.objects.filter(store=store, state__in=states)
    return workorders.board_order(found).select_related("visit__vehicle", "visit__customer", "team", "technician")


def order_rows(found: Iterable[WorkOrder], now: datetime) -> Iterable[Row]:
    for order in found:
        yield Row(
            reverse("workorders:order", args=[order.pk]),
            plate(order.visit.vehicle),
            f"{order.visit.vehicle.model_name} · {order.visit.customer.salutation} · {order.get_state_display()}",
            short(order.promised_at, now),
            workorders.urgency(order, now),
        )


def waiting(desk: Desk) -> Section:
    rows = (
        Row(
            reverse("reception:lane"),
            plate(row.visit.vehicle),
            row.visit.customer.salutation,
            _("%(n)d min") % {"n": row.minutes},
            "red" if row.long else "",
        )
        for row in desk.lane.waiting
    )
    return cut(_("Customers waiting"), "hourglass-split", rows)


def due_today(desk: Desk) -> Section:
    rows = (
        Row(
            reverse("appointments:appointment", args=[a.pk]),
            plate(a.vehicle),
            f"{a.customer.salutation} · {a.reason[:60]}",
            short(a.starts_at, desk.now),
            "amber" if a.starts_at < desk.now else "",
        )
        for a in desk.lane.due
    )
    return cut(_("Appointments still to come today"), "calendar-check", rows)


def booked_today(desk: Desk) -> Section:
    """Tell the foreman of every appointment on the day it was made (2.1.8)."""
    start, end = appointments.day_bounds(desk.store, desk.now.astimezone(desk.store.zone).date())
    rows = (
        Row(
            reverse("appointments:appointment", args=[a.pk]),
            plate(a.vehicle),
            f"{a.vehicle.model_name} · {a.get_cause_display()} · {a.reason[:60]}",
            short(a.starts_at, desk.now),
        )
        for a in appointments.booked_between(desk.store, start, end)
    )
    return cut(_("Booked today"), "calendar-plus", rows)


def my_receptions(desk: Desk) -> Section:
    """Cars the advisor receives now, and those whose order is still to be written."""
    receiving = [v for v in desk.lane.receiving if v.advisor_id == desk.user.pk]
    taken_in = [v for v in desk.lane.taken_in if v.advisor_id == desk.user.pk]
    orders_of = WorkOrder.objects.filter(visit__in=taken_in).exclude(state=State.CANCELLED)
    written = set(orders_of.values_list("visit_id", flat=True))
    rows = (
        Row(
            reverse("reception:intake", args=[v.pk]),
            plate(v.vehicle),
            v.get_state_display(),
            short(v.received_at, desk.now),
        )
        for v in [*receiving, *(v for v in taken_in if v.pk not in written)]
    )
    return cut(_("My receptions"), "clipboard-check", rows)


def my_customers(desk: Desk) -> Section:
    """Cars the advisor has to write up, show, settle or release."""
    steps = [State.DRAFT, State.PASSED, State.HANDED_OVER, State.PAID]
    mine = orders(desk.store, *steps).filter(advisor=desk.user)
    return cut(_("My cars: next step at the desk"), "person-check", order_rows(mine, desk.now))


def late(desk: Desk) -> Section:
    danger = desk.now + timedelta(minutes=30)
    soon = orders(desk.store, *IN_WORKSHOP, State.FINISHED).filter(promised_at__lte=danger)
    return cut(_("Promises in danger"), "alarm", order_rows(soon, desk.now))


def to_dispatch(desk: Desk) -> Section:
    signed = orders(desk.store, State.SIGNED)
    return cut(_("Waiting for dispatch"), "diagram-3", order_rows(signed, desk.now))


def my_jobs(desk: Desk) -> Section:
    """What a technician's or leader's teams have; the foreman sees all teams."""
    jobs = orders(desk.store, State.DISPATCHED, State.IN_PROGRESS, State.REWORK)
    if not desk.user.has_role(Role.FOREMAN):
        jobs = jobs.filter(team__in=[*desk.user.teams.all(), *desk.user.led_teams.all()])
    return cut(_("Jobs of the team"), "wrench-adjustable", order_rows(jobs, desk.now))


def to_inspect(desk: Desk) -> Section:
    finished = orders(desk.store, State.FINISHED)
    return cut(_("To be checked"), "patch-check", order_rows(finished, desk.now))


def parts_wanted(desk: Desk) -> Section:
    still_open = PartLine.objects.filter(order=OuterRef("pk"), issued_at=None)
    wanted = orders(desk.store, State.DISPATCHED, State.IN_PROGRESS, State.REWORK).filter(Exists(still_open))
    return cut(_("Parts to hand out"), "box-seam", order_rows(wanted, desk.now))


def to_pay(desk: Desk) -> Section:
    return cut(_("To pay"), "cash-coin", order_rows(orders(desk.store, State.SETTLED), desk.now))


def calls(desk: Desk) -> Section:
    rows = (
        Row(
            reverse("followup:task", args=[task.pk]),
            plate(task.visit.vehicle),
            f"{task.customer.salutation} · {task.rule.name}",
            short(task.target, desk.now),
            "red" if task.due_at < desk.now else "",
        )
        for task in followup.worklist(desk.user, desk.store, desk.now)
    )
    return cut(_("Customers to contact"), "telephone-outbound", rows)


def messages(desk: Desk) -> Section:
    rows = (
        Row(
            reverse("admin:outbox_message_change", args=[message.pk]),
            message.recipient,
            f"{message.subject} · {message.get_state_display()}",
            short(message.due_at, desk.now),
            "red",
        )
        for message in outbox.unsettled(desk.store)
    )
    return cut(_("Messages that need a decision"), "envelope-exclamation", rows)


SECTIONS: list[tuple[str, Callable[[Desk], Section]]] = [
    ("reception.record_arrival", waiting),
    ("reception.receive_visit", my_receptions),
    ("reception.receive_visit", my_customers),
    ("reception.record_arrival", due_today),
    ("workorders.dispatch_workorder", to_dispatch),
    ("workorders.dispatch_workorder", booked_today),
    ("workorders.start_work", my_jobs),
    ("workorders.inspect_workorder", to_inspect),
    ("workorders.issue_parts", parts_wanted),
    ("workorders.take_payment", to_pay),
    ("appointments.view_appointment", late),
    ("followup.make_call", calls),
    ("outbox.release_message", messages),
]


def visits_of(vehicle: Vehicle, stores: QuerySet[Store]) -> QuerySet[Visit]:
    """Return a car's visits to these stores, newest first, with their orders, lines and settlements (2.2.7.1)."""
    orders = WorkOrder.objects.select_related("settlement__sheet", "authorisation").prefetch_related(
        "labour_lines", "part_lines"
    )
    visits = Visit.objects.filter(vehicle=vehicle, store__in=stores).select_related("store", "advisor", "customer")
    return visits.prefetch_related("complaints", Prefetch("orders", orders.order_by("opened_at"))).order_by(
        "-arrived_at"
    )
