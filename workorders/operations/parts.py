"""Parts of an order: put aside, asked for, picked, handed out against two signatures, taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import Part, StockReservation
from dealership.paperwork import numbers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind, Role
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import documents, queries, states
from workorders.models import About, Decision, Desk, IssueSlip, IssueSlipLine, PartLine, PartReturn, WorkOrder
from workorders.operations import alerts
from workorders.operations.hold import hold

ISSUE, ASK = "workorders.issue_parts", "workorders.request_parts"
PARTS_MOVE = states.WITH_TEAM
PARTS_RETURN = [states.State.SIGNED, *PARTS_MOVE]  # signed: the order was taken back from a team that had them
NOTHING_HELD = {"issued_at": None, "issued_to": None, "picked_at": None, "picked_by": None}
NOT_ASKED = {"requested_at": None, "requested_by": None, "picked_at": None, "picked_by": None}


@dataclass(frozen=True)
class Hands:
    """Who draws the parts, and what he and the storekeeper drew in their boxes."""

    technician: User
    drawn: bytes
    handed: bytes


@transaction.atomic
def put_aside(order: WorkOrder, *, by: User | None, at: datetime, parts: Collection[int] | None = None) -> list[int]:
    """Keep for the order what is there of its accepted parts, and nothing else; the caller holds the order.

    Too few there refuses nothing: what can be kept is kept. Return the parts of which more is kept than before.
    """
    order = WorkOrder.objects.select_related("store", "visit__appointment").get(pk=order.pk)
    lines = list(order.part_lines.filter(issued_at=None, decision=Decision.ACCEPTED).select_related("part"))
    kept = list(queries.kept_by(order))
    of = {line.part_id: line.part for line in lines} | {one.part_id: one.part for one in kept}
    gained = []
    for pk in sorted(of):  # everybody takes shelves in the order of their parts
        if parts is None or pk in parts:
            needed = sum(line.quantity for line in lines if line.part_id == pk)
            if keep(order, of[pk], needed, [one for one in kept if one.part_id == pk], by, at):
                gained.append(pk)
    return gained


def keep(
    order: WorkOrder, part: Part, needed: int, kept: list[StockReservation], by: User | None, at: datetime
) -> bool:
    """Keep as many of the part as are needed and there; say whether these are more than before."""
    had = sum(one.quantity for one in kept)
    if had > needed:
        for one in kept:
            catalogue.give_back(one, by=by, at=at)
    lacking = needed if had > needed else needed - had
    if not lacking:
        return False
    reference = queries.kept_for(order)
    more = catalogue.reserve_what_is_there(order.store, part, lacking, reference=reference, by=by, at=at)
    return more is not None and had < needed


@transaction.atomic
def release(order: WorkOrder, *, by: User | None, at: datetime, all_of_it: bool = True) -> None:
    """Let go what is kept for the order, and forget what was asked for and picked; the caller holds the order.

    Not `all_of_it`: what was put aside for the appointment stays aside, for the car is still here.
    """
    kept = queries.kept_by(order)
    booked = order.visit.appointment
    if booked is not None and not all_of_it:
        kept = kept.exclude(pk__in=booked.parts.filter(reservation__isnull=False).values("reservation"))
    for one in kept:
        catalogue.give_back(one, by=by, at=at)
    order.part_lines.update(**NOT_ASKED)


@transaction.atomic
def request(order: WorkOrder, *, by: User, at: datetime) -> list[PartLine]:
    """The team asks for what it may have; the parts desk sees it with since when (2.4.3.4). Asked once is asked."""
    workflow.require(by, ASK)
    order = hold(order)
    require_with_team(order)
    lines = [line for line in queries.issuable(order) if line.requested_at is None]
    if not lines:
        raise NotAllowed(_("There is nothing more to ask for on this order now."))
    PartLine.objects.filter(pk__in=[line.pk for line in lines]).update(requested_at=at, requested_by=by)
    alerts.tell(order, Desk.PARTS, about=About.PARTS, words=named(lines), by=by, at=at)
    return lines


@transaction.atomic
def pick(order: WorkOrder, lines: Collection[int], *, by: User, at: datetime) -> list[PartLine]:
    """The parts desk laid these lines ready; they are kept for the order. Raises OutOfStock."""
    workflow.require(by, ISSUE)
    order = hold(order)
    require_with_team(order)
    chosen = [line for line in chosen_lines(order, lines) if line.picked_at is None]
    put_aside(order, by=by, at=at, parts={line.part_id for line in chosen})
    there = kept_now(order, chosen)
    for line in chosen:
        if there[line.part_id] < line.quantity:
            raise catalogue.OutOfStock(line.part, line.quantity, there[line.part_id])
        there[line.part_id] -= line.quantity
    PartLine.objects.filter(pk__in=[line.pk for line in chosen]).update(picked_at=at, picked_by=by)
    return chosen


def kept_now(order: WorkOrder, lines: list[PartLine]) -> dict[int, int]:
    kept = queries.kept_by(order).filter(part__in=[line.part_id for line in lines])
    there = dict.fromkeys((line.part_id for line in lines), 0)
    for one in kept:
        there[one.part_id] += one.quantity
    return there


@transaction.atomic
def issue(order: WorkOrder, hands: Hands, *, lines: Collection[int] | None = None, by: User, at: datetime) -> IssueSlip:
    """Hand out parts of an order and take them off the stock: against one slip and two signatures (2.4.3.4, 2.4.3.5).

    All that may be handed out, or just these lines; each line whole. What was put aside for it is used up first. Raises
    OutOfStock and hands out nothing.
    """
    workflow.require(by, ISSUE)
    order = hold(order)
    require_with_team(order)
    require_hands(order, hands, by)
    chosen = chosen_lines(order, lines)
    # The number's counter is held from here to the commit, before any shelf: slips of a store come one after the other.
    number = numbers.next_number(order.store, Kind.ISSUE, at.astimezone(order.store.zone).date())
    drawn = [draw(order, line, number, hands.technician, by, at) for line in chosen]
    return write_slip(order, drawn, number, hands, by, at)


def draw(order: WorkOrder, line: PartLine, number: str, to: User, by: User, at: datetime) -> IssueSlipLine:
    """Claim the line, then take it off the stock: whoever claims it does, nobody else."""
    free = PartLine.objects.filter(pk=line.pk, issued_at=None, decision=Decision.ACCEPTED)
    if not free.update(issued_at=at, issued_to=to):
        raise NotAllowed(_("“%(part)s” was handed out meanwhile.") % {"part": line.description})
    movement = catalogue.issue(
        order.store, line.part, line.quantity, reference=number, kept_for=queries.kept_for(order), by=by, at=at
    )
    return IssueSlipLine(line=line, part=line.part, quantity=line.quantity, movement=movement)


def write_slip(
    order: WorkOrder, drawn: list[IssueSlipLine], number: str, hands: Hands, by: User, at: datetime
) -> IssueSlip:
    places = queries.places_of(order.store, [one.part for one in drawn])
    content = documents.issue_slip(order, drawn, technician=hands.technician, storekeeper=by, places=places)
    paper = paperwork.issue(store=order.store, kind=Kind.ISSUE, number=number, content=content, by=by, at=at)
    signed = {
        role: paperwork.sign(paper, role=role, signer_name=who.full_name, image=image, by=by, at=at)
        for role, who, image in [
            (Role.TECHNICIAN, hands.technician, hands.drawn),
            (Role.PARTS, by, hands.handed),
        ]
    }
    slip = IssueSlip.objects.create(
        order=order, paper=paper, technician=hands.technician, technician_signature=signed[Role.TECHNICIAN],
        storekeeper=by, storekeeper_signature=signed[Role.PARTS], posted_at=at,
    )  # fmt: skip
    for one in drawn:
        one.slip = slip
    IssueSlipLine.objects.bulk_create(drawn)
    return slip


@transaction.atomic
def take_back(drawn: IssueSlipLine, quantity: int, *, reason: str, needed: bool, by: User, at: datetime) -> PartReturn:
    """Put units back on the shelf, against their slip and with a reason, while the work is not finished.

    What the order still `needed` waits to be handed out again; what was not used is no longer charged, and the advisor
    hears of it. Never more comes back than was handed out.
    """
    workflow.require(by, ISSUE)
    order = hold(drawn.slip.order)
    if order.state not in PARTS_RETURN:
        raise NotAllowed(_("The work is finished; its parts are in the car."))
    if not reason.strip():
        raise NotAllowed(_("Write down why it comes back."))
    came = IssueSlipLine.objects.filter(pk=drawn.pk, returned__lte=F("quantity") - quantity)
    if quantity < 1 or not came.update(returned=F("returned") + quantity):
        raise NotAllowed(_("More would come back than was handed out."))
    movement = catalogue.take_back(order.store, drawn.part, quantity, reference=drawn.slip.paper.number, by=by, at=at)
    line = drawn_from(drawn)
    drop = still_wanted if needed else unused
    drop(line, quantity, reason.strip(), by, at)
    if needed:
        put_aside(order, by=by, at=at, parts={line.part_id})
    else:
        with alerts.in_house_language(order):
            words = _("Came back unused, not charged: %(part)s × %(quantity)d")
        facts = {"part": line.description, "quantity": quantity}
        alerts.tell(order, Desk.ADVISOR, about=About.PARTS, words=words % facts, by=by, at=at)
    return PartReturn.objects.create(
        line=drawn, movement=movement, quantity=quantity, reason=reason.strip()[:200], needed=needed, by=by, at=at
    )


def drawn_from(drawn: IssueSlipLine) -> PartLine:
    """Return the order's line as it is now; it stays as long as anything of it is out."""
    return PartLine.objects.get(drawn=drawn.pk)


