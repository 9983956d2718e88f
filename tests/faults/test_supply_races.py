"""Several people receive what is on order at once, or one receives it while another calls it off."""

import threading
from datetime import UTC, date, datetime

import pytest

from dealership.catalogue import operations
from dealership.catalogue.models import Part, Stock, Supply
from dealership.staff import operations as staff
from dealership.workflow import CLOCK, NotAllowed
from tests.faults.crowd import at_once, without_constraint

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 8
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 27)


@pytest.fixture
def store(transactional_db):
    return staff.open_store(name="示范店", code="T1")


@pytest.fixture
def part(store):
    return Part.objects.create(number="P1", name="机油滤清器")


@pytest.fixture
def supply(store, part):
    """Eight units on order."""
    return Supply.objects.create(
        store=store, part=part, quantity=PEOPLE, expected_on=DAY, reference="PO-1", ordered_at=NOW
    )


def receive(store, part, note):
    return operations.receive_goods(store, part, 1, reference=note, by=CLOCK, at=NOW)


def test_what_eight_people_receive_of_one_order_is_counted_to_it_whole(store, part, supply):
    at_once(PEOPLE, lambda n: receive(store, part, f"DN-{n}"))
    supply.refresh_from_db()
    assert (supply.received, supply.received_at is not None) == (PEOPLE, True)
    assert Stock.objects.get().quantity == PEOPLE


def test_who_reads_first_and_writes_afterwards_loses_what_others_received(store, part, supply):
    """The control: without holding the shelf and the order, the eight of the test above count as fewer."""
    everybody_has_looked = threading.Barrier(PEOPLE)

    def receive_carelessly(n):
        seen = Supply.objects.get(pk=supply.pk)
        everybody_has_looked.wait(60)
        Supply.objects.filter(pk=seen.pk).update(received=seen.received + 1)

    at_once(PEOPLE, receive_carelessly)
    supply.refresh_from_db()
    assert supply.received < PEOPLE


def test_one_delivery_received_by_eight_is_counted_to_the_order_once(store, part, supply):
    brought = at_once(PEOPLE, lambda n: receive(store, part, "DN-1"))
    assert sum(isinstance(answer, NotAllowed) for answer in brought) == PEOPLE - 1
    supply.refresh_from_db()
    assert supply.received == Stock.objects.get().quantity == 1


def test_an_order_is_either_received_or_called_off(store, part, supply):
    def act(n):
        if n % 2:
            return operations.cancel_supply(supply_again(supply), by=CLOCK, at=NOW)
        return operations.receive_goods(store, part, PEOPLE, reference=f"DN-{n}", by=CLOCK, at=NOW)

    brought = at_once(PEOPLE, act)
    supply.refresh_from_db()
    assert (supply.received_at is None) != (supply.cancelled_at is None)
    refused = [isinstance(answer, NotAllowed) for answer in brought[1::2]]
    assert refused == [supply.received_at is not None] * (PEOPLE // 2)
    assert Stock.objects.get().quantity == PEOPLE * PEOPLE // 2  # all goods lie there, ordered or not


def supply_again(supply):
    return Supply.objects.get(pk=supply.pk)


def order(store, part):
    return operations.order_goods(store, part, 4, expected_on=DAY, reference="PO-7", by=CLOCK, at=NOW)


def test_an_order_placed_by_eight_at_once_is_placed_once(store, part):
    brought = at_once(PEOPLE, lambda n: order(store, part))
    assert sum(isinstance(answer, NotAllowed) for answer in brought) == PEOPLE - 1
    assert Supply.objects.get().days.count() == 1


def test_without_the_constraint_the_same_eight_order_eight_times(store, part):
    """The control: nothing but the database tells the eight apart."""
    with without_constraint(Supply, "catalogue_supply_once_per_order"):
        at_once(PEOPLE, lambda n: order(store, part))
        assert Supply.objects.count() == PEOPLE
