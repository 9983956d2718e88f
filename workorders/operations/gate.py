"""The gate pass, printed with the settlement; the gate, which opens once; and the manager's word without payment."""

import base64
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import operations as reception
from reception.models import Visit
from reception.states import State as VisitState
from workorders import documents, queries, states
from workorders.models import GatePass, LabourLine, WorkOrder
from workorders.operations import advice
from workorders.operations.hold import hold_visit

CODE_BYTES = 16  # 128 bits: nobody guesses one
ON_PAPER = [states.State.SETTLED, states.State.PAID]  # what is owed is written down


@transaction.atomic
def keep_pass(order: WorkOrder, *, by: User, at: datetime) -> None:
    """See to the gate pass after an order was settled or paid: it is printed with the sheet (2.6.5.2).

    A car that left before it was paid needs none; its order is closed once the money is there.
    """
    visit = hold_visit(order.visit)
    if visit.state != VisitState.RELEASED:
        issue(visit, by=by, at=at)
    elif order.state == states.State.PAID:
        workflow.move(order, states.CLOSE_LATER, by=workflow.CLOCK, at=at)


@transaction.atomic
def issue(visit: Visit, *, by: User, at: datetime) -> GatePass:
    """Return the visit's pass, printed now where there is none; one whose time is over is replaced.

    The constraint keeps it one: who issues at the same time as somebody else gets the other's pass.
    """
    known = queries.gate.pass_of(visit)
    if known is not None and known.expired(at):
        cancel(known, _("Its time was over; a new one was printed."), by=by, at=at)
        known = None
    if known is not None:
        return known
    code = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().rstrip("=").lower()
    valid_until = at + timedelta(hours=queries.rules.rules_at(visit.store, at).gate_pass_hours)
    try:
        with transaction.atomic():
            return printed(visit, code, valid_until, by=by, at=at)
    except IntegrityError:
        twin = queries.gate.pass_of(visit)
        if twin is None:
            raise
        return twin


def printed(visit: Visit, code: str, valid_until: datetime, *, by: User, at: datetime) -> GatePass:
    paper = paperwork.issue(
        store=visit.store,
        kind=Kind.GATE_PASS,
        content=documents.gate_pass(visit, code, queries.gate.address(code), valid_until),
        by=by,
        at=at,
    )
    made = GatePass.objects.create(visit=visit, paper=paper, code=code, issued_at=at, valid_until=valid_until)
    note(Act.PASS_ISSUED, made, by=by, at=at)
    return made


def note(act: Act, gate_pass: GatePass, *, words: str = "", by: User, at: datetime, **facts: int) -> None:
    paper, visit = gate_pass.paper, gate_pass.visit
    audit.record(
        act, about=gate_pass, store=visit.store, number=paper.number, by=by, at=at, words=words, paper=paper,
        visit=visit, **facts,
    )  # fmt: skip


@transaction.atomic
def renew(visit: Visit, *, by: User, at: datetime) -> GatePass:
    """Print a new pass where the old one is void or its time is over; raises NotAllowed where none is called for."""
    workflow.require(by, "workorders.settle_workorder")
    visit = hold_visit(visit)
    if visit.state != VisitState.INSPECTED:
        raise NotAllowed(_("This car is not in the house any more."))
    if not visit.orders.filter(state__in=ON_PAPER).exists():
        raise NotAllowed(_("A gate pass is printed with the settlement. Please settle the order first."))
    known = queries.gate.pass_of(visit)
    if known is not None and not known.expired(at):
        raise NotAllowed(_("The gate pass %(number)s is still valid.") % {"number": known.paper.number})
    return issue(visit, by=by, at=at)


@transaction.atomic
def void(gate_pass: GatePass, why: str, *, by: User, at: datetime) -> None:
    """Make an unused pass void, with the reason; a new one can be printed."""
    workflow.require(by, "workorders.settle_workorder")
    if not why.strip():
        raise NotAllowed(_("Write down why the gate pass is made void."))
    hold_visit(gate_pass.visit)
    if not cancel(gate_pass, why, by=by, at=at):
        raise NotAllowed(_("This gate pass was used already or is void."))


@transaction.atomic
def void_for(order: WorkOrder, why: str, *, by: User, at: datetime) -> bool:
    """Make the unused pass of the order's visit void, and the manager's word on it: money went back (R14).

    Call it before anything else of the refund or reversal is written; says whether there was such a pass. Who may is
    the caller's to decide.
    """
    hold_visit(order.visit)
    live = GatePass.objects.filter(visit=order.visit_id, voided_at=None, used_at=None).first()
    return live is not None and cancel(live, why, by=by, at=at)


