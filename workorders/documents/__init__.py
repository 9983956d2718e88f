"""The papers of an order, frozen at issue: authorisation (F7), in-plant repair slip (F9); `bills` has what is paid."""

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership import money
from dealership.customers import numbers
from dealership.staff.models import Store, User
from reception.documents import phone
from reception.models import Visit
from workorders import queries
from workorders.models import (
    AdditionalItem,
    Assignment,
    Decision,
    IssueSlipLine,
    LabourLine,
    PartLine,
    Warranty,
    WorkOrder,
)
from workorders.states import State


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


def next_service(order: WorkOrder) -> list[str]:
    """Name the day and the mileage the customer was told at the car (2.6.4.5)."""
    on = formats.date_format(order.next_service_on, "SHORT_DATE_FORMAT") if order.next_service_on else ""
    km = f"{order.next_service_km} km" if order.next_service_km else ""
    return [_("Next service"), f"{on} {km}".strip()]


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
                sold_as(line),
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
                sold_as(line),
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


def sold_as(line: LabourLine | PartLine) -> str:
    """Return what a line is called, with the package whose price it shares."""
    return f"{line.description} ({line.package.name_shown})" if line.package else line.description


def declined_lines(both: list[LabourLine | PartLine]) -> list[dict[str, Any]]:
    rows = [[line.description, line.decision_reason] for line in both if line.decision == Decision.DECLINED]
    columns = [_("Work or part"), _("Reason")]
    return [{"title": _("Advised, declined by the customer"), "columns": columns, "rows": rows}] if rows else []


def title(order: WorkOrder) -> str:
    """Name the order; one whose fault is still to be found is an order for its diagnosis (2.2.4.5)."""
    return _("Work order (diagnosis)") if queries.totals(order).pending else _("Work order")


def authorisation(order: WorkOrder, *, replaces: str = "") -> dict[str, Any]:
    """Return everything the customer agrees to (F7), `replaces` the number of the paper it takes the place of."""
    complaints = {
        "title": _("In the customer's own words"),
        "columns": ["#", _("Complaint")],
        "rows": [[str(c.position), c.words] for c in order.visit.complaints.all()],
    }
    return {
        "title": title(order),
        "fields": [*heading(order), *agreed(order)],
        "tables": [complaints, *lines(order)],
        "notes": ([_("This paper replaces %(number)s.") % {"number": replaces}] if replaces else []) + terms(order),
    }


def agreed(order: WorkOrder) -> list[list[str]]:
    """Return the head of the order as the customer was asked for it."""
    day = order.valid_until
    other = f"{order.other_contact} {numbers.shown(order.other_phone, order.store.region)}".strip()
    return [
        [_("Class"), str(order.get_order_class_display())],
        [_("Promised for"), when(order, order.promised_at) if order.promised_at else _("not promised yet")],
        [_("Estimate valid until"), formats.date_format(day, "SHORT_DATE_FORMAT") if day else _("no limit")],
        [_("Will pay by"), str(order.get_payment_method_display()) or _("not said")],
        [_("Old parts"), str(order.get_old_parts_display()) or _("not said")],
        [_("Car wash"), _("wanted") if order.wash_wanted else _("not wanted")],
        [_("Meanwhile the customer"), _("waits here") if order.visit.waits_here else _("leaves")],
        [_("Other contact"), other or _("none")],
    ]


def terms(order: WorkOrder) -> list[str]:
    """Return what holds for this order, said in sentences (2.2.9.2-2.2.9.5)."""
    told = [_("The delivery procedure was explained.")] if order.delivery_told_at else []
    if order.phone_checked_at:
        told.append(_("The phone number was checked with the customer."))
    return [
        _("Prices are the estimate on this day."),
        _("If more work turns out to be needed, we call you, and do and charge it only after you agree."),
        _("Parts replaced under warranty go back to the manufacturer, whatever was chosen for old parts."),
        *told,
        _("The car is handed back against payment, with the settlement sheet and the gate pass."),
        _("Please take money, papers and other valuables with you."),
    ]


def dispatch_sheet(given: Assignment, work: list[LabourLine]) -> dict[str, Any]:
    """Return the dispatch sheet of one team (派工单, F8): every symptom, every item, what goes with the car."""
    order, visit = given.order, given.order.visit
    mine = {line.pk for line in work}
    wanted = order.part_lines.select_related("part").wanted()
    parts = [part for part in wanted if part.labour_id in mine or (given.lead and not part.labour_id)]
    answers = {line.complaint_id: line.description for line in work}
    told = [_("To be minded: %(words)s") % {"words": words} for words in notes_of(order)]
    stays = [_("Stays in the car, do not touch: %(things)s") % {"things": visit.belongings}] if visit.belongings else []
    return {
        "title": _("Dispatch sheet"),
        "fields": [*heading(order), *planned_for(given)],
        "tables": [
            {
                "title": _("In the customer's own words"),
                "columns": ["#", _("Complaint"), _("Answered by")],
                "rows": [[str(c.position), c.words, answers.get(c.pk, "")] for c in visit.complaints.all()],
            },
            {
                "title": _("Work"),
                "columns": [_("Item code"), _("Work"), _("Hours"), _("Amount"), _("Technician"), _("Begun, ended")],
                "rows": [
                    [
                        line.operation.code,
                        line.description,
                        formats.number_format(line.hours),
                        after_diagnosis() if line.pending else money.written(line.amount_fen),
                        "",
                        "",
                    ]
                    for line in work
                ],
            },
            {
                "title": _("Parts"),
                "columns": [_("Part number"), _("Part"), _("Quantity"), _("Amount")],
                "rows": [
                    [line.part.number, line.description, str(line.quantity), money.written(line.amount_fen)]
                    for line in parts
                ],
            },
        ],
        "notes": [
            *told,
            *stays,
            _("More work is never begun before the customer has agreed and the desk has handed over its slip."),
            _("Quality check (name, time): ______________________"),
        ],
    }


