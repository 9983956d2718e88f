"""A NUL character, which PostgreSQL neither stores nor compares, is no reason to fail."""

import pytest
from django.urls import reverse

from dealership.customers.models import Customer
from tests.customers.forms_of_pages import answers


@pytest.mark.parametrize("query", [{"q": "王\0"}, {"q": "\0"}, {"interest": "钓\0鱼"}, {"page": "\0"}])
def test_the_search_page_takes_it(office, wang, query):
    assert office.get(reverse("customers:search"), query).status_code == 200


def test_what_is_left_of_the_text_is_looked_for(office, wang):
    page = office.get(reverse("customers:search"), {"q": "王\0伟"}).content.decode()
    assert reverse("customers:file", args=[wang.pk]) in page


def test_finding_a_duplicate_and_a_keeper_take_it(office, wang, car):
    assert office.get(reverse("customers:merge", args=[wang.pk]), {"q": "王\0"}).status_code == 200
    assert office.get(reverse("customers:keeper", args=[car.pk]), {"q": "王\0"}).status_code == 200


def test_filling_in_what_was_searched_drops_it(office):
    page = office.get(reverse("customers:create"), {"name": "王\0伟", "plate": "沪A\0"})
    assert answers(page)["name"] == "王伟"


@pytest.mark.parametrize("field", ["name", "phone", "plate", "vin", "make", "title", "vin_override_reason"])
def test_a_new_customer_is_refused_with_it(office, field):
    quick = {"name": "李娜", "kind": "person", "energy": "fuel", "phone": "13900139000", "plate": "沪B54321"}
    assert office.post(reverse("customers:create"), quick | {field: "a\0"}).status_code == 422
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", ["edit", "phone_create", "contact_create", "consent_create", "vehicle_create"])
def test_every_form_of_a_customer_is_refused_with_it(office, wang, name):
    url = reverse(f"customers:{name}", args=[wang.pk])
    page = answers(office.get(url))
    assert office.post(url, {field: f"{value}\0" for field, value in page.items()}).status_code == 422


@pytest.mark.parametrize("name", ["vehicle_edit", "keeper", "mileage"])
def test_every_form_of_a_car_is_refused_with_it(office, car, name):
    url = reverse(f"customers:{name}", args=[car.pk])
    typed = {"plate": "沪A\0", "salesperson": "\0", "customer": "\0", "since": "\0", "mileage": "1\0", "note": "\0"}
    assert office.post(url, typed).status_code == 422
