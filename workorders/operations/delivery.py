"""Showing the car to the customer."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.customers import operations as customers
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import states
from workorders.models import WorkOrder

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
