"""Offering at write-up what the car needs besides, and keeping the customer's answer (2.2.7.2)."""

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.catalogue.models import LabourOperation
from dealership.catalogue.queries import PriceMissing
from dealership.customers import operations as customers
from dealership.customers.models import PlanLine, Recommendation
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import LabourLine, Offer, OfferAnswer, WorkOrder
from workorders.operations import writeup
from workorders.operations.advice import ASK_AGAIN


@transaction.atomic
def accept(
    order: WorkOrder, thing: Recommendation | PlanLine, *, operation: LabourOperation | None = None,
    by: User, at: datetime,
) -> LabourLine:  # fmt: skip
    """Put the offered work on the order with its usual parts; accepted twice it is one line.

    Raises NotAllowed where neither the catalogue nor the advisor knows the work, PriceMissing.
    """
    answered = require_open(order, thing, by)
    if answered is not None and answered.line is not None:
        return answered.line
    operation = operation or queries.operation_of(thing)
    if operation is None:
        raise NotAllowed(_("Choose the work of the catalogue that is meant."))
    line = writeup.add_labour(order, operation=operation, complaint=None, by=by, at=at)
    if isinstance(thing, Recommendation):
        LabourLine.objects.filter(pk=line.pk).update(recommendation=thing)
    for usual in operation.usual_parts.select_related("part"):
        with contextlib.suppress(PriceMissing):
            writeup.add_part(order, part=usual.part, quantity=usual.quantity, labour=line, by=by, at=at)
    keep(order, thing, OfferAnswer.ACCEPTED, line=line, by=by, at=at)
    return line


@transaction.atomic
def decline(order: WorkOrder, thing: Recommendation | PlanLine, *, reason: str, by: User, at: datetime) -> None:
    """Keep that the customer does not want it, and why; he is asked again later."""
    answered = require_open(order, thing, by)
    if answered is not None and answered.line is not None:
        raise NotAllowed(_("This is on the order. Note the decision on its line."))
    reason = reason.strip()
    if not reason:
        raise NotAllowed(_("Write down why the customer does not want it."))
    remind_on = at.astimezone(order.store.zone).date() + ASK_AGAIN
    said: dict[str, Any] = {"reason": reason[:300], "remind_on": remind_on, "by": by, "at": at}
    if isinstance(thing, Recommendation):
        customers.decline_again(thing, **said)
    else:
        customers.recommend(order.visit.vehicle, words=thing.item, declined=True, source=order.number, **said)
    keep(order, thing, OfferAnswer.DECLINED, reason=reason[:300], by=by, at=at)


@transaction.atomic
def pass_over(order: WorkOrder, thing: Recommendation | PlanLine, *, by: User, at: datetime) -> None:
    """Note that it was not offered this time; it comes back on the next visit."""
    answered = require_open(order, thing, by)
    if answered is None:
        keep(order, thing, OfferAnswer.NOT_OFFERED, by=by, at=at)


def require_open(order: WorkOrder, thing: Recommendation | PlanLine, by: User) -> Offer | None:
    """Hold the order; return what was answered before."""
    writeup.require_draft(order, by)
    if thing.vehicle_id != order.visit.vehicle_id:
        raise NotAllowed(_("This belongs to another car."))
    return Offer.objects.filter(order=order, **of(thing)).select_related("line__order").first()


def keep(order: WorkOrder, thing: Recommendation | PlanLine, answer: str, **facts: Any) -> None:
    facts = {"reason": "", "line": None} | facts
    Offer.objects.update_or_create(order=order, **of(thing), defaults={"answer": answer, **facts})


def of(thing: Recommendation | PlanLine) -> dict[str, Any]:
    return {"recommendation": thing} if isinstance(thing, Recommendation) else {"plan_line": thing}
