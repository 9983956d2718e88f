"""The lists of the first page about the workshop's day: what to see, to ask, to put right, to look after."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from dealership.overview.desk import Desk
from dealership.overview.rows import Row, Section, cut, first_of, plate
from dealership.staff.templatetags.desk import short, yuan
from workorders import queries as workorders
from workorders.queries import money, progress, quality, risks
from workorders.queries.rules import rules_on


def alerts(desk: Desk) -> Section | None:
    """What the workshop or the desk has to see at once; gone once it was seen."""
    found, total = first_of(workorders.unseen(desk.store, desk.user))
    rows = (
        Row(
            reverse("workorders:order", args=[alert.order_id]),
            plate(alert.order.visit.vehicle),
            str(alert),
            short(alert.at, desk.now),
            "red",
        )
        for alert in found
    )
    return cut(_("To be seen at once"), "bell", rows, total) if found else None


def checked(desk: Desk) -> Section:
    """Signed checks whose key the workshop still has: countersign, and give key and place to the advisor (2.5.5)."""
    found, total = first_of(quality.passed_with_workshop(desk.store).select_related("visit__vehicle", "advisor"))
    rows = (
        Row(
            reverse("workorders:order", args=[order.pk]),
            plate(order.visit.vehicle),
            f"{order.visit.vehicle.model_name} · {order.advisor.full_name}",
            short(order.promised_at, desk.now),
        )
        for order in found
    )
    return cut(_("Checked: give key and place to the advisor"), "key", rows, total)


def forgotten_clocks(desk: Desk) -> Section | None:
    """Clocks that ran on after the store had closed."""
    found = workorders.forgotten(desk.store, desk.now)
    rows = (
        Row(
            reverse("workorders:clocks"),
            plate(one.clock.line.order.visit.vehicle),
            f"{one.clock.technician.full_name} · {one.clock.line}",
            short(one.clock.started_at, desk.now),
            "red",
        )
        for one in found
    )
    return cut(_("Forgotten clocks"), "stopwatch", rows, len(found)) if found else None


def to_ask(desk: Desk) -> Section | None:
    """Ask the workshop about the cars of this advisor while there is time to act, red once that is over (2.4.5.2)."""
    found = [one for one in progress.to_ask(desk.store, desk.now) if one.order.visit.advisor_id == desk.user.pk]
    rows = (
        Row(
            reverse("workorders:progress", args=[asked.order_id]),
            plate(asked.order.visit.vehicle),
            f"{asked.order.visit.vehicle.model_name} · {asked.order.team or asked.order.get_state_display()}",
            short(asked.closes_at, desk.now),
            progress.urgency_of(asked, desk.now),
        )
        for asked in found
    )
    return cut(_("Ask how far the work is"), "question-circle", rows, len(found)) if found else None


def in_danger(desk: Desk) -> Section:
    """Promises that will not be kept as it looks now, and why."""
    found = risks.risks(desk.store, desk.now, desk.calendar)
    rows = (
        Row(
            reverse("workorders:order", args=[risk.order.pk]),
            plate(risk.order.visit.vehicle),
            f"{risk.order.visit.vehicle.model_name} · {risk.order.visit.customer.salutation} · {risk.words}",
            short(risk.order.promised_at, desk.now),
            risk.urgency,
        )
        for risk in found
    )
    section = cut(_("Promises in danger"), "alarm", rows, len(found))
    return replace(section, url=reverse("workorders:risks")) if desk.user.has_perm(WORKSHOP) else section


WORKSHOP = "workorders.view_workorder"


def untouched(desk: Desk) -> Section | None:
    """Orders nobody touched for longer than the store lets pass."""
    minutes = rules_on(desk.store, desk.today).untouched_minutes
    found = risks.untouched(desk.store, desk.now, minutes, desk.calendar)
    rows = (
        Row(
            reverse("workorders:order", args=[one.order.pk]),
            plate(one.order.visit.vehicle),
            f"{one.order.get_state_display()} · {one.words}",
            short(one.since, desk.now),
            "amber",
        )
        for one in found
    )
    return (
        replace(cut(_("Untouched orders"), "clock-history", rows, len(found)), url=reverse("workorders:risks"))
        if found
        else None
    )


def to_pay(desk: Desk) -> Section:
    """What customers owe at the cashier's desk; he needs the car and the name, not the order."""
    due, total = first_of(money.to_pay(desk.store))
    rows = (
        Row(
            reverse("workorders:pay", args=[sheet.pk]),
            plate(sheet.order.visit.vehicle),
            f"{sheet.order.visit.customer.board_name(plate(sheet.order.visit.vehicle))} · {yuan(sheet.due_fen)}",
            short(sheet.posted_at, desk.now),
        )
        for sheet in due
    )
    return replace(cut(_("To pay"), "cash-coin", rows, total), url=reverse("workorders:cashier"))
