"""The lines of an order: what they cost whom, what is still to be said about them, what keeps them from work."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appointments.models import Cause
from dealership.catalogue.models import LabourOperation, OrderClass, Part
from reception.models import Complaint, Purpose, Visit
from workorders import head
from workorders.models import Decision, Fault, LabourLine, PartLine, Payer, Warranty, WorkOrder
from workorders.queries.additional import obstacles_of_items, shut
from workorders.states import BEFORE_THE_CHECK

CARE = (OrderClass.FIRST, OrderClass.MAINTENANCE, OrderClass.OIL)
PAID_BY = {
    OrderClass.WARRANTY: Payer.MANUFACTURER,
    OrderClass.ACCIDENT: Payer.INSURER,
    OrderClass.COMEBACK: Payer.GOODWILL,
}


def beginning(
    operation: LabourOperation, complaint: Complaint | None, *, warranty_over: bool = False
) -> dict[str, Any]:
    """Return what a new line says of fault, warranty and payer, so that only the repair of a complaint asks.

    Maintenance, work the customer named himself and damage one can see have no fault to find; the operation's class
    in the catalogue says who pays what the customer does not, and that warranty work is in warranty. For a car known
    to be out of warranty only the fault is asked.
    """
    kind = OrderClass(operation.order_class)
    searched = complaint is not None and kind not in (*CARE, OrderClass.ACCIDENT)
    warranty: str = Warranty.IN if kind == OrderClass.WARRANTY else Warranty.OUT
    if searched and kind not in PAID_BY and not warranty_over:
        warranty = ""
    fault = "" if searched else Fault.DETERMINED
    return {"fault": fault, "warranty": warranty, "payer": PAID_BY.get(kind, Payer.CUSTOMER), "share_fen": None}


MAINTENANCE = (Purpose.MAINTENANCE, Purpose.FIRST_SERVICE)
CLASSES = {
    Purpose.FIRST_SERVICE: OrderClass.FIRST,
    Purpose.FAULT: OrderClass.GENERAL,
    Purpose.ACCIDENT: OrderClass.ACCIDENT,
    Purpose.RECALL: OrderClass.WARRANTY,
    Purpose.REWORK: OrderClass.COMEBACK,
    Purpose.OTHER: OrderClass.GENERAL,
}


def class_for(visit: Visit) -> OrderClass:
    """Return the class an order begins with, by why the customer came."""
    return CLASSES.get(Purpose(visit.purpose), OrderClass.MAINTENANCE) if visit.purpose else OrderClass.MAINTENANCE


def words_booked(visit: Visit) -> Complaint | None:
    """Return the customer's only words where they are those he booked with."""
    complaints, booked = list(visit.complaints.all()), visit.appointment
    if booked is None or len(complaints) != 1 or complaints[0].words != booked.reason.strip():
        return None
    return complaints[0]


def maintenance_asked(visit: Visit) -> Complaint | None:
    """Return the customer's only words where they ask for maintenance: no oil change answers an engine lamp."""
    complaints = list(visit.complaints.all())
    if visit.purpose in MAINTENANCE and len(complaints) == 1:
        return complaints[0]
    booked = visit.appointment
    return words_booked(visit) if booked is not None and booked.cause == Cause.MAINTENANCE else None


def work_for(order: WorkOrder, part: Part) -> LabourLine | None:
    """Return the work a part is for: the only one there is, or the first that usually takes it."""
    lines = list(LabourLine.objects.wanted().filter(order=order)[:2])
    usual = LabourLine.objects.wanted().filter(order=order, operation__usual_parts__part=part)
    return lines[0] if len(lines) == 1 else usual.first()


def warranty_over(order: WorkOrder) -> bool:
    """Say whether the car's warranty is known to have ended before it came."""
    ends = order.visit.vehicle.warranty_until
    return ends is not None and ends < order.opened_at.astimezone(order.store.zone).date()


