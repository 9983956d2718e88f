"""Showing the car to the customer."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership import workflow
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries, states
from workorders.documents.taken_home import maintenance_plan
from workorders.models import (
    About,
    CustomerQuestion,
    DeliveryWalk,
    Desk,
    ExplainedLine,
    LabourLine,
    NextVisit,
    PartLine,
    ThingsReturned,
    WorkOrder,
)
from workorders.operations import alerts
from workorders.operations.hold import hold, hold_visit

# What is done in front of the customer, none of it left out.
STEPS = [
    "accompanied", "work_explained", "old_parts_shown", "advice_told", "next_service_told", "spare_and_tools_told",
    "clean_shown", "follow_up_told", "call_time_asked", "covers_removed", "plan_given",
]  # fmt: skip
FURTHEST = timedelta(days=3653)  # ten years: a typing error, not a service
FURTHEST_KM = 100_000
ASK_AGAIN = timedelta(days=90)  # about what the customer was advised to have done


@dataclass(frozen=True)
class Told:
    """What was said and asked besides the steps."""

    use_notes: str = ""
    spare_result: str = ""
    inspection_on: date | None = None
    call_from: time | None = None
    call_until: time | None = None
    card_given: bool = False
    next_visit: str = ""
    next_visit_words: str = ""
    other_wishes: str = ""


@transaction.atomic
def hand_over(
    order: WorkOrder, *, steps: dict[str, bool], next_service_on: date, next_service_km: int, advice: str,
    explained: Collection[LabourLine | PartLine], told: Told, by: User, at: datetime,
) -> DeliveryWalk:  # fmt: skip
    """Walk round the car with the customer, before any money is taken (2.6.4.1-2.6.4.10).

    `steps` says for each of STEPS whether it was done in front of the customer, `explained` which lines were; none can
    be left out. The advice is kept for the car's next visit, and to ask about.
    """
    workflow.require(by, states.HAND_OVER.permission)
    hold_visit(order.visit)
    order.state = hold(order).state
    if not states.HAND_OVER.possible(order):
        raise NotAllowed(workflow.out_of_turn(order, at))
    for obstacle in queries.ready.obstacles_to_showing(order, at):
        raise NotAllowed(obstacle)
    require_steps(order, steps, explained)
    require_ahead(order, next_service_on, next_service_km, told, at)
    workflow.move(
        order,
        states.HAND_OVER,
        by=by,
        at=at,
        next_service_on=next_service_on,
        next_service_km=next_service_km,
        advice=advice.strip(),
    )
    if told.inspection_on:
        customers.correct_vehicle(order.visit.vehicle, inspection_due_on=told.inspection_on, by=by, at=at)
    if order.advice:
        remember_advice(order, by=by, at=at)
    walk = with_plan(DeliveryWalk(order=order, by=by, at=at, **asdict(told)))
    ExplainedLine.objects.bulk_create(
        ExplainedLine(walk=walk, **{"labour" if isinstance(line, LabourLine) else "part": line})
        for line in queries.leaving.charged(order)
    )
    return walk


def with_plan(walk: DeliveryWalk) -> DeliveryWalk:
    """Save the walk with the maintenance plan the customer takes home: what he was told stands on it (F23, 3.5.1.4)."""
    content = maintenance_plan(walk)
    walk.plan = paperwork.issue(store=walk.order.store, kind=Kind.PLAN, content=content, by=walk.by, at=walk.at)
    walk.save()
    return walk


def require_steps(order: WorkOrder, steps: dict[str, bool], explained: Collection[LabourLine | PartLine]) -> None:
    if not all(steps.get(step) for step in STEPS):
        raise NotAllowed(_("Every step of the hand-over has to be done with the customer."))
    for line in queries.leaving.charged(order):
        if line not in explained:
            raise NotAllowed(_("“%(line)s” is not explained yet.") % {"line": line.description})


def require_ahead(order: WorkOrder, on: date, km: int, told: Told, at: datetime) -> None:
    """Raise NotAllowed unless what was told lies ahead and makes sense."""
    today = at.astimezone(order.store.zone).date()
    if on <= today:
        raise NotAllowed(_("The next service lies in the future."))
    if km <= (order.visit.mileage or 0):
        raise NotAllowed(_("The next service comes at a higher mileage than today's."))
    if km > (order.visit.mileage or 0) + FURTHEST_KM:
        raise NotAllowed(_("That mileage lies too far ahead."))
    if max(filter(None, [on, told.inspection_on])) > today + FURTHEST:
        raise NotAllowed(_("That day lies too far ahead."))
    if told.inspection_on is not None and told.inspection_on <= today:
        raise NotAllowed(_("The annual inspection lies in the future."))
    if (told.call_from is None) != (told.call_until is None):
        raise NotAllowed(_("Enter both times, the later one second, or neither."))
    if told.call_from is not None and told.call_until is not None and told.call_from >= told.call_until:
        raise NotAllowed(_("Enter both times, the later one second, or neither."))
    if told.next_visit not in NextVisit.values:
        raise NotAllowed(_("Ask for the next appointment, and say what came of it."))
    if told.next_visit == NextVisit.BOOKED and not (told.next_visit_words.strip() or booked_ahead(order, at)):
        raise NotAllowed(_("Write down for when the appointment is made, or book it first."))
    if told.next_visit == NextVisit.NONE and not told.next_visit_words.strip():
        raise NotAllowed(_("Write down why there is no next appointment."))


def booked_ahead(order: WorkOrder, at: datetime) -> bool:
    """Say whether the car has an appointment that lies ahead."""
    return appointments.coming(order.visit.vehicle, at) is not None


def remember_advice(order: WorkOrder, *, by: User, at: datetime) -> None:
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
def ask(
    order: WorkOrder, *, words: str, answer: str = "", to_workshop: bool = False, by: User, at: datetime
) -> CustomerQuestion:
    """Note what the customer asks: answered now, or put to the workshop at once (3.5.1.3, 3.5.2.2)."""
    workflow.require(by, states.HAND_OVER.permission)
    order = hold(order)
    if order.state not in AT_THE_CAR:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if not words.strip():
        raise NotAllowed(_("Write down what the customer asked."))
    said = {"answer": answer.strip()[:300], "answered_by": by, "answered_at": at} if answer.strip() else {}
    if order.questions.filter(words=words.strip()[:300], answered_at=None).exists():
        raise NotAllowed(_("This question is noted already."))
    asked = CustomerQuestion.objects.create(
        order=order, words=words.strip()[:300], asked_by=by, asked_at=at, to_workshop=to_workshop and not said, **said
    )
    if asked.to_workshop:
        alerts.tell(order, Desk.FOREMAN, about=About.QUESTION, words=asked.words, by=by, at=at)
    return asked


AT_THE_CAR = [states.State.READY, states.State.HANDED_OVER, states.State.SETTLED, states.State.PAID]


@transaction.atomic
def answer(question: CustomerQuestion, *, answer: str, by: User, at: datetime) -> None:
    """Answer what the customer asked; the advisor is told what the workshop says."""
    if not any(by.has_perm(may) for may in (states.HAND_OVER.permission, "workorders.answer_question")):
        raise NotAllowed(_("Your role does not allow this."))
    order = hold(question.order)
    if not answer.strip():
        raise NotAllowed(_("Write down the answer."))
    open_still = CustomerQuestion.objects.filter(pk=question.pk, answered_at=None)
    if not open_still.update(answer=answer.strip()[:300], answered_by=by, answered_at=at):
        raise NotAllowed(_("A colleague has answered this already."))
    question.refresh_from_db()
    alerts.settle(order, Desk.FOREMAN, About.QUESTION, words=question.words, by=by, at=at)
    if question.to_workshop and not by.has_perm(states.HAND_OVER.permission):
        alerts.tell(order, Desk.ADVISOR, about=About.QUESTION, words=question.answer, by=by, at=at)


@transaction.atomic
def give_back(order: WorkOrder, *, things: Collection[str], by: User, at: datetime) -> ThingsReturned:
    """Give back what was taken at the reception: key, licence, booklet, things, old parts (2.6.9.1); all at once."""
    workflow.require(by, states.HAND_OVER.permission)
    visit = hold(order).visit
    for obstacle in queries.leaving.obstacles_to_giving_back(visit):
        raise NotAllowed(obstacle)
    due = [name for name, was_received in queries.leaving.received(visit).items() if was_received]
    if set(queries.leaving.names_owed(visit)) - set(things):
        raise NotAllowed(_("Give everything back that was received."))
    given, _new = ThingsReturned.objects.update_or_create(
        visit=visit, undone_at=None, defaults=dict.fromkeys(due, True) | {"by": by, "at": at}
    )
    return given
