"""What is paid, on paper: a payer's settlement sheet (F16), its reversal, the close of a cashier's day."""

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from dealership import money
from workorders.documents import consent, declined_lines, heading, next_service, sold_as, works
from workorders.models import CashShift, Payer, Settlement, WorkOrder
from workorders.queries.money import Charge, Draft
from workorders.queries.till import Count
from workorders.states import ItemState

AGREED = [ItemState.APPROVED, ItemState.SLIP_ISSUED, ItemState.HANDED]


def settlement(order: WorkOrder, mine: Draft, others: list[Draft], *, calls: str, paid_fen: int) -> dict[str, Any]:
    """Return the customer's sheet: every charge, what others pay, what he has paid before, what comes next."""
    due = [[_("Paid before"), money.written(paid_fen)], [_("To pay"), money.written(mine.total_fen - paid_fen)]]
    advice = [_("Advice: %(text)s") % {"text": order.advice}] if order.advice else []
    return {
        "title": _("Settlement"),
        "fields": [
            *heading(order),
            next_service(order),
            [_("Calls welcome"), calls or _("at any time")],
        ],
        "tables": [
            *charged(mine, due if paid_fen else []),
            *paid_by_others(others),
            *agreed_items(order),
            *declined_lines([*order.labour_lines.all(), *order.part_lines.all()]),
        ],
        "notes": [
            *advice,
            rounding(),
            _("Our service centre will call you within 3 days and ask how the car is."),
        ],
    }


def claim(order: WorkOrder, theirs: Draft) -> dict[str, Any]:
    """Return the sheet of another payer: manufacturer, insurer or the store itself."""
    return {
        "title": _("Settlement: %(payer)s") % {"payer": Payer(theirs.payer).label},
        "fields": [*heading(order), [_("Payer"), str(Payer(theirs.payer).label)]],
        "tables": charged(theirs, []),
        "notes": [rounding()],
    }


def rounding() -> str:
    return _(
        "Each line is rounded to the fen, half a fen up; the total is the sum of the lines. A discount is spread over "
        "its lines so that they add up to it exactly."
    )


def charged(theirs: Draft, due: list[list[str]]) -> list[dict[str, Any]]:
    """Return what one payer is charged as tables whose lines sum to their totals."""
    less = bool(theirs.discount_fen)
    off = [_("Discount"), _("To pay")] if less else []
    labour = [charge for charge in theirs.lines if charge.labour]
    parts = [charge for charge in theirs.lines if not charge.labour]
    discount = [[_("Discount"), money.written(-theirs.discount_fen)]] if less else []
    return [
        {
            "title": _("Labour"),
            "columns": [_("Item code"), _("Work"), _("Hours"), _("Per hour"), _("Amount"), *off],
            "rows": [row(charge, less) for charge in labour],
            "totals": [[_("Labour before the discount") if less else _("Labour"), money.written(theirs.labour_fen)]],
        },
        {
            "title": _("Parts"),
            "columns": [_("Part number"), _("Part"), _("Quantity"), _("Each"), _("Amount"), *off],
            "rows": [row(charge, less) for charge in parts],
            "totals": [
                [_("Parts before the discount") if less else _("Parts"), money.written(theirs.parts_fen)],
                *discount,
                [_("Total"), money.written(theirs.total_fen)],
                *due,
            ],
        },
    ]


def row(charge: Charge, less: bool) -> list[str]:
    found = facts(charge)
    off = [money.written(-charge.discount_fen), money.written(charge.net_fen)] if less else []
    quantity = formats.number_format(found["quantity"])
    each, amount = money.written(found["unit_fen"]), money.written(charge.amount_fen)
    return [found["code"], found["description"], quantity, each, amount, *off]


def facts(charge: Charge) -> dict[str, Any]:
    """Return what a sheet says of a line besides its amounts."""
    line: Any = charge.line
    if charge.labour:
        return {
            "code": line.operation.code, "description": sold_as(line), "quantity": line.hours,
            "unit_fen": line.rate_fen,
        }  # fmt: skip
    return {
        "code": line.part.number, "description": sold_as(line), "quantity": line.quantity,
        "unit_fen": line.unit_price_fen,
    }  # fmt: skip


def paid_by_others(others: list[Draft]) -> list[dict[str, Any]]:
    """Say what the customer need not pay, so that he sees the whole."""
    rows = [
        [str(Payer(one.payer).label), charge.line.description, money.written(charge.amount_fen)]
        for one in others
        for charge in one.lines
    ]
    if not rows:
        return []
    total = [[_("Paid by others"), money.written(sum(one.total_fen for one in others))]]
    columns = [_("Payer"), _("Work or part"), _("Amount")]
    return [{"title": _("Paid by others"), "columns": columns, "rows": rows, "totals": total}]


def agreed_items(order: WorkOrder) -> list[dict[str, Any]]:
    """Name the additional items the customer agreed to, and how he did."""
    items = order.additional_items.filter(state__in=AGREED).select_related("line", "answer").order_by("pk")
    rows = [[item.words, works(item), ", ".join(filter(None, consent(order, item)))] for item in items]
    columns = [_("Found"), _("Work and parts"), _("Agreed")]
    return [{"title": _("Additional items agreed to"), "columns": columns, "rows": rows}] if rows else []


def reversal(posted: Settlement, reason: str) -> dict[str, Any]:
    """Return the sheet that takes another back: the same figures, negative (红冲)."""
    rows = [[line.code, line.description, money.written(-line.net_fen)] for line in posted.lines.all()]
    totals = [
        [_("Labour"), money.written(-posted.labour_fen)],
        [_("Parts"), money.written(-posted.parts_fen)],
        [_("Discount"), money.written(posted.discount_fen)],
        [_("Total"), money.written(-posted.total_fen)],
    ]
    columns = [_("Item code"), _("Work or part"), _("Amount")]
    return {
        "title": _("Reversing sheet"),
        "fields": [
            *heading(posted.order),
            [_("Payer"), str(posted.get_payer_display())],
            [_("Reverses"), posted.sheet.number],
            [_("Reason"), reason],
        ],
        "tables": [{"title": _("Taken back"), "columns": columns, "rows": rows, "totals": totals}],
        "notes": [_("What was paid stays to the payer's credit: it counts on the next sheet or is given back.")],
    }


def day_close(
    shift: CashShift, counts: list[Count], expected_fen: int, counted_fen: int, reason: str
) -> dict[str, Any]:
    """Return the paper of a closed day: by method what came and went, and the cash counted against it."""
    rows = [
        [count.label, money.written(count.payments_fen), money.written(count.refunds_fen), money.written(count.net_fen)]
        for count in counts
    ]
    return {
        "title": _("Day close"),
        "fields": [
            [_("Cashier"), shift.cashier.full_name + (f" ({shift.number})" if shift.number > 1 else "")],
            [_("Day"), formats.date_format(shift.day, "SHORT_DATE_FORMAT")],
            [_("Float"), money.written(shift.float_fen)],
            [_("Cash expected"), money.written(expected_fen)],
            [_("Cash counted"), money.written(counted_fen)],
            [_("Difference"), money.written(counted_fen - expected_fen)],
            *([[_("Reason"), reason]] if reason else []),
        ],
        "tables": [
            {
                "title": _("By method"),
                "columns": [_("Method"), _("Taken"), _("Given back"), _("Together")],
                "rows": rows,
                "totals": [[_("Total"), money.written(sum(count.net_fen for count in counts))]],
            }
        ],
        "notes": [_("Cashier (signature): ______________________  Manager (signature): ______________________")],
    }