def still_wanted(line: PartLine, quantity: int, reason: str, by: User, at: datetime) -> None:
    """Open the line again; where only some of it came back, these become a line of their own."""
    if quantity == line.quantity:
        PartLine.objects.filter(pk=line.pk).update(**NOTHING_HELD)
        return
    part = cut(line, quantity)
    for name, value in NOTHING_HELD.items():
        setattr(part, name, value)
    part.pk, part._state.adding = None, True
    part.save()


def unused(line: PartLine, quantity: int, reason: str, by: User, at: datetime) -> None:
    """Take the units off what the customer pays."""
    if quantity < line.quantity:
        cut(line, quantity)
        return
    said = {"decision": Decision.UNUSED, "decision_reason": reason[:300], "decided_at": at, "decided_by": by}
    PartLine.objects.filter(pk=line.pk).update(**NOTHING_HELD, **said)


def cut(line: PartLine, quantity: int) -> PartLine:
    """Shorten the line by so many; return, unsaved, what was cut off, the amount divided to the fen."""
    shares = [quantity, line.quantity - quantity]
    off, stays = money.spread(line.amount_fen, shares)
    agreed, kept = (None, None) if line.agreed_fen is None else money.spread(line.agreed_fen, shares)
    PartLine.objects.filter(pk=line.pk).update(
        quantity=F("quantity") - quantity, amount_fen=stays, agreed_fen=kept
    )  # fmt: skip
    line.quantity, line.amount_fen, line.agreed_fen = quantity, off, agreed
    return line


