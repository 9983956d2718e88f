"""Two people correct one record at once: nobody's answer is lost, and whoever is second is told."""

import datetime

import pytest
from django.urls import reverse

from dealership.customers import operations
from dealership.customers.models import Customer, Vehicle
from tests import beginnings, factories
from tests.customers.forms_of_pages import answers

WRONG_GERMAN = "WVWZZZ1JZ3W386752"


def text(response):
    return response.content.decode()


@pytest.fixture
def customer_url(wang):
    return reverse("customers:edit", args=[wang.pk])


@pytest.fixture
def vehicle_url(car):
    return reverse("customers:vehicle_edit", args=[car.pk])


def test_saving_the_page_as_it_is_changes_nothing(desk, wang, car, customer_url, vehicle_url, advisor, manager, at):
    operations.correct(
        wang,
        email="w@example.com",
        notes="爱安静\n不喝茶",
        key_account=True,
        call_from=datetime.time(18),
        call_until=datetime.time(20, 30),
        birth_month=5,
        birth_day=6,
        by=advisor,
        at=at,
    )
    operations.correct_vehicle(car, salesperson=manager, sale_on=at.date(), next_service_km=20000, by=advisor, at=at)
    before = [*Customer.objects.values(), *Vehicle.objects.values()]
    assert desk.post(customer_url, answers(desk.get(customer_url))).status_code == 302
    assert desk.post(vehicle_url, answers(desk.get(vehicle_url))).status_code == 302
    assert [*Customer.objects.values(), *Vehicle.objects.values()] == before


def test_a_page_opened_earlier_does_not_write_back_what_a_colleague_changed(desk, wang, customer_url, advisor, at):
    page = answers(desk.get(customer_url))
    operations.correct(wang, name="王小伟", email="w@example.com", notes="爱\r\n安静", by=advisor, at=at)
    assert desk.post(customer_url, page | {"interests": "钓鱼"}).status_code == 302
    wang.refresh_from_db()
    assert (wang.name, wang.initials, wang.email, wang.notes, wang.interests) == (
        "王小伟",
        "wxw",
        "w@example.com",
        "爱\r\n安静",
        "钓鱼",
    )


def test_a_field_can_be_emptied(desk, wang, customer_url, advisor, at):
    operations.correct(wang, email="w@example.com", key_account=True, by=advisor, at=at)
    page = answers(desk.get(customer_url))
    del page["key_account"]
    desk.post(customer_url, page | {"email": ""})
    wang.refresh_from_db()
    assert (wang.email, wang.key_account) == ("", False)


def test_whoever_is_second_sees_the_others_answer_beside_his_own(desk, wang, customer_url, advisor, at):
    operations.correct(wang, email="old@example.com", by=advisor, at=at)
    page = answers(desk.get(customer_url))
    operations.correct(wang, email="theirs@example.com", preferred_channel="letter", by=advisor, at=at)
    mine = page | {"email": "mine@example.com", "preferred_channel": "sms", "interests": "钓鱼"}
    refused = desk.post(customer_url, mine)
    assert refused.status_code == 409
    assert "A colleague has changed this to “theirs@example.com” meanwhile." in text(refused)
    assert "A colleague has changed this to “letter” meanwhile." in text(refused)
    assert 'value="mine@example.com"' in text(refused)
    wang.refresh_from_db()
    assert (wang.email, wang.preferred_channel, wang.interests) == ("theirs@example.com", "letter", "")
    assert desk.post(customer_url, answers(refused)).status_code == 302  # pressed again: meant so
    wang.refresh_from_db()
    assert (wang.email, wang.preferred_channel, wang.interests) == ("mine@example.com", "sms", "钓鱼")


def test_the_second_press_is_refused_again_where_somebody_changed_it_again(desk, wang, customer_url, advisor, at):
    page = answers(desk.get(customer_url))
    operations.correct(wang, email="one@example.com", by=advisor, at=at)
    refused = desk.post(customer_url, page | {"email": "mine@example.com"})
    operations.correct(wang, email="", by=advisor, at=at)
    again = desk.post(customer_url, answers(refused))
    assert again.status_code == 409
    assert "A colleague has emptied this meanwhile." in text(again)


def test_both_meaning_the_same_is_no_conflict(desk, wang, customer_url, advisor, at):
    page = answers(desk.get(customer_url))
    operations.correct(wang, email="w@example.com", by=advisor, at=at)
    assert desk.post(customer_url, page | {"email": "w@example.com"}).status_code == 302


def test_month_and_day_of_a_birthday_belong_together(desk, wang, customer_url, advisor, at):
    operations.correct(wang, birth_month=5, birth_day=6, by=advisor, at=at)
    page = answers(desk.get(customer_url))
    operations.correct(wang, birth_day=7, by=advisor, at=at)
    refused = desk.post(customer_url, page | {"birth_month": "8"})
    assert refused.status_code == 409
    wang.refresh_from_db()
    assert (wang.birth_month, wang.birth_day) == (5, 7)


