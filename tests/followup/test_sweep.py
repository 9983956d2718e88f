"""What the clock makes of a car given back: tasks at their times, once, after any outage."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dealership.customers.signals import customers_merged
from followup import operations, queries
from followup.models import Code, FollowUpTask, FollowUpTaskMove
from followup.operations import planning
from followup.states import State
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db


def test_a_visit_sets_off_its_four_contacts_once(visit):
    first = operations.sweep(RELEASED)
    again = operations.sweep(RELEASED)
    assert first["visits"] == 1
    assert set(again.values()) == {0}
    assert sorted(visit.followup_tasks.values_list("rule__code", flat=True)) == sorted(Code.values)


@pytest.mark.clause("2.6.4.8", "3.6.1.1")
def test_the_call_is_due_from_day_two_meant_for_day_three_and_late_after_day_five(visit):
    operations.sweep(RELEASED)
    task = house.task(visit)
    assert (task.not_before, task.target, task.due_at) == (
        china(3, 4, 16, 20),
        china(3, 5, 16, 20),
        china(3, 7, 16, 20),
    )
    assert not task.overdue(china(3, 7, 16, 20))
    assert task.overdue(china(3, 8))


def test_a_task_falls_due_at_its_first_moment_and_says_so(visit):
    operations.sweep(RELEASED)
    assert operations.sweep(china(3, 4, 16, 19))["due"] == 0
    assert operations.sweep(china(3, 4, 16, 20))["due"] == 1
    task = house.task(visit)
    assert task.state == State.DUE
    assert [(m.from_state, m.to_state, m.by) for m in task.moves.all()] == [
        ("", "planned", None),
        ("planned", "due", None),
    ]


@pytest.mark.clause("2.6.6.3")
def test_the_call_is_placed_in_the_hours_of_the_settlement(visit):
    """The hours on the settlement sheet count, not the customer's usual ones (C8)."""
    visit.customer.call_from, visit.customer.call_until = time(10), time(11)
    visit.customer.save()
    house.settlement(visit, time(19), time(20))
    operations.sweep(RELEASED)
    task = house.task(visit)
    assert task.target == china(3, 5, 19)
    assert (task.call_from, task.call_until) == (time(19), time(20))


def test_the_customers_usual_hours_count_where_none_were_agreed(visit):
    visit.customer.call_from, visit.customer.call_until = time(10), time(11)
    visit.customer.save()
    house.settlement(visit, None, None)
    operations.sweep(RELEASED)
    assert house.task(visit).target == china(3, 5, 10)


def test_a_customer_without_phone_gets_letters(store, advisor):
    visit = house.visit(store, advisor, customer=house.customer(phone=False))
    operations.sweep(RELEASED)
    assert house.task(visit).channel == "letter"
    assert house.task(visit, Code.CARE).channel == "letter"


def test_a_customer_who_refused_every_way_is_left_alone(store, advisor):
    customer = house.customer()
    for channel in ["call", "letter", "email"]:
        house.refuse(customer, channel)
    visit = house.visit(store, advisor, customer=customer)
    operations.sweep(RELEASED)
    assert set(visit.followup_tasks.values_list("state", flat=True)) == {State.CANCELLED}
    assert operations.sweep(RELEASED + timedelta(days=100))["visits"] == 0


@pytest.mark.parametrize(
    ("released_on", "begins_on"),
    [(date(2026, 3, 27), date(2026, 3, 29)), (date(2026, 10, 23), date(2026, 10, 25))],
    ids=["spring", "autumn"],
)
def test_over_a_clock_change_the_call_keeps_its_time_of_day(released_on, begins_on):
    zone, clock = ZoneInfo("Europe/Berlin"), time(16, 20)
    store = house.store("BE", time_zone="Europe/Berlin", region="DE", hours=False)
    released_at = datetime.combine(released_on, clock, zone)
    visit = house.visit(store, house.advisor(store), released_at=released_at)
    operations.sweep(released_at)
    assert house.task(visit).not_before.astimezone(zone) == datetime.combine(begins_on, clock, zone)


@pytest.mark.clause("1.2.5.1")
def test_the_next_contact_is_two_months_after_the_last_at_the_end_of_the_month(store, advisor, clerk):
    visit = house.visit(store, advisor, released_at=china(10, 31, 17))
    operations.sweep(china(10, 31, 17))
    first = house.task(visit, Code.CARE)
    assert first.due_at == china(12, 31, 17)
    operations.sweep(china(12, 31, 10))
    first.refresh_from_db()
    operations.record_call(first, outcome="reached", satisfied=True, score=5, by=clerk, at=china(12, 31, 10))
    assert operations.sweep(china(12, 31, 11))["repeated"] == 1
    assert operations.sweep(china(12, 31, 12))["repeated"] == 0
    second = FollowUpTask.objects.get(visit=visit, rule__code=Code.CARE, occurrence=2)
    # 28 February 2027 is a Sunday, so the limit moves to Saturday's closing.
    assert second.due_at == china(2, 27, 18, year=2027)


