"""What needs this person now, across the whole visit; read-only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership.outbox import queries as outbox
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.staff.templatetags.desk import short
from followup import queries as followup
from reception import queries as reception
from workorders import queries as workorders
from workorders.models import WorkOrder
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


def needs(user: User, store: Store, now: datetime) -> list[Section]:
    """Return the lists this person's roles act on, those with work first."""
    sections = [
        build(user, store, now) for permission, build in SECTIONS if not permission or user.has_perm(permission)
    ]
    found = [section for section in sections if section is not None]
    return sorted(found, key=lambda section: not section.rows)


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


def waiting(user: User, store: Store, now: datetime) -> Section:
    lane = reception.lane(store, now)
    rows = (
        Row(
            reverse("reception:lane"),
            plate(row.visit.vehicle),
            row.visit.customer.salutation,
            _("%(n)d min") % {"n": row.minutes},
            "red" if row.long else "",
        )
        for row in lane.waiting
    )
    return cut(_("Customers waiting"), "hourglass-split", rows)


def due_today(user: User, store: Store, now: datetime) -> Section:
    today = now.astimezone(store.zone).date()
    rows = (
        Row(
            reverse("appointments:appointment", args=[a.pk]),
            plate(a.vehicle),
            f"{a.customer.salutation} · {a.reason[:60]}",
            short(a.starts_at, now),
            "amber" if a.starts_at < now else "",
        )
        for a in appointments.arrivals_due(store, today)
    )
    return cut(_("Appointments still to come today"), "calendar-check", rows)


def booked_today(user: User, store: Store, now: datetime) -> Section:
    """Tell the foreman of every appointment on the day it was made (2.1.8)."""
    start, end = appointments.day_bounds(store, now.astimezone(store.zone).date())
    rows = (
        Row(
            reverse("appointments:appointment", args=[a.pk]),
            plate(a.vehicle),
            f"{a.vehicle.model_name} · {a.get_cause_display()} · {a.reason[:60]}",
            short(a.starts_at, now),
        )
        for a in appointments.booked_between(store, start, end)
    )
    return cut(_("Booked today"), "calendar-plus", rows)


def my_receptions(user: User, store: Store, now: datetime) -> Section:
    lane = reception.lane(store, now)
    without_order = [v for v in lane.taken_in if v.advisor_id == user.pk and not v.orders.exists()]
    mine = [v for v in lane.receiving if v.advisor_id == user.pk] + without_order
    rows = (
        Row(
            reverse("reception:intake", args=[v.pk]), plate(v.vehicle), v.get_state_display(), short(v.received_at, now)
        )
        for v in mine
    )
    return cut(_("My receptions"), "clipboard-check", rows)


def my_customers(user: User, store: Store, now: datetime) -> Section:
    """Cars the advisor has to write up, show, settle or release."""
    mine = orders(store, State.DRAFT, State.PASSED, State.HANDED_OVER, State.PAID).filter(advisor=user)
    return cut(_("My cars: next step at the desk"), "person-check", order_rows(mine, now))


def late(user: User, store: Store, now: datetime) -> Section:
    soon = orders(store, *IN_WORKSHOP, State.FINISHED).filter(promised_at__lte=now + timedelta(minutes=30))
    return cut(_("Promises in danger"), "alarm", order_rows(soon, now))


def to_dispatch(user: User, store: Store, now: datetime) -> Section:
    return cut(_("Waiting for dispatch"), "diagram-3", order_rows(orders(store, State.SIGNED), now))


def my_jobs(user: User, store: Store, now: datetime) -> Section:
    """What a technician's or leader's teams have; the foreman sees all teams."""
    jobs = orders(store, State.DISPATCHED, State.IN_PROGRESS, State.REWORK)
    if not user.has_role(Role.FOREMAN):
        jobs = jobs.filter(team__in=[*user.teams.all(), *user.led_teams.all()])
    return cut(_("Jobs of the team"), "wrench-adjustable", order_rows(jobs, now))


def to_inspect(user: User, store: Store, now: datetime) -> Section:
    return cut(_("To be checked"), "patch-check", order_rows(orders(store, State.FINISHED), now))


def parts_wanted(user: User, store: Store, now: datetime) -> Section:
    wanted = orders(store, State.DISPATCHED, State.IN_PROGRESS, State.REWORK).filter(part_lines__issued_at=None)
    wanted = wanted.filter(part_lines__isnull=False).distinct()
    return cut(_("Parts to hand out"), "box-seam", order_rows(wanted, now))


def to_pay(user: User, store: Store, now: datetime) -> Section:
    return cut(_("To pay"), "cash-coin", order_rows(orders(store, State.SETTLED), now))


def calls(user: User, store: Store, now: datetime) -> Section:
    rows = (
        Row(
            reverse("followup:task", args=[task.pk]),
            plate(task.visit.vehicle),
            f"{task.customer.salutation} · {task.rule.name}",
            short(task.target, now),
            "red" if task.due_at < now else "",
        )
        for task in followup.worklist(user, store, now)[: MOST + 1]
    )
    return cut(_("Customers to contact"), "telephone-outbound", rows)


def messages(user: User, store: Store, now: datetime) -> Section:
    rows = (
        Row(
            reverse("admin:outbox_message_change", args=[message.pk]),
            message.recipient,
            f"{message.subject} · {message.get_state_display()}",
            short(message.due_at, now),
            "red",
        )
        for message in outbox.unsettled(store)
    )
    return cut(_("Messages that need a decision"), "envelope-exclamation", rows)


SECTIONS: list[tuple[str, Callable[[User, Store, datetime], Section]]] = [
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
