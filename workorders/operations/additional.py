"""More work found in the workshop: reported, priced, asked, answered, and the workshop told (2.4.4.3-2.4.4.8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, pictures, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Part
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed
from workorders import queries, states
from workorders.models import (
    CLEAR,
    About,
    AdditionalItem,
    ContactResult,
    CustomerContact,
    Decision,
    Desk,
    ItemPhoto,
    LabourLine,
    PartLine,
    WorkOrder,
)
from workorders.operations import advice, alerts, finishes, large, prices
from workorders.operations.diagnosis import add_asked
from workorders.operations.hold import hold
from workorders.operations.lines import change
from workorders.states import ItemState, State

AT_WORK = [State.IN_PROGRESS, State.ON_HOLD, State.REWORK]
MOST_PHOTOS = 6  # of one item; all of them are on the customer's page


def hold_item(item: AdditionalItem) -> AdditionalItem:
    """Read the item again under the lock of its order, so that what two people say comes one after the other."""
    order = hold(item.order)
    item.refresh_from_db()
    item.order = order
    return item


@transaction.atomic
def report(
    order: WorkOrder, *, words: str, photos: Sequence[bytes], line: LabourLine | None = None, by: User, at: datetime
) -> AdditionalItem:
    """Say what was found besides, with a picture (JPEG, see dealership.pictures); advisor and foreman are told."""
    workflow.require(by, "workorders.report_item")
    order = hold(order)
    if order.state not in AT_WORK:
        raise NotAllowed(_("More work is found while the car is worked on."))
    if not words.strip():
        raise NotAllowed(_("Write down what was found."))
    if not photos:
        raise NotAllowed(_("Take a photo of what was found: the customer wants to see it."))
    if len(photos) > MOST_PHOTOS:
        raise NotAllowed(_("At most %(n)d photos of one thing.") % {"n": MOST_PHOTOS})
    if line is not None and line.order_id != order.pk:
        raise NotAllowed(_("This work is on another order."))
    item = AdditionalItem.objects.create(
        order=order, words=words.strip()[:300], seen_at_work=line, found_by=by, found_at=at
    )
    workflow.begin(item, by=by, at=at)
    for picture in photos:
        photo = ItemPhoto(item=item)
        pictures.attach(photo, picture)
        photo.save(force_insert=True)
    alerts.tell(order, Desk.ADVISOR, Desk.FOREMAN, about=About.EXTRA, words=item.words, by=by, at=at)
    return item


class PriceChanged(NotAllowed):
    """Somebody else has priced the item since the page was opened."""


@transaction.atomic
def quote(
    item: AdditionalItem, *, operation: LabourOperation, hours: Decimal | None = None,
    parts: Iterable[tuple[Part, int]] = (), delay_minutes: int, version: int | None = None, by: User, at: datetime,
) -> AdditionalItem:  # fmt: skip
    """Price the item at the prices of the day and say by how much the car will be later; raises PriceMissing.

    Raises PriceChanged where somebody priced it since `version` was looked at. Priced anew, the customer has to be
    asked anew: what he was sent before asks nothing any more.
    """
    workflow.require(by, states.PRICE.permission)
    item = hold_item(item)
    require_at_work(item)
    if not states.PRICE.possible(item):
        raise NotAllowed(workflow.out_of_turn(item, at))
    if version is not None and version != item.version:
        raise PriceChanged(_("A colleague has priced this meanwhile. Look at the price beside, then press again."))
    if delay_minutes < 0:
        raise NotAllowed(_("More work does not make the car ready earlier."))
    line = priced_line(item, operation, operation.hours if hours is None else hours, at)
    PartLine.objects.filter(labour=line).delete()
    day = at.astimezone(item.order.store.zone).date()
    for part, quantity in parts:
        add_asked(line, part, quantity, catalogue.price_on(part, day))
    workflow.move(
        item, states.PRICE, by=by, at=at, seen_too={"version": item.version}, line=line, version=item.version + 1,
        quoted_by=by, quoted_at=at, delay_minutes=delay_minutes, repeat_at=None,
        new_finish_at=finishes.after(item.order, delay_minutes, at),
    )  # fmt: skip
    alerts.settle(item.order, Desk.ADVISOR, About.EXTRA, words=item.words, by=by, at=at)
    large.watch(item.order, by=by, at=at)
    return item


def priced_line(item: AdditionalItem, operation: LabourOperation, hours: Decimal, at: datetime) -> LabourLine:
    """Return the item's one labour line, made or changed; it counts nothing until the customer agrees."""
    order = item.order
    rate = catalogue.price_on(operation, at.astimezone(order.store.zone).date())
    facts: dict[str, Any] = {
        "operation": operation,
        "description": operation.name,
        "hours": hours,
        "rate_fen": rate,
        "amount_fen": money.times(rate, hours),
        "decision": Decision.ASKED,
        **queries.beginning(operation, None, warranty_over=queries.warranty_over(order)),
    }
    if item.line is None:
        return LabourLine.objects.create(order=order, **facts)
    change(item.line, **facts)
    return item.line


