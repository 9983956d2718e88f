"""Several processes deliver at once: every message goes out exactly once."""

import subprocess
from contextlib import ExitStack

import pytest
from django.utils import timezone

from dealership.outbox.models import Attempt, Message
from dealership.outbox.states import State
from tests.outbox import processes
from tests.outbox.conftest import *  # noqa: F403 - its fixtures
from tests.outbox.mailserver import MailServer

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MESSAGES, SENDERS = 60, 3


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


def deliver_at_once(mail, **options):
    """Let all senders loose in the same moment and return how many messages each had accepted."""
    env = processes.environment(mail.port, lease=60, **options)
    with ExitStack() as running:
        senders = [
            running.enter_context(
                processes.process(
                    "-m", "tests.outbox.delivering", env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for _ in range(SENDERS)
        ]
        assert [sender.stdout.readline() for sender in senders] == ["ready\n"] * SENDERS
        for sender in senders:
            sender.stdin.write("go\n")
            sender.stdin.flush()
        return [int(sender.stdout.readline()) for sender in senders]


def test_three_senders_send_every_message_once(enqueue, mail):
    wanted = {enqueue(due_at=timezone.now()).message_id for _ in range(MESSAGES)}
    counts = deliver_at_once(mail)
    assert sum(counts) == MESSAGES
    assert sorted(mail.ids) == sorted(wanted)
    assert Message.objects.filter(state=State.SENT).count() == Attempt.objects.count() == MESSAGES
    assert sum(count > 0 for count in counts) > 1, f"only one of them worked, so nothing raced: {counts}"


def test_control_senders_without_the_claim_send_some_twice(enqueue, mail):
    for _ in range(MESSAGES):
        enqueue(due_at=timezone.now())
    deliver_at_once(mail, control="claim blindly")
    assert len(mail.ids) > len(set(mail.ids))
