"""What is said about each line before the customer signs: fault, warranty, payer, his decision, reading out."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.catalogue.models import Package
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import (
    Decision,
    Fault,
    LabourLine,
    Offer,
    OfferAnswer,
    PartLine,
    Payer,
    Warranty,
    WorkOrder,
)
from workorders.operations import advice, parts, prices
from workorders.operations.hold import hold
from workorders.operations.writeup import break_package, require_draft
from workorders.states import State


class LineChanged(NotAllowed):
    """Somebody said something else about the line since the page was opened; it stays as he said."""


def as_seen(line: LabourLine | PartLine, mark: str | None) -> None:
    """Raise LineChanged unless the line, held now, still has the `mark` its row had; None is nobody's row."""
    fresh(line)
    if mark is not None and mark != line.mark:
        raise LineChanged(
            _("A colleague changed this line meanwhile; the row shows it as it is now. Say it again if it is still so.")
        )


@transaction.atomic
def say_fault(
    line: LabourLine, *, fault: str, told: bool = False, mark: str | None = None, by: User, at: datetime
) -> None:
    """Say whether one knows what is wrong (2.2.4.1).

    `told`: the customer heard that only a thorough examination can say (2.2.4.5). `mark`, here and below, is that of
    the row somebody looked at: where it shows something else by now, nothing is kept and LineChanged is raised.
    """
    require_draft(line.order, by)
    as_seen(line, mark)
    heard = at if told and fault == Fault.UNDETERMINED else None
    change(line, fault=fault, fault_told_at=heard, confirmed_at=None)


@transaction.atomic
def decide_warranty(
    line: LabourLine, *, warranty: str, reason: str = "", mark: str | None = None, by: User, at: datetime
) -> None:
    """Say whether the work is in warranty (2.2.4.2); unclear needs the reason the customer is told (2.2.4.3).

    In warranty the manufacturer pays. What was unclear may be decided after its diagnosis, while no case is open.
    """
    workflow.require(by, "workorders.write_workorder")
    hold_line(line)
    if not (line.order.state == State.DRAFT or decided_by_diagnosis(line)):
        raise NotAllowed(_("The customer has signed this order; its lines do not change any more."))
    as_seen(line, mark)
    if warranty == Warranty.UNCLEAR and not reason.strip():
        raise NotAllowed(_("Write down the reason you tell the customer."))
    payer = line.payer
    if warranty == Warranty.IN:
        payer = Payer.MANUFACTURER
    elif payer == Payer.MANUFACTURER:
        payer = Payer.CUSTOMER
    change(line, warranty=warranty, warranty_reason=reason.strip(), payer=payer, share_fen=None)
    if line.order.state == State.DRAFT:
        change(line, confirmed_at=None)
    elif warranty == Warranty.OUT:
        ask(line)


def decided_by_diagnosis(line: LabourLine) -> bool:
    return "warranty" in queries.acts_after_signing(line)


def ask(line: LabourLine) -> None:
    """Have the customer say again whether he wants it, now that he pays: no repair without his yes (2.2.9.5).

    What has no price yet is asked with its price.
    """
    if line.pending or not line.wanted:
        return
    PartLine.objects.filter(labour=line, decision=Decision.ACCEPTED).update(decision=Decision.ASKED)
    change(line, decision=Decision.ASKED)


@transaction.atomic
def set_payer(line: LabourLine | PartLine, *, payer: str, mark: str | None = None, by: User, at: datetime) -> None:
    """Say who pays; a part without a payer of its own follows its work, and work in warranty is the manufacturer's."""
    require_draft(line.order, by)
    as_seen(line, mark)
    if isinstance(line, LabourLine):
        if not payer:
            raise NotAllowed(_("Somebody has to pay."))
        if line.warranty == Warranty.IN and payer != Payer.MANUFACTURER:
            raise NotAllowed(_("What is in warranty is paid by the manufacturer."))
    change(line, payer=payer, confirmed_at=None)


