"""Putting an unclear warranty before the manufacturer, and what his answer changes (2.2.4.4, F13)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import LabourLine, ManufacturerCase, Payer, Warranty
from workorders.operations import prices
from workorders.operations.lines import ask, change, hold_line
from workorders.states import APPROVE, APPROVE_PARTLY, REJECT, SUBMIT_CASE

OUTCOMES = {"approved": APPROVE, "partly": APPROVE_PARTLY, "rejected": REJECT}


@transaction.atomic
def open_case(line: LabourLine, *, situation: str, by: User, at: datetime) -> ManufacturerCase:
    """Begin the case of a work whose warranty is still unclear after its diagnosis; opened twice, it is the same case.

    From now on the work waits for the answer.
    """
    workflow.require(by, "workorders.open_case")
    hold_line(line)
    if line.asked is not None:
        return line.asked
    if "case" not in queries.acts_after_signing(line):
        raise NotAllowed(_("The manufacturer is asked when the warranty is still unclear after the diagnosis."))
    if not situation.strip():
        raise NotAllowed(_("Write down the situation for the manufacturer."))
    case = ManufacturerCase.objects.create(
        line=line,
        manufacturer=line.order.store.manufacturer,
        situation=situation.strip(),
        diagnosis=line.diagnosis,
        opened_at=at,
        opened_by=by,
    )
    workflow.begin(case, by=by, at=at)
    return case


def submit(case: ManufacturerCase, *, situation: str, diagnosis: str, by: User, at: datetime) -> None:
    """Send the case to the manufacturer as the claims clerk worded it."""
    if not (situation.strip() and diagnosis.strip()):
        raise NotAllowed(_("The manufacturer needs the situation and the diagnosis."))
    workflow.move(
        case, SUBMIT_CASE, by=by, at=at, submitted_at=at, submitted_by=by,
        situation=situation.strip(), diagnosis=diagnosis.strip(),
    )  # fmt: skip


@transaction.atomic
def answer(
    case: ManufacturerCase, *, outcome: str, approval_number: str = "", amount_fen: int | None = None,
    text: str = "", by: User, at: datetime,
) -> None:  # fmt: skip
    """Record the manufacturer's answer: he pays what he approved, and the customer is asked about the rest.

    `outcome` is one of OUTCOMES. What he approved needs his number, what he approved in part his amount.
    """
    number = approval_number.strip()
    if outcome != "rejected" and not number:
        raise NotAllowed(_("An approval has a number. Write it down."))
    if outcome == "partly" and not amount_fen:
        raise NotAllowed(_("Write down the amount the manufacturer approved."))
    hold_line(case.line)  # before the case, as whoever starts the work does
    workflow.move(
        case, OUTCOMES[outcome], by=by, at=at, reason=number[:300], answered_at=at, answer=text.strip(),
        approval_number=number, amount_fen=None if outcome == "rejected" else amount_fen,
    )  # fmt: skip
    if outcome == "rejected":
        change(case.line, warranty=Warranty.OUT, payer=Payer.CUSTOMER, share_fen=None)
    else:
        share = amount_fen if outcome == "partly" else None
        change(case.line, warranty=Warranty.IN, payer=Payer.MANUFACTURER, share_fen=share)
    if outcome == "approved":
        prices.agree(case.line.order, case.line)
    else:
        ask(case.line)
