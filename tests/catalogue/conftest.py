"""A store with the three people the catalogue knows: manager, parts desk, advisor."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dealership.catalogue.models import LabourOperation, Part
from dealership.staff import operations as staff
from dealership.staff.roles import Role

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def make_part(number="04152-YZZA1", **details):
    return Part.objects.create(number=number, **({"name": "Oil filter", "unit": "pc"} | details))


def make_operation(code="M10", **details):
    return LabourOperation.objects.create(code=code, **({"name": "Change oil", "hours": Decimal("0.80")} | details))


def person(role, *stores):
    return staff.take_on(username=role, password="long enough 1", full_name=str(role), roles=[role], stores=stores)


@pytest.fixture
def store(db):
    return staff.open_store(name="Jade Lake", code="JL")


@pytest.fixture
def manager(store):
    return person(Role.AFTER_SALES_MANAGER, store)


@pytest.fixture
def clerk(store):
    return person(Role.PARTS, store)


@pytest.fixture
def advisor(store):
    return person(Role.SERVICE_ADVISOR, store)


@pytest.fixture
def part(db):
    return make_part()


@pytest.fixture
def operation(db):
    return make_operation()
