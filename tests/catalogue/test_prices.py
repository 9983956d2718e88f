"""Prices by day: a new one begins, none is rewritten."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from dealership import money
from dealership.catalogue import operations, queries
from dealership.catalogue.models import Price
from dealership.workflow import CLOCK, NotAllowed
from tests.catalogue.conftest import NOW, make_operation, make_part

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


def begin(thing, amount_fen, day, at=NOW, by=CLOCK):
    return operations.set_price(thing, amount_fen, day, by=by, at=at)


@pytest.mark.clause("6.4.14")
def test_a_price_that_changes_in_april_leaves_march_alone(operation):
    begin(operation, 12_000, date(2026, 1, 1), at=datetime(2026, 1, 1, tzinfo=UTC))
    begin(operation, 15_000, date(2026, 4, 1), at=datetime(2026, 3, 20, tzinfo=UTC))
    assert queries.price_on(operation, date(2026, 3, 31)) == 12_000
    assert queries.price_on(operation, date(2026, 4, 1)) == 15_000
    assert [price.amount_fen for price in queries.prices_of(operation)] == [15_000, 12_000]


def test_a_labour_price_is_per_hour_and_the_line_is_rounded_once(operation):
    begin(operation, 12_345, TODAY)
    assert money.times(queries.price_on(operation, TODAY), operation.hours) == 9_876


def test_a_missing_price_is_said_in_a_sentence(part):
    begin(part, 4_500, TODAY)
    with pytest.raises(queries.PriceMissing, match="04152-YZZA1 Oil filter"):
        queries.price_on(part, date(2026, 11, 23))
    assert queries.prices_on([part], date(2026, 11, 23)) == {}


def test_many_prices_take_one_query(django_assert_num_queries, db):
    parts = [make_part(f"P{count}") for count in range(3)]
    jobs = [make_operation(f"M{count}") for count in range(3)]
    for count, thing in enumerate(parts + jobs):
        begin(thing, 100 + count, date(2026, 1, 1), at=NOW)
        begin(thing, 200 + count, TOMORROW)
    for things in [parts[:1], parts + jobs]:
        with django_assert_num_queries(1):
            prices = queries.prices_on(things, TODAY)
        assert prices == {thing: 100 + (parts + jobs).index(thing) for thing in things}


def test_a_part_and_an_operation_of_one_id_keep_their_own_price(part, operation):
    begin(part, 100, TODAY)
    begin(operation, 200, TODAY)
    assert queries.prices_on([part, operation], TODAY) == {part: 100, operation: 200}


def test_a_price_already_valid_is_never_rewritten(part):
    begin(part, 100, TODAY)
    for day in [TODAY, date(2026, 11, 1)]:
        with pytest.raises(NotAllowed):
            begin(part, 200, day)
    assert list(Price.objects.values_list("amount_fen", flat=True)) == [100]


def test_a_price_may_change_today_if_the_old_one_began_before(part):
    begin(part, 100, date(2026, 11, 1))
    begin(part, 200, TODAY)
    assert queries.price_on(part, date(2026, 11, 23)) == 100
    assert queries.price_on(part, TODAY) == 200


def test_a_price_that_has_not_begun_is_replaced(part, manager):
    begin(part, 100, TOMORROW)
    begin(part, 300, TOMORROW, by=manager)
    price = Price.objects.get()
    assert (price.amount_fen, price.by) == (300, manager)


def test_today_is_the_stores_day_and_not_that_of_greenwich(part):
    late = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # already the 25th in Shanghai
    begin(part, 100, TOMORROW)
    with pytest.raises(NotAllowed):
        begin(part, 200, TOMORROW, at=late)


def test_only_the_manager_sets_prices(part, clerk, manager):
    with pytest.raises(NotAllowed):
        begin(part, 100, TODAY, by=clerk)
    begin(part, 100, TODAY, by=manager)
    assert Price.objects.count() == 1


def test_the_database_refuses_impossible_prices(part, operation):
    for wrong in [
        {"amount_fen": 100},
        {"amount_fen": 100, "part": part, "operation": operation},
        {"amount_fen": -1, "part": part},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Price.objects.create(valid_from=TODAY, at=NOW, **wrong)


@pytest.mark.parametrize("wrong", [{"hours": "0"}, {"hours": "-1"}, {"order_class": "gardening"}])
def test_the_database_refuses_impossible_operations(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_operation("M99", **wrong)


def test_operations_are_found_by_code_or_name_and_only_while_offered(operation):
    make_operation("M11", name="Change brake pads")
    make_operation("M12", name="Change carburettor", active=False)
    assert [found.code for found in queries.find_operations("change")] == ["M10", "M11"]
    assert [found.code for found in queries.find_operations("m11 pads")] == ["M11"]
    assert not queries.find_operations("m11 oil")
