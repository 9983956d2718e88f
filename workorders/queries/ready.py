"""From the passed check to the customer at the desk: clean, looked at, told, and when he comes (2.4.6, 2.6.1-2.6.3)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dealership.catalogue.models import OrderClass
from dealership.staff.models import User
from reception.models import Visit
from workorders import hours
from workorders.models import (
    FinalCheck,
    Incident,
    Leg,
    NoticeResult,
    PartLine,
    Payer,
    ReadyNotice,
    Verdict,
    Wash,
    WorkOrder,
)
from workorders.queries.custody import custody
from workorders.queries.money import deposit_fen, draft
from workorders.queries.quality import finished_at, last_check, obstacles_of_delay
from workorders.queries.rules import rules_at
from workorders.states import State

HEAVY = [OrderClass.MAJOR, OrderClass.ACCIDENT]
AT_THE_DESK = [State.READY, State.HANDED_OVER, State.SETTLED, State.PAID, State.CLOSED, State.CANCELLED]


def wash_of(order: WorkOrder) -> Wash | None:
    """Return the wash that still counts: nobody found the car dirty, and nobody has driven it since (C19)."""
    washed = order.washes.filter(undone_at=None).select_related("by").order_by("at", "pk").last()
    if washed is None or order.test_drives.filter(left_at__gt=washed.at).exists():
        return None
    return washed


def obstacles_to_washing(order: WorkOrder) -> list[str]:
    """Return why the car is not washed yet: a drive that is not over, or showed something wrong (3.4.1.2)."""
    since = finished_at(order)
    drives = order.test_drives.filter(left_at__gte=since) if since else order.test_drives.all()
    drive = drives.order_by("left_at", "pk").last()
    if drive is not None and drive.back_at is None:
        return [_("The car is on a test drive right now.")]
    if drive is not None and drive.ok is False:
        return [_("The last test drive showed something wrong: back to the workshop, not to the wash.")]
    return []


def obstacles_to_final_check(order: WorkOrder) -> list[str]:
    """Return what has to come before the advisor's look: countersigned, key here, washed (3.4.1.3)."""
    found = []
    checked = last_check(order)
    if checked is not None and checked.to_countersign:
        found.append(_("The re-check is not countersigned by the foreman yet."))
    held = custody(order)
    if held.leg != Leg.TO_RECEPTION or held.on_the_way is not None:
        found.append(_("Key and papers are not back at the reception yet."))
    if wash_due(order):
        found.append(_("The car is not washed since it was last driven or looked at."))
    return found + obstacles_to_washing(order)


def wash_due(order: WorkOrder) -> bool:
    """Say whether the car is still to be washed: wished and not done, or found dirty at the last look (3.4.1.5)."""
    look = last_look(order)
    return (order.wash_wanted or (look is not None and look.verdict == Verdict.WASH)) and wash_of(order) is None


def open_lines(order: WorkOrder) -> list[str]:
    """Return the work of the order that is neither done nor closed with a reason (3.4.1.4)."""
    return [line.description for line in order.labour_lines.all() if line.wanted and line.done_at is None]


def replaced_parts(order: WorkOrder) -> QuerySet[PartLine]:
    """Return the parts that went into the car: each has an old one to show (2.6.2.2)."""
    found = order.part_lines.wanted().exclude(issued_at=None)  # type: ignore[attr-defined]
    return found.select_related("part").order_by("pk")


def last_look(order: WorkOrder) -> FinalCheck | None:
    return order.final_checks.order_by("at", "pk").last()


def orders_of(visit: Visit) -> list[WorkOrder]:
    """Return the visit's orders that count."""
    return list(visit.orders.exclude(state=State.CANCELLED).select_related("store", "visit__store"))


def obstacles_to_telling(visit: Visit, now: datetime) -> list[str]:
    """Return why the customer is not told yet that his car is ready."""
    orders = orders_of(visit)
    found = [*obstacles_of_damage(visit), *(line for order in orders for line in obstacles_of_delay(order, now))]
    if not orders or any(order.state not in AT_THE_DESK for order in orders):
        found.append(_("The car is not ready yet."))
    return found


