"""The maintenance plan of a car, what was recommended for it, and the days on which it will need something."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dealership.customers import operations, queries
from dealership.customers.models import PlanLine, Recommendation, Vehicle
from dealership.workflow import NotAllowed
from tests import factories

DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2026, 11, 24)
USUAL = [("机油机滤", "M10", 6, 5000), ("刹车液", "M20", 24, None), ("火花塞", "M30", None, 40_000)]


@pytest.fixture
def read(car, advisor, at):
    """A car read twice: 100 km on each of 50 days, 15 000 km today."""
    operations.record_mileage(car, 10_000, "reception", by=advisor, at=at - 50 * DAY)
    operations.record_mileage(car, 15_000, "reception", by=advisor, at=at)
    return car


@pytest.fixture
def plan(car, advisor, at):
    def plan(item="机油机滤", vehicle=None, **due):
        return operations.plan_line(vehicle or car, item=item, by=advisor, at=at, **due)

    return plan


@pytest.fixture
def recommend(car, advisor, at):
    def recommend(words="前刹车片偏薄", **said):
        said = {"declined": True, "source": "W-1", "remind_on": TODAY} | said
        return operations.recommend(car, words=words, by=advisor, at=at, **said)

    return recommend


def expected(row):
    row.refresh_from_db()
    return row.service_expected_on if isinstance(row, Vehicle) else row.expected_on


@pytest.mark.clause("3.1.1.4")
def test_a_line_is_planned_by_a_day_a_mileage_or_both(read, plan, advisor, at):
    lines = [
        plan("刹车液", due_on=TODAY + 90 * DAY),
        plan("机油机滤", due_km=17_000, code="M10"),
        plan("空调滤芯", due_on=TODAY + 10 * DAY, due_km=17_000),
    ]
    assert [expected(line) for line in lines] == [TODAY + 90 * DAY, TODAY + 20 * DAY, TODAY + 10 * DAY]
    assert [line.item for line in queries.maintenance_plan(read)] == ["空调滤芯", "机油机滤", "刹车液"]
    assert (lines[1].code, lines[1].state, lines[1].made_by, lines[1].made_at) == ("M10", "open", advisor, at)


@pytest.mark.clause("3.1.1.4")
def test_a_line_needs_a_day_or_a_mileage_and_is_planned_once(plan, advisor, at):
    with pytest.raises(operations.DueNever) as refusal:
        plan()
    assert "due_on" in refusal.value.message_dict
    line = plan(due_on=TODAY)
    with pytest.raises(operations.AlreadyPlanned) as refusal:
        plan(" 机油机滤 ", due_km=20_000)
    assert "item" in refusal.value.message_dict
    operations.drop_plan_line(line, by=advisor, at=at)
    plan(due_on=TODAY)
    assert PlanLine.objects.filter(state="open").count() == 1


def test_another_car_may_need_the_same(plan, advisor, at):
    _customer, other = factories.customer_with_car(advisor, at)
    plan(due_on=TODAY)
    assert plan(vehicle=other, due_on=TODAY).vehicle == other


@pytest.mark.parametrize("wrong", [{"item": " "}, {"item": "x" * 121}, {"due_km": 3_000_001}])
def test_an_impossible_line_is_refused(plan, wrong):
    with pytest.raises(ValidationError):
        plan(**({"due_on": TODAY} | wrong))
    assert not PlanLine.objects.exists()


@pytest.mark.clause("3.1.1.2")
def test_every_reading_moves_what_is_expected_by_mileage(read, plan, advisor, at):
    operations.correct_vehicle(read, next_service_km=18_000, by=advisor, at=at)
    by_km, by_day = plan("机油机滤", due_km=16_000), plan("刹车液", due_on=TODAY)
    assert (expected(read), expected(by_km)) == (TODAY + 30 * DAY, TODAY + 10 * DAY)
    operations.record_mileage(read, 15_900, "reception", by=advisor, at=at + 40 * DAY)  # 65.6 km a day by now
    assert (expected(read), expected(by_km)) == (TODAY + 73 * DAY, TODAY + 42 * DAY)
    assert expected(by_day) == TODAY


def test_the_days_are_those_of_the_store(car, advisor, at):
    """At five in the afternoon in London it is tomorrow in Shanghai."""
    evening = at.replace(hour=17, tzinfo=datetime.UTC)
    operations.correct_vehicle(car, next_service_km=400, by=advisor, at=at)
    with timezone.override("Europe/London"):
        operations.record_mileage(car, 0, "reception", by=advisor, at=evening)
        assert expected(car) == TODAY + 10 * DAY
    with timezone.override("Asia/Shanghai"):
        operations.record_mileage(car, 0, "reception", by=advisor, at=evening)
        assert expected(car) == TODAY + 11 * DAY


@pytest.mark.clause("3.1.1.2")
def test_the_service_is_expected_anew_when_its_day_or_mileage_changes(read, advisor, at):
    operations.correct_vehicle(read, next_service_on=TODAY + 60 * DAY, by=advisor, at=at)
    assert expected(read) == TODAY + 60 * DAY
    operations.correct_vehicle(read, next_service_km=16_000, by=advisor, at=at)
    assert expected(read) == TODAY + 10 * DAY
    operations.correct_vehicle(read, colour="red", by=advisor, at=at)
    assert expected(read) == TODAY + 10 * DAY
    operations.correct_vehicle(read, next_service_km=None, next_service_on=None, by=advisor, at=at)
    assert expected(read) is None


def test_a_car_comes_with_its_next_service(wang, advisor, at):
    def add(plate, **details):
        return operations.add_vehicle(keeper=wang, plate=plate, by=advisor, at=at, **details)

    assert expected(add("沪B00001", next_service_on=TODAY)) == TODAY
    assert expected(add("沪B00002", next_service_km=1000, mileage=200)) == TODAY + 20 * DAY  # 40 km a day
    assert expected(add("沪B00003", next_service_km=1000)) is None


def test_only_the_latest_readings_say_how_the_car_runs(car, advisor, at):
    for n in range(20):
        operations.record_mileage(car, 100_000 + n * 500, "reception", by=advisor, at=at - (100 - 5 * n) * DAY)
    operations.correct_vehicle(car, next_service_km=110_500, by=advisor, at=at)
    before = expected(car)
    car.mileage_readings.create(km=0, read_at=at - 3000 * DAY, source="import")
    operations.correct_vehicle(car, next_service_km=110_500, by=advisor, at=at)
    assert expected(car) == before == TODAY + 5 * DAY


def test_reckoning_takes_the_same_queries_for_any_number_of_lines(
    read, plan, advisor, at, django_assert_max_num_queries
):
    for n in range(6):
        plan(f"项目{n}", due_km=16_000 + n)
    operations.correct_vehicle(read, next_service_km=16_000, by=advisor, at=at)
    # the car; two savepoints, the reading's user and car, the reading; mileage; lines, readings; car, lines
    with django_assert_max_num_queries(13):
        operations.record_mileage(read, 15_800, "reception", by=advisor, at=at + DAY)


@pytest.mark.clause("3.1.1.4")
def test_the_usual_plan_counts_from_today_and_the_last_reading(read, advisor, at):
    made = operations.make_usual_plan(read, USUAL, by=advisor, at=at)
    assert [(line.item, line.code, line.due_on, line.due_km) for line in made] == [
        ("机油机滤", "M10", datetime.date(2027, 5, 24), 20_000),
        ("刹车液", "M20", datetime.date(2028, 11, 24), None),
        ("火花塞", "M30", None, 55_000),
    ]
    assert [expected(line) for line in made] == [TODAY + 50 * DAY, made[1].due_on, TODAY + 400 * DAY]


def test_the_usual_plan_leaves_out_what_is_planned(read, plan, advisor, at):
    plan("机油机滤", due_on=TODAY)
    plan("换刹车液", due_on=TODAY, code="M20")
    twice = [*USUAL, ("火花塞", "", 12, None), ("空调滤芯", "", 12, None)]
    made = operations.make_usual_plan(read, twice, by=advisor, at=at)
    assert [line.item for line in made] == ["火花塞", "空调滤芯"]
    assert operations.make_usual_plan(read, twice, by=advisor, at=at) == []


def test_the_usual_plan_of_a_car_never_read_has_days_only(car, advisor, at):
    made = operations.make_usual_plan(car, USUAL, by=advisor, at=at)
    assert [(line.item, line.due_km) for line in made] == [("机油机滤", None), ("刹车液", None)]


@pytest.mark.clause("3.1.1.4")
def test_an_order_ends_the_lines_of_its_operations(read, plan, advisor, at):
    done, other = plan("机油机滤", code="M10", due_on=TODAY), plan("刹车液", code="M20", due_on=TODAY)
    no_code = plan("看看底盘", due_on=TODAY)
    assert operations.end_plan_lines(read, ["M10", "M30", ""], done_by="W-2611-0001", by=advisor, at=at) == 1
    done.refresh_from_db()
    assert (done.state, done.ended_by, done.ended_at, done.expected_on) == ("done", "W-2611-0001", at, None)
    assert operations.end_plan_lines(read, ["M10"], done_by="W-2", by=advisor, at=at + DAY) == 0
    done.refresh_from_db()
    assert done.ended_by == "W-2611-0001"
    open_now = PlanLine.objects.filter(state="open").order_by("pk")
    assert list(open_now) == [other, no_code]


def test_an_order_ends_no_line_of_another_car(plan, car, advisor, at):
    _customer, other = factories.customer_with_car(advisor, at)
    plan(vehicle=other, code="M10", due_on=TODAY)
    assert operations.end_plan_lines(car, ["M10"], done_by="W-1", by=advisor, at=at) == 0


def test_a_line_is_dropped_once(plan, car, advisor, at):
    line = plan(due_on=TODAY)
    stale = PlanLine.objects.get()
    operations.drop_plan_line(line, by=advisor, at=at)
    assert (line.state, line.ended_by, line.ended_at) == ("dropped", advisor.full_name, at)
    assert list(queries.maintenance_plan(car)) == []
    with pytest.raises(NotAllowed):
        operations.drop_plan_line(stale, by=advisor, at=at + DAY)
    assert PlanLine.objects.get().ended_at == at


def test_a_recommendation_is_kept_once_per_source_and_words(recommend, car, at, advisor):
    first = recommend(reason="太贵")
    assert (first.declined, first.reason, first.said_at, first.said_by) == (True, "太贵", at, advisor)
    assert recommend(" 前刹车片偏薄 ", declined=False, remind_on=TODAY + DAY) == first
    first.refresh_from_db()
    assert (first.declined, first.remind_on) == (True, TODAY)
    recommend(source="W-2")
    recommend("轮胎磨损")
    assert queries.open_recommendations(car).count() == 3


@pytest.mark.parametrize("wrong", [{"words": " "}, {"words": "x" * 501}, {"source": "x" * 61}, {"reason": "x" * 301}])
def test_an_impossible_recommendation_is_refused(recommend, wrong):
    with pytest.raises(ValidationError):
        recommend(**wrong)
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize(("done", "state"), [(True, "done"), (False, "dropped")])
def test_a_recommendation_ends_once(recommend, car, advisor, at, done, state):
    advice = recommend()
    operations.end_recommendation(advice, done=done, by=advisor, at=at)
    assert (advice.state, advice.ended_at) == (state, at)
    assert not queries.open_recommendations(car).exists()
    with pytest.raises(NotAllowed):
        operations.end_recommendation(advice, done=not done, by=advisor, at=at + DAY)
    assert recommend() == advice  # said again by the same order it stays ended
    assert Recommendation.objects.get().state == state


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (PlanLine, {"due_on": None}),
        (PlanLine, {"item": ""}),
        (PlanLine, {"state": "done"}),
        (PlanLine, {"state": "lost"}),
        (PlanLine, {"due_km": 3_000_001}),
        (Recommendation, {"words": ""}),
        (Recommendation, {"state": "done"}),
    ],
)
def test_the_database_holds_the_rules_alone(plan, recommend, model, values):
    plan(due_on=TODAY)
    recommend()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)
