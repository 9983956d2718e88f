"""When the workshop is to be asked how far it is, and what it said (2.4.5.1-2.4.5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.workshop.calendar import WorkingCalendar
from workorders.models import Assignment, ProgressQuestion, Withdrawn, WorkOrder, WorkOrderMove, WorkshopRules
from workorders.states import WITH_TEAM, State

UNANSWERED = Q(answered_at=None, withdrawn_at=None)


@dataclass(frozen=True)
class Window:
    """A plan of an order and when within it the workshop is asked."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime

    def differs(self, question: ProgressQuestion) -> bool:
        return any(getattr(question, name) != moment for name, moment in vars(self).items())


def with_plan(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Add what the plan follows from: the teams' times, else when the team got the car; and the last plan asked about.

    Work that was finished before anybody asked counts as asked about.
    """
    given = Assignment.objects.filter(order=OuterRef("pk"), withdrawn_at=None).order_by().values("order")
    steps = WorkOrderMove.objects.filter(thing=OuterRef("pk"))
    got = steps.filter(to_state=State.DISPATCHED).order_by("-at", "-pk").values("at")[:1]
    begun = steps.filter(to_state=State.IN_PROGRESS).order_by("at", "pk").values("at")[:1]
    over = ProgressQuestion.objects.filter(order=OuterRef("pk")).exclude(UNANSWERED)
    asked = over.exclude(withdrawn=Withdrawn.NO_PLAN).order_by().values("order")
    return orders.annotate(
        planned_from=Subquery(given.annotate(first=Min("starts_at")).values("first")),
        planned_until=Subquery(given.annotate(last=Max("ends_at")).values("last")),
        got_at=Coalesce(Subquery(got), Subquery(begun)),
        asked_until=Subquery(asked.annotate(last=Max("ends_at")).values("last")),
    )


def window(order: Any, calendar: WorkingCalendar, rules: WorkshopRules) -> Window | None:
    """Return when to ask about the plan as it is now; None where there is nothing to ask; the order has its plan.

    Only a plan that ends later than what was asked about is asked about again.
    """
    starts_at, ends_at = order.planned_from or order.got_at, order.planned_until or order.promised_at
    if order.state not in WITH_TEAM or starts_at is None or ends_at is None:
        return None
    ends_at = max(starts_at, ends_at)  # a car that comes to the team after its promise is asked about at once
    if order.asked_until is not None and ends_at <= order.asked_until:
        return None
    opens_at, closes_at = (
        calendar.at_share(starts_at, ends_at, percent / 100) for percent in (rules.progress_from, rules.progress_to)
    )
    return Window(starts_at, ends_at, opens_at, closes_at)


def in_question(store: Store) -> QuerySet[WorkOrder]:
    """Return the orders the clock looks at, with their plan and in `unanswered` the question that is open."""
    found = WorkOrder.objects.filter(store=store).filter(
        Q(state__in=WITH_TEAM) | Q(pk__in=ProgressQuestion.objects.filter(UNANSWERED).values("order"))
    )
    open_ones = Prefetch("progress_questions", ProgressQuestion.objects.filter(UNANSWERED), to_attr="unanswered")
    return with_plan(found).prefetch_related(open_ones).order_by("pk")


def to_ask(store: Store, now: datetime) -> QuerySet[ProgressQuestion]:
    """Return the questions to be asked by now, the one that closes first on top (2.4.5.2)."""
    found = ProgressQuestion.objects.filter(UNANSWERED, order__store=store, opens_at__lte=now)
    return found.select_related("order__visit__vehicle", "order__visit__customer", "order__team").order_by(
        "closes_at", "pk"
    )


def of_order(order: WorkOrder) -> list[ProgressQuestion]:
    """Return what was asked about an order and answered, and the question that is open, the newest first."""
    asked = order.progress_questions.filter(withdrawn_at=None).select_related("asked_of", "answered_by", "measure_by")
    return list(asked.order_by("-made_at", "-pk"))


def urgency_of(question: ProgressQuestion, now: datetime) -> str:
    """Say how urgent the question is: amber while it is to be asked, red once its time is over (2.4.5.3)."""
    if not question.open or now < question.opens_at:
        return ""
    return "red" if now > question.closes_at else "amber"


def breaks_promise(question: ProgressQuestion, order: WorkOrder) -> bool:
    """Say whether the customer has to hear of the finish the workshop expects (2.4.5.4)."""
    promise, finish = order.promised_at, question.finish_at
    return promise is not None and finish is not None and finish > promise


def workshop_people(store: Store) -> list[User]:
    """Return who can be asked how far the work is, and can see to a measure."""
    return list(staff.people(store, Role.FOREMAN, Role.TEAM_LEADER, Role.TECHNICIAN))


def whom_to_ask(order: WorkOrder, people: Sequence[User], by: User) -> User | None:
    """Return who is asked as a rule: whoever answers himself, else who works on the car, else the team's leader."""
    leader = order.team.leader if order.team else None
    return next((one for one in (by, order.technician, leader) if one in people), None)
