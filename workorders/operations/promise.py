"""A promise that cannot be kept: said by the workshop, told to the customer, and only then moved (2.4.4.1, 2.4.4.2)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import head
from workorders.models import (
    CLEAR,
    About,
    ContactResult,
    CustomerContact,
    DelayReport,
    Desk,
    HeadChange,
    WorkOrder,
)
from workorders.operations import alerts, finishes
from workorders.operations.hold import hold
from workorders.states import BEFORE_SHOWN, IN_WORKSHOP, WITH_TEAM, State

STILL_PROMISED = [*IN_WORKSHOP, State.FINISHED, *BEFORE_SHOWN]


@transaction.atomic
def report_delay(order: WorkOrder, *, reason: str, estimate_at: datetime, by: User, at: datetime) -> DelayReport:
    """Say that the work goes otherwise than planned, and until when; foreman and advisor are told (2.4.4.1)."""
    workflow.require(by, "workorders.report_item")
    order = hold(order)
    if order.state not in WITH_TEAM:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if not reason.strip():
        raise NotAllowed(_("Write down why it goes otherwise than planned."))
    if sentence := head.unsound(estimate_at, at):
        raise NotAllowed(sentence)
    made = DelayReport.objects.create(order=order, reason=reason.strip()[:300], estimate_at=estimate_at, by=by, at=at)
    local = estimate_at.astimezone(order.store.zone)
    words = f"{local:%m-%d %H:%M} · {made.reason}"
    alerts.tell(order, Desk.FOREMAN, Desk.ADVISOR, about=About.PROGRESS, words=words, by=by, at=at)
    return made


@transaction.atomic
def move(
    order: WorkOrder, promised_at: datetime, *, channel: str, result: str, spoke_to: str = "", number: str = "",
    words: str = "", by: User, at: datetime,
) -> CustomerContact:  # fmt: skip
    """Record the contact about a later finish: when, how, accepted or not; only then the promise moves (2.4.4.2).

    Who was not reached, or wants to think, keeps his promise.
    """
    workflow.require(by, "workorders.ask_customer")
    order = hold(order)
    if order.state not in STILL_PROMISED:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if sentence := head.undeliverable(order.store, promised_at, at):
        raise NotAllowed(sentence)
    told = result in CLEAR
    if told and not spoke_to.strip():
        raise NotAllowed(_("Contact the customer first: write down who was told of the new time."))
    said = CustomerContact.objects.create(
        order=order, at=at, by=by, channel=channel, result=result, spoke_to=spoke_to.strip()[:60],
        number=number.strip()[:20], words=words.strip()[:300], finish_told_at=promised_at if told else None,
    )  # fmt: skip
    if told:
        act = Act.PROMISE_ACCEPTED if result == ContactResult.AGREED else Act.PROMISE_REFUSED
        audit.record(
            act, about=said, store=order.store, number=order.number, by=by, at=at, words=said.words,
            channel=said.channel, before=order.promised_at, finish_told_at=promised_at,
        )  # fmt: skip
        put(order, promised_at, by=by, at=at)
        local = promised_at.astimezone(order.store.zone)
        alerts.tell(order, Desk.FOREMAN, about=About.REPLANNED, words=f"{local:%m-%d %H:%M}", by=by, at=at)
    return said


def put(order: WorkOrder, promised_at: datetime, *, by: User, at: datetime) -> None:
    """Write another promise on an order that is held, with what it was; the first promise stays."""
    before, version = order.promised_at, order.version + 1
    WorkOrder.objects.filter(pk=order.pk).update(promised_at=promised_at, version=F("version") + 1)
    HeadChange.objects.create(
        order=order, version=version, field="promised_at", before=head.plain(before), after=head.plain(promised_at),
        by=by, at=at,
    )  # fmt: skip
    order.promised_at, order.version = promised_at, version
    finishes.renew(order, at)
