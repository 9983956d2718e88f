"""Asking the workshop how far it is, and keeping what it answers (2.4.5.1-2.4.5.4)."""

from datetime import datetime

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar
from workorders.models import About, Desk, ProgressQuestion, Withdrawn, WorkOrder, WorkshopRules
from workorders.operations import alerts
from workorders.queries import progress
from workorders.queries.rules import rules_at
from workorders.states import WITH_TEAM


@transaction.atomic
def replan(
    order: WorkOrder, *, at: datetime, calendar: WorkingCalendar | None = None, rules: WorkshopRules | None = None
) -> ProgressQuestion | None:
    """Bring the open question in line with the plan as it is now: make it, move it or take it back; return it.

    Made after its time, because the clock stood still, it is made once and marked late. Answered ones never move.
    """
    held = WorkOrder.objects.select_for_update(of=("self",)).filter(pk=order.pk)
    held.get()  # until this transaction ends, nobody else asks or answers
    now = progress.with_plan(WorkOrder.objects.filter(pk=order.pk).select_related("store")).get()
    rules = rules or rules_at(now.store, at)
    wanted = progress.window(now, calendar or workshop.calendar_of(now.store), rules)
    found = ProgressQuestion.objects.filter(progress.UNANSWERED, order=order).first()
    if wanted is None:
        withdraw(found, in_hand=now.state in WITH_TEAM, at=at)
        return None
    if found is None:
        late = at > wanted.closes_at
        return ProgressQuestion.objects.create(order=order, made_at=at, late=late, **vars(wanted))
    if wanted.differs(found):
        ProgressQuestion.objects.filter(pk=found.pk).update(**vars(wanted))
        found.refresh_from_db()
    return found


def withdraw(question: ProgressQuestion | None, *, in_hand: bool, at: datetime) -> None:
    """Stop asking; a car that went on to the check was finished, so the same plan is not asked about again."""
    if question is None:
        return
    back = in_hand or question.order.state in BACK_AT_THE_DESK
    why = Withdrawn.NO_PLAN if back else Withdrawn.FINISHED
    ProgressQuestion.objects.filter(pk=question.pk).update(withdrawn_at=at, withdrawn=why)


BACK_AT_THE_DESK = ("draft", "signed", "cancelled")


def sweep(at: datetime) -> dict[str, int]:
    """Bring every question in line with its plan (2.4.5.1); twice at once or after an outage, each once."""
    return {"questions": sum(sweep_store(store, at) for store in Store.objects.all())}


def sweep_store(store: Store, at: datetime) -> int:
    """Look at all cars of the store at once, and take up only those whose question is not as their plan wants it."""
    orders = list(progress.in_question(store))
    if not orders:
        return 0
    rules, calendar, changed = rules_at(store, at), workshop.calendar_of(store), 0
    for order in orders:
        wanted, found = progress.window(order, calendar, rules), next(iter(order.unanswered), None)  # type: ignore[attr-defined]
        same = wanted is None if found is None else wanted is not None and not wanted.differs(found)
        if not same:
            replan(order, at=at, calendar=calendar, rules=rules)
            changed += 1
    return changed


@transaction.atomic
def answer(
    order: WorkOrder, *, asked_of: User, finish_at: datetime, abnormal: bool, words: str = "", measure: str = "",
    measure_by: User | None = None, by: User, at: datetime,
) -> ProgressQuestion:  # fmt: skip
    """Note when the workshop expects to finish and whether something is wrong (2.4.5.3), asked for or before.

    What is wrong needs a measure and who sees to it (2.4.5.4). The advisor is told where something is wrong or the
    finish breaks the promise: a new one is given only after the customer was reached.
    """
    workflow.require(by, "workorders.answer_progress")
    question = replan(order, at=at)
    if question is None:
        raise NotAllowed(nothing_to_answer(order))
    if finish_at < at.replace(second=0, microsecond=0):
        raise NotAllowed(_("The finish the workshop expects is over already; ask again."))
    if abnormal and not words.strip():
        raise NotAllowed(_("Write down what is wrong."))
    if abnormal and not (measure.strip() and measure_by):
        raise NotAllowed(_("Where something is wrong, write down what is done at once and who sees to it."))
    wrong = {"words": words.strip(), "measure": measure.strip(), "measure_by": measure_by} if abnormal else {}
    ProgressQuestion.objects.filter(pk=question.pk).update(
        asked_of=asked_of, answered_by=by, answered_at=at, finish_at=finish_at, abnormal=abnormal, **wrong
    )
    question.refresh_from_db()
    tell(question, order, by, at)
    return question


def nothing_to_answer(order: WorkOrder) -> str:
    """Say why there is no open question: somebody was faster, or the car is not with a team."""
    order.refresh_from_db(fields=["state"])
    for last in progress.of_order(order)[:1] if order.state in WITH_TEAM else []:
        return _("%(who)s noted the answer at %(time)s already; it is asked again when the plan gets longer.") % {
            "who": last.answered_by.full_name if last.answered_by else "",
            "time": f"{timezone.localtime(last.answered_at):%H:%M}",
        }
    return _("The car is not with a team; there is no work to ask about.")


def tell(question: ProgressQuestion, order: WorkOrder, by: User, at: datetime) -> None:
    """Let the advisor see what is wrong or breaks the promise, and the foreman what is wrong."""
    late = progress.breaks_promise(question, order)
    if not late and not question.abnormal:
        return
    finish = formats.date_format(timezone.localtime(question.finish_at), "m-d H:i")
    with alerts.in_house_language(order):
        said = [_("finish expected %(time)s") % {"time": finish}]
        if late:
            said.append(_("after the promise: reach the customer before a new promise is given"))
        if question.abnormal:
            said += [question.words, _("measure: %(words)s") % {"words": question.measure}]
    desks = [Desk.ADVISOR, *([Desk.FOREMAN] if question.abnormal else [])]
    alerts.tell(order, *desks, about=About.PROGRESS, words="; ".join(said), by=by, at=at)
