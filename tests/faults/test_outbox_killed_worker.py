"""kill -9 of a real Celery worker at every point between storing a message and knowing that it was sent."""

import signal

import pytest
from django.utils import timezone

from dealership.outbox import bell, queue
from dealership.outbox.models import Message
from dealership.outbox.states import State
from tests.outbox import processes
from tests.outbox.conftest import *  # noqa: F403 - its fixtures
from tests.outbox.mailserver import MailServer

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def broker():
    with processes.broker() as address:
        yield address


@pytest.fixture
def app(broker, monkeypatch):
    """Return the application whose wake-ups our workers hear; storing a message rings through it as well."""
    app = processes.bell_app(broker)
    monkeypatch.setattr(bell, "current_app", app)
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    yield app
    app.control.purge()
    app.close()


def state_of(message):
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


def kill_at(point, enqueue, mail, broker, app):
    """Store a message while a worker listens that dies at the point; return the message."""
    with processes.worker(mail.port, broker=broker, crash_at=point) as worker:
        message = enqueue(due_at=timezone.now())
        processes.until(lambda: worker.poll() is not None, what="the worker's death")
        assert worker.returncode == -signal.SIGKILL
    return message


def sweep_until(app, message, states):
    """Ring as the clock does until the message stands in one of the states."""

    def settled():
        app.send_task("outbox.deliver_due", expires=60)
        return state_of(message) in states

    processes.until(settled, what=f"the message to be {', '.join(states)}")


@pytest.mark.parametrize("point", ["before the claim", "claimed", "talking"])
def test_worker_killed_before_the_text_left_loses_nothing_and_sends_once(point, enqueue, mail, broker, app):
    message = kill_at(point, enqueue, mail, broker, app)
    assert state_of(message) == (State.DUE if point == "before the claim" else State.SENDING)
    assert mail.ids == []
    with processes.worker(mail.port, broker=broker):
        sweep_until(app, message, [State.SENT])
    assert mail.ids == [message.message_id]


@pytest.mark.parametrize(("point", "accepted"), [("handing over", 0), ("accepted", 1)])
def test_worker_killed_while_the_text_left_never_sends_twice(point, accepted, enqueue, mail, broker, app, manager):
    message = kill_at(point, enqueue, mail, broker, app)
    assert mail.ids == [message.message_id] * accepted
    with processes.worker(mail.port, broker=broker):
        sweep_until(app, message, [State.UNKNOWN])
        later = enqueue(due_at=timezone.now())
        sweep_until(app, later, [State.SENT])  # others go on
        assert mail.ids == [message.message_id] * accepted + [later.message_id]
        message.refresh_from_db()
        queue.release(message, by=manager, at=timezone.now(), reason="the customer has nothing")
        sweep_until(app, message, [State.SENT])
    assert mail.ids.count(message.message_id) == accepted + 1


def test_worker_killed_after_settling_has_done_its_work(enqueue, mail, broker, app):
    message = kill_at("settled", enqueue, mail, broker, app)
    with processes.worker(mail.port, broker=broker):
        sweep_until(app, enqueue(due_at=timezone.now()), [State.SENT])
    assert state_of(message) == State.SENT
    assert mail.ids.count(message.message_id) == 1


def test_control_a_blind_reaper_sends_twice(enqueue, mail, broker, app):
    """Without the mark of handing over the same kill sends the customer a second copy."""
    message = kill_at("accepted", enqueue, mail, broker, app)
    with processes.worker(mail.port, broker=broker, control="reap blindly"):
        sweep_until(app, message, [State.SENT])
    assert mail.ids == [message.message_id] * 2
