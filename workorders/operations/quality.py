"""The quality check."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import states
from workorders.models import About, Desk, QualityCheck, WorkOrder
from workorders.operations import alerts


@transaction.atomic
def inspect(order: WorkOrder, *, passed: bool, findings: str, by: User, at: datetime) -> QualityCheck:
    """Pass the car or send it back (2.5.1, 2.5.3); whoever worked on it never inspects it (3.4.1.1).

    What has to be done again is before advisor and foreman at once.
    """
    workflow.require(by, "workorders.inspect_workorder")
    hands_on = order.moves.filter(to_state__in=[states.State.IN_PROGRESS, states.State.FINISHED])
    if hands_on.filter(by=by).exists() or order.workers.filter(pk=by.pk).exists():
        raise NotAllowed(_("You worked on this car; somebody else has to check it."))
    if not passed and not findings.strip():
        raise NotAllowed(_("Write down what has to be done again."))
    workflow.move(order, states.PASS if passed else states.FAIL, by=by, at=at, reason=findings[:300])
    if not passed:
        alerts.tell(order, Desk.ADVISOR, Desk.FOREMAN, about=About.REWORK, words=findings, by=by, at=at)
    return QualityCheck.objects.create(
        order=order,
        round=order.checks.count() + 1,
        inspector=by,
        passed=passed,
        findings=findings.strip(),
        checked_at=at,
    )
