"""What the inspector looks at, what still has to be done again, and whom a failed check owes a word (2.5.1-2.5.5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.staff.models import Store, User
from workorders.models import (
    KINDS_OF,
    CheckedPoint,
    CheckPoint,
    Handover,
    Leg,
    Mark,
    QualityCheck,
    ReworkItem,
    TestDrive,
    Verdict,
    WorkOrder,
)
from workorders.queries.dispatch import of_team
from workorders.states import State


@dataclass(frozen=True)
class Asked:
    """One thing on the check sheet: `key` names it in a form, `line` is the work it is about, if any.

    `again`: it was not in order when it was last looked at, so that it is looked at by itself.
    """

    key: str
    words: str
    line: int | None = None
    again: bool = False


def asked_of(order: WorkOrder) -> list[Asked]:
    """Return what is checked on this order: each work the customer wanted, then the points of such a job."""
    lines = [line for line in order.labour_lines.all() if line.wanted]
    points = CheckPoint.objects.filter(active=True, job__in=KINDS_OF[order.order_class])
    looked = CheckedPoint.objects.filter(quality_check__order=order).order_by("quality_check__round", "pk")
    latest = {one.line_id or one.asked: one.mark for one in looked}  # of each work and each point
    wrong = {of for of, mark in latest.items() if mark == Mark.NOT_OK}
    return [
        *(Asked(f"line-{line.pk}", line.description, line.pk, line.pk in wrong) for line in lines),
        *(Asked(f"point-{p.pk}", p.shown, again=bool(wrong & {p.words[:120], p.words_en[:120]})) for p in points),
    ]


def finished_at(order: WorkOrder) -> datetime | None:
    """Return when the team last said that it was finished."""
    return order.moves.filter(to_state=State.FINISHED).order_by("at", "pk").values_list("at", flat=True).last()


def drives_of_round(order: WorkOrder) -> QuerySet[TestDrive]:
    """Return the drives since the work was finished by people who did not work on the car (3.4.1.1)."""
    since = finished_at(order)
    drives = order.test_drives.exclude(driver__in=order.workers.all()).exclude(back_at=None)
    return drives.filter(left_at__gte=since) if since else drives.none()


def obstacles_to_inspecting(order: WorkOrder, by: User) -> list[str]:
    """Return why this person cannot check this car: he worked on it, leads or is in its team, or is its advisor."""
    hands_on = order.moves.filter(to_state__in=[State.IN_PROGRESS, State.FINISHED], by=by).exists()
    if hands_on or order.workers.filter(pk=by.pk).exists():
        return [_("You worked on this car; somebody else has to check it.")]
    teams = order.assignments.filter(withdrawn_at=None).select_related("team")
    if any(of_team(by, given.team) and not by.has_perm("workorders.dispatch_workorder") for given in teams):
        return [_("Your own team worked on this car; somebody else has to check it.")]
    if by.pk in (order.advisor_id, order.visit.advisor_id):
        return [_("You serve this customer; somebody else has to check the car.")]
    return []


def rework_of(order: WorkOrder) -> QuerySet[ReworkItem]:
    return order.rework_items.select_related("line", "team", "found_by", "done_by", "quality_check")


def last_check(order: WorkOrder) -> QualityCheck | None:
    return order.checks.order_by("round").last()


def delay_untold(order: WorkOrder, now: datetime) -> bool:
    """Say whether rework breaks the promise and the customer does not know (2.5.2, 3.4.1.6); told, he has another one.

    It breaks the promise where the repair will end after it, or the car was good only after it.
    """
    failed = order.checks.filter(passed=False).order_by("round").last()
    sent_back = order.final_checks.filter(verdict=Verdict.WORKSHOP).order_by("at", "pk").last()
    since = max((at for at in (failed and failed.checked_at, sent_back and sent_back.at) if at), default=None)
    if since is None or order.promised_at is None:
        return False
    passed = order.checks.filter(passed=True, checked_at__gte=since).order_by("round").first()
    expected = failed.finish_at if failed and failed.checked_at == since else None
    right_at = passed.checked_at if passed else max(now, expected or now)
    return right_at > order.promised_at


def obstacles_of_delay(order: WorkOrder, now: datetime) -> list[str]:
    if not delay_untold(order, now):
        return []
    promised = timezone.localtime(order.promised_at, order.store.zone)
    return [
        _("The rework breaks the promise of %(time)s: tell the customer of the delay first.")
        % {"time": f"{promised:%m-%d %H:%M}"}
    ]


def passed_with_workshop(store: Store) -> QuerySet[WorkOrder]:
    """Return the orders whose check is signed and whose key the workshop still has: the foreman's list (2.5.5)."""
    last_leg = Handover.objects.filter(order__visit=OuterRef("visit"), withdrawn_at=None).order_by("-given_at", "-pk")
    found = WorkOrder.objects.filter(store=store, state=State.PASSED)
    return found.annotate(last_leg=Subquery(last_leg.values("leg")[:1])).filter(
        Q(last_leg=None) | ~Q(last_leg=Leg.TO_RECEPTION)
    )


def failed_by_team(store: Store, first: datetime, last: datetime) -> list[tuple[str, int, int]]:
    """Return (team, rounds, failed rounds) of the checks in a time, from `first` up to `last`."""
    rounds = QualityCheck.objects.filter(order__store=store, checked_at__gte=first, checked_at__lt=last)
    counted = rounds.order_by("team__name").values_list("team__name")
    return [
        (name or "", whole, failed)
        for name, whole, failed in counted.annotate(whole=Count("pk"), failed=Count("pk", filter=Q(passed=False)))
    ]
