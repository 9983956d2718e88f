"""A car nobody keeps is found and opened like any other."""

import pytest
from django.urls import reverse

from dealership.customers.models import Keeping


@pytest.fixture
def abandoned(car):
    Keeping.objects.filter(vehicle=car).delete()
    return car


@pytest.mark.parametrize("name", ["customers:search", "reception:walk_in"])
def test_a_car_without_keeper_is_found(desk, abandoned, name):
    page = desk.get(reverse(name), {"q": "2345"})
    assert page.status_code == 200
    assert abandoned.plate_shown in page.content.decode()


def test_a_car_without_keeper_is_opened_and_gets_one(desk, abandoned, wang):
    page = desk.get(reverse("customers:vehicle", args=[abandoned.pk]))
    assert "Nobody yet." in page.content.decode()
    url = reverse("customers:keeper", args=[abandoned.pk])
    assert desk.post(url, {"customer": wang.pk, "since": "2020-01-01"}).status_code == 302
    assert abandoned.keepings.get().customer == wang
