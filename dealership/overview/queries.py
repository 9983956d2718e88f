"""What needs this person now, across the whole visit; read-only."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments import queries as appointments
from dealership.customers.models import Vehicle
from dealership.outbox import queries as outbox
from dealership.overview import shop
from dealership.overview.desk import Desk
from dealership.overview.rows import Row, Section, cut, first_of, order_rows, plate
from dealership.staff.models import Store, User
from dealership.staff.templatetags.desk import short
from followup import queries as followup
from reception.models import Point, Visit
from workorders.models import WorkOrder

AT_ONCE = 11  # lists in one part of the page: with more, the page asks the database too often


def needs(user: User, store: Store, now: datetime, *, rest: bool = False) -> list[Section]:
    """Return the lists this person's roles act on, those with work first; `rest` is those after the first part."""
    desk = Desk(user, store, now)
    builders = lists_of(user)
    sections = [build(desk) for build in (builders[AT_ONCE:] if rest else builders[:AT_ONCE])]
    return sorted(filter(None, sections), key=lambda section: not section.rows)


def has_rest(user: User) -> bool:
    """Say whether the lists of this person take a second part of the page: the manager's do."""
    return len(lists_of(user)) > AT_ONCE


def lists_of(user: User) -> list[Callable[[Desk], Section | None]]:
    return [build for permission, build in SECTIONS if user.has_perm(permission)]


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
    return cut(_("Customers waiting"), "hourglass-split", rows, len(desk.lane.waiting))


def due_today(desk: Desk) -> Section:
    grace = timedelta(minutes=desk.rules.grace_minutes)
    rows = (
        Row(
            reverse("appointments:appointment", args=[a.pk]),
            plate(a.vehicle),
            f"{a.customer.salutation} · {a.reason[:60]}",
            short(a.starts_at, desk.now),
            "amber" if a.starts_at + grace < desk.now else "",
        )
        for a in desk.due
    )
    return cut(_("Appointments still to come today"), "calendar-check", rows, len(desk.due))


def booking_calls(desk: Desk) -> Section:
    """Who is to be called about a promised time (2.1.10, 3.1.3.6, 3.1.3.7)."""
    due, total = first_of(appointments.calls_due(desk.store, desk.now))
    rows = (
        Row(
            reverse("appointments:call", args=[call.pk]),
            plate(call.appointment.vehicle),
            f"{call.appointment.customer.salutation} · {call.get_kind_display()}",
            short(call.limit_at, desk.now),
            "red" if call.overdue(desk.now) else "",
        )
        for call in due
    )
    return cut(_("Calls about appointments"), "telephone", rows, total)


def unkept(desk: Desk) -> Section | None:
    """Promises the store cannot keep any more: each leads to where another time is agreed."""
    found = desk.promises_in("unkept")
    rows = (
        Row(
            reverse("appointments:move", args=[made.pk]),
            plate(made.vehicle),
            f"{made.customer.salutation} · {appointments.why_unkept(made)}",
            short(made.starts_at, desk.now),
            "red",
        )
        for made in found
    )
    if not found:
        return None
    section = cut(_("Appointments that cannot be kept"), "calendar-x", rows, len(found))
    return replace(section, url=reverse("appointments:unkept"))


def to_prepare(desk: Desk) -> Section:
    """The welcome board that does not stand yet (3.1.3.4), and cars that come soon and are not ready (3.1.1.8)."""
    soon = desk.promises_in("unready")
    rows = (
        Row(
            reverse("appointments:preparation"),
            plate(a.vehicle),
            f"{a.customer.salutation} · {a.reason[:60]}",
            short(a.starts_at, desk.now),
            "red",
        )
        for a in soon
    )
    board = [*unchecked(desk), *missing_board(desk)]
    return cut(_("Not prepared yet"), "list-check", [*board, *rows], len(board) + len(soon))


def unchecked(desk: Desk) -> Iterable[Row]:
    """Remind of the opening checklist until it is done (2.2.1.1, 2.2.1.2)."""
    if desk.hours is None or desk.closed or not desk.user.has_perm("reception.record_arrival"):
        return
    if missing := len(Point) - desk.opening[1]:
        text = ngettext("%(n)d point is not done.", "%(n)d points are not done.", missing) % {"n": missing}
        late = "red" if desk.now >= desk.hours[0] else ""
        yield Row(reverse("reception:opening"), _("Opening checklist"), text, short(desk.hours[0], desk.now), late)


def missing_board(desk: Desk) -> Iterable[Row]:
    if not desk.due or desk.hours is None or not desk.hours[0] < desk.now < desk.hours[1]:
        return
    if not desk.opening[0]:
        text = _("The board with today's customers is not put up yet.")
        yield Row(reverse("appointments:welcome"), _("Welcome board"), text, short(desk.hours[0], desk.now), "red")


def notices(desk: Desk) -> Section:
    """What the foreman was told of appointments and has not seen (2.1.8); he sees it on the day it was decided."""
    unseen, total = first_of(appointments.unseen_notices(desk.store))
    rows = (
        Row(
            reverse("appointments:notices"),
            plate(told.appointment.vehicle),
            f"{told.get_about_display()} · {told.appointment.vehicle.model_name} · {told.appointment.reason[:60]}",
            short(told.appointment.starts_at, desk.now),
            "red" if desk.closed or told.due_at < desk.now else "",
        )
        for told in unseen
    )
    return cut(_("Notices of appointments"), "bell", rows, total)


