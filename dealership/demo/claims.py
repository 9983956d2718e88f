"""Work the manufacturer may pay for: unclear at the desk, diagnosed, put before him, answered (2.2.4.3, 2.2.4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from workorders.operations import cases, diagnosis, lines, writeup

if TYPE_CHECKING:
    from dealership.demo.visits import Passage

DIAGNOSED, OPENED, SUBMITTED, ANSWERED = 6, 10, 15, 34  # minutes after the work on the car began


class Claim(NamedTuple):
    """One work of the job, by its code, with parts of its own; `approval` is the number under which he said yes."""

    labour: str
    reason: str
    situation: str
    diagnosis: str
    parts: tuple[tuple[str, int], ...] = ()
    approval: str = ""


def doubt(passage: Passage, claim: Claim, at: datetime) -> None:
    """Leave the warranty of the work unclear in front of the customer, and sell its parts with it."""
    line = passage.order.labour_lines.get(operation__code=claim.labour)
    lines.decide_warranty(line, warranty="unclear", reason=claim.reason, by=passage.advisor, at=at)
    for number, quantity in claim.parts:
        part = passage.house.parts[number]
        writeup.add_part(passage.order, part=part, quantity=quantity, labour=line, by=passage.advisor, at=at)


def put_forward(passage: Passage, claim: Claim, began: int) -> None:
    """Diagnose the work and open its case; without an approval it stays with the claims clerk, to be submitted."""
    line = passage.order.labour_lines.get(operation__code=claim.labour)
    diagnosis.record(line, diagnosis=claim.diagnosis, by=passage.technician, at=passage.at(began + DIAGNOSED))
    situation = f"行驶{passage.visit.mileage}公里，{claim.situation}"
    case = cases.open_case(line, situation=situation, by=passage.advisor, at=passage.at(began + OPENED))
    if claim.approval:
        clerk, at = passage.house.people["claims"], passage.at(began + SUBMITTED)
        cases.submit(case, situation=situation, diagnosis=claim.diagnosis, by=clerk, at=at)
        at = passage.at(began + ANSWERED)
        cases.answer(case, outcome="approved", approval_number=claim.approval, text="同意索赔", by=clerk, at=at)
