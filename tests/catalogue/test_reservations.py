"""Units put aside for a job to come: what others can still have, and what the job gets in the end."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from dealership.catalogue import operations, queries
from dealership.catalogue.models import MaintenanceInterval, Stock, StockMovement, StockReservation
from dealership.staff import operations as staff
from dealership.workflow import CLOCK
from tests.catalogue.conftest import NOW, make_operation, make_part

LIST = reverse("catalogue:stock")


def deliver(store, part, quantity, reference="DN-1"):
    operations.receive_goods(store, part, quantity, by=CLOCK, at=NOW, reference=reference)


def reserve(store, part, quantity=1, reference="APT-1"):
    return operations.reserve(store, part, quantity, reference=reference, by=CLOCK, at=NOW)


def issue(store, part, quantity, kept_for="", reference="WO-1"):
    return operations.issue(store, part, quantity, reference=reference, kept_for=kept_for, by=CLOCK, at=NOW)


def count(store, part, counted):
    operations.correct(store, part, counted, reference="stocktaking", by=CLOCK, at=NOW)


def shelf():
    """Return quantity and reserved of the one shelf, after checking that the reservations say the same."""
    stock = Stock.objects.get()
    still_open = StockReservation.objects.filter(ended_at=None).aggregate(sum=Sum("quantity"))["sum"]
    assert stock.reserved == (still_open or 0)
    return stock.quantity, stock.reserved


@pytest.mark.clause("2.1.6")
def test_what_is_reserved_stays_on_the_shelf_and_is_no_longer_free(store, part, clerk):
    deliver(store, part, 3)
    made = operations.reserve(store, part, 2, reference="APT-1", by=clerk, at=NOW)
    assert shelf() == (3, 2)
    assert (made.reference, made.by, made.at, made.ended_at) == ("APT-1", clerk, NOW, None)
    assert StockMovement.objects.count() == 1  # nothing has moved yet
    assert queries.availability(store, [part]) == {part.pk: 1}


@pytest.mark.clause("2.1.6")
def test_no_more_is_reserved_than_is_free(store, part):
    deliver(store, part, 3)
    reserve(store, part, 2)
    with pytest.raises(operations.OutOfStock) as refusal:
        reserve(store, part, 2, "APT-2")
    assert (refusal.value.there, refusal.value.wanted) == (1, 2)
    assert shelf() == (3, 2)
    reserve(store, part, 1, "APT-2")
    assert shelf() == (3, 3)


def test_nothing_is_reserved_of_what_the_store_never_had_nor_of_another_stores(store, part):
    deliver(staff.open_store(name="Red Bridge", code="RB"), part, 3)
    with pytest.raises(operations.OutOfStock):
        reserve(store, part)
    assert shelf() == (3, 0)


@pytest.mark.parametrize("quantity", [0, -1, 1.5])
def test_only_whole_units_are_reserved(store, part, quantity):
    deliver(store, part, 3)
    with pytest.raises(ValueError, match="whole units"):
        reserve(store, part, quantity)


def test_a_reservation_is_given_back_once(store, part):
    deliver(store, part, 3)
    first, second = reserve(store, part, 2), reserve(store, part, 1, "APT-2")
    stale = StockReservation.objects.get(pk=first.pk)
    assert operations.give_back(first, by=CLOCK, at=NOW) is True
    assert (shelf(), first.ended_at) == ((3, 1), NOW)
    assert operations.give_back(stale, by=CLOCK, at=NOW) is False
    assert shelf() == (3, 1)
    second.refresh_from_db()
    assert second.ended_at is None


def test_units_kept_for_others_are_not_issued(store, part):
    deliver(store, part, 3)
    reserve(store, part, 2)
    for kept_for in ["", "APT-2"]:
        with pytest.raises(operations.OutOfStock) as refusal:
            issue(store, part, 2, kept_for)
        assert (refusal.value.there, refusal.value.wanted) == (1, 2)
    assert shelf() == (3, 2)
    issue(store, part, 1)
    assert shelf() == (2, 2)


@pytest.mark.clause("2.1.6")
def test_the_job_gets_what_was_kept_for_it(store, part):
    deliver(store, part, 2)
    mine = reserve(store, part, 2)
    issue(store, part, 2, "APT-1")
    assert shelf() == (0, 0)
    mine.refresh_from_db()
    assert mine.ended_at == NOW
    assert operations.give_back(mine, by=CLOCK, at=NOW) is False


def test_what_is_issued_beyond_the_reservation_comes_from_what_is_free(store, part):
    deliver(store, part, 5)
    reserve(store, part, 2)
    reserve(store, part, 2, "APT-2")
    with pytest.raises(operations.OutOfStock) as refusal:
        issue(store, part, 4, "APT-1")
    assert refusal.value.there == 3
    assert shelf() == (5, 4)
    issue(store, part, 3, "APT-1")
    assert shelf() == (2, 2)


@pytest.mark.parametrize(("quantity", "left"), [(1, [2, 1]), (2, [1, 1]), (3, [1]), (4, [])])
def test_only_the_issued_units_of_reservations_are_used_up(store, part, quantity, left):
    deliver(store, part, 9)
    reserve(store, part, 3)
    reserve(store, part, 1)
    issue(store, part, quantity, "APT-1")
    assert shelf() == (9 - quantity, 4 - quantity)
    still_open = StockReservation.objects.filter(ended_at=None).order_by("pk")
    assert list(still_open.values_list("quantity", flat=True)) == left


def test_what_is_left_of_a_reservation_is_given_back_and_no_more(store, part):
    deliver(store, part, 3)
    stale = reserve(store, part, 3)
    issue(store, part, 1, "APT-1")
    assert operations.give_back(stale, by=CLOCK, at=NOW)
    assert shelf() == (2, 0)


def test_what_is_kept_of_another_part_or_in_another_store_is_not_used_up(store, part):
    other, there = make_part("08880-83389"), staff.open_store(name="Red Bridge", code="RB")
    for place, thing in [(there, part), (store, other), (store, part)]:  # the one meant is not the oldest
        deliver(place, thing, 1)
        reserve(place, thing)
    issue(store, part, 1, "APT-1")
    assert list(Stock.objects.order_by("pk").values_list("quantity", "reserved")) == [(1, 1), (1, 1), (0, 0)]
    still_open = StockReservation.objects.filter(ended_at=None).order_by("pk")
    assert [(kept.store, kept.part) for kept in still_open] == [(there, part), (store, other)]


@pytest.mark.clause("2.2.6.1")
def test_a_jobs_own_reservation_counts_as_there(store, part, django_assert_num_queries):
    other = make_part("08880-83389")
    deliver(store, part, 5)
    reserve(store, part, 2)
    reserve(store, part, 1)
    reserve(store, part, 1, "APT-2")
    ended = reserve(store, part, 1)
    operations.give_back(ended, by=CLOCK, at=NOW)
    with django_assert_num_queries(1):
        assert queries.availability(store, [part, other], kept_for="APT-1") == {part.pk: 4, other.pk: 0}
    assert queries.availability(store, [part]) == {part.pk: 1}


def test_a_count_may_find_fewer_than_were_promised(store, part):
    deliver(store, part, 3)
    reserve(store, part, 2)
    reserve(store, part, 1, "APT-2")
    count(store, part, 2)
    assert shelf() == (2, 3)
    assert Stock.objects.get().free == -1
    assert queries.availability(store, [part]) == {part.pk: 0}
    assert queries.availability(store, [part], kept_for="APT-1") == {part.pk: 2}
    with pytest.raises(operations.OutOfStock):
        issue(store, part, 1)
    issue(store, part, 2, "APT-1")  # first come, first served: refusing both would help nobody
    with pytest.raises(operations.OutOfStock) as refusal:
        issue(store, part, 1, "APT-2")
    assert refusal.value.there == 0
    assert shelf() == (0, 1)


def test_a_delivery_after_a_short_count_goes_to_those_who_were_promised(store, part):
    deliver(store, part, 2)
    reserve(store, part, 2)
    count(store, part, 0)
    deliver(store, part, 2, "DN-2")
    assert queries.availability(store, [part]) == {part.pk: 0}


@pytest.fixture
def english(client, clerk):
    clerk.language = "en"
    clerk.save()
    client.force_login(clerk)
    return client


def test_the_stock_page_says_what_is_kept_where_something_is(english, store, part):
    deliver(store, part, 5)
    deliver(store, make_part("P-free"), 7)
    reserve(store, part, 2)
    page = english.get(LIST).content.decode()
    assert "2 kept for jobs" in page
    assert page.count("kept for jobs") == 1
    assert "promised to jobs" not in page


def test_the_stock_page_warns_where_more_is_promised_than_there(english, store, part):
    deliver(store, part, 3)
    deliver(store, make_part("P-free"), 7)
    reserve(store, part, 3)
    count(store, part, 1)
    page = english.get(LIST, {"low": "on"}).content.decode()
    assert "3 promised to jobs, only 1 there" in page
    assert page.count("text-bg-warning") == 1
    assert "P-free" not in page


@pytest.mark.clause("3.1.1.4")
def test_the_usual_plan_is_what_the_store_still_offers(operation, django_assert_num_queries):
    gone = make_operation("M99", active=False)
    for thing in [make_operation("M20"), operation, gone]:
        MaintenanceInterval.objects.create(operation=thing, months=12, km=10_000)
    with django_assert_num_queries(1):
        assert [interval.operation.code for interval in queries.usual_plan()] == ["M10", "M20"]
