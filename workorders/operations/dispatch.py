"""Giving the order to a team, starting and finishing the work."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.catalogue import operations as catalogue
from dealership.staff.models import Team, User
from dealership.workflow import NotAllowed
from dealership.workshop.models import Bay
from workorders import queries, states
from workorders.models import PartLine, WorkOrder

PARTS_MOVE = (states.State.DISPATCHED, states.State.IN_PROGRESS, states.State.REWORK)
PARTS_RETURN = (states.State.SIGNED, *PARTS_MOVE)  # signed: the order was taken back from a team that had them


def dispatch(order: WorkOrder, *, team: Team, bay: Bay | None, by: User, at: datetime, reason: str = "") -> None:
    """Give the order to a team (2.4.2.2); passing over the next in line needs a reason (2.3.6).

    Not before the customer has his copies (2.2.9.6).
    """
    if team.store_id != order.store_id or (bay is not None and bay.store_id != order.store_id):
        raise NotAllowed(_("This team or bay belongs to another store."))
    if order.state == states.State.SIGNED:
        for obstacle in queries.obstacles_to_dispatch(order):
            raise NotAllowed(obstacle)
        first = queries.next_in_line(order.store)
        if first is not None and first.pk != order.pk and not reason.strip():
            raise NotAllowed(
                _("%(plate)s is next in line. Write down why this car goes first.") % {"plate": first.visit.vehicle}
            )
    workflow.move(order, states.DISPATCH, by=by, at=at, reason=reason, team=team, bay=bay)


def recall(order: WorkOrder, *, by: User, at: datetime, reason: str = "") -> None:
    """Take the order back from a team that has not begun, to give it to another."""
    workflow.move(order, states.RECALL, by=by, at=at, reason=reason, team=None, bay=None)


@transaction.atomic
def start(order: WorkOrder, *, technician: User, by: User, at: datetime) -> None:
    """Begin work, or rework after a failed check; the technician answers for it from now on.

    Refused while every line waits: for the manufacturer (2.2.4.4) or for its price after the diagnosis (2.2.7.5).
    """
    if not technician.stores.filter(pk=order.store_id).exists():
        raise NotAllowed(_("%(name)s does not work in this store.") % {"name": technician.full_name})
    order.refresh_from_db(fields=["state"], from_queryset=WorkOrder.objects.select_for_update())
    if states.START.possible(order):  # else the step itself says where the order is now
        # Read under the lock: nobody puts the last line before the manufacturer while the work begins.
        for obstacle in queries.obstacles_to_starting(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()):
            raise NotAllowed(obstacle)
    workflow.move(order, states.START, by=by, at=at, technician=technician)
    order.workers.add(technician)


@transaction.atomic
def issue_parts(order: WorkOrder, *, to: User, by: User, at: datetime) -> int:
    """Hand out all parts still open on a dispatched order and take them off the stock (2.4.3.4).

    What the customer declined stays on the shelf, and what waits for a price or an answer stays there meanwhile.

    What was put aside for the appointment the car came by is used up first.

    Returns how many lines were handed out; raises OutOfStock and hands out nothing.
    """
    workflow.require(by, "workorders.issue_parts")
    held = WorkOrder.objects.select_for_update(of=("self",))
    order = held.select_related("store", "visit__appointment").get(pk=order.pk)
    if order.state not in PARTS_MOVE:
        raise NotAllowed(_("Parts are handed out once a team has the order, and before it is finished."))
    unissued = order.part_lines.filter(issued_at=None).select_related("part", "labour__case")
    lines = [line for line in unissued.order_by("part_id", "pk") if queries.may_be_issued(line)]
    for line in lines:
        # The line is claimed first: whoever claims it takes the part off the stock, nobody else does.
        if PartLine.objects.filter(pk=line.pk, issued_at=None).update(issued_at=at, issued_to=to):
            catalogue.issue(
                store=order.store, part=line.part, quantity=line.quantity, reference=order.number,
                kept_for=queries.kept_for(order), by=by, at=at,
            )  # fmt: skip
    return len(lines)


@transaction.atomic
def return_parts(order: WorkOrder, *, by: User, at: datetime) -> int:
    """Take the handed-out parts back into stock while the work is not finished; return how many lines."""
    workflow.require(by, "workorders.issue_parts")
    order = WorkOrder.objects.select_for_update().get(pk=order.pk)
    if order.state not in PARTS_RETURN:
        raise NotAllowed(_("The work is finished; its parts are in the car."))
    lines = list(order.part_lines.exclude(issued_at=None).select_related("part").order_by("part_id", "pk"))
    for line in lines:
        if PartLine.objects.filter(pk=line.pk, issued_at=line.issued_at).update(issued_at=None, issued_to=None):
            catalogue.take_back(order.store, line.part, line.quantity, reference=order.number, by=by, at=at)
    return len(lines)


@transaction.atomic
def finish(order: WorkOrder, *, by: User, at: datetime) -> None:
    """The work is done; the car goes to the quality check.

    The order is held meanwhile: no part goes back to the shelf between the look at the parts and the step.
    """
    order.refresh_from_db(fields=["state"], from_queryset=WorkOrder.objects.select_for_update())
    if order.state == states.State.IN_PROGRESS:
        for obstacle in queries.obstacles_to_finishing(order):
            raise NotAllowed(obstacle)
    workflow.move(order, states.FINISH, by=by, at=at)
