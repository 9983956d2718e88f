"""What the workshop does with a customer's car besides the work: his things, test drives, looking for his fault."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders.models import About, BelongingsRequest, Desk, LabourLine, TestDrive, WorkOrder
from workorders.operations import alerts
from workorders.operations.hold import hold
from workorders.states import MAKE_READY, PASS, START, WITH_TEAM, State

LONGEST_KM = 200  # more is a mileage misread


@transaction.atomic
def ask_to_move(order: WorkOrder, *, words: str, by: User, at: datetime) -> BelongingsRequest:
    """Ask for the customer's consent before anything of his is moved; the advisor is told (2.4.3.8)."""
    workflow.require(by, START.permission)
    require_with_team(hold(order))
    if not words.strip():
        raise NotAllowed(_("Write down what has to be moved, and why."))
    asked = BelongingsRequest.objects.create(order=order, words=words.strip()[:200], asked_by=by, asked_at=at)
    alerts.tell(order, Desk.ADVISOR, about=About.BELONGINGS, words=asked.words, by=by, at=at)
    return asked


@transaction.atomic
def answer_request(asked: BelongingsRequest, *, agreed: bool, who: str, by: User, at: datetime) -> None:
    """Note what the customer said, who of them and how; only the advisor speaks with him."""
    workflow.require(by, "workorders.hand_to_workshop")
    if not who.strip():
        raise NotAllowed(_("Write down who answered, and how."))
    open_still = BelongingsRequest.objects.filter(pk=asked.pk, answered_at=None)
    if not open_still.update(agreed=agreed, who_agreed=who.strip()[:120], answered_by=by, answered_at=at):
        raise NotAllowed(_("A colleague has noted an answer already."))
    asked.refresh_from_db()
    audit.record(
        Act.BELONGINGS_AGREED if agreed else Act.BELONGINGS_REFUSED, about=asked, store=asked.order.store,
        number=asked.order.number, by=by, at=at, words=asked.who_agreed,
    )  # fmt: skip
    alerts.settle(asked.order, Desk.ADVISOR, About.BELONGINGS, words=asked.words, by=by, at=at)
    with alerts.in_house_language(asked.order):
        words = _("May be moved: %(what)s") if agreed else _("Must stay where it is: %(what)s")
    alerts.tell(asked.order, Desk.FOREMAN, about=About.ANSWERED, words=words % {"what": asked.words}, by=by, at=at)


@transaction.atomic
def move_belongings(asked: BelongingsRequest, *, by: User, at: datetime) -> None:
    """Say that the things were moved; refused until the customer has agreed (2.4.3.8)."""
    workflow.require(by, START.permission)
    asked.refresh_from_db()
    if asked.agreed is None:
        raise NotAllowed(_("The customer has not been asked yet; nothing is moved before."))
    if not asked.agreed:
        raise NotAllowed(_("The customer does not want this moved."))
    if not BelongingsRequest.objects.filter(pk=asked.pk, agreed=True, moved_at=None).update(moved_at=at, moved_by=by):
        raise NotAllowed(_("This was moved already."))
    asked.refresh_from_db()


@transaction.atomic
def put_back(asked: BelongingsRequest, *, by: User, at: datetime) -> None:
    workflow.require(by, START.permission)
    out = BelongingsRequest.objects.filter(pk=asked.pk, moved_at__isnull=False, put_back_at=None)
    if not out.update(put_back_at=at, put_back_by=by):
        raise NotAllowed(_("There is nothing to put back."))
    asked.refresh_from_db()


@transaction.atomic
def drive_out(order: WorkOrder, *, km_out: int, by: User, at: datetime) -> TestDrive:
    """Begin a test drive: who, and at which mileage (2.4.3.2); the mileage never runs backwards.

    The team drives while it has the car, the inspector from then on, and the advisor at his last look (2.6.2.1).
    """
    held = hold(order)
    if held.state not in [*WITH_TEAM, State.FINISHED, State.PASSED]:
        raise NotAllowed(_("The car is driven until the advisor has found it ready."))
    if not any(by.has_perm(may) for may in drivers(held)):
        raise NotAllowed(_("Your role does not allow this."))
    driven = held.test_drives.aggregate(most=Max("km_in"))["most"]
    last = max(held.visit.mileage or 0, driven or 0)
    if km_out < last:
        raise NotAllowed(_("The car had %(km)s km already.") % {"km": last})
    try:
        with transaction.atomic():
            return TestDrive.objects.create(order=order, driver=by, left_at=at, km_out=km_out)
    except IntegrityError:
        raise NotAllowed(_("The car is on a test drive right now.")) from None


def drivers(order: WorkOrder) -> list[str]:
    """Return the permissions of which a driver needs one."""
    later = MAKE_READY.permission if order.state == State.PASSED else START.permission
    return [PASS.permission, later]


@transaction.atomic
def drive_back(drive: TestDrive, *, km_in: int, ok: bool = True, result: str = "", by: User, at: datetime) -> None:
    """End a test drive with its mileage, and say whether the car was in order; where not, what showed (3.4.1.1).

    The driver does; for one who forgot it, or misread the mileage when he left, who runs the workshop.
    """
    hold(drive.order)
    if by.pk != drive.driver_id and not by.has_perm("workorders.dispatch_workorder"):
        raise NotAllowed(_("%(who)s drives this car; he writes down the result.") % {"who": drive.driver.full_name})
    if km_in < drive.km_out:
        raise NotAllowed(_("The mileage is lower than when the drive began."))
    if km_in > drive.km_out + LONGEST_KM and not by.has_perm("workorders.dispatch_workorder"):
        raise NotAllowed(_("A test drive is no longer than %(km)s km. Read the mileage again.") % {"km": LONGEST_KM})
    if not ok and not result.strip():
        raise NotAllowed(_("Write down what the drive showed."))
    with alerts.in_house_language(drive.order):
        showed = result.strip()[:300] or _("in order")
    out = TestDrive.objects.filter(pk=drive.pk, back_at=None)
    if not out.update(back_at=at, km_in=km_in, ok=ok, result=showed):
        raise NotAllowed(_("This drive has ended already."))
    drive.refresh_from_db()


@transaction.atomic
def look_for_fault(line: LabourLine, *, seen: bool, words: str = "", by: User, at: datetime) -> None:
    """Say whether the fault the customer described shows; where not, the advisor is told at once (2.4.3.2)."""
    workflow.require(by, START.permission)
    order = hold(line.order)
    require_with_team(order)
    if not seen and not words.strip():
        raise NotAllowed(_("Write down how you looked for the fault."))
    LabourLine.objects.filter(pk=line.pk).update(fault_seen=seen, fault_seen_at=at, fault_seen_by=by)
    line.refresh_from_db(fields=["fault_seen", "fault_seen_at", "fault_seen_by"])
    if not seen:
        told = f"{line.complaint or line.description}: {words.strip()}"
        alerts.tell(order, Desk.ADVISOR, about=About.NOT_REPRODUCED, words=told, by=by, at=at)


def require_with_team(order: WorkOrder) -> None:
    if order.state not in WITH_TEAM:
        raise NotAllowed(_("The team no longer has this car, or not yet."))