def require_at_work(item: AdditionalItem) -> None:
    if item.order.state not in AT_WORK:
        raise NotAllowed(workflow.out_of_turn(item.order, item.found_at))


@transaction.atomic
def contact(
    item: AdditionalItem, *, channel: str, result: str, spoke_to: str = "", number: str = "", words: str = "",
    delay_told: bool = False, repeat_at: datetime | None = None, version: int | None = None, by: Any, at: datetime,
) -> CustomerContact:  # fmt: skip
    """Record one try to reach the customer and his answer, yes or no to service, price and delay (3.3.1.3, 2.4.4.4).

    Anything but a clear answer keeps the item asked, to be repeated (2.4.4.5). `version` is that of the price he
    heard. `by` is the clock's where the customer answers by his link.
    """
    workflow.require(by, states.ASK.permission)
    item = hold_item(item)
    require_askable(item, version, at)
    clear = result in CLEAR
    if clear and not delay_told:
        raise NotAllowed(_("Tell the customer by how much the car will be later, and when it will be ready."))
    if clear and not spoke_to.strip():
        raise NotAllowed(_("Write down who answered."))
    if repeat_at is not None and repeat_at <= at:
        raise NotAllowed(_("Choose a time that is still to come."))
    said = CustomerContact.objects.create(
        order=item.order, item=item, at=at, by=by, channel=channel, result=result, spoke_to=spoke_to.strip()[:60],
        number=number.strip()[:20], words=words.strip()[:300],
        delay_told=item.delay_minutes if delay_told else None,
        finish_told_at=item.new_finish_at if delay_told else None,
    )  # fmt: skip
    if item.state == ItemState.QUOTED or not clear:
        again = None if clear else repeat_at or ask_again(item, at)
        step(item, states.ASK, by=by, at=at, repeat_at=again, called_at=item.called_at or at)
    if clear:
        note_answer(item, said, by=by, at=at)
    if by is not CLOCK:
        alerts.settle(item.order, Desk.ADVISOR, About.CALL_LATE, words=item.words, by=by, at=at)
    return said


def require_askable(item: AdditionalItem, version: int | None, at: datetime) -> None:
    if item.state == ItemState.FOUND:
        raise NotAllowed(_("“%(item)s” has no price yet. Price it, then ask the customer.") % {"item": item.words})
    if not states.ASK.possible(item):
        raise NotAllowed(workflow.out_of_turn(item, at))
    if version is not None and version != item.version:
        raise NotAllowed(_("The price has changed since this page was opened. Tell the customer the new one."))


def ask_again(item: AdditionalItem, at: datetime) -> datetime:
    rules = queries.rules.rules_at(item.order.store, at)
    return at + timedelta(minutes=rules.call_minutes)


def step(item: AdditionalItem, transition: workflow.Transition, *, by: Any, at: datetime, **changes: Any) -> None:
    """Move the item, unless somebody priced it anew in the same moment."""
    workflow.move(item, transition, by=by, at=at, seen_too={"version": item.version}, **changes)


def note_answer(item: AdditionalItem, said: CustomerContact, *, by: Any, at: datetime) -> None:
    """Let the answer count: an agreed item costs, a refused one is advice for later with its reason."""
    agreed = said.result == ContactResult.AGREED
    with alerts.in_house_language(item.order):
        reason = "" if agreed else said.words or _("no reason given")
    step(
        item, states.AGREE if agreed else states.REFUSE, by=by, at=at, reason=reason,
        answer=said, answered_at=at, repeat_at=None,
    )  # fmt: skip
    facts: dict[str, Any] = {
        "decision": Decision.ACCEPTED if agreed else Decision.DECLINED, "decision_reason": reason,
        "decided_at": at, "decided_by": by, "confirmed_at": at if agreed else None,
    }  # fmt: skip
    line = LabourLine.objects.select_related("order__store", "order__visit__vehicle").get(additional=item)
    audit.record(
        Act.ITEM_AGREED if agreed else Act.ITEM_REFUSED, about=said, store=item.order.store, number=item.order.number,
        by=by, at=at, words=said.words, item=item, version=item.version, channel=said.channel,
        amount_fen=line.amount_fen + sum(line.parts.values_list("amount_fen", flat=True)),
        delay_told=said.delay_told, finish_told_at=said.finish_told_at,
    )  # fmt: skip
    change(line, **facts)
    PartLine.objects.filter(labour=line).update(**facts)
    finishes.renew(item.order, at)
    if agreed:
        prices.agree(item.order, line)
    else:
        advice.keep(line, reason=reason, by=by, at=at)
        alerts.tell(item.order, Desk.FOREMAN, about=About.ANSWERED, words=refusal(item), by=by, at=at)


