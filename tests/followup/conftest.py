import pytest

from dealership.staff.roles import Role
from tests.followup import house


@pytest.fixture
def store(db):
    return house.store()


@pytest.fixture
def advisor(store):
    return house.advisor(store, name="李顾问", phone="139 0000 1111")


@pytest.fixture
def clerk(store):
    return house.clerk(store, name="赵信息")


@pytest.fixture
def manager(store):
    return house.person(store, Role.AFTER_SALES_MANAGER, name="钱经理")


@pytest.fixture
def visit(store, advisor):
    return house.visit(store, advisor)
