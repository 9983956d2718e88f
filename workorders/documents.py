"""The authorisation (任务委托书, F7) and the settlement sheet (结算单, F16) as content frozen at issue."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership import money
from reception.documents import phone
from workorders import queries
from workorders.models import LabourLine, PartLine, Warranty, WorkOrder


def heading(order: WorkOrder) -> list[list[str]]:
    visit = order.visit
    return [
        [_("Order"), order.number],
        [_("Plate"), visit.vehicle.plate_shown],
        [_("VIN"), visit.vehicle.vin],
        [_("Model"), f"{visit.vehicle.make} {visit.vehicle.model_name}".strip()],
        [_("Mileage"), f"{visit.mileage} km"],
        [_("Customer"), visit.customer.name],
        [_("Phone"), phone(visit.customer)],
        [_("Advisor"), f"{order.advisor.full_name} {order.advisor.phone}".strip()],
    ]


def after_diagnosis() -> str:
    return _("after diagnosis")


def paid_by(line: LabourLine | PartLine) -> str:
    """Say who pays a line; of work, also how the warranty stands (2.2.4.2)."""
    if isinstance(line, LabourLine) and line.warranty in (Warranty.IN, Warranty.UNCLEAR):
        return f"{line.pays_label} ({line.get_warranty_display()})"
    return line.pays_label


def lines(order: WorkOrder) -> list[dict[str, Any]]:
    """Return labour and parts as tables with their sums to the fen (2.2.7.3), then what was declined (3.2.4.1).

    What nobody can price yet says so (2.2.7.5).
    """
    total = queries.totals(order)
    works, parts = list(order.labour_lines.all()), list(order.part_lines.all())
    shares = [[_("pays: %(payer)s") % {"payer": name}, money.written(fen)] for name, fen in total.shares]
    whole = [_("Total, without what is priced after the diagnosis") if total.pending else _("Total")]
    labour_table = {
        "title": _("Labour"),
        "columns": [_("Work"), _("Hours"), _("Per hour"), _("Payer"), _("Amount")],
        "rows": [
            [
                line.description,
                formats.number_format(line.hours),
                money.written(line.rate_fen),
                paid_by(line),
                after_diagnosis() if line.pending else money.written(line.amount_fen),
            ]
            for line in works
            if line.wanted
        ],
        "totals": [[_("Labour"), money.written(total.labour_fen)]],
    }
    parts_table = {
        "title": _("Parts"),
        "columns": [_("Part"), _("Quantity"), _("Each"), _("Payer"), _("Amount")],
        "rows": [
            [
                line.description,
                str(line.quantity),
                money.written(line.unit_price_fen),
                paid_by(line),
                money.written(line.amount_fen) if line.counts else after_diagnosis(),
            ]
            for line in parts
            if line.wanted
        ],
        "totals": [
            [_("Parts"), money.written(total.parts_fen)],
            [*whole, money.written(total.total_fen)],
            *shares,
        ],
    }
    return [labour_table, parts_table, *declined_lines([*works, *parts])]


def declined_lines(both: list[LabourLine | PartLine]) -> list[dict[str, Any]]:
    rows = [[line.description, line.decision_reason] for line in both if not line.wanted]
    columns = [_("Work or part"), _("Reason")]
    return [{"title": _("Advised, declined by the customer"), "columns": columns, "rows": rows}] if rows else []


def authorisation(order: WorkOrder) -> dict[str, Any]:
    complaints = {
        "title": _("In the customer's own words"),
        "columns": ["#", _("Complaint")],
        "rows": [[str(c.position), c.words] for c in order.visit.complaints.all()],
    }
    return {
        "title": _("Work order"),
        "fields": [
            *heading(order),
            [_("Promised for"), when(order, order.promised_at)],
            [_("Will pay by"), str(order.get_payment_method_display())],
            [_("Old parts"), str(order.get_old_parts_display())],
        ],
        "tables": [complaints, *lines(order)],
        "notes": [
            _("Prices are the estimate on this day. We do no further work without asking you first."),
            _("The delivery procedure was explained and the phone number was checked."),
        ],
    }


def settlement(order: WorkOrder, call_window: str) -> dict[str, Any]:
    notes = [_("Our service centre will call you within 3 days and ask how the car is.")]
    if order.advice:
        notes.insert(0, _("Advice: %(text)s") % {"text": order.advice})
    next_km = f"{order.next_service_km} km" if order.next_service_km else ""
    next_on = formats.date_format(order.next_service_on, "SHORT_DATE_FORMAT") if order.next_service_on else ""
    return {
        "title": _("Settlement"),
        "fields": [
            *heading(order),
            [_("Next service"), f"{next_on} {next_km}".strip()],
            [_("Calls welcome"), call_window or _("at any time")],
        ],
        "tables": lines(order),
        "notes": notes,
    }


def gate_pass(order: WorkOrder, code: str) -> dict[str, Any]:
    return {
        "title": _("Gate pass"),
        "fields": [
            [_("Plate"), order.visit.vehicle.plate_shown or order.visit.vehicle.vin],
            [_("Model"), f"{order.visit.vehicle.make} {order.visit.vehicle.model_name}".strip()],
            [_("Order"), order.number],
            [_("Code"), code],
        ],
        "tables": [],
        "notes": [_("Nothing is due. This pass opens the gate once.")],
    }


def when(order: WorkOrder, moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment, order.store.zone), "SHORT_DATETIME_FORMAT")
