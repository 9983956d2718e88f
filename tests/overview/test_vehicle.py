"""What was done to a car, on one page."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def history(client, person, vehicle):
    client.force_login(person)
    return client.get(reverse("overview:vehicle", args=[vehicle.pk]))


@pytest.mark.clause("2.2.7.1")
def test_a_cars_finished_visits_are_listed_with_their_orders(client):
    crew = factories.Crew(factories.store())
    car = factories.customer_with_car(crew.service_advisor)
    first = factories.released(crew, car=car)
    second = factories.signed(crew, car=car)
    page = history(client, crew.service_advisor, car[1]).content.decode()
    assert first.number in page
    assert second.number in page
    assert "刹车有异响" in page


def test_visits_to_other_stores_are_not_shown(client):
    here, there = factories.Crew(factories.store()), factories.Crew(factories.store())
    car = factories.customer_with_car(here.service_advisor)
    elsewhere = factories.released(there, car=car)
    assert elsewhere.number not in history(client, here.service_advisor, car[1]).content.decode()
    assert elsewhere.number in history(client, there.service_advisor, car[1]).content.decode()


def test_the_history_takes_no_query_for_each_visit(client, django_assert_num_queries):
    crew = factories.Crew(factories.store())
    car = factories.customer_with_car(crew.service_advisor)
    factories.released(crew, car=car)
    history(client, crew.service_advisor, car[1])
    with django_assert_num_queries(QUERIES):
        history_again(client, car[1])
    factories.released(crew, car=car)
    factories.released(crew, car=car)
    with django_assert_num_queries(QUERIES):
        history_again(client, car[1])


def history_again(client, vehicle):
    assert client.get(reverse("overview:vehicle", args=[vehicle.pk])).status_code == 200


QUERIES = 10