def refusal(item: AdditionalItem) -> str:
    with alerts.in_house_language(item.order):
        return _("“%(item)s”: the customer does not want it.") % {"item": item.words[:200]}


@transaction.atomic
def tell_workshop(
    item: AdditionalItem, *, receiver: User | None, told_at: datetime | None = None, by: User, at: datetime
) -> None:
    """Note the oral notice of a refusal: when, and who in the workshop received it (2.4.4.6, F10)."""
    workflow.require(by, states.TELL_WORKSHOP.permission)
    item, told_at = hold_item(item), told_at or at
    if not states.TELL_WORKSHOP.possible(item):
        raise NotAllowed(workflow.out_of_turn(item, at))
    if receiver is None:
        raise NotAllowed(_("Write down who in the workshop was told."))
    if not queries.additional.receivers(item.order.store).filter(pk=receiver.pk).exists():
        raise NotAllowed(_("%(name)s does not work in this workshop.") % {"name": receiver.full_name})
    if item.answered_at is None or not item.answered_at.replace(second=0, microsecond=0) <= told_at <= at:
        raise NotAllowed(_("The workshop was told after the customer's answer and not later than now."))
    step(item, states.TELL_WORKSHOP, by=by, at=at, relayed_at=told_at, relayed_by=by, receiver=receiver)
    alerts.settle(item.order, Desk.FOREMAN, About.ANSWERED, words__contains=f"“{item.words[:200]}”", by=receiver, at=at)
    settle_found(item, by=receiver, at=at)


def settle_found(item: AdditionalItem, *, by: User, at: datetime) -> None:
    """Take away what stood before the desks about an item: its answer has reached the workshop."""
    alerts.settle(item.order, Desk.FOREMAN, About.EXTRA, words=item.words, by=by, at=at)
    alerts.settle(item.order, Desk.ADVISOR, About.RELAY_LATE, words=item.words, by=by, at=at)


@transaction.atomic
def withdraw(item: AdditionalItem, *, reason: str, by: User, at: datetime) -> None:
    """The workshop was wrong: the item goes before anybody asked the customer, and leaves no line behind."""
    workflow.require(by, states.WITHDRAW.permission)
    if not reason.strip():
        raise NotAllowed(_("Write down why it is withdrawn."))
    item = hold_item(item)
    line = item.line_id
    step(item, states.WITHDRAW, by=by, at=at, reason=reason.strip()[:300], line=None)
    if line is not None:
        PartLine.objects.filter(labour=line).delete()
        LabourLine.objects.filter(pk=line).delete()
    with alerts.in_house_language(item.order):
        words = _("“%(item)s” is withdrawn: %(reason)s") % {"item": item.words[:120], "reason": reason.strip()[:120]}
    alerts.tell(item.order, Desk.ADVISOR, about=About.EXTRA, words=words, by=by, at=at)


def sweep(now: datetime) -> dict[str, int]:
    """Alert the advisor, once each, of customers not called and answers not passed on in time (2.4.4.3, 2.4.4.5)."""
    counts = {"call": 0, "relay": 0}
    rules: dict[int, Any] = {}
    for item in queries.additional.untold():
        store = item.order.store
        if store.pk not in rules:
            rules[store.pk] = queries.rules.rules_at(store, now)
        found = queries.additional.late(item, rules[store.pk], now)
        if found is not None:
            counts[found.what] += alert_once(item, found.what, now)
    return counts


@transaction.atomic
def alert_once(item: AdditionalItem, what: str, now: datetime) -> int:
    """Claim the alert by compare-and-set: two sweeps at once, or a call meanwhile, make one or none."""
    unclaimed = AdditionalItem.objects.filter(pk=item.pk, state=item.state, **{f"{what}_alerted_at": None})
    if not unclaimed.update(**{f"{what}_alerted_at": now}):
        return 0
    about = About.CALL_LATE if what == "call" else About.RELAY_LATE
    alerts.tell(item.order, Desk.ADVISOR, about=about, words=item.words, by=CLOCK, at=now)
    return 1
