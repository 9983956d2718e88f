"""A store, a customer, messages, and a real SMTP server on loopback."""

from datetime import UTC, datetime

import pytest

from dealership.customers import operations as customers
from dealership.outbox import queue
from dealership.outbox.models import Channel, Purpose
from dealership.staff import operations as staff
from dealership.staff.roles import Role
from tests.outbox.mailserver import MailServer

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def store(db):
    return staff.open_store(name="浦东汽车", code="SH1")


def person(username, full_name, role, *stores):
    return staff.take_on(
        username=username, password="correct horse battery", full_name=full_name, roles=[role], stores=stores
    )


@pytest.fixture
def manager(store):
    return person("chenjing", "Chen Jing", Role.AFTER_SALES_MANAGER, store)


@pytest.fixture
def advisor(store):
    return person("lina", "Li Na", Role.SERVICE_ADVISOR, store)


@pytest.fixture
def customer(store, manager):
    return customers.register(name="王芳", by=manager, at=AT, email="wangfang@example.com")


@pytest.fixture
def enqueue(store):
    """Return a function that stores one message; every call is a new occasion unless a key is given."""
    made = []

    def put(**changes):
        made.append(None)
        whole = {
            "dedupe_key": f"visit.thanks:{len(made)}",
            "store": store,
            "purpose": Purpose.SERVICE,
            "channel": Channel.EMAIL,
            "recipient": "wangfang@example.com",
            "subject": "感谢您的光临",
            "body": "王女士,您好。\n.\n谢谢。",
            "language": "zh-hans",
            "due_at": AT,
        }
        return queue.enqueue(**{**whole, **changes})

    return put


@pytest.fixture
def mail_server(settings):
    """Return a running SMTP server that the desk sends its e-mail to."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 2
        yield server


@pytest.fixture
def clock():
    """Return a clock that stands still until it is moved: `clock.now += ...`."""

    class Clock:
        now = AT

        def __call__(self):
            return self.now

    return Clock()
