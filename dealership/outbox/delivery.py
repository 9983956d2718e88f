"""Sending what is due: never lost, never twice, and a person decides where that cannot be known.

1. Rows whose time is over become `expired`; claims whose lease ran out are cleared up (see `reap`).
2. One row is claimed in one short transaction: `sending`, a fresh token, a lease, an Attempt. From here on
   nobody else takes it.
3. With no transaction open the channel is asked to send it. Just before the text is handed over, `handing_over`
   marks the row under its token; a worker that lost its claim meanwhile stops here.
4. The row is settled under its token: `sent`, `due` again later, `failed`, or `unknown` where no answer came.

So a worker killed at any point leaves one of three rows: `due` (nothing happened); `sending` without the mark
(nobody can have got the text: due again when the lease ends); `sending` with the mark (somebody may have got it:
`unknown`, never sent again by itself).
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from dealership.customers import queries as customers
from dealership.outbox import channels
from dealership.outbox.models import Attempt, Message, MessageMove, Outcome
from dealership.outbox.states import State
from dealership.workflow import CLOCK

Clock = Callable[[], datetime]
LEASE: timedelta = getattr(settings, "OUTBOX_LEASE", timedelta(seconds=120))
MAX_TRIES = 6
ROUND = 120.0  # seconds after which a round takes no new row; well below the task's time limit


class ClaimLost(Exception):
    """The lease ended while this worker slept; the row is no longer ours."""


def deliver_due(clock: Clock) -> int:
    """Send every message that is due, one after the other, and return how many were accepted."""
    expire(clock())
    reap(clock())
    started, accepted = time.monotonic(), 0
    with channels.Lines() as lines:
        while time.monotonic() - started < ROUND and (message := claim(clock())):
            try:
                accepted += deliver(message, lines, clock)
            except channels.Unreachable:
                break  # no row will fare better now; the next sweep tries again
    return accepted


def due(at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=State.DUE, due_at__lte=at).exclude(not_after__lt=at).order_by("due_at", "pk")


def expire(at: datetime) -> None:
    Message.objects.filter(state=State.DUE, not_after__lt=at).update(state=State.EXPIRED)


def claim(at: datetime) -> Message | None:
    """Take the row that has waited longest, or return None; two workers never get the same."""
    while True:
        with transaction.atomic():
            rows = due(at)
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            message = rows.first()
            if message is None:
                return None
            # The state again in the UPDATE: SQLite knows no row locks, and the row count tells who was first.
            token = uuid.uuid4()
            if Message.objects.filter(pk=message.pk, state=State.DUE).update(
                state=State.SENDING,
                claim_token=token,
                lease_until=at + LEASE,
                handing_at=None,
                attempts=F("attempts") + 1,
            ):
                Attempt.objects.create(message=message, claim_token=token, started_at=at)
                return Message.objects.select_related("customer", "store").get(pk=message.pk)


def deliver(message: Message, lines: channels.Lines, clock: Clock) -> bool:
    """Send one claimed message and settle it; return whether it was accepted, raise Unreachable on after settling."""
    if not welcome(message):
        drop(message, clock())
        return False
    try:
        reply = lines.to(message.channel).send(message, lambda: hand_over(message, clock()))
    except ClaimLost:
        return False
    except channels.Unreachable as error:
        try_later(message, str(error), clock())
        raise
    except channels.NotAccepted as error:
        try_later(message, str(error), clock())
    except channels.Refused as error:
        settle(message, Outcome.REFUSED, clock(), state=State.FAILED, error=str(error))
    except channels.Unanswered as error:
        settle(message, Outcome.UNKNOWN, clock(), state=State.UNKNOWN, error=str(error))
    else:
        now = clock()
        settle(message, Outcome.SENT, now, detail=reply, state=State.SENT, sent_at=now, error="")
        return True
    return False


def welcome(message: Message) -> bool:
    """Ask once more, now, whether this customer may be told this: they may have objected since."""
    return message.customer is None or customers.may_contact(
        message.customer, purpose=message.purpose, channel=message.channel
    )


def hand_over(message: Message, at: datetime) -> None:
    """Mark that the text leaves us now and renew the lease; raises ClaimLost where the row is no longer ours."""
    ours = Message.objects.filter(pk=message.pk, claim_token=message.claim_token, state=State.SENDING)
    if not ours.update(handing_at=at, lease_until=at + LEASE):
        raise ClaimLost


def try_later(message: Message, detail: str, at: datetime) -> None:
    """Put a message back after 1, 4, 16, 64, 256 minutes; then a person has to look."""
    if message.attempts >= MAX_TRIES:
        settle(message, Outcome.NOT_YET, at, state=State.FAILED, error=detail)
        return
    again_at = at + timedelta(minutes=4 ** (message.attempts - 1))
    if message.not_after and message.not_after < again_at:
        settle(message, Outcome.NOT_YET, at, state=State.EXPIRED, error=detail)
        return
    settle(message, Outcome.NOT_YET, at, state=State.DUE, due_at=again_at, error=detail)


@transaction.atomic
def settle(message: Message, outcome: Outcome, at: datetime, *, detail: str = "", **changes: Any) -> bool:
    """Write how the try ended, under its token; return False where the row has meanwhile been decided on.

    A row the reaper took for lost is still ours to settle: the slow answer did come.
    """
    detail = (detail or changes.get("error", ""))[:500]
    if "error" in changes:
        changes["error"] = changes["error"][:500]
    assert message.claim_token is not None  # only what was claimed is settled
    message.tries.filter(claim_token=message.claim_token).update(ended_at=at, outcome=outcome, detail=detail)
    ours = Message.objects.filter(
        pk=message.pk, claim_token=message.claim_token, state__in=[State.SENDING, State.UNKNOWN]
    )
    return bool(ours.update(lease_until=None, handing_at=None, **changes))


@transaction.atomic
def drop(message: Message, at: datetime) -> None:
    """Cancel a claimed message the customer does not want any more."""
    reason = _("The customer does not want to be contacted about this.")
    if settle(message, Outcome.NOT_SENT, at, detail=reason, state=State.CANCELLED, error=reason):
        MessageMove.objects.create(
            thing=message, from_state=State.SENDING, to_state=State.CANCELLED, by=CLOCK, at=at, reason=reason
        )


def reap(at: datetime) -> None:
    """Clear up after workers that died or froze: what may have been handed over waits for a person.

    Only a row that certainly was not handed over becomes due again; one that killed every worker fails.
    """
    orphans = Message.objects.filter(state=State.SENDING, lease_until__lt=at)
    orphans.filter(handing_at__isnull=False).update(
        state=State.UNKNOWN, lease_until=None, error=_("The worker stopped while it was handing the message over.")
    )
    stopped = _("The worker stopped before it handed the message over.")
    orphans.filter(handing_at__isnull=True, attempts__gte=MAX_TRIES).update(
        state=State.FAILED, claim_token=None, lease_until=None, error=stopped
    )
    orphans.filter(handing_at__isnull=True).update(state=State.DUE, claim_token=None, lease_until=None, error=stopped)
    unfinished = Attempt.objects.filter(ended_at__isnull=True).exclude(message__state=State.SENDING)
    unfinished.filter(message__state=State.UNKNOWN).update(ended_at=at, outcome=Outcome.UNKNOWN)
    unfinished.exclude(message__state=State.UNKNOWN).update(ended_at=at, outcome=Outcome.NOT_SENT)
