"""The clock's part: what a finished visit sets off, what falls due, what is no longer needed, what is late.

Everything here is a sweep over rows: run twice at once or after an outage of any length it does each thing once.
The unique key of a task (rule, visit, occurrence) decides between two sweeps, not the look before it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.outbox import queue
from dealership.outbox.models import Channel as By
from dealership.outbox.models import Message, Purpose
from dealership.outbox.states import State as MessageState
from dealership.staff.models import Store
from dealership.workflow import CLOCK, Transition
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar
from followup import notices, queries, states, timing
from followup.models import Channel, ContactRule, FollowUpTask, FollowUpTaskMove
from followup.states import OPEN, State
from reception.models import Visit

BATCH = 100
ROUNDS = 10  # so much per sweep; the rest waits for the next one, seconds later


class Calendars(dict[int, WorkingCalendar]):
    """The working calendars of the stores met in one sweep, each loaded once."""

    def of(self, store: Store) -> WorkingCalendar:
        if store.pk not in self:
            self[store.pk] = workshop.calendar_of(store)
        return self[store.pk]


def sweep(at: datetime) -> dict[str, int]:
    """Do everything the clock owes by now; return how many of each."""
    calendars = Calendars()
    return {
        "visits": plan_visits(at, calendars),
        "repeated": repeat_contacts(at, calendars),
        "sent": settle_sent(at),
        "letters": replace_lost_messages(at),
        "superseded": supersede_by_newer_visits(at),
        "due": let_fall_due(at),
        "escalated": escalate(at),
    }


def plan_visits(at: datetime, calendars: Calendars) -> int:
    """Plan the follow-up of every finished visit that has none, whenever it was finished."""
    rules, planned = queries.rules_in_use(), 0
    for _round in range(ROUNDS if rules else 0):
        visits = queries.unplanned(rules, at, BATCH)
        if not visits:
            break
        planned += plan_once(visits, rules, at, calendars)
    return planned


def plan_once(visits: Sequence[Visit], rules: Sequence[ContactRule], at: datetime, calendars: Calendars) -> int:
    """Plan these visits unless another sweep just did; those it left are then planned one by one."""
    try:
        return plan(visits, rules, at, calendars)
    except IntegrityError:
        return sum(plan_alone(visit, rules, at, calendars) for visit in visits)


def plan_alone(visit: Visit, rules: Sequence[ContactRule], at: datetime, calendars: Calendars) -> int:
    try:
        return plan([visit], rules, at, calendars)
    except IntegrityError:
        if FollowUpTask.objects.filter(visit=visit).exists():
            return 0
        raise


@transaction.atomic
def plan(visits: Sequence[Visit], rules: Sequence[ContactRule], at: datetime, calendars: Calendars) -> int:
    """Write all tasks of these visits in one statement, and the messages with them; raises IntegrityError."""
    windows, consents = queries.call_windows(visits), queries.consents(visits)
    tasks = []
    for visit in visits:
        for rule in (rule for rule in rules if applies(rule, visit)):
            task = owed(rule, visit, visit.released_at, calendars.of(visit.store), windows.get(visit.pk))
            choose_channel(task, consents, at)
            tasks.append(task)
    keep(tasks, at)
    return len(visits)


def applies(rule: ContactRule, visit: Visit) -> bool:
    return rule.valid_from is None or (visit.released_at is not None and visit.released_at >= rule.valid_from)


def owed(
    rule: ContactRule, visit: Visit, anchor: Any, hours: WorkingCalendar, window: timing.Window | None
) -> FollowUpTask:
    """Draft the task a rule owes from the anchor on (C6: from giving the car back, never from the work's end)."""
    times = timing.times(anchor, rule.not_before, rule.target, rule.limit, hours, roll=rule.roll_earlier)
    convenient = window if rule.use_convenient_time else None
    return FollowUpTask(
        rule=rule,
        store=visit.store,
        customer=visit.customer,
        visit=visit,
        channel=rule.channel,
        not_before=times.not_before,
        target=timing.place(times, convenient, hours) if convenient else times.target,
        due_at=times.due_at,
        call_from=convenient[0] if convenient else None,
        call_until=convenient[1] if convenient else None,
    )


def choose_channel(task: FollowUpTask, consents: queries.Consents, at: datetime) -> None:
    """Fall back to a letter where the usual way is closed, to nothing where the customer refused both."""
    customer = task.customer
    if task.channel == Channel.MESSAGE:
        open_way = customer.email and consents.allow(customer.pk, "email") and at <= last_moment(task)
    else:
        open_way = customer.phone is not None and consents.allow(customer.pk, "call")
    if not open_way:
        task.channel = Channel.LETTER
    if task.channel == Channel.LETTER and not consents.allow(customer.pk, "letter"):
        task.state = State.CANCELLED


def last_moment(task: FollowUpTask) -> datetime:
    """Return the limit as the text puts it: a message needs no opening hours."""
    released_at = task.visit.released_at or task.not_before
    return timing.after(released_at, task.rule.limit, task.store.zone)


def keep(tasks: list[FollowUpTask], at: datetime) -> None:
    for task in tasks:
        if task.channel == Channel.MESSAGE:
            task.message = thank(task, at)
    FollowUpTask.objects.bulk_create(tasks)
    begun = [
        FollowUpTaskMove(thing=task, from_state="", to_state=task.state, by=CLOCK, at=at, reason=why(task, at))
        for task in tasks
    ]
    FollowUpTaskMove.objects.bulk_create(begun)


def why(task: FollowUpTask, at: datetime) -> str:
    """Say what is unusual about a task from the start."""
    if task.state == State.CANCELLED:
        return _("The customer does not want to be contacted.")
    if task.rule.channel == Channel.MESSAGE and task.channel == Channel.LETTER:
        if at > last_moment(task):
            return _("Found too late for a message; a letter is overdue.")
        return _("No e-mail to this customer; a letter instead.")
    if task.rule.channel == Channel.CALL and task.channel == Channel.LETTER:
        return _("No call to this customer; a letter instead.")
    return ""


def thank(task: FollowUpTask, at: datetime) -> Message:
    """Enqueue the thank-you message of a visit, once for ever (1.2.1.2: at once, not at the limit)."""
    notice = notices.thanks(task.visit)
    return queue.enqueue(
        dedupe_key=f"thanks:{task.visit_id}",
        store=task.store,
        customer=task.customer,
        purpose=Purpose.SERVICE,
        channel=By.EMAIL,
        recipient=task.customer.email,
        subject=notice.subject,
        body=notice.body,
        language=notice.language,
        due_at=max(at, task.not_before),
        not_after=last_moment(task),
    )


def repeat_contacts(at: datetime, calendars: Calendars) -> int:
    """Plan the next regular contact two months after the last one was made (1.2.5.1)."""
    made = queries.contacts_to_repeat(BATCH)
    visits = [task.visit for task in made]
    windows, consents = queries.call_windows(visits), queries.consents(visits)
    following = []
    for task in made:
        visit = task.visit
        draft = owed(task.rule, visit, task.done_at, calendars.of(visit.store), windows.get(visit.pk))
        draft.occurrence = task.occurrence + 1
        choose_channel(draft, consents, at)
        following.append(draft)
    try:
        with transaction.atomic():
            keep(following, at)
    except IntegrityError:
        return 0  # another sweep planned them
    return len(following)


def settle_sent(at: datetime) -> int:
    """Finish the tasks whose message has gone out, at the moment it went."""
    sent = FollowUpTask.objects.filter(channel=Channel.MESSAGE, message__state=MessageState.SENT)
    moment = Message.objects.filter(pk=OuterRef("message")).values("sent_at")[:1]
    return advance(states.SENT, sent, at, done_at=Subquery(moment))


def replace_lost_messages(at: datetime) -> int:
    """Turn what could not be sent into a letter, so that nobody is forgotten."""
    waiting = FollowUpTask.objects.filter(channel=Channel.MESSAGE)
    taken_back = waiting.filter(message__state=MessageState.CANCELLED)
    advance(states.SUPERSEDE, taken_back, at, reason=_("The message was taken back."))
    lost = waiting.filter(message__state__in=[MessageState.FAILED, MessageState.EXPIRED])
    unclear = waiting.filter(message__state=MessageState.UNKNOWN, due_at__lt=at)
    reason = _("The message did not go out; a letter instead.")
    return sum(advance(states.FALL_DUE, tasks, at, reason=reason, channel=Channel.LETTER) for tasks in (lost, unclear))


def supersede_by_newer_visits(at: datetime) -> int:
    """End the regular contact of an older visit: the newer one has begun its own."""
    older = FollowUpTask.objects.filter(Exists(queries.of_newer_visit()), rule__repeats=True)
    return advance(states.SUPERSEDE, older, at, reason=_("The car was here again since."))


def let_fall_due(at: datetime) -> int:
    tasks = FollowUpTask.objects.filter(state=State.PLANNED, not_before__lte=at).exclude(channel=Channel.MESSAGE)
    return advance(states.FALL_DUE, tasks, at)


def escalate(at: datetime) -> int:
    """Mark once what is past its limit; it stays to be done, and managers see it first."""
    late = FollowUpTask.objects.filter(state__in=OPEN, due_at__lt=at, escalated_at=None)
    return late.update(escalated_at=at)


def advance(step: Transition, tasks: QuerySet[FollowUpTask], at: datetime, reason: str = "", **changes: Any) -> int:
    """Move many tasks one step of the clock, each with its row of history; what another sweep holds is left to it."""
    total = 0
    for _round in range(ROUNDS):
        moved = advance_batch(step, tasks, at, reason, changes)
        total += moved
        if moved < BATCH:
            break
    return total


@transaction.atomic
def advance_batch(
    step: Transition, tasks: QuerySet[FollowUpTask], at: datetime, reason: str, changes: dict[str, Any]
) -> int:
    assert step.by_clock
    # PostgreSQL locks the rows; SQLite's transaction began with the write lock. Either way nobody else moves them.
    waiting = tasks.filter(state__in=step.sources).order_by("pk")
    found = list(waiting.select_for_update(skip_locked=True, of=("self",)).only("pk", "state")[:BATCH])
    FollowUpTask.objects.filter(pk__in=[task.pk for task in found]).update(state=step.target, **changes)
    FollowUpTaskMove.objects.bulk_create(
        FollowUpTaskMove(thing=task, from_state=task.state, to_state=step.target, by=CLOCK, at=at, reason=reason)
        for task in found
    )
    return len(found)


def follow(survivor: Customer, duplicate: Customer) -> None:
    """Point the tasks of a merged customer to the one he was merged into."""
    FollowUpTask.objects.filter(customer=duplicate).update(customer=survivor)
