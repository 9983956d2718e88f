"""Maintenance packages: which suit a car, and what their lines cost at the package's own price or without one."""

import importlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import translation

from dealership.catalogue import operations, queries
from dealership.catalogue.models import Package
from dealership.workflow import CLOCK, NotAllowed
from tests import factories
from tests.catalogue.conftest import NOW, make_operation, make_part

migration = importlib.import_module("dealership.catalogue.migrations.0005_packages")
TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)


def priced(thing, fen):
    operations.set_price(thing, fen, TODAY, by=CLOCK, at=NOW)
    return thing


def cost(package, fen, day=TODAY, by=CLOCK):
    return operations.set_package_price(package, fen, day, by=by, at=NOW)


def amounts(package, day=TODAY):
    return [line.amount_fen for line in queries.package_lines(package, day)]


@pytest.fixture
def package(db):
    """0.80 h at 150.00, one filter at 49.00 and two washers at 6.05."""
    operation, oil = priced(make_operation(), 15_000), priced(make_part("a"), 4_900)
    return factories.package({operation: None}, {oil: 1, priced(make_part("b"), 605): 2})


def test_without_a_price_of_its_own_a_package_costs_what_its_lines_cost(package, django_assert_num_queries):
    with django_assert_num_queries(4):
        lines = queries.package_lines(package, TODAY)
    assert [(line.thing.pk, line.quantity, line.amount_fen) for line in lines] == [
        (package.operations.get().operation_id, Decimal("0.80"), 12_000),
        *[(part.part_id, part.quantity, fen) for part, fen in zip(package.parts.all(), [4_900, 1_210], strict=True)],
    ]


def test_the_hours_of_a_package_stand_over_the_standard_hours(package):
    package.operations.update(hours=Decimal("0.50"))
    line = queries.package_lines(package, TODAY)[0]
    assert (line.quantity, line.amount_fen) == (Decimal("0.50"), 7_500)


@pytest.mark.parametrize("fen", [0, 1, 2, 9_999, 15_000, 18_110, 100_001])
def test_the_lines_sum_to_the_packages_own_price(package, fen):
    cost(package, fen)
    assert sum(amounts(package)) == fen


def test_each_line_bears_its_part_of_the_price(package):
    """Of 181.10 the work is 120.00: of 100.00 that is 66.26 and 0.26 of a fen, the filter's the largest remainder."""
    cost(package, 10_000)
    assert amounts(package) == [6_626, 2_706, 668]


def test_a_free_package_has_free_lines_and_free_lines_share_a_price(package):
    cost(package, 0)
    assert amounts(package) == [0, 0, 0]
    gift = factories.package({}, {priced(make_part("c"), 0): 1, priced(make_part("d"), 0): 1})
    cost(gift, 101)
    assert amounts(gift) == [51, 50]


def test_a_price_begins_on_its_day_and_an_empty_one_ends_it(package):
    cost(package, 10_000)
    cost(package, None, TOMORROW)
    assert (sum(amounts(package)), sum(amounts(package, TOMORROW))) == (10_000, 18_110)
    assert queries.package_price_on(package, TODAY - timedelta(days=1)) is None


def test_a_price_of_a_package_that_was_valid_is_never_rewritten(package):
    cost(package, 10_000)
    for day in (TODAY, TODAY - timedelta(days=1)):
        with pytest.raises(NotAllowed):
            cost(package, 9_000, day)
    first = cost(package, 9_000, TOMORROW)
    assert cost(package, 8_000, TOMORROW).pk == first.pk  # it has not begun
    assert list(package.prices.values_list("amount_fen", flat=True)) == [8_000, 10_000]


def test_packages_are_priced_by_those_who_set_prices(package, manager, advisor):
    with pytest.raises(NotAllowed):
        cost(package, 10_000, by=advisor)
    assert cost(package, 10_000, by=manager).by == manager


def test_a_line_without_a_price_is_named(package):
    package.parts.create(part=make_part("new"), quantity=1)
    for own in (None, 10_000):
        if own:
            cost(package, own)
        with pytest.raises(queries.PriceMissing, match="new"):
            queries.package_lines(package, TODAY)


def found(make="大众", model="途观L", text=""):
    return [package.code for package in queries.packages_for(make, model, text)]


def test_packages_are_offered_for_the_cars_they_suit(operation):
    work = {operation: None}
    factories.package(work, code="ALL")
    factories.package(work, code="MAKE", make="大众")
    factories.package(work, code="MODEL", make="大众", model_name="途观")
    factories.package(work, code="OTHER", make="丰田")
    assert found() == ["ALL", "MAKE", "MODEL"]
    assert found(model="帕萨特") == ["ALL", "MAKE"]
    assert found("Toyota", "") == ["ALL"]
    assert found("", "") == ["ALL"]


def test_packages_are_found_by_code_and_either_name(operation):
    factories.package({operation: None}, code="T2", name="小保养", name_en="Oil service")
    factories.package({operation: None}, code="T3", name="大保养", name_en="Major service")
    assert [found(text=text) for text in ("小保", "MAJOR serv", "t2", "none")] == [["T2"], ["T3"], ["T2"], []]


def test_what_is_withdrawn_empty_or_cannot_be_done_is_not_offered(part):
    factories.package({}, {part: 1}, code="NO", active=False)
    factories.package(code="EMPTY")
    gone = factories.package({make_operation(active=False): None}, {part: 1}, code="GONE")
    assert found() == []
    gone.operations.all().delete()
    assert found() == ["GONE"]


def test_a_package_is_named_in_the_readers_language(db):
    package = Package(code="T2", name="小保养", name_en="Oil service")
    names = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            names[language] = package.name_shown
    assert names == {"zh-hans": "小保养", "en": "Oil service"}
    package.name_en = ""
    with translation.override("en"):
        assert package.name_shown == "小保养"


def test_the_database_refuses_impossible_packages(package):
    operation, part = package.operations.get().operation, package.parts.first().part
    for wrong in [
        lambda: factories.package(order_class="gift"),
        lambda: package.operations.create(operation=operation),
        lambda: package.operations.create(operation=make_operation("M2"), hours=0),
        lambda: package.parts.create(part=part, quantity=1),
        lambda: package.parts.create(part=make_part("z"), quantity=0),
        lambda: package.prices.create(amount_fen=-1, valid_from=TODAY, at=NOW),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_first_services_of_an_older_desk_are_marked(operation):
    first = make_operation("M01", order_class="first")
    migration.mark_first_services(apps, None)
    for one in (first, operation):
        one.refresh_from_db()
    assert (first.first_service, operation.first_service) == (True, False)
