"""Imported by a real worker (`celery worker -I`): sends to the test's mail server, and at a named point kills the
whole worker the way `kill -9` does. A control takes a guard away, to show that the test would notice its absence.
"""

import functools
import os
import signal
import threading
import uuid
from datetime import timedelta

from django.conf import settings

from dealership.outbox import delivery
from dealership.outbox.models import Attempt, Message
from dealership.outbox.states import State

POINTS = ["before the claim", "claimed", "talking", "handing over", "accepted", "settled"]


def die():
    os.killpg(os.getpgrp(), signal.SIGKILL)


def die_before(name):
    monitored(name, before=die)


def die_after(name):
    monitored(name, after=lambda result: die() if result is not False else None)


def monitored(name, before=lambda: None, after=lambda result: None):
    function = getattr(delivery, name)

    @functools.wraps(function)
    def watched(*args, **kwargs):
        before()
        result = function(*args, **kwargs)
        if result is not None or name == "hand_over":
            after(result)
        return result

    setattr(delivery, name, watched)


def crash_at(point):
    {
        "before the claim": lambda: die_before("claim"),
        "claimed": lambda: die_after("claim"),
        "talking": lambda: die_before("hand_over"),
        "handing over": lambda: die_after("hand_over"),
        "accepted": lambda: die_before("settle"),
        "settled": lambda: die_after("settle"),
    }[point]()


def reap_blindly(at):
    """What a careless reaper does: whoever stopped, send again."""
    Message.objects.filter(state=State.SENDING, lease_until__lt=at).update(
        state=State.DUE, claim_token=None, lease_until=None, handing_at=None
    )


def claim_blindly(at):
    """What careless senders do: look first, write then, and trust that nobody else did."""
    message = delivery.due(at).first()
    if message is None:
        return None
    threading.Event().wait(0.01)
    token = uuid.uuid4()
    Message.objects.filter(pk=message.pk).update(
        state=State.SENDING, claim_token=token, lease_until=at + delivery.LEASE, sent_at=None
    )
    Attempt.objects.create(message=message, claim_token=token, started_at=at)
    return Message.objects.select_related("customer", "store").get(pk=message.pk)


settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["OUTBOX_MAIL_PORT"])
delivery.LEASE = timedelta(seconds=float(os.environ["OUTBOX_LEASE"]))
if os.environ.get("OUTBOX_CRASH_AT"):
    crash_at(os.environ["OUTBOX_CRASH_AT"])
if os.environ.get("OUTBOX_CONTROL") == "reap blindly":
    delivery.reap = reap_blindly
if os.environ.get("OUTBOX_CONTROL") == "claim blindly":
    delivery.claim, delivery.hand_over = claim_blindly, lambda message, at: None