@dataclass(frozen=True)
class Totals:
    """What the order costs, in fen; hours as sold. `by_payer` splits the whole among those who pay."""

    hours: Decimal
    labour_fen: int
    parts_fen: int
    by_payer: dict[str, int] = field(default_factory=dict)
    pending: bool = False
    asked_fen: int = 0  # priced, and not agreed to yet: no part of the total

    @property
    def total_fen(self) -> int:
        return self.labour_fen + self.parts_fen

    @property
    def customer_fen(self) -> int:
        """What the customer owes himself."""
        return self.by_payer.get(Payer.CUSTOMER, 0)

    @property
    def shares(self) -> list[tuple[str, int]]:
        """Name who pays how much, where it is not the customer alone."""
        shares = [(str(payer.label), self.by_payer[payer]) for payer in Payer if self.by_payer.get(payer)]
        return shares if set(self.by_payer) - {Payer.CUSTOMER} else []


def totals(order: WorkOrder) -> Totals:
    """Add up the rounded lines (2.2.7.3); what was declined or waits for a diagnosis counts nothing."""
    labour, parts = list(order.labour_lines.all()), list(order.part_lines.all())
    lines: list[LabourLine | PartLine] = [*labour, *parts]
    return Totals(
        hours=sum((line.hours for line in labour if line.wanted), Decimal(0)),
        labour_fen=sum(line.amount_fen for line in labour if line.counts),
        parts_fen=sum(line.amount_fen for line in parts if line.counts),
        by_payer=split(labour, parts),
        pending=any(line.wanted and line.pending for line in labour),
        asked_fen=sum(line.amount_fen for line in lines if line.decision == Decision.ASKED),
    )


def split(labour: list[LabourLine], parts: list[PartLine]) -> dict[str, int]:
    """Return what each payer pays, in fen; of a work approved in part, the customer pays the rest."""
    pays: dict[str, int] = {}
    for _line, payer, fen in shares(labour, parts):
        if fen:
            pays[payer] = pays.get(payer, 0) + fen
    return pays


def shares(labour: list[LabourLine], parts: list[PartLine]) -> Iterator[tuple[LabourLine | PartLine, str, int]]:
    """Yield (line, payer, fen) of what counts: a line that two share comes twice, with what each pays of it."""
    capped = {line.pk: line.share_fen for line in labour if line.counts and line.share_fen is not None}
    lines: list[LabourLine | PartLine] = [*labour, *parts]
    for line in lines:
        if not line.counts:
            continue
        of = line.pk if isinstance(line, LabourLine) else (line.labour_id if not line.payer else None)
        share = line.amount_fen if of not in capped else min(line.amount_fen, capped[of] or 0)
        if of in capped:
            capped[of] = (capped[of] or 0) - share
        if share or not line.amount_fen:
            yield line, str(line.pays), share
        if rest := line.amount_fen - share:
            yield line, Payer.CUSTOMER.value, rest


def mark_of(order: WorkOrder) -> str:
    """Return a mark of the order's lines: another mark, another order than the one the customer was shown."""
    labour, parts = order.labour_lines.all(), order.part_lines.all()
    rows = [f"l{line.pk}{line.decision[0]}{line.pays[0]}{line.fault[:1]}{line.warranty[:1]}" for line in labour]
    rows += [f"p{line.pk}{line.decision[0]}{line.pays[0]}" for line in parts]
    return f"{totals(order).total_fen}:{'.'.join(sorted(rows))}"


def unanswered(order: WorkOrder) -> list[Complaint]:
    """Return the complaints no labour line answers (2.3.2); work the customer declined was an answer too."""
    answered = {line.complaint_id for line in order.labour_lines.all()}
    return [complaint for complaint in order.visit.complaints.all() if complaint.pk not in answered]


def obstacles_to_signing(order: WorkOrder) -> list[str]:
    """Return everything that is missing before the customer signs: on the lines, then on the head."""
    return obstacles_of_lines(order) + [gap.sentence for gap in head.gaps(order)]


def obstacles_of_lines(order: WorkOrder) -> list[str]:
    """Return what the lines lack, in the order of work: work, answers, what is said about each, reading out."""
    labour = [line for line in order.labour_lines.all() if line.wanted]
    found = [] if order.labour_lines.all() else [_("The order has no work yet.")]
    found += [_("No work answers “%(words)s” yet.") % {"words": complaint.words} for complaint in unanswered(order)]
    if order.labour_lines.all() and not labour:
        found.append(_("The customer has declined all work. Cancel the order; what he declined is kept as advice."))
    for line in labour:
        found += unsaid(line)
    unread = [line.description for line in [*labour, *order.part_lines.all()] if line.wanted and not line.confirmed_at]
    if unread:
        found.append(_("Not read out and confirmed yet: %(lines)s.") % {"lines": "、".join(unread)})
    return found