def test_a_newer_visit_begins_its_own_regular_contact(store, advisor):
    car = house.car()
    old = house.visit(store, advisor, vehicle=car)
    operations.sweep(RELEASED)
    new = house.visit(store, advisor, vehicle=car, released_at=RELEASED + timedelta(days=30))
    counts = operations.sweep(RELEASED + timedelta(days=30))
    assert counts["superseded"] == 1
    assert house.task(old, Code.CARE).state == State.SUPERSEDED
    assert house.task(new, Code.CARE).state == State.PLANNED


@pytest.mark.clause("1.2.1.1")
def test_what_is_past_its_limit_is_reported_once_and_can_still_be_done(visit, clerk):
    operations.sweep(RELEASED)
    late = operations.sweep(china(3, 8, 9))
    assert late["escalated"] == 2  # the message still in the outbox, and the call
    assert operations.sweep(china(3, 8, 10))["escalated"] == 0
    task = house.task(visit)
    assert task.escalated_at == china(3, 8, 9)
    operations.record_call(task, outcome="reached", satisfied=True, score=4, by=clerk, at=china(3, 8, 11))
    assert task.state == State.DONE


def test_visits_of_an_outage_are_found_later_once(store, advisor):
    visits = [house.visit(store, advisor, released_at=RELEASED + timedelta(hours=hours)) for hours in range(3)]
    at = RELEASED + timedelta(days=20)
    counts = operations.sweep(at)
    assert (counts["visits"], counts["due"]) == (3, 9)
    assert operations.sweep(at)["visits"] == 0
    assert all(house.task(visit).overdue(at) for visit in visits)


def test_a_car_still_in_the_house_is_not_followed_up(store, advisor):
    house.visit(store, advisor, released_at=RELEASED + timedelta(hours=1))
    assert operations.sweep(RELEASED)["visits"] == 0


def test_a_sweep_works_in_batches_until_nothing_is_left(store, advisor, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 2)
    for _number in range(5):
        house.visit(store, advisor)
    counts = operations.sweep(china(3, 4, 17))
    assert (counts["visits"], counts["due"]) == (5, 10)  # each a call, and a letter for the message that came too late
    assert FollowUpTask.objects.count() == 20
    assert FollowUpTaskMove.objects.count() == 30


def test_the_rest_waits_for_the_next_sweep(store, advisor, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 1)
    monkeypatch.setattr(planning, "ROUNDS", 2)
    for _number in range(3):
        house.visit(store, advisor)
    assert [operations.sweep(RELEASED)["visits"] for _ in range(3)] == [2, 1, 0]


def test_a_batch_that_another_sweep_planned_in_part_is_finished_one_by_one(store, advisor, monkeypatch):
    """The look before the write may be old: the unique key tells, and the rest is planned all the same."""
    planned, fresh = house.visit(store, advisor), house.visit(store, advisor)
    operations.sweep(RELEASED)
    FollowUpTask.objects.filter(visit=fresh).delete()
    monkeypatch.setattr(queries, "unplanned", iter_once([planned, fresh]))
    assert operations.sweep(RELEASED)["visits"] == 1
    assert planned.followup_tasks.count() == fresh.followup_tasks.count() == 4


def iter_once(visits):
    answers = iter([visits])
    return lambda *args: next(answers, [])


@pytest.mark.parametrize("visits", [1, 3])
def test_planning_asks_the_same_questions_for_one_visit_and_for_three(
    visits, store, advisor, django_assert_num_queries
):
    for _number in range(visits):
        house.visit(store, advisor, customer=house.customer(email=""))
    with django_assert_num_queries(11):
        assert planning.plan_visits(RELEASED, planning.Calendars()) == visits


def test_the_tasks_of_a_merged_customer_follow_him(visit):
    operations.sweep(RELEASED)
    survivor = house.customer(name="王晓明")
    customers_merged.send(sender=type(survivor), survivor=survivor, duplicate=visit.customer, by=None, at=RELEASED)
    assert set(visit.followup_tasks.values_list("customer", flat=True)) == {survivor.pk}
