"""The booking page at its edges: no bay for the work, an appointment elsewhere, numbers no row can have."""

import pytest
from django.urls import reverse

from appointments.models import Appointment
from dealership.workshop.models import Bay
from tests import factories
from tests.appointments.desk import BOOK, QUARTER, TIMES, text, to, typed, value
from tests.factories import TUESDAY_NINE


@pytest.fixture
def car(crew):
    return factories.customer_with_car(crew.service_advisor)


@pytest.fixture
def book_page(car):
    return f"{BOOK}?vehicle={car[1].pk}"


def test_who_books_reads_that_no_bay_is_set_up_for_the_work(desk, crew, book_page):
    Bay.objects.create(store=crew.store, name="1", skills="机修")
    work = factories.operation()
    work.skill = "空调"
    work.save()
    booked = desk.post(book_page, typed(crew, operations=[work.pk]), follow=True)
    sentence = "No bay of this store is set up for 空调; the foreman finds a place."
    assert sentence in text(booked)
    moved = {"reason": "晚一点", "time": value(crew.service_advisor, TUESDAY_NINE + QUARTER)}
    assert sentence in text(desk.post(to("move", Appointment.objects.get()), moved, follow=True))


def test_a_coming_appointment_in_another_store_is_named_and_shown_to_who_works_there(
    desk, crew, car, book_page, monday
):
    there = factories.Crew(factories.store("上海店"))
    made = factories.appointment(there, car=car)
    pages = [book_page, reverse("appointments:proactive_file", args=[car[1].pk])]
    for address in pages:
        shown = text(desk.get(address))
        assert f"with {there.service_advisor.full_name} in 上海店 already." in shown
        assert to("appointment", made) not in shown
    agreed = {"reason": "保养", "time": value(crew.service_advisor, TUESDAY_NINE + QUARTER)}
    refused = desk.post(reverse("appointments:proactive_book", args=[car[1].pk]), agreed)
    assert "This car has an appointment already in 上海店: 2026-11-24 09:00" in text(refused)
    crew.service_advisor.stores.add(there.store)
    for address in pages:
        assert to("appointment", made) in text(desk.get(address))


HUGE = ["9" * 25, "9" * 5000]


@pytest.mark.parametrize("many", HUGE)
def test_numbers_no_row_can_have_are_passed_over_where_work_is_looked_up(desk, many):
    for name in ["operations", "parts"]:
        assert desk.get(reverse("appointments:work"), {name: many}).status_code == 200
        assert desk.get(TIMES, {name: many}).status_code == 200
    assert desk.get(BOOK, {"vehicle": many}).status_code == 200
    assert desk.get(reverse("reception:walk_in"), {"vehicle": many}).status_code == 200


@pytest.mark.parametrize("many", HUGE)
def test_a_booking_with_numbers_no_row_can_have_is_refused(desk, crew, book_page, car, many):
    for name in ["operations", "parts"]:
        assert desk.post(book_page, typed(crew, **{name: many})).status_code == 422
    assert desk.post(book_page, typed(crew, time=f"{many}|2026-11-24T09:00")).status_code == 422
    answer = desk.post(reverse("appointments:proactive_book", args=[car[1].pk]), {"operations": many})
    assert answer.status_code == 422
    assert not Appointment.objects.exists()