def unseen_at_close(desk: Desk) -> Section | None:
    """Warn the booking desk once the store has closed and the foreman has not seen the day's notices (2.1.8)."""
    if not desk.closed:
        return None
    rows = [
        Row(
            reverse("appointments:appointment", args=[told.appointment_id]),
            plate(told.appointment.vehicle),
            f"{told.get_about_display()} · {told.appointment.customer.salutation}",
            short(told.appointment.starts_at, desk.now),
            "red",
        )
        for told in appointments.notices_unseen_at_close(desk.store, desk.now, desk.closed)
    ]
    return cut(_("The foreman has not seen these today"), "bell-slash", rows, len(rows)) if rows else None


def parts_to_put_aside(desk: Desk) -> Section:
    """Cars with parts the parts desk has not looked at, a line for each car, those of high value first (2.1.6)."""
    wanted, total = first_of(appointments.cars_wanting_parts(desk.store, desk.today))
    rows = (
        Row(
            reverse("appointments:parts"),
            plate(one.vehicle),
            ngettext("%(n)d part", "%(n)d parts", one.lines) % {"n": one.lines},
            short(one.starts_at, desk.now),
            "amber" if one.costly else "",
        )
        for one in wanted
    )
    return cut(_("Parts to put aside"), "box2", rows, total)


def my_receptions(desk: Desk) -> Section:
    """Cars the advisor receives now, and those whose order is still to be written."""
    receiving = [v for v in desk.lane.receiving if v.advisor_id == desk.user.pk]
    taken_in = [v for v in desk.lane.taken_in if v.advisor_id == desk.user.pk]
    written = {order.visit_id for order in desk.orders_in("written")}
    mine = [*receiving, *(v for v in taken_in if v.pk not in written)]
    rows = (
        Row(
            reverse("reception:intake", args=[v.pk]),
            plate(v.vehicle),
            v.get_state_display(),
            short(v.received_at, desk.now),
        )
        for v in mine
    )
    return cut(_("My receptions"), "clipboard-check", rows, len(mine))


def of_orders(name: str, title: str | Promise, icon: str) -> Callable[[Desk], Section]:
    """Make the list of the orders that `ORDERS` puts under a name."""

    def section(desk: Desk) -> Section:
        found = desk.orders_in(name)
        return cut(str(title), icon, order_rows(found, desk.now), len(found))

    return section


def calls(desk: Desk) -> Section:
    owed = list(followup.worklist(desk.user, desk.store, desk.now).prefetch_related(None))
    rows = (
        Row(
            reverse("followup:task", args=[task.pk]),
            plate(task.visit.vehicle),
            f"{task.customer.salutation} · {task.rule.name}",
            short(task.target, desk.now),
            "red" if task.due_at < desk.now else "",
        )
        for task in owed
    )
    return cut(_("Customers to contact"), "telephone-outbound", rows, len(owed))


def messages(desk: Desk) -> Section:
    unsettled, total = first_of(outbox.unsettled(desk.store))
    rows = (
        Row(
            reverse("admin:outbox_message_change", args=[message.pk]),
            message.recipient,
            f"{message.subject} · {message.get_state_display()}",
            short(message.due_at, desk.now),
            "red",
        )
        for message in unsettled
    )
    return cut(_("Messages that need a decision"), "envelope-exclamation", rows, total)


SECTIONS: list[tuple[str, Callable[[Desk], Section | None]]] = [
    ("workorders.see_alert", shop.alerts),
    ("reception.record_arrival", waiting),
    ("reception.receive_visit", shop.to_ask),
    ("reception.receive_visit", my_receptions),
    ("reception.receive_visit", of_orders("mine", gettext_lazy("My cars: next step at the desk"), "person-check")),
    ("appointments.book_appointment", unkept),
    ("appointments.book_appointment", booking_calls),
    ("reception.record_arrival", due_today),
    ("appointments.prepare_appointment", to_prepare),
    ("appointments.book_appointment", unseen_at_close),
    ("workorders.dispatch_workorder", of_orders("signed", gettext_lazy("Waiting for dispatch"), "diagram-3")),
    ("workorders.take_from_reception", shop.checked),
    ("appointments.see_notice", notices),
    ("workorders.start_work", of_orders("jobs", gettext_lazy("Jobs of the team"), "wrench-adjustable")),
    ("workorders.correct_clock", shop.forgotten_clocks),
    ("workorders.inspect_workorder", of_orders("finished", gettext_lazy("To be checked"), "patch-check")),
    ("workorders.issue_parts", of_orders("parts", gettext_lazy("Parts to hand out"), "box-seam")),
    ("appointments.prepare_parts", parts_to_put_aside),
    ("workorders.take_payment", shop.to_pay),
    ("appointments.view_appointment", shop.in_danger),
    ("workorders.dispatch_workorder", shop.untouched),
    ("followup.make_call", calls),
    ("outbox.release_message", messages),
]


def visits_of(vehicle: Vehicle, stores: QuerySet[Store]) -> QuerySet[Visit]:
    """Return a car's visits to these stores, newest first, with their orders, lines and settlements (2.2.7.1)."""
    orders = WorkOrder.objects.select_related("authorisation").prefetch_related("labour_lines", "part_lines")
    visits = Visit.objects.filter(vehicle=vehicle, store__in=stores).select_related("store", "advisor", "customer")
    return visits.prefetch_related("complaints", Prefetch("orders", orders.order_by("opened_at"))).order_by(
        "-arrived_at"
    )
