"""The people's part: taking a call, telling what came of it, handing it to somebody else."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed
from followup import queries, states
from followup.models import Attempt, Channel, FollowUpTask, Outcome
from followup.states import OPEN, State

MAKE, REASSIGN = "followup.make_call", "followup.reassign_task"


@transaction.atomic
def take(task: FollowUpTask, *, by: User, at: datetime) -> None:
    """Put one's name on a task that is due, so that nobody else calls as well; raises NotAllowed."""
    require_caller(task, by)
    claim(task, by, at)
    task.moves.create(from_state=State.DUE, to_state=State.DUE, by=by, at=at, reason=_("taken over"))


@transaction.atomic
def record_call(
    task: FollowUpTask,
    *,
    outcome: str,
    by: User,
    at: datetime,
    satisfied: bool | None = None,
    score: int | None = None,
    opinion: str = "",
    note: str = "",
) -> None:
    """Write down a try to reach the customer and what he said (3.6.1.2, 3.6.3.2); raises NotAllowed."""
    require_caller(task, by)
    require_time(task, at)
    if task.channel != Channel.CALL:
        raise NotAllowed(_("This customer gets a letter, not a call."))
    if outcome == Outcome.REACHED and task.rule.survey_required and (satisfied is None or score is None):
        raise NotAllowed(_("Write down whether the customer is satisfied, and the score."))
    claim(task, by, at)
    Attempt.objects.create(task=task, by=by, at=at, outcome=outcome, note=note.strip())
    if outcome == Outcome.REACHED:
        survey: dict[str, Any] = {"satisfied": satisfied, "score": score, "opinion": opinion.strip()}
        workflow.move(task, states.FINISH, by=by, at=at, done_at=at, done_by=by, **survey)
        if satisfied:
            spare(task, at, _("The customer is satisfied."))
    elif outcome == Outcome.DECLINED:
        workflow.move(task, states.DECLINE, by=by, at=at, reason=note.strip())
        spare(task, at, _("The customer does not want to be asked."))
    else:
        put_back(task, outcome, at)


def put_back(task: FollowUpTask, outcome: str, at: datetime) -> None:
    """Leave the task to whoever is there next time; a wrong number leaves only a letter (F.5)."""
    task.assigned_to = None
    if outcome == Outcome.WRONG_NUMBER:
        task.channel = Channel.LETTER
    else:
        task.retry_at = at + task.rule.retry_after
    task.save(update_fields=["assigned_to", "channel", "retry_at"])


def spare(task: FollowUpTask, at: datetime, reason: str) -> None:
    """Spare the customer the second call of this visit (C2)."""
    for other in queries.siblings(task).select_for_update():
        workflow.move(other, states.SUPERSEDE, by=CLOCK, at=at, reason=reason)


@transaction.atomic
def record_letter(task: FollowUpTask, *, by: User, at: datetime, note: str = "") -> None:
    """Write down that the letter has been sent; raises NotAllowed."""
    require_caller(task, by)
    require_time(task, at)
    if task.channel != Channel.LETTER:
        raise NotAllowed(_("This customer gets a call, not a letter."))
    claim(task, by, at)
    workflow.move(task, states.FINISH, by=by, at=at, reason=note.strip(), done_at=at, done_by=by)


@transaction.atomic
def reassign(task: FollowUpTask, *, to: User, by: User, at: datetime, reason: str = "") -> None:
    """Give an open task to somebody who may do it; raises NotAllowed (3.6.1.3: never to who served)."""
    workflow.require(by, REASSIGN)
    for obstacle in queries.obstacles(task, to):
        raise NotAllowed(obstacle)
    if not to.is_active or not to.has_perm(MAKE):
        raise NotAllowed(_("%(name)s may not make follow-up calls.") % {"name": to.full_name})
    changed = FollowUpTask.objects.filter(pk=task.pk, state=task.state, state__in=OPEN).update(assigned_to=to)
    if not changed:
        raise NotAllowed(workflow.out_of_turn(task, at))
    task.assigned_to = to
    said = _("given to %(name)s") % {"name": to.full_name}
    told = f"{said}: {reason.strip()}" if reason.strip() else said
    task.moves.create(from_state=task.state, to_state=task.state, by=by, at=at, reason=told[:300])


def cancel(task: FollowUpTask, *, reason: str, by: User, at: datetime) -> None:
    """Give a task up, such as when the car was sold; the reason stays in the history."""
    if not reason.strip():
        raise NotAllowed(_("Write down why this is not needed."))
    workflow.move(task, states.CANCEL, by=by, at=at, reason=reason.strip())


def require_caller(task: FollowUpTask, by: User) -> None:
    workflow.require(by, MAKE)
    for obstacle in queries.obstacles(task, by):
        raise NotAllowed(obstacle)


def require_time(task: FollowUpTask, at: datetime) -> None:
    """Refuse what comes before the first moment (3.6.1.1: not before the second day)."""
    if at < task.not_before:
        local = task.not_before.astimezone(task.store.zone)
        when = formats.date_format(local, "SHORT_DATE_FORMAT") + " " + formats.time_format(local, "H:i")
        raise NotAllowed(_("Not before %(when)s: give the customer time to drive the car.") % {"when": when})


def claim(task: FollowUpTask, by: User, at: datetime) -> None:
    """Make the task this person's own, unless somebody else was faster; the database decides."""
    free = Q(assigned_to=None) | Q(assigned_to=by)
    if FollowUpTask.objects.filter(free, pk=task.pk, state=State.DUE).update(assigned_to=by):
        task.assigned_to, task.state = by, State.DUE
        return
    now = FollowUpTask.objects.select_related("assigned_to").get(pk=task.pk)
    if now.state == State.DUE and now.assigned_to:
        raise NotAllowed(_("%(name)s is already on this task.") % {"name": now.assigned_to.full_name})
    raise NotAllowed(workflow.out_of_turn(now, at))
