"""Showing the car to the customer, and the gate."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.customers import operations as customers
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import operations as reception
from workorders import states
from workorders.models import GatePass, LabourLine, WorkOrder
from workorders.operations import advice
from workorders.operations.hold import hold

STEPS = ["work_explained", "old_parts_shown", "clean_shown", "covers_removed", "papers_returned"]
ASK_AGAIN = timedelta(days=90)  # about what the customer was advised to have done


@transaction.atomic
def hand_over(
    order: WorkOrder, *, steps: dict[str, bool], next_service_on: date, next_service_km: int, advice: str,
    by: User, at: datetime,
) -> None:  # fmt: skip
    """Walk round the car with the customer, before any money is taken (2.6.4.1-2.6.4.10).

    `steps` says for each of STEPS whether it was done in front of the customer; none can be left out. The advice is
    kept for the car's next visit, and to ask about.
    """
    if not all(steps.get(step) for step in STEPS):
        raise NotAllowed(_("Every step of the hand-over has to be done with the customer."))
    if next_service_on <= at.astimezone(order.store.zone).date():
        raise NotAllowed(_("The next service lies in the future."))
    if next_service_km <= (order.visit.mileage or 0):
        raise NotAllowed(_("The next service comes at a higher mileage than today's."))
    workflow.move(
        order,
        states.HAND_OVER,
        by=by,
        at=at,
        next_service_on=next_service_on,
        next_service_km=next_service_km,
        advice=advice.strip(),
    )
    if order.advice:
        customers.recommend(
            order.visit.vehicle,
            words=order.advice,
            declined=False,
            source=order.number,
            remind_on=at.astimezone(order.store.zone).date() + ASK_AGAIN,
            by=by,
            at=at,
        )


@transaction.atomic
def release(gate_pass: GatePass, *, by: User, at: datetime) -> None:
    """Open the gate once: the pass is used up, the order closed, the visit over (2.6.5.2).

    What the maintenance plan wanted or was advised and this order did is done (3.1.1.4).
    Raises NotAllowed for a pass that was used, voided, or belongs to an order that is not paid.
    """
    workflow.require(by, "workorders.release_car")
    order = hold(WorkOrder.objects.get(settlements=gate_pass.settlement_id))  # first, as whoever voids the pass does
    used = GatePass.objects.filter(pk=gate_pass.pk, used_at=None, voided_at=None).update(used_at=at, used_by=by)
    if not used:
        raise NotAllowed(_("This gate pass was used already or is no longer valid."))
    workflow.move(order, states.CLOSE, by=by, at=at)
    codes = LabourLine.objects.wanted().filter(order=order).values_list("operation__code", flat=True)
    customers.end_plan_lines(order.visit.vehicle, codes, done_by=order.number, by=by, at=at)
    advice.carried_out(order, at=at)
    still_open = order.visit.orders.exclude(state__in=[states.State.CLOSED, states.State.CANCELLED])
    if not still_open.exists():
        reception.release(order.visit, by=by, at=at)
