"""The quality check: rounds, their signed sheet, what has to be done again, and the countersignature (2.5.1-2.5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind, Role
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from workorders import check_sheet, notices, queries, states
from workorders.models import About, CheckedPoint, Desk, Mark, QualityCheck, ReworkItem, WorkOrder
from workorders.operations import alerts
from workorders.operations.hold import hold


@dataclass(frozen=True)
class Marked:
    """What the inspector says of one thing on the sheet; what is not in order says why."""

    asked: queries.quality.Asked
    mark: str
    words: str = ""


@transaction.atomic
def inspect(
    order: WorkOrder, *, passed: bool, marks: Sequence[Marked], findings: str = "", not_driven: str = "",
    minutes: int | None = None, image: bytes, by: User, at: datetime,
) -> QualityCheck:  # fmt: skip
    """Pass the car or send it back, signed (2.5.1, 2.5.3, 2.5.4); whoever worked on it never inspects it (3.4.1.1).

    A passed car was driven by somebody who did not repair it, or `not_driven` says why not; `minutes` is the working
    time what failed will take. The reception is told first, then the workshop; nothing done again is charged.
    """
    workflow.require(by, "workorders.inspect_workorder")
    order.state = hold(order).state
    if not states.PASS.possible(order):
        raise NotAllowed(workflow.out_of_turn(order, at))
    for obstacle in [*queries.quality.obstacles_to_inspecting(order, by), *lacking(order, marks, passed=passed)]:
        raise NotAllowed(obstacle)
    wrong = [one for one in marks if one.mark == Mark.NOT_OK]
    if passed:
        require_driven(order, not_driven)
    else:
        require_reason(wrong, findings, minutes)
    workflow.move(order, states.PASS if passed else states.FAIL, by=by, at=at, reason=said(wrong, findings)[:300])
    check = QualityCheck.objects.create(
        order=order, round=order.checks.count() + 1, inspector=by, passed=passed, team=order.team, checked_at=at,
        findings=said(wrong, findings)[:500], not_driven=not_driven.strip()[:200],
        finish_at=None if passed else finish_after(order, minutes or 0, at),
    )  # fmt: skip
    with alerts.in_house_language(order):
        on_paper = {asked.key: asked.words for asked in queries.quality.asked_of(order)}
    CheckedPoint.objects.bulk_create(
        CheckedPoint(
            quality_check=check, line_id=m.asked.line, asked=on_paper.get(m.asked.key, m.asked.words)[:120],
            mark=m.mark, words=m.words,
        )
        for m in marks
    )  # fmt: skip
    if passed:
        alerts.settle(order, Desk.ADVISOR, About.REWORK, by=by, at=at)
    else:
        send_back(check, wrong, by=by, at=at)
    put_on_paper(check, image, by=by, at=at)
    return check


def lacking(order: WorkOrder, marks: Sequence[Marked], *, passed: bool) -> list[str]:
    """Return what the sheet still lacks: a point without a result, one not in order without words."""
    answered = {one.asked.key for one in marks if one.mark in Mark.values}
    found = [
        _("“%(point)s” is not answered yet.") % {"point": asked.words}
        for asked in queries.quality.asked_of(order)
        if passed and asked.key not in answered
    ]
    for one in marks:
        if one.mark == Mark.NOT_OK and not one.words.strip():
            found.append(_("Write down what is not in order: %(point)s") % {"point": one.asked.words})
        elif one.mark == Mark.NOT_OK and passed:
            found.append(_("“%(point)s” is not in order: the car does not pass.") % {"point": one.asked.words})
    return found


def require_driven(order: WorkOrder, not_driven: str) -> None:
    """Raise NotAllowed unless a drive since the work was finished found the car in order, or a reason says why none."""
    if order.test_drives.filter(back_at=None).exists():
        raise NotAllowed(_("The car is on a test drive right now."))
    drive = queries.quality.drives_of_round(order).order_by("left_at", "pk").last()
    if drive is None and not not_driven.strip():
        raise NotAllowed(_("Drive the car, or write down why it was not driven."))
    if drive is not None and drive.ok is False:
        raise NotAllowed(_("The last test drive showed something wrong: the car does not pass."))


def require_reason(wrong: Sequence[Marked], findings: str, minutes: int | None) -> None:
    if not wrong and not findings.strip():
        raise NotAllowed(_("Write down what has to be done again."))
    if minutes is None or minutes < 0:
        raise NotAllowed(_("Say how many minutes of work it will take."))


def said(wrong: Sequence[Marked], findings: str) -> str:
    return "; ".join([*(f"{one.asked.words}: {one.words.strip()}" for one in wrong), *filter(None, [findings.strip()])])


def finish_after(order: WorkOrder, minutes: int, at: datetime) -> datetime:
    try:
        return workshop.calendar_of(order.store).add(at, timedelta(minutes=minutes))
    except NeverOpen:
        return at + timedelta(minutes=minutes)


def send_back(check: QualityCheck, wrong: Sequence[Marked], *, by: User, at: datetime) -> None:
    """Name each thing to be done again with the work it comes from, and tell the desks (2.5.1, 3.4.1.6)."""
    causes = [(f"{one.asked.words}: {one.words.strip()}", one.asked.line) for one in wrong]
    for words, line in causes or [(check.findings, None)]:
        add_rework(check.order, words, line, check=check, by=by, at=at)
    told = check.findings
    if queries.quality.delay_untold(check.order, at):
        with alerts.in_house_language(check.order):
            told = _("after the promise, tell the customer: %(what)s") % {"what": told}
    alerts.tell(check.order, Desk.ADVISOR, about=About.REWORK, words=told, by=by, at=at)
    alerts.tell(check.order, Desk.FOREMAN, about=About.REWORK, words=check.findings, by=by, at=at)


def add_rework(
    order: WorkOrder, words: str, line: int | None, *, check: QualityCheck | None = None, by: User, at: datetime
) -> ReworkItem:
    given = order.assignments.filter(withdrawn_at=None, lines__pk=line).first() if line else None
    return ReworkItem.objects.create(
        order=order, quality_check=check, line_id=line, team=given.team if given else order.team, words=words[:300],
        found_by=by, found_at=at,
    )  # fmt: skip


def put_on_paper(check: QualityCheck, image: bytes, *, by: User, at: datetime) -> None:
    """Issue the round's signed sheet; the first round that passes signs the dispatch sheets too (2.5.4)."""
    language = notices.language_of(check.order)
    with alerts.in_house_language(check.order):
        content = check_sheet.content(check)
    paper = paperwork.issue(
        store=check.order.store, kind=Kind.QUALITY, content=content, language=language, by=by, at=at
    )
    paperwork.sign(paper, role=Role.INSPECTOR, signer_name=by.full_name, image=image, by=by, at=at)
    if check.passed:
        given = IssuedDocument.objects.filter(assignment__order=check.order, assignment__withdrawn_at=None)
        for dispatched in given.exclude(signatures__role=Role.INSPECTOR):
            paperwork.sign(dispatched, role=Role.INSPECTOR, signer_name=by.full_name, image=image, by=by, at=at)
    QualityCheck.objects.filter(pk=check.pk).update(sheet=paper)
    check.sheet = paper


