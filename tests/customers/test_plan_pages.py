"""The plan of a car and what was recommended for it, on the car's page."""

import datetime

import pytest
from django.urls import reverse

from dealership.customers import operations
from dealership.customers.models import PlanLine, Recommendation

TODAY = datetime.date(2026, 11, 24)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def page(desk, car):
    return lambda: desk.get(reverse("customers:vehicle", args=[car.pk])).content.decode()


@pytest.fixture
def advice(car, advisor, at):
    return operations.recommend(
        car, words="前刹车片偏薄", declined=True, reason="太贵", source="W-1", remind_on=TODAY, by=advisor, at=at
    )


@pytest.mark.clause("3.1.1.4")
def test_the_car_shows_its_plan_and_what_was_done_of_it(page, car, advisor, at):
    operations.record_mileage(car, 10_000, "desk", by=advisor, at=at)
    for item, due in [("机油机滤", {"due_km": 10_400}), ("刹车液", {"due_on": TODAY + 90 * DAY})]:
        operations.plan_line(car, item=item, code=item, by=advisor, at=at, **due)
    operations.plan_line(car, item="空调滤芯", code="M40", due_on=TODAY, by=advisor, at=at)
    shown = page()
    wanted = ["机油机滤", "10400 km", "expected on 2026-12-04", "刹车液", "2027-02-22", "空调滤芯"]
    assert [part for part in wanted if part not in shown] == []
    assert shown.count("Not needed") == 3
    operations.end_plan_lines(car, ["M40"], done_by="W-2611-0001", by=advisor, at=at)
    shown = page()
    assert "done 2026-11-24 · W-2611-0001" in " ".join(shown.split())
    assert shown.count("Not needed") == 2


def test_the_car_says_when_its_service_is_expected(page, car, advisor, at):
    assert "expected" not in page()
    operations.correct_vehicle(car, next_service_on=TODAY + 3 * DAY, by=advisor, at=at)
    assert "expected on 2026-11-27" in page()


def test_a_line_by_mileage_waits_for_the_first_reading(page, car, advisor, at):
    operations.plan_line(car, item="机油机滤", due_km=10_400, by=advisor, at=at)
    assert "expected once the mileage is known" in page()


@pytest.mark.clause("3.1.1.4")
def test_a_line_is_added_and_taken_out(desk, page, car, advisor):
    add = reverse("customers:plan_line_create", args=[car.pk])
    assert add in page()
    assert desk.get(add).status_code == 200
    answer = desk.post(add, {"item": "机油机滤", "code": "M10", "due_on": "2027-05-24", "due_km": "20000"})
    assert answer.url == reverse("customers:vehicle", args=[car.pk])
    line = PlanLine.objects.get()
    assert (line.item, line.code, line.due_on, line.due_km, line.made_by) == (
        "机油机滤",
        "M10",
        datetime.date(2027, 5, 24),
        20_000,
        advisor,
    )
    drop = reverse("customers:plan_line_drop", args=[line.pk])
    assert desk.post(drop).status_code == 302
    assert "“机油机滤” is taken out of the plan." in page()
    assert desk.post(drop).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"due_on": ""}, "Please give a day, a mileage or both."),
        ({"item": ""}, "This field is required"),
        ({"due_km": "3000001"}, "less than or equal to 3000000"),
        ({"item": "刹车液"}, "“刹车液” is planned for this car already."),
    ],
)
def test_a_wrong_line_comes_back_with_what_was_typed(desk, car, advisor, at, wrong, sentence):
    operations.plan_line(car, item="刹车液", due_on=TODAY, by=advisor, at=at)
    typed = {"item": "机油机滤", "code": "M10", "due_on": "2027-05-24", "due_km": ""} | wrong
    answer = desk.post(reverse("customers:plan_line_create", args=[car.pk]), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert all(f'value="{value}"' in text for value in typed.values() if value)
    assert PlanLine.objects.count() == 1


def test_the_car_shows_what_was_recommended_and_declined(page, advice):
    shown = page()
    wanted = ["前刹车片偏薄", "declined", "太贵", "W-1", "ask again from 2026-11-24"]
    assert [part for part in wanted if part not in shown] == []


@pytest.mark.parametrize(("typed", "state"), [({"done": "on"}, "done"), ({}, "dropped")])
def test_a_recommendation_is_closed_on_the_page(desk, page, advice, typed, state):
    end = reverse("customers:recommendation_end", args=[advice.pk])
    assert end in page()
    assert desk.post(end, typed).status_code == 302
    assert Recommendation.objects.get().state == state
    assert "前刹车片偏薄" not in page()
    assert desk.post(end, typed).status_code == 409


def test_who_only_looks_sees_the_plan_and_no_buttons(client, crew, car, advice, advisor, at):
    line = operations.plan_line(car, item="机油机滤", due_on=TODAY, by=advisor, at=at)
    client.force_login(crew.salesperson)
    shown = client.get(reverse("customers:vehicle", args=[car.pk])).content.decode()
    acts = [("plan_line_create", car), ("plan_line_drop", line), ("recommendation_end", advice)]
    assert "机油机滤" in shown
    for name, thing in acts:
        address = reverse(f"customers:{name}", args=[thing.pk])
        assert address not in shown
        assert client.post(address, {}).status_code == 403
