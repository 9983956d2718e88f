"""One store with its crew, on a Monday at eight."""

from datetime import UTC, timedelta

import pytest
from django.utils import translation

from dealership.customers import operations as customers
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())


@pytest.fixture
def monday(time_machine):
    """Let every clock that pages read stand at Monday, eight o'clock; the fixture moves it."""
    time_machine.move_to(MONDAY.astimezone(UTC), tick=False)
    return time_machine


@pytest.fixture
def english():
    """Let operations speak English, whose sentences stand in the source."""
    translation.activate("en")


@pytest.fixture
def desk(client, crew, monday):
    """Return the browser of the service advisor, in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


@pytest.fixture
def mail_reader(crew):
    """Return (customer, vehicle) of somebody who wishes to be told by e-mail."""
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    customers.correct(customer, email="wang@example.com", preferred_channel="email", by=crew.service_advisor, at=MONDAY)
    return customer, vehicle


@pytest.fixture
def at(monday, desk, crew):
    """Return a function that sets the clock every page reads, at which the advisor logs in."""

    def set_clock(moment):
        monday.move_to(moment.astimezone(UTC), tick=False)
        desk.force_login(crew.service_advisor)

    return set_clock


@pytest.fixture
def made(crew):
    """An appointment on Thursday at nine, booked on Monday."""
    return factories.appointment(crew, TUESDAY_NINE + timedelta(days=2))
