"""Finding the fault, pricing what it takes, and only then repairing it (2.2.7.5)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Part
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import Decision, Fault, LabourLine, PartLine
from workorders.operations import large
from workorders.operations.lines import change, hold_line
from workorders.states import BEFORE_THE_CHECK


@transaction.atomic
def record(line: LabourLine, *, diagnosis: str, by: User, at: datetime) -> None:
    """Write down what the examination found, once the customer has signed; it may be corrected until it is priced."""
    workflow.require(by, "workorders.diagnose_line")
    require_at_work(line)
    if not line.wanted or not line.examined:
        raise NotAllowed(_("This work needs no diagnosis."))
    if line.quoted_at or line.asked is not None:
        raise NotAllowed(_("The diagnosis is in use already; it does not change any more."))
    if not diagnosis.strip():
        raise NotAllowed(_("Write down what was found."))
    change(line, diagnosis=diagnosis.strip(), diagnosed_at=at, diagnosed_by=by)


@transaction.atomic
def quote(line: LabourLine, *, hours: Decimal, parts: Iterable[tuple[Part, int]], by: User, at: datetime) -> None:
    """Price the repair in detail, labour and parts, at the prices of the day; the customer's answer is awaited.

    Priced again before he answers, the new price stands.
    """
    workflow.require(by, "workorders.write_workorder")
    require_at_work(line)
    if line.fault != Fault.UNDETERMINED or line.diagnosed_at is None:
        raise NotAllowed(_("The detailed price comes after the diagnosis."))
    if line.quoted_at is not None and line.decision != Decision.ASKED:
        raise NotAllowed(_("The customer has answered already."))
    day = at.astimezone(line.order.store.zone).date()
    rate = catalogue.price_on(line.operation, day)
    PartLine.objects.filter(labour=line, decision=Decision.ASKED).delete()
    for part, quantity in parts:
        add_asked(line, part, quantity, catalogue.price_on(part, day))
    change(
        line, hours=hours, rate_fen=rate, amount_fen=money.times(rate, hours), quoted_at=at, quoted_by=by,
        decision=Decision.ASKED, confirmed_at=None,
    )  # fmt: skip
    large.watch(line.order, by=by, at=at)


def add_asked(line: LabourLine, part: Part, quantity: int, price_fen: int) -> PartLine:
    return PartLine.objects.create(
        order=line.order,
        part=part,
        labour=line,
        description=part.name,
        quantity=quantity,
        unit_price_fen=price_fen,
        amount_fen=money.times(price_fen, Decimal(quantity)),
        decision=Decision.ASKED,
    )


@transaction.atomic
def begin_repair(line: LabourLine, *, by: User, at: datetime) -> None:
    """Begin what the diagnosis found, after the customer agreed to its price; raises NotAllowed before."""
    workflow.require(by, "workorders.start_work")
    require_at_work(line)
    for obstacle in queries.obstacles_to_repair(line):
        raise NotAllowed(obstacle)
    if line.repair_begun_at is None:
        change(line, repair_begun_at=at, repair_begun_by=by)


def require_at_work(line: LabourLine) -> None:
    hold_line(line)
    if line.order.state not in BEFORE_THE_CHECK:
        raise NotAllowed(_("This is done between the customer's signature and the quality check."))