@transaction.atomic
def take_all_back(order: WorkOrder, *, reason: str, by: User, at: datetime) -> int:
    """Take back whatever is out of an order that still needs it; return how many lines."""
    workflow.require(by, ISSUE)
    out = list(queries.open_slip_lines(order))
    for drawn in out:
        take_back(drawn, drawn.out, reason=reason, needed=True, by=by, at=at)
    return len(out)


def require_with_team(order: WorkOrder) -> None:
    if order.state not in PARTS_MOVE or order.authorisation_id is None:
        raise NotAllowed(_("Parts are handed out once a team has the order, and before it is finished."))


def require_hands(order: WorkOrder, hands: Hands, by: User) -> None:
    """Two people and two signatures, or nothing is posted (2.4.3.5)."""
    if hands.technician == by:
        raise NotAllowed(_("Nobody hands parts out to himself. The technician draws them."))
    if not queries.holders_of(order).filter(pk=hands.technician.pk).exists():
        raise NotAllowed(_("%(name)s does not work in this store.") % {"name": hands.technician.full_name})
    if not hands.drawn:
        raise NotAllowed(_("The technician has not signed the issue slip."))
    if not hands.handed:
        raise NotAllowed(_("The storekeeper has not signed the issue slip."))


def chosen_lines(order: WorkOrder, lines: Collection[int] | None) -> list[PartLine]:
    """Return the lines to hand out; raises NotAllowed where one of those named may not, or none is left."""
    allowed = queries.issuable(order)
    chosen = allowed if lines is None else [line for line in allowed if line.pk in lines]
    refused = PartLine.objects.filter(order=order, pk__in=set(lines or []) - {line.pk for line in chosen})
    for line in refused:
        raise NotAllowed(why_not(line))
    if not chosen or len(chosen) < len(set(lines or [])):
        raise NotAllowed(_("No part of this order is to be handed out now."))
    return chosen


def why_not(line: PartLine) -> str:
    name = {"part": line.description}
    if line.issued_at:
        return _("“%(part)s” was handed out meanwhile.") % name
    if line.decision == Decision.DECLINED:
        return _("The customer declined “%(part)s”.") % name
    return _("The customer has not agreed to “%(part)s” yet.") % name


def named(lines: list[PartLine]) -> str:
    return "、".join(f"{line.description} × {line.quantity}" for line in lines)
