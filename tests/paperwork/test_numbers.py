"""Numbers without gaps and twins, however many take one at once."""

import threading
from contextlib import suppress
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from dealership.paperwork import numbers, operations
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument, NumberSeries
from tests.paperwork.conftest import AT, CONTENT

DAY = date(2026, 11, 24)
DESKS, PAPERS = 8, 12


class Cancelled(Exception):
    """The act failed after its paper had taken a number."""


@pytest.mark.django_db
def test_numbers_count_up_for_each_store_kind_and_year(store, other_store):
    with transaction.atomic():
        taken = [
            numbers.next_number(store, Kind.ORDER, DAY),
            numbers.next_number(store, Kind.ORDER, DAY),
            numbers.next_number(store, Kind.SETTLEMENT, DAY),
            numbers.next_number(other_store, Kind.ORDER, DAY),
            numbers.next_number(store, Kind.ORDER, date(2027, 1, 1)),
        ]
    assert taken == [
        "SH1-WO-2026-000001",
        "SH1-WO-2026-000002",
        "SH1-ST-2026-000001",
        "SH2-WO-2026-000001",
        "SH1-WO-2027-000001",
    ]


@pytest.mark.django_db
def test_number_comes_back_when_the_act_fails(store):
    with transaction.atomic():
        numbers.next_number(store, Kind.ORDER, DAY)
    with suppress(Cancelled), transaction.atomic():
        numbers.next_number(store, Kind.ORDER, DAY)
        raise Cancelled
    with transaction.atomic():
        assert numbers.next_number(store, Kind.ORDER, DAY) == "SH1-WO-2026-000002"


@pytest.mark.django_db(transaction=True)
def test_number_outside_a_transaction_is_refused(store):
    with pytest.raises(transaction.TransactionManagementError):
        numbers.next_number(store, Kind.ORDER, DAY)
    assert not NumberSeries.objects.exists()


def at_once(work):
    """Run the work on every desk in its own thread and connection, all starting in the same moment."""
    start, failures = threading.Barrier(DESKS), []

    def desk(place):
        try:
            start.wait()
            work(place)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=desk, args=[place]) for place in range(DESKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def issue(store, number=None):
    return operations.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=None, at=AT, number=number)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_racing_desks_leave_no_gap_and_no_twin(store):
    """Every third paper is rolled back after it took its number; the very first row of the series is raced for too."""

    def write(place):
        for paper in range(PAPERS):
            with suppress(Cancelled), transaction.atomic():
                issue(store)
                if (paper + place) % 3 == 0:
                    raise Cancelled

    at_once(write)
    kept = sorted(IssuedDocument.objects.values_list("number", flat=True))
    assert len(kept) == DESKS * PAPERS * 2 // 3
    assert kept == [f"SH1-WO-2026-{count:06d}" for count in range(1, len(kept) + 1)]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_control_highest_number_plus_one_makes_twins(store):
    """What numbers.py does not do: look for the highest number, add one, hope."""
    looked, twins = threading.Barrier(DESKS), []

    def write(place):
        highest = IssuedDocument.objects.count()
        looked.wait()
        try:
            issue(store, number=f"SH1-WO-2026-{highest + 1:06d}")
        except IntegrityError:
            twins.append(place)

    at_once(write)
    assert len(twins) == DESKS - 1
