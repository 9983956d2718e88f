"""What the customer takes home for the time until his next visit: his car's maintenance plan (保养计划, F23)."""

from datetime import date
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership.customers import queries as customers
from dealership.customers.models import PlanLine, Vehicle
from workorders.documents import declined_lines, heading, next_service
from workorders.models import DeliveryWalk


def maintenance_plan(walk: DeliveryWalk) -> dict[str, Any]:
    """Return what is due, what was advised, and what the driver may check himself and what not (3.5.1.4, 3.2.2.5)."""
    order, vehicle = walk.order, walk.order.visit.vehicle
    inspection_on = walk.inspection_on or vehicle.inspection_due_on
    visit = f"{walk.get_next_visit_display()} {walk.next_visit_words}".strip()
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
            *planned(vehicle),
            *advised(vehicle),
            *declined_lines([*order.labour_lines.all(), *order.part_lines.all()]),
            *care(vehicle),
        ],
        "notes": [
            *(words % {"text": text} for words, text in said if text),
            _("Whichever comes first, the day or the mileage. Please call us for an appointment a few days before."),
            _("If you are in doubt, please do not open anything and call us."),
        ],
    }


def day(on: date | None) -> str:
    return formats.date_format(on, "SHORT_DATE_FORMAT") if on else ""


def planned(vehicle: Vehicle) -> list[dict[str, Any]]:
    """Return the lines of the plan, the soonest first, then those that were done."""
    rows = [
        [line.item, day(line.due_on), f"{line.due_km} km" if line.due_km else "", standing(line)]
        for line in customers.maintenance_plan(vehicle)
    ]
    columns = [_("Maintenance"), _("Due on"), _("Due at"), _("State")]
    return [{"title": _("Planned for this car"), "columns": columns, "rows": rows}] if rows else []


def standing(line: PlanLine) -> str:
    ended = day(timezone.localtime(line.ended_at).date()) if line.ended_at else ""
    return f"{line.get_state_display()} {ended}".strip()


def advised(vehicle: Vehicle) -> list[dict[str, Any]]:
    rows = [[one.words, one.reason] for one in customers.open_recommendations(vehicle)]
    columns = [_("We recommend"), _("Why not now")]
    return [{"title": _("Recommended, not done yet"), "columns": columns, "rows": rows}] if rows else []


def care(vehicle: Vehicle) -> list[dict[str, Any]]:
    """Return the colour card of the car as a table (F24)."""
    rows = [[line.component, str(line.colour.label), line.who, line.reason] for line in customers.care_card(vehicle)]
    columns = [_("Component"), _("Colour"), _("Who may check it"), _("Reason")]
    return [{"title": _("What you may check yourself"), "columns": columns, "rows": rows}] if rows else []
