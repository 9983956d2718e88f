"""Work brings its usual parts along: offered as ticked, taken out by hand, and wanted where nobody could look."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from appointments import queries
from appointments.models import Appointment, BookingRules
from dealership.workshop.models import Bay
from tests import factories
from tests.appointments.desk import BOOK, TIMES, text, typed, value
from tests.factories import MONDAY, TUESDAY_NINE

WORK = reverse("appointments:work")


@pytest.fixture
def oil(crew):
    """Return an oil change that takes a can of oil and two filters."""
    operation = factories.operation(name="更换机油")
    operation.usual_parts.create(part=factories.part(crew.store, name="机油"), quantity=1)
    operation.usual_parts.create(part=factories.part(crew.store, name="滤清器"), quantity=2)
    return operation


@pytest.fixture
def book_page(crew):
    return f"{BOOK}?vehicle={factories.customer_with_car(crew.service_advisor)[1].pk}"


def parts_of(operation):
    return [one.part for one in operation.usual_parts.order_by("pk")]


def ticked(answer, part):
    assert f'name="offered" value="{part.pk}"' in text(answer)
    return f'id="part-{part.pk}" value="{part.pk}" checked' in text(answer)


@pytest.mark.clause("2.1.6")
def test_work_that_is_ticked_offers_its_usual_parts_with_their_number(desk, oil):
    can, filter_ = parts_of(oil)
    answer = desk.get(WORK, {"operations": oil.pk})
    assert ticked(answer, can)
    assert ticked(answer, filter_)
    assert f'name="pieces-{filter_.pk}" value="2"' in text(answer)
    assert f'id="operation-{oil.pk}"' not in text(answer), "it stands on the page already"


def test_what_was_taken_out_stays_out_while_something_else_is_looked_for(desk, oil):
    can, filter_ = parts_of(oil)
    asked = {"operations": oil.pk, "offered": [can.pk, filter_.pk], "parts": [can.pk], "find": "x"}
    answer = desk.get(WORK, asked)
    assert ticked(answer, can)
    assert not ticked(answer, filter_)


def test_parts_go_with_their_work_and_those_chosen_by_hand_stay(desk, crew, oil):
    can, filter_ = parts_of(oil)
    by_hand = factories.part(crew.store, name="雨刮片")
    answer = desk.get(WORK, {"offered": [can.pk, filter_.pk], "parts": [can.pk, by_hand.pk]})
    assert f'id="part-{can.pk}"' not in text(answer)
    assert f'value="{by_hand.pk}" checked' in text(answer)


@pytest.mark.clause("2.1.6")
def test_work_booked_before_its_parts_were_shown_brings_them_along(desk, crew, oil, book_page):
    can, filter_ = parts_of(oil)
    assert desk.post(book_page, typed(crew, operations=[oil.pk])).status_code == 302
    made = Appointment.objects.get()
    assert {one.part: one.quantity for one in made.parts.all()} == {can: 1, filter_: 2}


def test_what_was_taken_out_is_not_booked_and_stays_out_after_a_refusal(desk, crew, oil, book_page):
    can, filter_ = parts_of(oil)
    sent = typed(crew, operations=[oil.pk], offered=[can.pk, filter_.pk], parts=[filter_.pk])
    sent |= {f"pieces-{filter_.pk}": "3"}
    refused = desk.post(book_page, sent | {"cause": ""})
    assert refused.status_code == 422
    assert not ticked(refused, can)
    assert ticked(refused, filter_)
    assert f'name="pieces-{filter_.pk}" value="3"' in text(refused)
    assert desk.post(book_page, sent).status_code == 302
    assert [(one.part, one.quantity) for one in Appointment.objects.get().parts.all()] == [(filter_, 3)]


@pytest.mark.clause("2.1.6")
def test_the_times_offered_know_the_usual_parts(desk, crew, oil):
    can = parts_of(oil)[0]
    oil.usual_parts.create(part=factories.part(crew.store, name="罕见件", stock=0))
    assert "26 November 2026" in text(desk.get(TIMES, {"operations": oil.pk}))
    seen = [one.pk for one in parts_of(oil)]
    assert "26 November" not in text(desk.get(TIMES, {"operations": oil.pk, "offered": seen, "parts": [can.pk]}))


def test_two_works_with_the_same_part_take_what_one_of_them_takes(crew, oil):
    service, filter_ = factories.operation(name="保养"), parts_of(oil)[1]
    service.usual_parts.create(part=filter_, quantity=1)
    assert queries.parts_here(crew.store, [oil.pk, service.pk]).get(pk=filter_.pk).usual == 2


def test_the_times_with_usual_parts_take_at_most_twelve_queries(desk, crew, oil, django_assert_max_num_queries):
    Bay.objects.create(store=crew.store, name="1")
    BookingRules.objects.create(store=crew.store, workshop_hours=40)
    factories.appointment(crew, job=factories.job("0.50"))
    for asked in {"operations": oil.pk}, {"operations": oil.pk, "parts": parts_of(oil)[0].pk}:
        with django_assert_max_num_queries(12):
            desk.get(TIMES, asked)


@pytest.mark.clause("2.1.6", "3.1.1.1")
def test_a_proactive_booking_brings_the_usual_parts(desk, crew, oil):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    sent = {"time": value(crew.service_advisor, TUESDAY_NINE), "operations": oil.pk, "reason": "保养到期"}
    assert desk.post(reverse("appointments:proactive_book", args=[vehicle.pk]), sent).status_code == 302
    assert {one.part.name: one.quantity for one in Appointment.objects.get().parts.all()} == {"机油": 1, "滤清器": 2}


@pytest.mark.django_db(transaction=True)
def test_a_part_unticked_on_the_page_stays_so_while_the_advisor_types(crew, oil, desk_page, screenshot):
    can, filter_ = parts_of(oil)
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    with time_machine.travel(MONDAY, tick=True):
        page = desk_page(user=crew.service_advisor)
        page.goto(f"{BOOK}?vehicle={vehicle.pk}")
        page.locator(f"label[for=operation-{oil.pk}]").click()
        expect(page.locator(f"#part-{can.pk}")).to_be_checked()
        page.locator(f"label[for=part-{can.pk}]").click()
        page.locator("#find").press_sequentially("滤", delay=20)
        page.wait_for_load_state("networkidle")
        expect(page.locator(f"#part-{can.pk}")).not_to_be_checked()
        expect(page.locator(f"#part-{filter_.pk}")).to_be_checked()
        screenshot(page, "book-usual-parts")
        page.locator(f"label[for=operation-{oil.pk}]").click()
        expect(page.locator(f"#part-{can.pk}")).to_have_count(0)