@transaction.atomic
def decide(
    line: LabourLine | PartLine, *, accepted: bool, reason: str = "", mark: str | None = None, by: User, at: datetime
) -> Package | None:
    """Note the customer's decision on one line (3.2.4.1): at the desk, or when he hears the price after a diagnosis.

    With a work go its parts. Declined work is advice for the next visit, and needs his reason; what it leaves of a
    package costs its own price. Return the package that is broken up.
    """
    workflow.require(by, "workorders.write_workorder")
    hold_line(line)
    asked = isinstance(line, LabourLine) and "decision" in queries.acts_after_signing(line)
    if not (line.order.state == State.DRAFT or asked):
        raise NotAllowed(_("The customer has signed this order; its lines do not change any more."))
    as_seen(line, mark)
    if not accepted and not reason.strip():
        raise NotAllowed(_("Write down why the customer does not want it."))
    if isinstance(line, PartLine) and accepted and line.labour is not None and not line.labour.wanted:
        raise NotAllowed(_("The customer declined the work this part is for."))
    said: dict[str, Any] = {
        "decision": Decision.ACCEPTED if accepted else Decision.DECLINED,
        "decision_reason": "" if accepted else reason.strip()[:300],
        "decided_at": at,
        "decided_by": by,
        "confirmed_at": at if asked else None,
    }
    if isinstance(line, LabourLine):
        # Parts he decided on by themselves stay as he said.
        alike = PartLine.objects.filter(labour=line, decision=line.decision, decision_reason=line.decision_reason)
        if not accepted:  # and no part stays on the bill, or waits for the shelf, for work that is not done
            alike = PartLine.objects.filter(labour=line, decision__in=[Decision.ACCEPTED, Decision.ASKED])
        alike.filter(issued_at=None).update(**said)
        if accepted:
            advice.take_back(line, at=at)
        else:
            advice.keep(line, reason=reason.strip(), by=by, at=at)
        offered = OfferAnswer.ACCEPTED if accepted else OfferAnswer.DECLINED
        Offer.objects.filter(line=line).update(answer=offered, reason=said["decision_reason"], by=by, at=at)
    change(line, **said)
    if line.order.state != State.DRAFT:
        audit.record(
            Act.REPAIR_AGREED if accepted else Act.REPAIR_REFUSED, about=line, store=line.order.store,
            number=line.order.number, by=by, at=at, words=reason,
            amount_fen=line.amount_fen + sum(line.parts.values_list("amount_fen", flat=True)),  # type: ignore[union-attr]
        )  # fmt: skip
        prices.agree(line.order, line)  # type: ignore[arg-type]  # after signing only works are asked about
        parts.put_aside(line.order, by=by, at=at)
    return None if accepted or line.order.state != State.DRAFT else break_package(line, at=at)


@transaction.atomic
def confirm(line: LabourLine | PartLine, *, mark: str | None = None, by: User, at: datetime) -> None:
    """The line was read out and the customer confirmed it (2.2.11.11); said twice, the first time stands."""
    require_draft(line.order, by)
    as_seen(line, mark)
    type(line).objects.filter(pk=line.pk, confirmed_at=None).update(confirmed_at=at)
    line.refresh_from_db(fields=["confirmed_at"])


@transaction.atomic
def confirm_all(order: WorkOrder, *, seen: str | None = None, by: User, at: datetime) -> None:
    """All lines were read out and confirmed; `seen` is the mark of those that were on the page."""
    require_draft(order, by)
    if seen is not None and seen != queries.mark_of(WorkOrder.objects.get(pk=order.pk)):
        raise NotAllowed(_("The order has changed since this page was opened. Go through it with the customer again."))
    for lines in (order.labour_lines, order.part_lines):
        lines.filter(confirmed_at=None).update(confirmed_at=at)


def hold_line(line: LabourLine | PartLine) -> None:
    """Look at the line again under the lock of its order, so that what two people say comes one after the other."""
    order = hold(line.order)
    fresh(line)
    line.order = order


def fresh(line: LabourLine | PartLine) -> None:
    """Read the line again; somebody may have taken it off in the same moment."""
    try:
        line.refresh_from_db()
    except ObjectDoesNotExist:
        raise NotAllowed(_("A colleague took this line off the order.")) from None


def change(line: LabourLine | PartLine, **facts: Any) -> None:
    type(line).objects.filter(pk=line.pk).update(**facts)
    line.refresh_from_db(fields=list(facts))
