"""Putting additional items before the customer in writing: by a link that works once, or on the store's tablet."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.outbox import queue
from dealership.outbox.models import Channel as Wire
from dealership.outbox.models import Purpose
from dealership.staff.models import User
from dealership.workflow import CLOCK, NotAllowed
from workorders import notices
from workorders.models import About, AdditionalItem, AskedItem, Asking, Channel, ContactResult, Desk, WorkOrder
from workorders.operations import additional, alerts
from workorders.operations.hold import hold
from workorders.states import ItemState

SERVES_FOR = timedelta(hours=72)
ASKABLE = [ItemState.QUOTED, ItemState.CALLING]


class LinkInvalid(NotAllowed):
    """The address is not one of ours, or was broken on its way."""


class LinkSpent(NotAllowed):
    """The link was used, has run out, or asks for what is no longer so."""


@dataclass(frozen=True)
class Said:
    """What the customer said to one item, and why not where he did not want it."""

    agreed: bool
    reason: str = ""


@transaction.atomic
def send(order: WorkOrder, *, by: User, at: datetime) -> Asking:
    """Make the link to all that is priced and not answered; it goes by e-mail where the customer has one.

    Sending it is a contact, as a call is (2.4.4.3).
    """
    workflow.require(by, "workorders.ask_customer")
    order = hold(order)
    made = make(order, Channel.LINK, by=by, at=at)
    for asked in made.asked.select_related("item__order"):
        additional.contact(
            asked.item, channel=Channel.LINK, result=ContactResult.SENT, version=asked.version, by=by, at=at
        )
    post(made, at)
    return made


def make(order: WorkOrder, channel: Channel, *, by: User, at: datetime) -> Asking:
    items = list(order.additional_items.filter(state__in=ASKABLE))
    if not items:
        raise NotAllowed(_("Nothing is priced that the customer could be asked."))
    made = Asking.objects.create(
        order=order, channel=channel, nonce=secrets.token_urlsafe(32), made_by=by, made_at=at,
        expires_at=at + SERVES_FOR,
    )  # fmt: skip
    AskedItem.objects.bulk_create(AskedItem(asking=made, item=item, version=item.version) for item in items)
    return made


def post(made: Asking, at: datetime) -> None:
    customer = made.order.visit.customer
    if not notices.by_email(customer):
        return
    letter = notices.asking(made)
    queue.enqueue(
        dedupe_key=f"workorders.asking:{made.pk}", store=made.order.store, customer=customer,
        purpose=Purpose.SERVICE, channel=Wire.EMAIL, recipient=customer.email, subject=letter.subject,
        body=letter.body, language=letter.language, due_at=at, not_after=made.expires_at,
    )  # fmt: skip


def asking_of(token: str) -> Asking:
    """Return what a link asks; raises LinkInvalid."""
    try:
        nonce = notices.nonce_of(token)
    except signing.BadSignature as error:
        raise LinkInvalid(_("This link is not valid. Please call us.")) from error
    found = Asking.objects.select_related("order__store", "order__visit__vehicle", "order__visit__customer", "made_by")
    asking = found.filter(nonce=nonce, channel=Channel.LINK).first()
    if asking is None:
        raise LinkInvalid(_("This link is not valid. Please call us."))
    return asking


def why_not(asking: Asking, at: datetime) -> str:
    """Return why the link asks nothing any more, or nothing where it still serves."""
    if asking.spent_at is not None:
        return _("This link was used already. Thank you for your answer.")
    if at >= asking.expires_at:
        return _("This link has run out. Please call us.")
    return outdated(asking)


def outdated(asking: Asking) -> str:
    for asked in asking.asked.select_related("item"):
        if asked.item.version != asked.version or asked.item.state != ItemState.CALLING:
            return _(
                "Something has changed since we sent this link: a price, or an answer you gave us. Please call us."
            )
    return ""


def spend(asking: Asking, *, answers: Mapping[int, Said], signer_name: str, image: bytes, at: datetime) -> None:
    """Let the customer answer each item once, in his own hand; raises LinkSpent.

    The link is spent by compare-and-set before anything else, so that a press twice is one answer. Then the items are
    read again under the order's lock: the desk may have his answer by phone in the same moment.
    """
    if refusal := why_not(asking, at):
        raise LinkSpent(refusal)
    require_all(asking, answers)
    with transaction.atomic():
        use_up(asking, signer_name, image, at)
        hold(asking.order)
        if refusal := outdated(asking):
            raise LinkSpent(refusal)
        # The desk reads what comes of it, in its own language.
        with alerts.in_house_language(asking.order):
            answer(asking, answers, by=CLOCK, at=at)
            alerts.tell(
                asking.order, Desk.ADVISOR, about=About.ANSWERED, words=summary(asking, answers), by=CLOCK, at=at
            )


def require_all(asking: Asking, answers: Mapping[int, Said]) -> None:
    """Refuse what is half said, as a whole."""
    if set(asking.asked.values_list("item", flat=True)) != set(answers):
        raise NotAllowed(_("Please answer yes or no to each item."))


def use_up(asking: Asking, signer_name: str, image: bytes, at: datetime) -> None:
    facts = {"spent_at": at, "signer_name": signer_name.strip()[:60], "signature": image}
    if not Asking.objects.filter(pk=asking.pk, spent_at=None).update(**facts):
        raise LinkSpent(_("This link was used already. Thank you for your answer."))
    for name, value in facts.items():
        setattr(asking, name, value)


def answer(asking: Asking, answers: Mapping[int, Said], *, by: Any, at: datetime) -> None:
    for asked in asking.asked.select_related("item__order"):
        said = answers[asked.item_id]
        additional.contact(
            asked.item, channel=asking.channel, spoke_to=asking.signer_name, words=said.reason, delay_told=True,
            result=ContactResult.AGREED if said.agreed else ContactResult.REFUSED, version=asked.version, by=by, at=at,
        )  # fmt: skip


def summary(asking: Asking, answers: Mapping[int, Said]) -> str:
    items = AdditionalItem.objects.filter(asked__asking=asking).order_by("pk")
    said = {True: ContactResult.AGREED.label, False: ContactResult.REFUSED.label}
    marks = [f"{item.words[:80]}: {said[answers[item.pk].agreed]}" for item in items]
    return f"{asking.signer_name} · " + " · ".join(marks)


@transaction.atomic
def sign_here(
    order: WorkOrder, *, seen: Mapping[int, int], answers: Mapping[int, Said], signer_name: str, image: bytes,
    by: User, at: datetime,
) -> Asking:  # fmt: skip
    """The customer answers in the lounge, on the tablet of the advisor who is with him.

    `seen` is the version of each item on the page; where something changed since, nothing is kept.
    """
    workflow.require(by, "workorders.ask_customer")
    if not (signer_name.strip() and image):
        raise NotAllowed(_("Please sign in the box."))
    order = hold(order)
    made = make(order, Channel.IN_PERSON, by=by, at=at)
    if dict(made.asked.values_list("item", "version")) != dict(seen):
        raise NotAllowed(
            _("The items have changed since this page was opened. Go through them with the customer again.")
        )
    require_all(made, answers)
    use_up(made, signer_name, image, at)
    answer(made, answers, by=by, at=at)
    return made
