"""The hours a store keeps in the database."""

import threading
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from dealership.staff import operations as staff
from dealership.staff.roles import Role
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations, queries
from dealership.workshop.models import Bay, Closure, OpeningHours

MORNING = (time(8, 30), time(12))
AFTERNOON = (time(13), time(17, 30))
SUNDAY = date(2026, 11, 29)


@pytest.fixture
def store(db):
    return staff.open_store(name="Jade Lake", code="JL")


def hours(store, opens="08:00", closes="12:00", weekday=0):
    return OpeningHours(
        store=store, weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
    )


def test_calendar_is_loaded_in_one_query(store, django_assert_num_queries):
    for weekday in range(6):
        operations.set_hours(store, weekday, [MORNING, AFTERNOON], by=CLOCK)
    operations.close_on(store, date(2026, 11, 30), name="Stocktaking", by=CLOCK)
    operations.set_day(store, SUNDAY, [MORNING, AFTERNOON], name="In exchange", by=CLOCK)
    with django_assert_num_queries(1):
        calendar = queries.calendar_of(store)
    assert calendar.zone.key == "Asia/Shanghai"
    assert len(calendar.spans(date(2026, 11, 28))) == 2
    assert not calendar.open_on(date(2026, 11, 30))
    assert len(calendar.spans(SUNDAY)) == 2
    assert not calendar.open_on(date(2026, 12, 6))


def test_calendar_of_one_store_leaves_out_the_other(store):
    other = staff.open_store(name="Red Bridge", code="RB")
    operations.set_hours(other, 0, [MORNING], by=CLOCK)
    operations.close_on(other, SUNDAY, name="Move", by=CLOCK)
    calendar = queries.calendar_of(store)
    assert calendar.weekly == {}
    assert calendar.exceptions == {}


def test_setting_hours_replaces_those_of_that_weekday_alone(store):
    operations.set_hours(store, 0, [MORNING, AFTERNOON], by=CLOCK)
    operations.set_hours(store, 1, [MORNING], by=CLOCK)
    operations.set_hours(store, 0, [AFTERNOON], by=CLOCK)
    kept = OpeningHours.objects.order_by("weekday").values_list("weekday", "opens")
    assert list(kept) == [(0, time(13)), (1, time(8, 30))]


def test_overlapping_hours_are_refused_and_the_old_ones_stay(store):
    operations.set_hours(store, 0, [MORNING], by=CLOCK)
    with pytest.raises(ValidationError, match=r"08:30.12:00"), transaction.atomic():
        operations.set_hours(store, 0, [MORNING, (time(11), time(14))], by=CLOCK)
    assert OpeningHours.objects.count() == 1


@pytest.mark.parametrize(
    ("opens", "closes", "weekday", "fits"),
    [
        ("12:00", "13:00", 0, True),
        ("07:00", "08:00", 0, True),
        ("08:00", "12:00", 1, True),
        ("11:59", "13:00", 0, False),
        ("07:00", "08:01", 0, False),
        ("09:00", "10:00", 0, False),
        ("07:00", "13:00", 0, False),
    ],
)
def test_hours_overlap_only_where_they_share_time(store, opens, closes, weekday, fits):
    hours(store).save()
    candidate = hours(store, opens, closes, weekday)
    if fits:
        candidate.full_clean()
    else:
        with pytest.raises(ValidationError):
            candidate.full_clean()


def test_hours_do_not_overlap_themselves(store):
    kept = hours(store)
    kept.save()
    kept.closes = time(13)
    kept.full_clean()


@pytest.mark.parametrize(
    "row",
    [
        lambda store: hours(store, "12:00", "12:00"),
        lambda store: hours(store, "13:00", "12:00"),
        lambda store: hours(store, weekday=7),
        lambda store: Closure(store=store, on=SUNDAY, name="half", open=True, opens=time(9)),
        lambda store: Closure(store=store, on=SUNDAY, name="closed with hours", opens=time(9), closes=time(10)),
        lambda store: Closure(store=store, on=SUNDAY, name="turned", open=True, opens=time(10), closes=time(9)),
        lambda store: Bay(store=store, name="1", kind="heliport"),
    ],
)
def test_the_database_refuses_impossible_rows(store, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(store).save()


def test_a_day_is_closed_once_and_not_open_as_well(store):
    operations.close_on(store, SUNDAY, name="Holiday", by=CLOCK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(store=store, on=SUNDAY, name="again")
    with pytest.raises(ValidationError):
        Closure(store=store, on=SUNDAY, name="worked", open=True, opens=time(9), closes=time(12)).full_clean()


def test_a_special_day_replaces_what_was_entered_for_it(store):
    operations.close_on(store, SUNDAY, name="Holiday", by=CLOCK)
    operations.set_day(store, SUNDAY, [MORNING, AFTERNOON], name="In exchange", by=CLOCK)
    assert list(Closure.objects.values_list("open", flat=True)) == [True, True]
    operations.close_on(store, SUNDAY, name="Storm", by=CLOCK)
    assert Closure.objects.get().name == "Storm"


def test_only_the_manager_changes_hours_and_bays(store):
    def person(role):
        return staff.take_on(username=role, password="long enough 1", full_name=role, roles=[role], stores=[store])

    advisor, manager = person(Role.SERVICE_ADVISOR), person(Role.AFTER_SALES_MANAGER)
    for act in [
        lambda by: operations.set_hours(store, 0, [MORNING], by=by),
        lambda by: operations.close_on(store, SUNDAY, name="Holiday", by=by),
        lambda by: operations.add_bay(store, name="1", kind=Bay.Kind.QUICK, by=by),
    ]:
        with pytest.raises(NotAllowed):
            act(advisor)
        act(manager)
    assert OpeningHours.objects.count() == Closure.objects.count() == Bay.objects.count() == 1


def test_bays_in_use_are_listed_by_name(store):
    for name, active in [("B", True), ("A", True), ("C", False)]:
        Bay.objects.create(store=store, name=name, active=active)
    assert [bay.name for bay in queries.bays(store)] == ["A", "B"]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_enter_overlapping_hours():
    """Both wait for the store's row, so the second sees the first one's hours."""
    store = staff.open_store(name="Jade Lake", code="JL")
    gate, answers = threading.Barrier(2), []

    def enter(span):
        try:
            gate.wait()
            operations.set_hours(store, 0, [span], by=CLOCK)
            answers.append("entered")
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=[span]) for span in [MORNING, (time(9), time(13))]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["entered"] * 2
    assert OpeningHours.objects.count() == 1  # the later one replaced the earlier one