@transaction.atomic
def put_right(item: ReworkItem, *, words: str, by: User, at: datetime) -> None:
    """Say that one thing was done again, at no charge; the car goes to the check once all of them are (2.5.3)."""
    workflow.require(by, states.FINISH.permission)
    order = hold(item.order)
    if order.state not in states.WITH_TEAM:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if order.state != states.State.IN_PROGRESS:
        raise NotAllowed(_("Begin the work first, then say what was done."))
    if not words.strip():
        raise NotAllowed(_("Write down what was done."))
    open_still = ReworkItem.objects.filter(pk=item.pk, done_at=None)
    if not open_still.update(done_at=at, done_by=by, done_words=words.strip()[:300]):
        raise NotAllowed(_("A colleague has noted this already."))
    order.workers.add(by)
    item.refresh_from_db()


@transaction.atomic
def countersign(check: QualityCheck, *, by: User, at: datetime) -> None:
    """Confirm a passed re-check as who runs the workshop; never the inspector himself."""
    workflow.require(by, "workorders.countersign_check")
    hold(check.order)
    check.refresh_from_db()
    if by.pk == check.inspector_id:
        raise NotAllowed(_("The inspector does not countersign his own check."))
    if not check.to_countersign:
        raise NotAllowed(_("There is no re-check to countersign here, or a colleague was faster."))
    QualityCheck.objects.filter(pk=check.pk).update(countersigned_by=by, countersigned_at=at)
    check.refresh_from_db()
