"""One store with its crew, on a Monday at eight."""

from datetime import UTC

import pytest
from django.utils import translation

from reception import operations
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.reception.pressing import HTMX, address


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
def tuesday(desk, monday, crew):
    monday.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


@pytest.fixture
def press(tuesday):
    """Return a function that presses one button of the screen and gives the answer."""

    def send(visit, what, headers=HTMX, **typed):
        return tuesday.post(address("press", visit, what), typed, headers=headers)

    return send


@pytest.fixture
def visit(crew):
    """A visit whose reception has just begun."""
    made = factories.arrived(crew)
    operations.receive(made, by=crew.service_advisor, at=TUESDAY_NINE)
    return made


@pytest.fixture
def covered(visit, crew):
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit
