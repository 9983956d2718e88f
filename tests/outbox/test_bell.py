"""Ringing for the worker costs the desk nothing, whatever state the broker is in."""

import socket
import time

import pytest
from celery import Celery

from dealership.outbox import bell, tasks
from tests.outbox.mailserver import free_port


@pytest.fixture
def app(monkeypatch):
    """Return a function that makes the bell ring through the broker at an address."""

    def use(address):
        app = Celery(broker=address, set_as_current=False)
        monkeypatch.setattr(bell, "current_app", app)
        return app

    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    return use


def seconds_of(act):
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_ring_reaches_the_broker_without_content(app):
    with app("memory://").connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()
        bell.ring()
        message = queue.get(timeout=1)
    assert message.headers["task"] == tasks.ring.name == "outbox.ring"
    assert message.payload[:2] == [[], {}]
    assert message.headers["expires"]
    assert message.headers["eta"] is None


def test_ring_gives_up_at_once_when_nobody_is_there(app):
    app(f"redis://127.0.0.1:{free_port()}")
    bell.ring()
    assert seconds_of(bell.ring) < 0.1


def test_ring_waits_a_moment_for_a_silent_broker_and_then_leaves_it_alone(app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        assert 0.3 < seconds_of(bell.ring) < 3
        assert seconds_of(lambda: [bell.ring() for _ in range(100)]) < 0.1


def test_ring_tries_again_after_the_quiet_time(app, monkeypatch):
    app(f"redis://127.0.0.1:{free_port()}")
    bell.ring()
    assert bell._quiet_until > time.monotonic() + bell.QUIET - 5
    app("memory://")
    monkeypatch.setattr(bell, "_quiet_until", time.monotonic() - 1)
    bell.ring()
    assert bell._quiet_until < time.monotonic()


def test_message_is_stored_although_the_broker_is_gone(app, enqueue, django_capture_on_commit_callbacks):
    app(f"redis://127.0.0.1:{free_port()}")
    with django_capture_on_commit_callbacks(execute=True):
        message = enqueue()
    message.refresh_from_db()
