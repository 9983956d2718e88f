"""Questions for times that nobody can mean are answered with a sentence, and what was typed is carried on."""

import pytest
from django.urls import reverse

from dealership.customers import operations as customers
from dealership.customers import queries
from tests import factories
from tests.appointments.desk import BOOK, TIMES, text, typed
from tests.appointments.test_outreach import to
from tests.factories import MONDAY

HOURS = "Please enter hours of work from 0.25 to 400, or leave the field empty."
PAST, FAR = "Please choose a day from today on.", "Please choose a day within the next twelve months."
ODD = [
    ({"hours": "-3"}, HOURS), ({"hours": "0"}, HOURS), ({"hours": "999"}, HOURS), ({"hours": "viel"}, HOURS),
    ({"day": "2026-11-22"}, PAST), ({"day": "9999-12-31"}, FAR), ({"day": "2026-02-30"}, FAR),
    ({"day": "2028-11-23"}, FAR),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "sentence"), ODD)
def test_an_odd_question_for_times_is_answered_with_a_sentence(desk, crew, asked, sentence):
    answer = text(desk.get(TIMES, asked))
    assert sentence in answer
    assert 'name="time"' not in answer
    assert 'name="time"' in text(desk.get(TIMES, {"day": "2026-11-24", "hours": "3"}))


def test_the_callers_screens_answer_an_odd_day_too(desk, crew):
    _customer, car = factories.customer_with_car(crew.service_advisor)
    call = factories.appointment(crew).reminders.first()
    for page in (to(car, "proactive_times"), to(call.appointment, "move_times")):
        answer = desk.get(page, {"day": "2026-11-22"})
        assert PAST in text(answer)
        assert 'name="time"' not in text(answer)
    answer = desk.post(reverse("appointments:call_move", args=[call.pk]), {"reason": "出差", "day": "2026-11-22"})
    assert answer.status_code == 422
    assert 'value="2026-11-22"' in text(answer)


@pytest.mark.clause("3.1.3.8")
def test_the_page_that_moves_a_promise_answers_an_odd_day_and_keeps_it(desk, crew):
    made = factories.appointment(crew)
    for day, sentence in [("2026-11-22", PAST), ("9999-12-31", FAR), ("2026-02-30", FAR)]:
        answer = desk.get(to(made, "move_times"), {"day": day})
        assert sentence in text(answer)
        assert 'name="time"' not in text(answer)
    assert 'name="time"' in text(desk.get(to(made, "move_times"), {"day": "2026-11-25"}))
    answer = desk.post(to(made, "move"), {"reason": "出差", "day": "2026-11-22"})
    assert answer.status_code == 422
    assert 'name="day" value="2026-11-22"' in text(answer)


def test_a_refused_booking_keeps_hours_and_day(desk, crew):
    _customer, car = factories.customer_with_car(crew.service_advisor)
    answer = desk.post(f"{BOOK}?vehicle={car.pk}", typed(crew, hours="999", day="2026-11-27"))
    assert answer.status_code == 422
    assert HOURS in text(answer)
    assert 'value="999"' in text(answer)
    assert 'name="day" value="2026-11-27"' in text(answer)


@pytest.mark.parametrize("page", ["appointments:book", "reception:walk_in"])
def test_a_plate_nobody_has_goes_into_the_new_customers_form(desk, page):
    answer = text(desk.get(reverse(page), {"q": "京a·99x99"}))
    assert "No car found." in answer
    address = answer.split(f'href="{reverse("customers:create")}?')[1].split('"')[0].replace("&amp;", "&")
    form = text(desk.get(f"{reverse('customers:create')}?{address}"))
    assert 'name="plate" value="京A99X99"' in form


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("13900002222", "phone"),
        ("王小明", "name"),
        ("LSVAA49J132047371", "vin"),
        ("9X9", "plate"),
        ("沪AD12345", "plate"),
    ],
)
def test_what_was_searched_is_carried_into_its_field(words, field):
    assert queries.as_new(words) == {field: words}
    assert queries.as_new("") == {}


def test_a_car_that_is_found_fills_no_new_form(desk, crew):
    _customer, car = factories.customer_with_car(crew.service_advisor)
    customers.correct_vehicle(car, plate="京A77777", by=crew.service_advisor, at=MONDAY)
    assert desk.get(BOOK, {"q": "京A77777"}).context["new"] == {}
