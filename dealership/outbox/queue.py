"""Putting a message into the outbox, taking it back, sending it again: rows only, the network comes later."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction

from dealership import workflow
from dealership.customers.models import Customer
from dealership.outbox import bell
from dealership.outbox.models import Message, MessageMove
from dealership.outbox.states import CANCEL, RELEASE, State
from dealership.staff.models import Store

PDF = "application/pdf"  # its text is base64


@transaction.atomic
def enqueue(
    *,
    dedupe_key: str,
    store: Store,
    customer: Customer | None = None,
    purpose: str,
    channel: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    due_at: datetime,
    not_after: datetime | None = None,
    attachments: Iterable[Mapping[str, str]] = (),
) -> Message:
    """Store a rendered message in the transaction of the act that caused it.

    The same `dedupe_key` gives back the row that is there, as it is: sent, cancelled or waiting. An attachment is
    a text with the `name` of its file and its `type`, such as `text/calendar; method=REQUEST`, or a PDF in base64.
    """
    message, created = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "store": store,
            "customer": customer,
            "purpose": purpose,
            "channel": channel,
            "recipient": recipient.strip(),
            "subject": " ".join(subject.split()),  # a header is one line
            "body": body,
            "language": language,
            "attachments": [attached(**attachment) for attachment in attachments],
            "message_id": new_message_id(),
            "due_at": due_at,
            "not_after": not_after,
        },
    )
    if created:
        transaction.on_commit(bell.ring)
    return message


def attached(*, name: str, type: str, text: str) -> dict[str, str]:
    """Return an attachment as it is stored; the act fails that makes another than a named text, not the worker."""
    if not name or not (type == PDF or type.startswith("text/")) or not (name + type).isprintable():
        raise ValueError("An attachment is a named text.")
    if type == PDF and not (text.isascii() and base64.b64decode(text, validate=True).startswith(b"%PDF-")):
        raise ValueError("An attachment is a named text; that of a PDF is base64.")
    if "\0" in text or text.encode(errors="replace").decode() != text:
        raise ValueError("PostgreSQL stores no such text.")
    return {"name": name, "type": type, "text": text}


def new_message_id() -> str:
    """Make the Message-ID every try of one message carries, so that a second copy can be recognised."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return make_msgid(domain=domain or "localhost")


@transaction.atomic
def withdraw(dedupe_key: str = "", *, prefix: str = "", by: Any, at: datetime, reason: str = "") -> int:
    """Cancel what still waits under this key, or under every key with this prefix; return how many.

    For operations whose own guard has let the person through. A message already being sent goes out.
    """
    if bool(dedupe_key) == bool(prefix):
        raise ValueError("Name either a key or a prefix.")
    if prefix and not prefix.endswith(":"):
        raise ValueError("A prefix ends with a colon, or visit 4 would take back the messages of visit 42 as well.")
    meant = Message.objects.filter(**({"dedupe_key": dedupe_key} if dedupe_key else {"dedupe_key__startswith": prefix}))
    withdrawn = 0
    for pk in list(meant.filter(state=State.DUE).values_list("pk", flat=True)):
        # The state again in the UPDATE: a worker may have claimed the row since.
        if Message.objects.filter(pk=pk, state=State.DUE).update(state=State.CANCELLED):
            MessageMove.objects.create(
                thing_id=pk, from_state=State.DUE, to_state=State.CANCELLED, by=by, at=at, reason=reason
            )
            withdrawn += 1
    return withdrawn


def readdress(*, prefix: str, recipient: str) -> int:
    """Send what still waits under keys with this prefix to another address; return how many. `prefix` ends with ':'."""
    if not prefix.endswith(":"):
        raise ValueError("A prefix ends with a colon, or visit 4 would change the messages of visit 42 as well.")
    waiting = Message.objects.filter(dedupe_key__startswith=prefix, state=State.DUE)
    return waiting.exclude(recipient=recipient).update(recipient=recipient)


def rewrite(dedupe_key: str, *, subject: str, body: str, attachments: Iterable[Mapping[str, str]] = ()) -> int:
    """Send other words instead of those that still wait under this key; return how many were changed."""
    waiting = Message.objects.filter(dedupe_key=dedupe_key, state=State.DUE)
    return waiting.update(
        subject=" ".join(subject.split()), body=body, attachments=[attached(**attachment) for attachment in attachments]
    )


@transaction.atomic
def release(message: Message, *, by: Any, at: datetime, reason: str = "") -> None:
    """Send a message again that failed, came too late or may have got lost: a person answers for a second copy."""
    late = message.not_after is not None and message.not_after < at
    workflow.move(
        message,
        RELEASE,
        by=by,
        at=at,
        reason=reason,
        due_at=at,
        not_after=None if late else message.not_after,
        attempts=0,
        error="",
        claim_token=None,  # a straggler of the last try must not settle this one
        lease_until=None,
        handing_at=None,
    )
    transaction.on_commit(bell.ring)


def cancel(message: Message, *, by: Any, at: datetime, reason: str = "") -> None:
    """Give up a message that waits or that failed; loses to a worker who is sending it."""
    workflow.move(message, CANCEL, by=by, at=at, reason=reason)


def follow(survivor: Customer, duplicate: Customer) -> None:
    """Give the messages of a merged customer to the one who stays; his consents are asked when they are sent."""
    Message.objects.filter(customer=duplicate).update(customer=survivor)
