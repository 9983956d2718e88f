"""While parts are chosen, the advisor reads what the customer asks next: price, stock, a deposit."""

import pytest
from django.urls import reverse

from appointments.models import BookingRules
from dealership.catalogue.models import Part
from tests import factories
from tests.appointments.desk import BOOK, text, typed
from tests.factories import MONDAY

WORK = reverse("appointments:work")


@pytest.fixture
def dear(crew):
    BookingRules.objects.create(store=crew.store, valid_from=MONDAY.date(), high_value_fen=200_000, part_lead_days=3)
    return factories.part(crew.store, name="前减震器", price_fen=120_000, stock=1)


@pytest.mark.clause("2.1.6")
def test_price_stock_and_value_stand_beside_a_part(desk, crew, dear):
    found = text(desk.get(WORK, {"find": "前减震器"}))
    assert "1,200.00" in found
    assert "1 free" in found
    assert "ask for a deposit" not in found
    two = text(desk.get(WORK, {"parts": dear.pk, f"pieces-{dear.pk}": "2"}))
    assert "only 1 free, the others in about 3 days" in two
    assert "high value: ask for a deposit" in two, "two of them reach the store's value"


@pytest.mark.clause("2.1.6")
def test_a_part_that_is_not_here_is_told_with_its_days(desk, crew):
    lost = factories.part(crew.store, name="后视镜", stock=0)
    Part.objects.filter(pk=lost.pk).update(lead_days=7)
    assert "none free, in about 7 days" in text(desk.get(WORK, {"find": "后视镜"}))
    nameless = Part.objects.create(number="X1", name="车标")
    assert "no price" in text(desk.get(WORK, {"parts": nameless.pk}))
    odd = text(desk.get(WORK, {"parts": lost.pk, f"pieces-{lost.pk}": "0"}))
    assert "none free" in odd


def test_a_refused_booking_still_tells_about_the_chosen_parts(desk, crew, dear):
    _customer, car = factories.customer_with_car(crew.service_advisor)
    wrong = typed(crew, parts=[dear.pk], reason="") | {f"pieces-{dear.pk}": "2"}
    answer = desk.post(f"{BOOK}?vehicle={car.pk}", wrong | {"time": ""})
    assert answer.status_code == 422
    assert "only 1 free" in text(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_finding_parts_takes_ten_queries(desk, crew, count, django_assert_num_queries):
    for _n in range(count):
        factories.part(crew.store, name="火花塞")
    desk.get(WORK, {"find": "火花塞"})
    with django_assert_num_queries(10):
        assert text(desk.get(WORK, {"find": "火花塞"})).count("10 free") == count