def test_a_wrong_answer_keeps_what_the_page_first_showed(desk, wang, customer_url, advisor, at):
    page = answers(desk.get(customer_url))
    wrong = desk.post(customer_url, page | {"email": "no address", "interests": "钓鱼"})
    assert wrong.status_code == 422
    operations.correct(wang, interests="书法", by=advisor, at=at)
    refused = desk.post(customer_url, answers(wrong) | {"email": ""})
    assert refused.status_code == 409
    assert "“书法”" in text(refused)


def test_the_page_of_a_car_keeps_the_plate_a_colleague_entered(desk, car, vehicle_url, advisor, at):
    operations.correct_vehicle(car, plate="", by=advisor, at=at)
    page = answers(desk.get(vehicle_url))
    operations.correct_vehicle(car, plate="沪AD12345", by=advisor, at=at)
    assert desk.post(vehicle_url, page | {"colour": "极地白"}).status_code == 302
    car.refresh_from_db()
    assert (car.plate, car.colour) == ("沪AD12345", "极地白")


def test_two_plates_for_one_car(desk, car, vehicle_url, advisor, at):
    page = answers(desk.get(vehicle_url))
    operations.correct_vehicle(car, plate="沪AD12345", by=advisor, at=at)
    refused = desk.post(vehicle_url, page | {"plate": "沪ad 54321"})
    assert refused.status_code == 409
    assert "“沪AD12345”" in text(refused)
    assert 'value="沪ad 54321"' in text(refused)
    assert desk.post(vehicle_url, answers(refused)).status_code == 302
    car.refresh_from_db()
    assert car.plate == "沪AD54321"


def test_a_doubtful_plate_nobody_touched_is_not_asked_about(desk, car, vehicle_url, advisor, at):
    operations.correct_vehicle(car, plate="MAB123", plate_confirmed=True, by=advisor, at=at)
    page = answers(desk.get(vehicle_url))
    operations.correct_vehicle(car, plate="沪AD12345", by=advisor, at=at)
    assert desk.post(vehicle_url, page | {"colour": "极地白"}).status_code == 302


def test_a_doubtful_plate_and_vin_are_confirmed_with_their_answers(desk, car, vehicle_url):
    page = answers(desk.get(vehicle_url)) | {"plate": "M-AB 123", "vin": WRONG_GERMAN}
    asked = desk.post(vehicle_url, page)
    assert asked.status_code == 422
    more = {"plate_confirmed": "on", "vin_override_reason": "read twice"}
    assert desk.post(vehicle_url, answers(asked) | more).status_code == 302
    car.refresh_from_db()
    assert (car.plate, car.vin, car.vin_override_reason) == ("MAB123", WRONG_GERMAN, "read twice")


def test_the_reason_for_a_vin_is_not_simply_taken_away(desk, car, vehicle_url, advisor, at):
    operations.correct_vehicle(car, vin=WRONG_GERMAN, vin_override_reason="read twice", by=advisor, at=at)
    refused = desk.post(vehicle_url, answers(desk.get(vehicle_url)) | {"vin_override_reason": ""})
    assert refused.status_code == 422
    assert "please give the reason" in text(refused)


def test_a_reason_a_colleague_changed_is_shown_too(desk, car, vehicle_url, advisor, at):
    page = answers(desk.get(vehicle_url))
    operations.correct_vehicle(car, vin=WRONG_GERMAN, vin_override_reason="read twice", by=advisor, at=at)
    refused = desk.post(vehicle_url, page | {"vin": ""})
    assert refused.status_code == 409
    assert f"“{WRONG_GERMAN}”" in text(refused)
    assert '<input type="text" name="vin_override_reason"' in text(refused)


def test_a_salesperson_who_left_meanwhile_can_be_replaced(desk, car, vehicle_url, crew, store, advisor, at):
    gone = factories.person(beginnings.Role.SALESPERSON, store)
    operations.correct_vehicle(car, salesperson=gone, by=advisor, at=at)
    page = answers(desk.get(vehicle_url))
    operations.correct_vehicle(car, salesperson=None, by=advisor, at=at)
    gone.is_active = False
    gone.save()
    refused = desk.post(vehicle_url, page | {"salesperson": crew.salesperson.pk})
    assert refused.status_code == 409
    assert desk.post(vehicle_url, answers(refused)).status_code == 302
    car.refresh_from_db()
    assert car.salesperson == crew.salesperson


def test_what_was_shown_cannot_be_made_up(desk, wang, customer_url):
    """An answer that carries nothing of what was shown is compared with what is stored."""
    own = {name: value for name, value in answers(desk.get(customer_url)).items() if not name.startswith("initial-")}
    assert desk.post(customer_url, own | {"email": "w@example.com"}).status_code == 302
    wang.refresh_from_db()
    assert wang.email == "w@example.com"
    odd = {"initial-call_from": "\0", "initial-birth_month": "x", "interests": "钓鱼"}
    assert desk.post(customer_url, answers(desk.get(customer_url)) | odd).status_code in (302, 409)