def planned_for(given: Assignment) -> list[list[str]]:
    """Return who does it, where and when, as the board shows it (2.3.5)."""
    order = given.order
    return [
        [_("Team"), given.team.name],
        [_("Bay"), given.bay.name if given.bay else _("none yet")],
        [_("Planned"), f"{when(order, given.starts_at)} – {when(order, given.ends_at)}"],
        [_("Priority"), str(order.get_priority_display())],
        [_("Arrived"), when(order, order.visit.arrived_at)],
        [_("Promised for"), when(order, order.promised_at)],
        [_("Parked at"), order.parked_at or _("not said")],
        [_("Old parts"), str(order.get_old_parts_display())],
        [_("Phone checked"), _("yes") if order.phone_checked_at else _("no phone")],
        [_("Signed work order"), order.authorisation.number if order.authorisation else ""],
    ]


def notes_of(order: WorkOrder) -> list[str]:
    """Return what was to be minded at each handover."""
    told = order.handovers.filter(withdrawn_at=None).exclude(notes="").order_by("given_at", "pk")
    return list(dict.fromkeys(told.values_list("notes", flat=True)))


def gate_pass(visit: Visit, code: str, address: str, valid_until: datetime) -> dict[str, Any]:
    """Return the 出門證 (F17); `address` is what its picture holds, the guard's page of this pass."""
    orders = visit.orders.exclude(state=State.CANCELLED).order_by("opened_at", "pk")
    return {
        "title": _("Gate pass"),
        "fields": [
            [_("Plate"), visit.vehicle.plate_shown or visit.vehicle.vin],
            [_("Model"), f"{visit.vehicle.make} {visit.vehicle.model_name}".strip()],
            [_("Order"), "、".join(orders.values_list("number", flat=True))],
            [_("Valid until"), moment(visit.store, valid_until)],
        ],
        "code": {"address": address, "text": queries.gate.in_groups(code)},
        "notes": [_("It counts once nothing is due, and opens the gate once.")],
    }


def issue_slip(
    order: WorkOrder, drawn: list[IssueSlipLine], *, technician: User, storekeeper: User, places: dict[int, str]
) -> dict[str, Any]:
    """Return the 出庫單 (F11): what goes to whom for which order; `places` says where in the store a part lies."""
    columns = [_("Part number"), _("Part"), _("Place"), _("Quantity"), _("Each"), _("Amount")]
    rows = [
        [
            one.part.number,
            one.part.name,
            places.get(one.part_id) or "–",
            f"{one.quantity} {one.part.unit}",
            money.written(one.line.unit_price_fen),  # type: ignore[union-attr]  # just drawn, so it is there
            money.written(one.line.amount_fen),  # type: ignore[union-attr]
        ]
        for one in drawn
    ]
    return {
        "title": _("Issue slip"),
        "fields": [
            [_("Order"), order.number],
            [_("Plate"), order.visit.vehicle.plate_shown or order.visit.vehicle.vin],
            [_("Model"), f"{order.visit.vehicle.make} {order.visit.vehicle.model_name}".strip()],
            [_("Drawn by"), technician.full_name],
            [_("Storekeeper"), storekeeper.full_name],
        ],
        "tables": [{"title": _("Parts"), "columns": columns, "rows": rows}],
        "notes": [],
    }


def when(order: WorkOrder, at: Any) -> str:
    return moment(order.store, at)


def moment(store: Store, at: Any) -> str:
    return formats.date_format(timezone.localtime(at, store.zone), "SHORT_DATETIME_FORMAT")


def slip(order: WorkOrder, items: list[AdditionalItem]) -> dict[str, Any]:
    """Return the in-plant repair slip: what, at which price and delay, and whose consent (F9)."""
    finish = max(item.new_finish_at for item in items if item.new_finish_at)
    total = sum(queries.additional.price_of(item) or 0 for item in items)
    return {
        "title": _("In-plant repair slip"),
        "fields": [
            *heading(order),
            [_("New finish"), when(order, finish)],
            [_("Handed over at"), BY_HAND],
            [_("Received by (foreman or dispatcher)"), BY_HAND],
        ],
        "tables": [
            {
                "title": _("Additional items"),
                "columns": [_("Found"), _("Work and parts"), _("Delay"), _("Price")],
                "rows": [
                    [
                        f"{item.words} ({item.found_by.full_name})",
                        works(item),
                        _("%(n)d min") % {"n": item.delay_minutes or 0},
                        money.written(queries.additional.price_of(item) or 0),
                    ]
                    for item in items
                ],
                "totals": [[_("Total"), money.written(total)]],
            },
            {
                "title": _("Consent"),
                "columns": [_("Item"), _("Who agreed"), _("How"), _("When")],
                "rows": [[item.words, *consent(order, item)] for item in items],
            },
        ],
    }


BY_HAND = "____________________"


def works(item: AdditionalItem) -> str:
    line = item.line
    if line is None:
        return ""
    parts = [f"{part.description} × {part.quantity}" for part in line.parts.all()]
    return "、".join([f"{line.description} {formats.number_format(line.hours)} h", *parts])


def consent(order: WorkOrder, item: AdditionalItem) -> list[str]:
    said = item.answer
    if said is None:
        return ["", "", ""]
    how = f"{said.get_channel_display()} {said.number}".strip()
    return [said.spoke_to, how, when(order, said.at)]
