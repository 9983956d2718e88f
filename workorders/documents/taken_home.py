"""What the customer takes home for the time until his next visit: his car's maintenance plan (保养计划, F23)."""

from datetime import date
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership.customers import queries as customers
from dealership.customers.models import PlanLine, Vehicle
from workorders.documents import declined_lines, heading, next_service
from workorders.models import DeliveryWalk, NextVisit, WorkOrder


def maintenance_plan(walk: DeliveryWalk) -> dict[str, Any]:
    """Return what is due, what was advised, and what the driver may check himself and what not (3.5.1.4, 3.2.2.5)."""
    order, vehicle = walk.order, walk.order.visit.vehicle
    inspection_on = walk.inspection_on or vehicle.inspection_due_on
    visit = f"{walk.get_next_visit_display()} {walk.next_visit_words or coming(walk)}".strip()
    said = [
        (_("What to mind when driving: %(text)s"), walk.use_notes),
        (_("Spare wheel and tools: %(text)s"), walk.spare_result),
    ]
    return {
        "title": _("Maintenance plan"),
        "fields": [
            *heading(order),
            next_service(order),
            *([[_("Annual inspection due on"), day(inspection_on)]] if inspection_on else []),
            [_("Next appointment"), visit],
        ],
        "tables": [
            *planned(order),
            *advised(order),
            *declined_lines([*order.labour_lines.all(), *order.part_lines.all()]),
            *care(vehicle),
        ],
        "notes": [
            *(words % {"text": text} for words, text in said if text),
            _("Whichever comes first, the day or the mileage. Please call us for an appointment a few days before."),
            _("If you are in doubt, please do not open anything and call us."),
        ],
    }


def coming(walk: DeliveryWalk) -> str:
    """Return when the appointment is that was booked meanwhile, in words."""
    booked = appointments.coming(walk.order.visit.vehicle, walk.at) if walk.next_visit == NextVisit.BOOKED else None
    if booked is None:
        return ""
    return formats.date_format(timezone.localtime(booked.starts_at, booked.store.zone), "SHORT_DATETIME_FORMAT")


def day(on: date | None) -> str:
    return formats.date_format(on, "SHORT_DATE_FORMAT") if on else ""


def planned(order: WorkOrder) -> list[dict[str, Any]]:
    """Return the lines of the plan, the soonest first, then those that were done; what this order did is done today."""
    codes = {line.operation.code for line in order.labour_lines.select_related("operation") if line.wanted}
    lines = list(customers.maintenance_plan(order.visit.vehicle))
    today = [line for line in lines if line.state == PlanLine.State.OPEN and line.code in codes]
    rows = [
        [line.item, day(line.due_on), f"{line.due_km} km" if line.due_km else "", standing(line, line in today)]
        for line in [*(one for one in lines if one not in today), *today]
    ]
    columns = [_("Maintenance"), _("Due on"), _("Due at"), _("State")]
    return [{"title": _("Planned for this car"), "columns": columns, "rows": rows}] if rows else []


def standing(line: PlanLine, done_today: bool) -> str:
    if done_today:
        return _("done today")
    ended = day(timezone.localtime(line.ended_at).date()) if line.ended_at else ""
    return f"{line.get_state_display()} {ended}".strip()


def advised(order: WorkOrder) -> list[dict[str, Any]]:
    """Return what was advised and neither done nor declined on this order; what he declined has a table of its own."""
    here = order.labour_lines.exclude(recommendation=None).values("recommendation")
    advice = customers.open_recommendations(order.visit.vehicle).exclude(pk__in=here)
    rows = [[one.words, one.reason] for one in advice]
    columns = [_("We recommend"), _("Why not now")]
    return [{"title": _("Recommended, not done yet"), "columns": columns, "rows": rows}] if rows else []


def care(vehicle: Vehicle) -> list[dict[str, Any]]:
    """Return the colour card of the car as a table (F24)."""
    rows = [[line.component, str(line.colour.label), line.who, line.reason] for line in customers.care_card(vehicle)]
    columns = [_("Component"), _("Colour"), _("Who may check it"), _("Reason")]
    return [{"title": _("What you may check yourself"), "columns": columns, "rows": rows}] if rows else []
