"""The colour card of a car: what the driver may check, what not, and why."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from dealership.customers import operations, queries
from dealership.customers.models import CareHint, Vehicle

# session, user, stores, permissions; vehicle, hints
CARD_QUERIES = 6


def card(car, language="zh-hans"):
    with translation.override(language):
        return {line.component: line for line in queries.care_card(car)}


def page(client, car, **asked):
    return client.get(reverse("customers:care_card", args=[car.pk]), asked)


@pytest.mark.clause("3.2.2.1")
def test_the_driver_checks_the_oil_dipstick(car):
    line = card(car)["机油尺"]
    assert (line.colour, line.who) == ("yellow", "驾驶人")
    assert card(car, "en")["oil dipstick"].who == "the driver"


@pytest.mark.clause("3.2.2.2")
def test_the_radiator_cap_is_red_with_its_reason(desk, car):
    line = card(car)["水箱盖"]
    assert line.colour == "red"
    assert "烫伤" in line.reason
    text = page(desk, car).content.decode()
    assert "radiator cap" in text
    assert "red: do not check or open it yourself" in text
    assert "scalds" in text


@pytest.mark.clause("3.2.2.3")
def test_the_brake_fluid_cap_is_black_with_its_reason(desk, car):
    line = card(car)["刹车油壶盖"]
    assert line.colour == "black"
    assert "水分" in line.reason
    assert "气阻" in line.reason
    text = page(desk, car).content.decode()
    assert "black: you may check it, better do not open it" in text
    assert "vapour lock" in text


@pytest.mark.clause("3.2.2.4")
def test_the_oil_of_the_gearbox_is_marked_for_each_car(desk, car, advisor, at):
    assert "automatic gearbox oil" not in page(desk, car).content.decode()
    operations.correct_vehicle(car, atf_mark="red", by=advisor, at=at)
    text = page(desk, car).content.decode()
    row = text[text.index("automatic gearbox oil") :]
    assert "red: do not check" in row
    assert "repair staff only" in row
    operations.correct_vehicle(car, atf_mark="yellow", by=advisor, at=at)
    assert card(car, "en")["automatic gearbox oil"].who == "the driver"
    assert card(car, "en")["automatic gearbox oil"].colour == "yellow"


def test_the_mark_is_entered_with_the_cars_data(desk, car):
    edit = reverse("customers:vehicle_edit", args=[car.pk])
    answers = {"plate": car.plate, "vin": car.vin, "make": "大众", "model_name": "朗逸", "energy": "fuel"}
    assert desk.post(edit, answers | {"atf_mark": "red"}).status_code == 302
    assert Vehicle.objects.get().atf_mark == "red"
    assert desk.post(edit, answers | {"atf_mark": "black"}).status_code == 422


def test_the_card_of_an_electric_car_has_no_dipstick(car, advisor, at):
    operations.correct_vehicle(car, energy="electric", by=advisor, at=at)
    assert list(card(car)) == ["水箱盖", "刹车油壶盖"]


@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ({}, "oil dipstick", "机油尺"),
        ({"language": "zh-hans"}, "机油尺", "oil dipstick"),
        ({"language": "xx"}, "oil dipstick", "机油尺"),
    ],
)
def test_the_card_is_printed_in_the_language_of_whoever_drives(desk, store, car, asked, there, absent):
    """The desk reads English here; the customer may not."""
    text = page(desk, car, **asked).content.decode()
    assert there in text
    assert absent not in text
    assert store.name in text
    assert 'class="sheet"' in text
    assert "css/print.css" in text
    assert "data-print" in text


def test_each_colour_is_named_in_words_beside_its_mark(desk, car):
    text = page(desk, car).content.decode()
    for colour in ("yellow", "red", "black"):
        assert f'<span class="care-mark care-{colour}">{colour}:' in text


@pytest.mark.parametrize("more", [0, 2])
def test_the_card_takes_the_same_queries_for_any_number_of_rows(desk, car, more, django_assert_num_queries):
    for n in range(more):
        CareHint.objects.create(component=f"零件{n}", colour="red", who="维修人员", reason="高压")
    with django_assert_num_queries(CARD_QUERIES):
        text = page(desk, car).content.decode()
    assert text.count("<tr>") == 4 + more


def test_the_manager_words_the_card_and_takes_a_component_off(office, car):
    hint = CareHint.objects.get(component="机油尺")
    change = reverse("admin:customers_carehint_change", args=[hint.pk])
    words = {"component": "机油尺", "colour": "black", "who": "驾驶人", "reason": "热机后查看", "position": 5}
    assert office.post(change, words | {"active": "on"}).status_code == 302
    line = card(car)["机油尺"]
    assert (line.colour, line.reason) == ("black", "热机后查看")
    assert card(car, "en")["机油尺"].reason == "热机后查看"  # nobody wrote it in English
    assert office.post(change, words).status_code == 302
    assert "机油尺" not in card(car)


def test_the_vehicles_page_leads_to_its_card(desk, car):
    text = desk.get(reverse("customers:vehicle", args=[car.pk])).content.decode()
    assert reverse("customers:care_card", args=[car.pk]) in text


def test_the_database_refuses_hints_without_words_and_unknown_colours(car):
    right = {"component": "皮带", "colour": "red", "who": "维修人员", "reason": "高速旋转"}
    for wrong in [{"colour": "green"}, {"component": ""}, {"who": ""}, {"reason": ""}, {"component": "机油尺"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            CareHint.objects.create(**right | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.filter(pk=car.pk).update(atf_mark="black")