def cancel(gate_pass: GatePass, why: str, *, by: User, at: datetime) -> bool:
    unused = GatePass.objects.filter(pk=gate_pass.pk, used_at=None, voided_at=None)
    if not unused.update(voided_at=at, voided_by=by, void_reason=why.strip()[:200]):
        return False
    note(Act.PASS_VOIDED, gate_pass, words=why.strip(), by=by, at=at)
    return True


@transaction.atomic
def let_go_unpaid(visit: Visit, reason: str, *, by: User, at: datetime) -> GatePass:
    """Let the manager say that the car may leave although it is not paid; what is owed now, and no more (R14).

    The orders stay as they are, to be paid; never while the workshop has the car or nobody wrote what is owed.
    """
    workflow.require(by, "workorders.release_unpaid")
    if not reason.strip():
        raise NotAllowed(_("Write down why the car may leave unpaid."))
    visit = hold_visit(visit)
    if visit.state != VisitState.INSPECTED:
        raise NotAllowed(_("This car is not in the house any more."))
    for obstacle in queries.gate.obstacles_of_work(visit.orders.all()):
        raise NotAllowed(obstacle)
    due = queries.gate.due_of(visit)
    if due == 0:
        raise NotAllowed(_("Nothing is due. The car leaves with its gate pass."))
    gate_pass = issue(visit, by=by, at=at)
    if gate_pass.unpaid_fen == due:
        return gate_pass  # said already
    if gate_pass.unpaid_at is not None:
        cancel(gate_pass, _("Something else is owed by now."), by=by, at=at)
        gate_pass = issue(visit, by=by, at=at)
    said = {"unpaid_at": at, "unpaid_by": by, "unpaid_fen": due, "unpaid_reason": reason.strip()[:200]}
    GatePass.objects.filter(pk=gate_pass.pk, used_at=None, voided_at=None).update(**said)
    gate_pass.refresh_from_db()
    note(Act.RELEASED_UNPAID, gate_pass, words=reason.strip(), by=by, at=at, due_fen=due)
    return gate_pass


@transaction.atomic
def release(code: str, *, by: User, at: datetime) -> GatePass:
    """Open the gate once: the pass is used up, what is paid closed, the visit over (2.6.5.2, 2.6.10.1).

    Money is added up again under the visit's lock; the conditional UPDATE decides between two scans. What the
    maintenance plan wanted or was advised and these orders did is done (3.1.1.4). Raises NotAllowed with the reason:
    where the store has a guard, advisors leave the gate to him.
    """
    workflow.require(by, "workorders.release_car")
    seen = queries.gate.found(code, by.stores.all())
    if seen is None:
        raise NotAllowed(_("No gate pass of this store has this code."))
    visit = hold_visit(seen.visit)
    gate_pass = queries.gate.whole_passes().get(pk=seen.pk)  # as it is now that nobody else changes it
    for obstacle in queries.gate.obstacles(gate_pass, at, to=by):
        raise NotAllowed(obstacle)
    if queries.gate.guarded(visit.store, by):
        raise NotAllowed(_("The guard opens the gate with the pass."))
    open_pass = GatePass.objects.filter(pk=gate_pass.pk, used_at=None, voided_at=None, valid_until__gt=at)
    if not open_pass.update(used_at=at, used_by=by):
        raise NotAllowed(_("This gate pass was used already or is no longer valid."))
    note(Act.PASS_USED, gate_pass, by=by, at=at)
    owed = queries.gate.dues([visit])
    for order in visit.orders.filter(state__in=ON_PAPER).order_by("pk"):
        end(order, visit, paid=order.state == states.State.PAID and not owed.get(order.pk), by=by, at=at)
    reception.release(visit, by=by, at=at)
    return gate_pass


def end(order: WorkOrder, visit: Visit, *, paid: bool, by: User, at: datetime) -> None:
    """The work is done whoever still owes for it; the order is closed where nobody does."""
    if paid:
        workflow.move(order, states.CLOSE, by=by, at=at)
    codes = LabourLine.objects.wanted().filter(order=order).values_list("operation__code", flat=True)
    customers.end_plan_lines(visit.vehicle, codes, done_by=order.number, by=by, at=at)
    advice.carried_out(order, at=at)