def unsaid(line: LabourLine) -> list[str]:
    """Return what has still to be said about a line before the customer signs (2.2.4.1-2.2.4.5)."""
    name, found = {"line": line.description}, []
    if not line.fault:
        found.append(_("Is the fault behind “%(line)s” determined or not?") % name)
    if line.fault == Fault.UNDETERMINED and line.fault_told_at is None:
        found.append(_("Tell the customer that only a thorough examination can say what is wrong: “%(line)s”.") % name)
    if not line.warranty:
        found.append(_("Is “%(line)s” in warranty? In, out or unclear has to be said.") % name)
    return found


def block_of(line: LabourLine) -> str:
    """Return why the repair of a line cannot begin now, or nothing; a diagnosis still to be made is no reason."""
    name = {"line": line.description}
    if sentence := shut(line):
        return sentence
    if line.asked is not None and line.asked.waits:
        return _("“%(line)s” waits for the manufacturer's answer.") % name
    if line.diagnosed_at and line.pending:
        return _("“%(line)s” was diagnosed. The customer needs the detailed price before the repair.") % name
    if line.decision == Decision.ASKED:
        return _("The customer has not agreed to the price of “%(line)s” yet.") % name
    if line.diagnosed_at and line.warranty == Warranty.UNCLEAR:
        return (
            _("The warranty of “%(line)s” is still unclear after the diagnosis: decide, or ask the manufacturer.")
            % name
        )
    return ""


def obstacles_to_repair(line: LabourLine) -> list[str]:
    """Return why the repair after a diagnosis cannot begin."""
    name = {"line": line.description}
    if not line.wanted:
        return [_("The customer declined “%(line)s”.") % name]
    if line.examined and line.diagnosed_at is None:
        return [_("“%(line)s” has to be diagnosed first.") % name]
    block = block_of(line)
    return [block] if block else []


def acts_after_signing(line: LabourLine) -> set[str]:
    """Return what can be done next with a work that needs its diagnosis first (2.2.4.3, 2.2.4.4, 2.2.7.5)."""
    if line.order.state not in BEFORE_THE_CHECK or not (line.wanted and line.examined) or shut(line):
        return set()
    unanswered_price = line.quoted_at is None or line.decision == Decision.ASKED
    unclear = line.warranty == Warranty.UNCLEAR and line.asked is None
    possible = {
        "diagnose": line.quoted_at is None and line.asked is None,
        "quote": line.fault == Fault.UNDETERMINED and unanswered_price,
        "decision": line.decision == Decision.ASKED and not line.pending,
        "warranty": unclear,
        "case": unclear,
        "repair": line.repair_begun_at is None and not obstacles_to_repair(line),
    }
    return {act for act, open_now in possible.items() if open_now and (act == "diagnose" or line.diagnosed_at)}


def obstacles_to_finishing(order: WorkOrder) -> list[str]:
    """Return what the work still lacks: answers, diagnosis, price, a clock or a reason for none, parts (F.3)."""
    found = obstacles_of_items(order)
    clocked = set(order.labour_lines.filter(clocks__isnull=False).values_list("pk", flat=True))
    for line in order.labour_lines.all():
        if line.wanted and line.done_at is None and line.pk not in clocked:
            found.append(
                _("Nobody was clocked on for “%(line)s”. Clock on, or say why it needs no time.")
                % {"line": line.description}
            )
        if not (line.wanted and line.examined):
            continue
        if lacking := obstacles_to_repair(line):
            found += lacking
        elif line.fault == Fault.UNDETERMINED and line.repair_begun_at is None:
            found.append(_("The repair of “%(line)s” has not begun yet.") % {"line": line.description})
    found += [
        _("To be done again, not done yet: %(what)s") % {"what": item.words}
        for item in order.rework_items.filter(done_at=None)
    ]
    return found + [
        _("“%(part)s” was not handed out yet.") % {"part": line.description}
        for line in order.part_lines.all()
        if line.wanted and line.issued_at is None
    ]


def may_be_issued(line: PartLine) -> bool:
    """Say whether a part may go to the technician: not what is declined, unpriced or waits for an answer."""
    return line.decision == Decision.ACCEPTED and (line.labour is None or not obstacles_to_repair(line.labour))
