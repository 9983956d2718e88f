"""Twenty people want the last unit at once: to put it aside, or to take it away."""

import threading

import pytest
from django.db.models import Sum

from dealership.catalogue import operations
from dealership.catalogue.models import Part, Stock, StockMovement, StockReservation
from dealership.catalogue.operations import OutOfStock
from dealership.staff import operations as staff
from dealership.workflow import CLOCK
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 20
AT = "2026-11-24T10:00:00+08:00"


@pytest.fixture
def store(transactional_db):
    return staff.open_store(name="示范店", code="T1")


@pytest.fixture
def part(store):
    """A part of which one unit is left."""
    made = Part.objects.create(number="P1", name="机油滤清器")
    operations.receive_goods(store, made, 1, reference="DN-1", by=CLOCK, at=AT)
    return made


@pytest.fixture
def reserve(store, part):
    return lambda n: operations.reserve(store, part, 1, reference=f"APT-{n}", by=CLOCK, at=AT)


@pytest.fixture
def issue(store, part):
    return lambda n, kept_for="": operations.issue(
        store, part, 1, reference=f"WO-{n}", kept_for=kept_for, by=CLOCK, at=AT
    )


def still_open():
    return StockReservation.objects.filter(ended_at=None).aggregate(sum=Sum("quantity"))["sum"] or 0


def expect_consistent():
    """The row of the shelf says what its reservations and its ledger say, and nobody was promised what is not there."""
    stock = Stock.objects.get()
    assert stock.reserved == still_open()
    assert stock.quantity == StockMovement.objects.aggregate(sum=Sum("change"))["sum"]
    assert stock.free >= 0
    return stock.quantity, stock.reserved


def refused(brought):
    return [answer for answer in brought if isinstance(answer, OutOfStock)]


@pytest.mark.clause("2.1.6")
def test_of_twenty_who_reserve_the_last_unit_one_has_it(reserve):
    brought = at_once(PEOPLE, reserve)
    assert {refusal.there for refusal in refused(brought)} == {0}
    assert len(refused(brought)) == PEOPLE - 1
    assert StockReservation.objects.count() == 1
    assert expect_consistent() == (1, 1)


def test_control_whoever_looks_first_and_reserves_afterwards_promises_it_to_all(store, part):
    """Without the condition in the UPDATE all twenty see the unit free, and all twenty are promised it."""
    everybody_has_looked = threading.Barrier(PEOPLE)

    def reserve_carelessly(n):
        stock = Stock.objects.get()
        everybody_has_looked.wait(60)
        assert stock.free >= 1
        Stock.objects.filter(pk=stock.pk).update(reserved=stock.reserved + 1)
        return StockReservation.objects.create(store=store, part=part, quantity=1, reference=f"APT-{n}", at=AT)

    assert not refused(at_once(PEOPLE, reserve_carelessly))
    assert still_open() == PEOPLE
    with pytest.raises(AssertionError):
        expect_consistent()


def test_the_last_unit_is_either_reserved_or_issued(reserve, issue):
    brought = at_once(PEOPLE, lambda n: issue(n) if n % 2 else reserve(n))
    assert len(refused(brought)) == PEOPLE - 1
    assert expect_consistent() in [(0, 0), (1, 1)]


def test_control_whoever_issues_by_the_quantity_alone_takes_what_was_promised(store, part, reserve, issue):
    """The condition of old, before anything was reserved: the unit is there, so it goes, promised or not."""
    reserve(1)
    taken = Stock.objects.filter(store=store, part=part, quantity__gte=1).update(quantity=0)
    assert taken
    assert Stock.objects.get().free < 0
    Stock.objects.update(quantity=1)
    assert len(refused(at_once(PEOPLE, issue))) == PEOPLE
    assert expect_consistent() == (1, 1)


def test_what_was_kept_is_used_up_or_given_back_once(reserve, issue):
    kept = reserve(1)
    brought = at_once(
        PEOPLE, lambda n: issue(n, kept_for="APT-1") if n % 2 else operations.give_back(kept, by=CLOCK, at=AT)
    )
    issued = [answer for answer in brought if isinstance(answer, StockMovement)]
    # Given back first, the unit is free for whoever issues next; used up first, there is nothing to give back.
    assert (len(issued), brought.count(True)) in [(1, 0), (1, 1)]
    assert expect_consistent() == (0, 0)
