import pytest

from dealership.staff.roles import Role
from tests import factories


@pytest.fixture
def store(db):
    return factories.store(code="SH1")


@pytest.fixture
def advisor(store):
    return factories.person(Role.SERVICE_ADVISOR, store)


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())