def obstacles_of_damage(visit: Visit) -> list[str]:
    """Return why nobody speaks of a ready car yet: damage in our care about which nobody has decided (2.4.6.2)."""
    if Incident.objects.filter(order__visit=visit, decided_at=None).exists():
        return [_("New damage was found; the after-sales manager decides about it first.")]
    return []


def notices_of(visit: Visit) -> QuerySet[ReadyNotice]:
    return visit.ready_notices.select_related("by").order_by("-at", "-pk")


def told(visit: Visit) -> ReadyNotice | None:
    """Return the notice by which the customer knows and a time is agreed, the latest first (2.6.3.2)."""
    since = ready_since(visit)
    found = visit.ready_notices.filter(result=NoticeResult.TOLD)
    return found.filter(at__gte=since).order_by("at", "pk").last() if since else None


def ready_since(visit: Visit) -> datetime | None:
    """Return when the advisor's last look found the car ready: of several orders the latest."""
    looks = FinalCheck.objects.filter(order__visit=visit).exclude(order__state=State.CANCELLED)
    last = looks.order_by("at", "pk").last()
    return last.at if last is not None and last.verdict == Verdict.READY else None


def is_heavy(visit: Visit) -> bool:
    return visit.orders.exclude(state=State.CANCELLED).filter(order_class__in=HEAVY).exists()


def in_peak(visit: Visit, moment: datetime) -> str:
    """Return the peak hours in which a major or accident repair would be handed over, or nothing (2.6.3.3, C22)."""
    text = rules_at(visit.store, moment).peak_windows
    if not text or not hours.within(text, moment.astimezone(visit.store.zone).time()):
        return ""
    return text if is_heavy(visit) else ""


def peak_refusal(windows: str) -> str:
    return _("Major and accident repairs are not handed over in the peak hours (%(hours)s).") % {"hours": windows}


def may_override_peak(user: User) -> bool:
    return user.has_perm("workorders.override_peak")


def obstacles_to_showing(order: WorkOrder, now: datetime) -> list[str]:
    """Return why the car is not shown to the customer yet: damage, not told, or a heavy job in the peak."""
    if damage := obstacles_of_damage(order.visit):
        return damage
    notice = told(order.visit)
    if notice is None:
        return [_("Tell the customer first that the car is ready, and agree when he comes.")]
    windows = in_peak(order.visit, now)
    return [peak_refusal(windows)] if windows and not notice.peak_reason else []


def untold(now: datetime) -> QuerySet[FinalCheck]:
    """Return the looks that found a car ready whose customer nobody tried to tell and nobody was alerted of."""
    ready = FinalCheck.objects.filter(verdict=Verdict.READY, late_alerted_at=None, order__state=State.READY)
    return ready.filter(at__lt=now).select_related("order__store", "order__visit")


def late(look: FinalCheck, now: datetime) -> bool:
    """Say whether the customer should have been told by now, and nobody tried (2.6.3.1)."""
    visit, since = look.order.visit, ready_since(look.order.visit)
    if since != look.at or any(order.state not in AT_THE_DESK for order in orders_of(visit)):
        return False
    minutes = rules_at(look.order.store, now).ready_minutes
    tried = visit.ready_notices.filter(at__gte=look.at).exists()
    return not tried and now > look.at + timedelta(minutes=minutes)


def delays(looks: QuerySet[FinalCheck]) -> list[timedelta]:
    """Return how long each customer waited for the first word after the look that found his car ready (2.6.3.1)."""
    found = []
    for look in looks.filter(verdict=Verdict.READY).select_related("order__visit"):
        first = look.order.visit.ready_notices.filter(at__gte=look.at).order_by("at", "pk").first()
        if first is not None:
            found.append(first.at - look.at)
    return found


def owed_for(order: WorkOrder) -> int:
    """Return what the customer still pays of an order by its draft: without deposit and what he has paid, in fen."""
    balance = order.balances.filter(payer=Payer.CUSTOMER).first()
    paid = deposit_fen(order) + (balance.paid_fen if balance else 0)
    return max(0, draft(order)[0].total_fen - paid)


def amount_of(visit: Visit) -> int:
    """Return what the customer pays for the visit by its settlements' drafts, in fen (3.5.1.1, C18)."""
    return sum(owed_for(order) for order in orders_of(visit) if order.state not in (State.PAID, State.CLOSED))
