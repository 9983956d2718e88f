"""A whole house on Tuesday at ten: something in every list."""

from datetime import UTC, timedelta
from types import SimpleNamespace

import pytest

from dealership.outbox import queue
from dealership.outbox.models import Channel, Message, Purpose
from followup import operations as followup
from reception import operations as reception
from reception.models import Point
from tests import factories
from tests.factories import TUESDAY_NINE

NOW = TUESDAY_NINE + timedelta(hours=1)


@pytest.fixture
def crew(db):
    return prepared_crew()


def prepared_crew():
    """One store whose reception was made ready on Tuesday: its reminder has tests of its own."""
    made = factories.Crew(factories.store())
    reception.check_points(made.store, Point.values, by=made.service_advisor, at=TUESDAY_NINE)
    return made


@pytest.fixture
def tuesday(client, crew, time_machine):
    """Let it be Tuesday at ten, and the browser ask for English."""
    time_machine.move_to(NOW.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def house(crew):
    return built_house(crew)


def built_house(crew):
    """Return a visit or an order at every stage, by name."""
    made = SimpleNamespace(
        late=factories.signed(crew, hours="0.10", promised_at=NOW + timedelta(minutes=20)),
        called=call_due(crew),
        due=factories.appointment(crew, starts_at=NOW + timedelta(hours=1)),
        booked=factories.appointment(crew, starts_at=NOW + timedelta(days=2), at=TUESDAY_NINE),
        wanted=factories.appointment(
            crew, NOW + timedelta(days=3), job=factories.job(parts=[(factories.part(crew.store), 1)])
        ),
        waiting=factories.arrived(crew, TUESDAY_NINE + timedelta(minutes=30)),
        receiving=factories.receiving(crew),
        taken_in=factories.taken_in(crew),
        working=factories.dispatched(crew),
        message=refused_message(crew.store),
    )
    factories.clock_on(made.working, crew.technician)
    for state in ["draft", "dispatched", "finished", "passed", "handed_over", "settled", "paid"]:
        setattr(made, state, getattr(factories, state)(crew))
    return made


def call_due(crew):
    """Return an order released on Friday, whose customer is to be called by Tuesday."""
    order = factories.released(crew, TUESDAY_NINE - timedelta(days=4))
    followup.sweep(TUESDAY_NINE - timedelta(days=4))
    followup.sweep(TUESDAY_NINE)
    return order


def refused_message(store, number=1):
    message = queue.enqueue(
        dedupe_key=f"visit.thanks:{store.code}:{number}",
        store=store,
        purpose=Purpose.SERVICE,
        channel=Channel.EMAIL,
        recipient=f"nobody{number}@example.com",
        subject="感谢您的光临",
        body="谢谢。",
        language="zh-hans",
        due_at=TUESDAY_NINE,
    )
    Message.objects.filter(pk=message.pk).update(state="failed")
    return message
