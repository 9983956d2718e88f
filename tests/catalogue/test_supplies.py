"""Goods on order: ordered, expected on another day, received in parts, cancelled; and what can be had when."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.catalogue import operations, queries
from dealership.catalogue.models import Supply
from dealership.staff import operations as staff
from dealership.workflow import CLOCK, NotAllowed
from tests.catalogue.conftest import NOW, make_part

TODAY = date(2026, 11, 24)
FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


def order(store, part, quantity=4, on=FRIDAY, reference="PO-1", by=CLOCK, at=NOW):
    return operations.order_goods(store, part, quantity, expected_on=on, reference=reference, by=by, at=at)


def deliver(store, part, quantity, reference="DN-1"):
    return operations.receive_goods(store, part, quantity, by=CLOCK, at=NOW, reference=reference)


def reserve(store, part, quantity, reference):
    return operations.reserve(store, part, quantity, reference=reference, by=CLOCK, at=NOW)


def standing(store, part, **how):
    return queries.standings(store, [part], **how)[part.pk]


def came(*supplies):
    for supply in supplies:
        supply.refresh_from_db()
    return [(supply.received, supply.received_at is not None) for supply in supplies]


def test_an_order_keeps_number_day_and_who_placed_it(store, part, clerk):
    supply = order(store, part, by=clerk)
    assert (supply.reference, supply.expected_on, supply.ordered_by, supply.to_come) == ("PO-1", FRIDAY, clerk, 4)
    assert [(day.expected_on, day.by) for day in supply.days.all()] == [(FRIDAY, clerk)]


def test_an_order_sent_twice_is_one_order(store, part):
    first = order(store, part)
    with pytest.raises(NotAllowed, match="PO-1"):
        order(store, part)
    assert Supply.objects.get() == first
    order(store, make_part("other"))
    operations.cancel_supply(first, by=CLOCK, at=NOW)
    order(store, part)  # what was cancelled can be ordered again under the same number


def test_goods_are_ordered_by_the_parts_desk_and_not_by_an_advisor(store, part, clerk, advisor):
    supply = order(store, part, by=clerk)
    for act in [
        lambda: order(store, part, by=advisor, reference="PO-2"),
        lambda: operations.expect_on(supply, MONDAY, by=advisor, at=NOW),
        lambda: operations.cancel_supply(supply, by=advisor, at=NOW),
    ]:
        with pytest.raises(NotAllowed):
            act()
    assert standing(store, part).expected_on == FRIDAY


def test_nothing_is_expected_on_a_day_that_is_over_where_the_store_stands(store, part):
    evening = NOW + timedelta(hours=15)  # 17:00 in London, the first hour of the next day in Shanghai
    with pytest.raises(NotAllowed):
        order(store, part, on=TODAY, at=evening)
    supply = order(store, part, on=TODAY + timedelta(days=1), at=evening)
    with pytest.raises(NotAllowed):
        operations.expect_on(supply, TODAY, by=CLOCK, at=evening)


@pytest.mark.parametrize("quantity", [0, -1, 1.5])
def test_only_whole_units_are_ordered(store, part, quantity):
    with pytest.raises(ValueError, match="whole units"):
        order(store, part, quantity)
    assert not Supply.objects.exists()


def test_another_day_keeps_the_earlier_ones_with_who_and_when(store, part, clerk, manager):
    supply, later = order(store, part, by=clerk), NOW + timedelta(hours=1)
    operations.expect_on(supply, MONDAY, by=manager, at=later)
    operations.expect_on(supply, MONDAY, by=manager, at=later)  # pressed twice
    history = [(day.expected_on, day.by, day.at) for day in supply.days.all()]
    assert history == [(FRIDAY, clerk, NOW), (MONDAY, manager, later)]
    assert standing(store, part).expected_on == MONDAY


def test_what_has_ended_is_expected_no_more(store, part):
    gone, here = order(store, part), order(store, part, reference="PO-2")
    operations.cancel_supply(gone, by=CLOCK, at=NOW)
    deliver(store, part, 4)
    for supply in gone, here:
        with pytest.raises(NotAllowed):
            operations.expect_on(supply, MONDAY, by=CLOCK, at=NOW)


def test_a_delivery_ends_the_oldest_orders_first_and_leaves_the_rest_of_one(store, part):
    second = order(store, part, 3, reference="PO-2", on=FRIDAY, at=NOW + timedelta(minutes=1))
    first = order(store, part, 4, reference="PO-1", on=MONDAY)
    deliver(store, part, 5)
    assert came(first, second) == [(4, True), (1, False)]
    assert (standing(store, part).free, standing(store, part).on_order) == (5, 2)
    deliver(store, part, 9, "DN-2")  # more than was ordered
    assert came(second) == [(3, True)]
    assert (standing(store, part).free, standing(store, part).on_order) == (14, 0)


def test_a_delivery_entered_twice_is_counted_to_the_order_once(store, part):
    supply = order(store, part)
    deliver(store, part, 2)
    with pytest.raises(NotAllowed, match="DN-1"), transaction.atomic():
        deliver(store, part, 2)
    assert came(supply) == [(2, False)]


def test_a_delivery_leaves_other_parts_and_other_stores_on_order(store, part):
    other = staff.open_store(name="Red Bridge", code="RB")
    theirs, oil = order(other, part), order(store, make_part("oil"))
    deliver(store, part, 4)
    assert came(theirs, oil) == [(0, False), (0, False)]


def test_the_rest_of_an_order_is_cancelled_and_what_came_stays(store, part, clerk):
    supply = order(store, part)
    deliver(store, part, 1)
    operations.cancel_supply(supply, by=clerk, at=NOW)
    operations.cancel_supply(supply, by=CLOCK, at=NOW + timedelta(hours=1))  # pressed twice
    supply.refresh_from_db()
    assert (supply.received, supply.cancelled_by, supply.cancelled_at) == (1, clerk, NOW)
    assert standing(store, part).on_order == 0


def test_what_has_come_is_not_cancelled(store, part):
    supply = order(store, part)
    deliver(store, part, 4)
    with pytest.raises(NotAllowed):
        operations.cancel_supply(supply, by=CLOCK, at=NOW)


@pytest.mark.clause("2.2.6.1")
def test_a_part_is_in_stock_or_on_order_with_its_day_or_short(store, part, django_assert_num_queries):
    """The stock is nought: short; what is ordered is on order with its day; what came is in stock."""
    oil, plug = make_part("oil"), make_part("plug")
    deliver(store, oil, 3)
    order(store, plug, 4, on=MONDAY, reference="PO-2")
    order(store, plug, 2, on=FRIDAY)
    with django_assert_num_queries(2):
        found = queries.standings(store, [part, oil, plug])
    assert [found[one.pk].state(3) for one in (part, oil, plug)] == ["short", "in_stock", "on_order"]
    assert (found[plug.pk].free, found[plug.pk].on_order, found[plug.pk].expected_on) == (0, 6, FRIDAY)
    assert [found[plug.pk].day_for(wanted) for wanted in (1, 2, 3, 6, 7)] == [FRIDAY, FRIDAY, MONDAY, MONDAY, None]
    assert found[plug.pk].state(7) == "short"
    assert found[oil.pk].day_for(3) is found[part.pk].day_for(1) is None


@pytest.mark.clause("2.2.6.1")
def test_what_another_store_has_on_order_does_not_come_to_us(store, part):
    order(staff.open_store(name="Red Bridge", code="RB"), part)
    assert standing(store, part).state(1) == "short"


def test_what_is_kept_for_others_has_to_come_for_us(store, part):
    deliver(store, part, 3)
    reserve(store, part, 2, "theirs")
    order(store, part, 2)
    mine = standing(store, part)
    assert (mine.free, mine.day_for(1), mine.day_for(2), mine.day_for(3)) == (1, None, FRIDAY, FRIDAY)
    assert mine.state(4) == "short"
    assert standing(store, part, kept_for="theirs").free == 3


def test_what_a_count_found_missing_comes_first_to_those_it_was_promised(store, part):
    """Four were promised to others and one is left: of the five that come three are theirs."""
    deliver(store, part, 4)
    reserve(store, part, 4, "theirs")
    operations.correct(store, part, 1, reference="stocktaking", by=CLOCK, at=NOW)
    order(store, part, 3, on=FRIDAY)
    order(store, part, 2, on=MONDAY, reference="PO-2")
    mine = standing(store, part)
    assert (mine.free, mine.day_for(1), mine.day_for(2), mine.day_for(3)) == (0, MONDAY, MONDAY, None)


def test_late_supplies_stand_first(store, part):
    later, late = order(store, part, on=FRIDAY), order(store, make_part("oil"), on=TODAY)
    assert list(queries.on_order(store)) == [late, later]
    assert not queries.on_order(staff.open_store(name="Red Bridge", code="RB")).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"reference": ""},
        {"received": 5},
        {"received": 4},
        {"received": 1, "received_at": NOW},
        {"received": 4, "received_at": NOW, "cancelled_at": NOW},
    ],
)
def test_the_database_refuses_impossible_supplies(store, part, wrong):
    right = {"quantity": 4, "reference": "PO-1", "expected_on": FRIDAY, "ordered_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.create(store=store, part=part, **right | wrong)
    Supply.objects.create(store=store, part=part, **right)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.create(store=store, part=part, **right)
