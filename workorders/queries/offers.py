"""What the car needs besides what it came for: offered at write-up, one thing at a time (2.2.7.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership.catalogue.models import LabourOperation
from dealership.customers import queries as customers
from dealership.customers.models import PlanLine, Recommendation
from workorders.models import Offer, OfferAnswer, WorkOrder

SOON = timedelta(days=30)  # due before the customer would come again just for it
SOON_KM = 1000


@dataclass(frozen=True)
class ToOffer:
    """One thing to offer, why, the work the catalogue knows for it, and what was said to it on this order."""

    thing: Recommendation | PlanLine
    words: str
    why: str
    operation: LabourOperation | None
    answer: Offer | None = None

    @property
    def kind(self) -> str:
        return "advice" if isinstance(self.thing, Recommendation) else "plan"

    @property
    def open(self) -> bool:
        """Whether it is still to be offered; what was accepted and then taken off the order is again."""
        return self.answer is None or (self.answer.answer == OfferAnswer.ACCEPTED and self.answer.line_id is None)


def to_offer(order: WorkOrder, today: date) -> list[ToOffer]:
    """Return what was recommended before and what the maintenance plan wants about now, the advice first.

    Left out is what this very order brought up or has on it already.
    """
    vehicle = order.visit.vehicle
    advice = list(customers.open_recommendations(vehicle).exclude(source=order.number))
    said = {recommendation.words for recommendation in advice}
    plan = [line for line in due(order, today) if line.item not in said]
    if not advice and not plan:
        return []
    answers = {(offer.recommendation_id, offer.plan_line_id): offer for offer in order.offers.all()}
    known = operations_of([*advice, *plan])
    sold = {line.operation.code for line in order.labour_lines.all()}
    found = [
        ToOffer(one, one.words, why_advised(one), known.get(one.words), answers.get((one.pk, None))) for one in advice
    ]
    for line in plan:
        answer = answers.get((None, line.pk))
        if answer is not None or line.code not in sold:
            operation = known.get(line.code) or known.get(line.item)
            found.append(ToOffer(line, line.item, why_due(line), operation, answer))
    return found


def due(order: WorkOrder, today: date) -> QuerySet[PlanLine]:
    until, km = today + SOON, (order.visit.mileage or 0) + SOON_KM
    soon = Q(expected_on__lte=until) | Q(due_on__lte=until) | Q(due_km__lte=km)
    return customers.maintenance_plan(order.visit.vehicle).filter(soon, state=PlanLine.State.OPEN)


def operations_of(things: Iterable[Recommendation | PlanLine]) -> dict[str, LabourOperation]:
    """Return the work on offer by its code and by its name, as far as these things name it."""
    marks = {mark for thing in things for mark in marks_of(thing)}
    if not marks:
        return {}
    found = LabourOperation.objects.filter(Q(code__in=marks) | Q(name__in=marks), active=True).order_by("-pk")
    return {mark: operation for operation in found for mark in (operation.name, operation.code)}


def marks_of(thing: Recommendation | PlanLine) -> list[str]:
    names = [thing.words] if isinstance(thing, Recommendation) else [thing.code, thing.item]
    return [name for name in names if name]


def operation_of(thing: Recommendation | PlanLine) -> LabourOperation | None:
    known = operations_of([thing])
    return next((known[mark] for mark in marks_of(thing) if mark in known), None)


def why_advised(said: Recommendation) -> str:
    day = formats.date_format(timezone.localtime(said.said_at), "SHORT_DATE_FORMAT")
    if said.declined:
        return _("declined %(day)s: %(reason)s") % {"day": day, "reason": said.reason}
    return _("advised %(day)s") % {"day": day}


def why_due(line: PlanLine) -> str:
    if line.due_on is not None:
        return _("due %(day)s") % {"day": formats.date_format(line.due_on, "SHORT_DATE_FORMAT")}
    return _("due at %(km)d km") % {"km": line.due_km}
