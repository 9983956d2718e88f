"""A store, its people, and the moment everything happens."""

import pytest

from dealership.customers import operations
from tests import factories

AT = factories.TUESDAY_NINE


@pytest.fixture
def at():
    return AT


@pytest.fixture
def store(db):
    return factories.store()


@pytest.fixture
def crew(store):
    return factories.Crew(store)


@pytest.fixture
def advisor(crew):
    return crew.service_advisor


@pytest.fixture
def manager(crew):
    return crew.after_sales_manager


@pytest.fixture
def wang(advisor, at):
    """王伟, Mr, with a phone and the car 沪A12345."""
    customer, _vehicle = operations.register_with_car(
        name="王伟",
        title="mr",
        phones=["138 0013 8000"],
        plate="沪A12345",
        vin="LSVAA2BR2CN123456",
        make="大众",
        model_name="朗逸",
        by=advisor,
        at=at,
    )
    return customer


@pytest.fixture
def car(wang):
    return wang.keepings.get().vehicle


@pytest.fixture
def desk(client, advisor):
    """A browser in which the service advisor is logged in, in English."""
    advisor.language = "en"
    advisor.save()
    client.force_login(advisor)
    return client


@pytest.fixture
def office(client, manager):
    """A browser in which the after-sales manager is logged in, in English."""
    manager.language = "en"
    manager.save()
    client.force_login(manager)
    return client
