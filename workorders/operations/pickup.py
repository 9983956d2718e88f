"""Telling the customer that his car is ready, what he pays, and agreeing when he comes (2.6.3.1-2.6.3.3)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.outbox import queue
from dealership.outbox.models import Channel as Wire
from dealership.outbox.models import Purpose
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed
from reception.models import Visit
from workorders import head, notices, queries, states
from workorders.models import About, Desk, FinalCheck, NoticeChannel, NoticeResult, ReadyNotice, WorkOrder
from workorders.operations import alerts
from workorders.operations.hold import hold, hold_visit
from workorders.states import State

JUST_NOW = timedelta(minutes=15)  # a page that was open a while


@transaction.atomic
def tell(
    order: WorkOrder, *, channel: str, result: str, spoke_to: str = "", number: str = "", words: str = "",
    pickup_at: datetime | None = None, peak_reason: str = "", by: User, at: datetime,
) -> ReadyNotice:  # fmt: skip
    """Record one try to tell the customer; whoever was told has said when he comes, or has come already.

    A major or accident repair is not fetched in the peak hours, but with a manager's reason. By e-mail the notice
    leaves at once, with the amount of the settlement's draft.
    """
    workflow.require(by, states.HAND_OVER.permission)
    hold_visit(order.visit)
    visit = hold(order).visit
    for obstacle in queries.ready.obstacles_to_telling(visit, at):
        raise NotAllowed(obstacle)
    require_sound(visit, channel, result, spoke_to, pickup_at, at)
    told = result == NoticeResult.TOLD
    reason = peak_reason.strip()[:200] if told else ""
    if told and pickup_at is not None:
        reason = require_off_peak(visit, pickup_at, reason, by)
    made = ReadyNotice.objects.create(
        visit=visit, at=at, by=by, channel=channel, result=result, spoke_to=spoke_to.strip()[:60],
        number=number.strip()[:254], words=words.strip()[:300], amount_fen=queries.ready.amount_of(visit),
        pickup_at=pickup_at if told else None, peak_reason=reason,
    )  # fmt: skip
    if channel == NoticeChannel.EMAIL:
        post(made, order, at)
    for one in queries.ready.orders_of(visit):
        alerts.settle(one, Desk.ADVISOR, About.NOTICE_LATE, by=by, at=at)
        alerts.settle(one, Desk.MANAGER, About.NOTICE_LATE, by=by, at=at)
    return made


def require_sound(
    visit: Visit, channel: str, result: str, spoke_to: str, pickup_at: datetime | None, at: datetime
) -> None:
    if channel not in NoticeChannel.values or result not in NoticeResult.values:
        raise NotAllowed(_("Say how the customer was told and what came of it."))
    if (channel == NoticeChannel.EMAIL) != (result == NoticeResult.SENT):
        raise NotAllowed(_("An e-mail is sent; whoever is spoken to is told or not reached."))
    if channel == NoticeChannel.EMAIL and not notices.by_email(visit.customer):
        raise NotAllowed(_("This customer has no e-mail address, or does not want e-mails."))
    if result != NoticeResult.TOLD:
        return
    if not spoke_to.strip():
        raise NotAllowed(_("Write down who was told."))
    if pickup_at is None:
        raise NotAllowed(_("Agree with the customer when he comes for the car."))
    if channel == NoticeChannel.IN_PERSON and pickup_at <= at and at - pickup_at < JUST_NOW:
        return  # he stands here
    if sentence := head.undeliverable(visit.store, pickup_at, at):
        raise NotAllowed(sentence)


def require_off_peak(visit: Visit, pickup_at: datetime, reason: str, by: User) -> str:
    """Return the manager's reason where a heavy job is fetched in the peak, nothing elsewhere; raises NotAllowed."""
    windows = queries.ready.in_peak(visit, pickup_at)
    if not windows:
        return ""
    if not queries.ready.may_override_peak(by):
        raise NotAllowed(
            queries.ready.peak_refusal(windows) + " " + _("Agree on another time, or ask the after-sales manager.")
        )
    if not reason:
        raise NotAllowed(queries.ready.peak_refusal(windows) + " " + _("Write down why it is done all the same."))
    return reason


def post(made: ReadyNotice, order: WorkOrder, at: datetime) -> None:
    customer = made.visit.customer
    letter, since = notices.ready(made, order), queries.ready.ready_since(made.visit) or at
    key = f"workorders.ready:{made.visit_id}:{since:%Y%m%dT%H%M%S}"  # sent once after each look that found it ready
    queue.enqueue(
        dedupe_key=key, store=made.visit.store, customer=customer, purpose=Purpose.SERVICE,
        channel=Wire.EMAIL, recipient=customer.email, subject=letter.subject, body=letter.body,
        language=letter.language, due_at=at,
    )  # fmt: skip
    ReadyNotice.objects.filter(pk=made.pk).update(number=customer.email[:254])


def sweep(now: datetime) -> dict[str, int]:
    """Alert advisor and manager, once each, of customers nobody told in time that the car is ready (2.6.3.1)."""
    late = [look for look in queries.ready.untold(now) if queries.ready.late(look, now)]
    return {"notices": sum(alert_once(look, now) for look in late)}


@transaction.atomic
def alert_once(look: FinalCheck, now: datetime) -> int:
    """Claim the alert by compare-and-set: two sweeps at once, or the call meanwhile, make one or none."""
    order: Any = hold(look.order)
    if order.state != State.READY or not queries.ready.late(look, now):
        return 0
    if not FinalCheck.objects.filter(pk=look.pk, late_alerted_at=None).update(late_alerted_at=now):
        return 0
    local = look.at.astimezone(order.store.zone)
    alerts.tell(
        order, Desk.ADVISOR, Desk.MANAGER, about=About.NOTICE_LATE, words=f"{local:%H:%M}", by=CLOCK, at=now
    )  # fmt: skip
    return 1
