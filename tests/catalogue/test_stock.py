"""Stock and its ledger."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from dealership.catalogue import operations, queries
from dealership.catalogue.models import Stock, StockMovement
from dealership.staff import operations as staff
from dealership.workflow import CLOCK, NotAllowed
from tests.catalogue.conftest import NOW, make_part


def deliver(store, part, quantity, reference="DN-1", by=CLOCK):
    return operations.receive_goods(store, part, quantity, by=by, at=NOW, reference=reference)


def issue(store, part, quantity, reference="WO-1"):
    return operations.issue(store, part, quantity, reference=reference, by=CLOCK, at=NOW)


def take_back(store, part, quantity, reference="WO-1"):
    return operations.take_back(store, part, quantity, reference=reference, by=CLOCK, at=NOW)


def ledger(store, part):
    return StockMovement.objects.filter(store=store, part=part).aggregate(sum=Sum("change"))["sum"]


def test_the_sum_of_the_movements_is_the_stock(store, part):
    deliver(store, part, 10)
    issue(store, part, 4)
    take_back(store, part, 1)
    operations.correct(store, part, 5, reference="stocktaking", by=CLOCK, at=NOW)
    deliver(store, part, 3, "DN-2")
    assert Stock.objects.get().quantity == ledger(store, part) == 8
    kinds = StockMovement.objects.order_by("pk").values_list("kind", "change")
    assert list(kinds) == [("receipt", 10), ("issue", -4), ("return", 1), ("correction", -2), ("receipt", 3)]


@pytest.mark.clause("2.2.6.1")
def test_availability_says_how_many_are_there(store, part, django_assert_num_queries):
    short = make_part("08880-83389")
    deliver(store, part, 3)
    with django_assert_num_queries(1):
        assert queries.availability(store, [part, short]) == {part.pk: 3, short.pk: 0}


@pytest.mark.clause("2.2.6.1")
def test_another_stores_stock_is_not_ours(store, part):
    other = staff.open_store(name="Red Bridge", code="RB")
    deliver(other, part, 3)
    assert queries.availability(store, [part]) == {part.pk: 0}
    with pytest.raises(operations.OutOfStock):
        issue(store, part, 1)


def test_issuing_more_than_there_is_names_what_is_there(store, part):
    deliver(store, part, 2)
    with pytest.raises(operations.OutOfStock) as refusal:
        issue(store, part, 3)
    assert (refusal.value.there, refusal.value.wanted) == (2, 3)
    assert "2" in str(refusal.value)
    assert "3" in str(refusal.value)
    assert Stock.objects.get().quantity == ledger(store, part) == 2


def test_the_last_unit_can_be_issued(store, part):
    deliver(store, part, 1)
    issue(store, part, 1)
    assert Stock.objects.get().quantity == 0


@pytest.mark.parametrize("quantity", [0, -1, 1.5])
def test_only_whole_units_move(store, part, quantity):
    for act in [deliver, issue, take_back]:
        with pytest.raises(ValueError, match="whole units"):
            act(store, part, quantity)


def test_no_more_comes_back_than_was_issued_under_the_reference(store, part):
    deliver(store, part, 5)
    issue(store, part, 2)
    issue(store, part, 1, "WO-2")
    take_back(store, part, 1)
    with pytest.raises(NotAllowed, match="WO-1"), transaction.atomic():
        take_back(store, part, 2)
    take_back(store, part, 1)
    assert Stock.objects.get().quantity == ledger(store, part) == 4


def test_a_delivery_sent_twice_counts_once(store, part):
    deliver(store, part, 5)
    with pytest.raises(NotAllowed, match="DN-1"), transaction.atomic():
        deliver(store, part, 5)
    deliver(store, make_part("other"), 5)
    assert queries.availability(store, [part])[part.pk] == ledger(store, part) == 5


def test_counting_what_is_there_writes_nothing(store, part):
    deliver(store, part, 5)
    assert operations.correct(store, part, 5, reference="stocktaking", by=CLOCK, at=NOW) is None
    assert StockMovement.objects.count() == 1
    with pytest.raises(ValueError, match="fewer than none"):
        operations.correct(store, part, -1, reference="stocktaking", by=CLOCK, at=NOW)


def test_goods_are_received_by_the_parts_desk_and_not_by_an_advisor(store, part, clerk, advisor):
    with pytest.raises(NotAllowed):
        deliver(store, part, 5, by=advisor)
    assert deliver(store, part, 5, by=clerk).by == clerk
    with pytest.raises(NotAllowed):
        operations.correct(store, part, 1, reference="stocktaking", by=advisor, at=NOW)


def test_a_movement_is_written_once_and_stays(store, part):
    movement = deliver(store, part, 5)
    movement.change = 50
    with pytest.raises(TypeError):
        movement.save()
    with pytest.raises(TypeError):
        movement.delete()
    assert ledger(store, part) == 5


@pytest.mark.parametrize(
    ("kind", "change"), [("receipt", -1), ("issue", 1), ("return", 0), ("correction", 0), ("gift", 1)]
)
def test_the_database_refuses_impossible_movements(store, part, kind, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(store=store, part=part, kind=kind, change=change, reference="x", at=NOW)


def test_the_database_refuses_negative_or_double_stock(store, part):
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.create(store=store, part=part, quantity=-1)
    Stock.objects.create(store=store, part=part, quantity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.create(store=store, part=part, quantity=1)


def test_parts_are_found_with_what_this_store_has(store, part):
    make_part("90915-10003", name="Oil filter, long", safety_stock=2)
    deliver(store, part, 3)
    deliver(staff.open_store(name="Red Bridge", code="RB"), part, 40)
    found = queries.find_parts("oil FILTER", store)
    assert [(row.number, row.quantity, row.low) for row in found] == [
        ("04152-YZZA1", 3, False),
        ("90915-10003", 0, True),
    ]
    assert [row.number for row in queries.find_parts("long 909", store)] == ["90915-10003"]


def test_low_is_below_the_safety_stock_and_not_at_it(store):
    part = make_part("90915-10003", safety_stock=2)
    deliver(store, part, 2)
    assert not queries.find_parts("", store).get().low
    issue(store, part, 1)
    assert queries.find_parts("", store).get().low
