from datetime import UTC

import pytest
from django.utils import translation

from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, drawn
from workorders import queries


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())


@pytest.fixture
def english():
    """Let sentences be in English, as somebody reading English gets them."""
    with translation.override("en"):
        yield


@pytest.fixture
def tuesday(client, crew, time_machine):
    """Let it be Tuesday at ten, and the advisor logged in, reading English."""
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


@pytest.fixture
def sent(tuesday):
    """Return a function that posts one form of an order as one person."""

    def send(order, name, by=None, **values):
        if by is not None:
            tuesday.force_login(by)
        if name == "sign":
            values = {"seen": queries.mark_of(order)} | values  # the lines as the page showed them
            values = {"drawn": drawn(values)} | values
        return tuesday.post(address(name, order), values)

    return send
