"""Several presses about one customer's numbers at once."""

import pytest
from django.urls import reverse

from dealership.customers import operations
from dealership.customers.models import Customer, Phone
from tests import factories
from tests.faults.crowd import at_once

AT = factories.TUESDAY_NINE


@pytest.fixture
def people(transactional_db):
    crew = factories.Crew(factories.store())
    advisor = crew.service_advisor
    return advisor, operations.register(name="王伟", by=advisor, at=AT)


@pytest.mark.faults
def test_the_first_number_pressed_eight_times_is_one(people):
    advisor, wang = people
    at_once(8, lambda n: operations.add_phone(wang, "13800138000", by=advisor, at=AT))
    assert Phone.objects.get().preferred


@pytest.mark.faults
def test_first_numbers_entered_at_once_leave_one_preferred(people):
    advisor, wang = people
    at_once(6, lambda n: operations.add_phone(wang, f"1380013800{n}", preferred=True, by=advisor, at=AT))
    assert wang.phones.count() == 6
    assert wang.phones.filter(preferred=True).count() == 1


@pytest.mark.faults
def test_several_preferring_at_once_leave_one_preferred(people):
    advisor, wang = people
    phones = [operations.add_phone(wang, f"1380013800{n}", by=advisor, at=AT) for n in range(6)]
    at_once(6, lambda n: operations.prefer_phone(phones[n], by=advisor, at=AT))
    assert Customer.objects.get().phones.filter(preferred=True).count() == 1


def test_a_number_the_database_refuses_comes_back_with_a_sentence(desk, wang, monkeypatch):
    def refuse(*args, **kwargs):
        raise operations.PhoneInvalid("number", "No such number.")

    monkeypatch.setattr(operations, "add_phone", refuse)
    page = desk.post(reverse("customers:phone_create", args=[wang.pk]), {"number": "13900139000"})
    assert page.status_code == 422
    assert "No such number." in page.content.decode()
    assert 'value="13900139000"' in page.content.decode()


def test_dropping_a_number_twice_keeps_the_other_preferred(wang, advisor, at):
    operations.add_phone(wang, "13900139000", by=advisor, at=at)
    first = wang.phones.get(preferred=True)
    copy = Phone.objects.get(pk=first.pk)
    operations.drop_phone(first, by=advisor, at=at)
    operations.drop_phone(copy, by=advisor, at=at)
    assert wang.phones.get().preferred
