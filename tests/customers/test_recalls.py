"""Recalls: the maker's list, the cars it names, and what was put right."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from dealership.customers import operations, queries
from dealership.customers.models import Recall, RecalledVehicle
from dealership.customers.operations.recalls import read_vins
from dealership.workflow import CLOCK, NotAllowed
from tests import factories


def recall_of(number="R-1", **details):
    told = {"title": "安全气囊", "todo": "更换气囊", "published_on": factories.MONDAY.date()}
    return Recall.objects.create(number=number, **told | details)


@pytest.fixture
def recall(db):
    return recall_of()


def listed(recall, *found, at=factories.MONDAY):
    return operations.list_recalled(recall, found, by=CLOCK, at=at)


def sentences(text):
    with pytest.raises(ValidationError) as refusal:
        read_vins(text)
    return refusal.value.messages


def test_a_pasted_list_is_read_with_or_without_header_and_other_columns():
    one, two, three = (factories.vin(n) for n in range(3))
    assert read_vins(f"{one}\n\n {two.lower()} \n{one}\n") == [one, two]
    assert read_vins(f'车架号,车牌\n"{one}",京A1\n{two};京A2\n{three}\t京A3') == [one, two, three]
    assert read_vins(f"\ufeffVIN\r\n{one}，京A1\r\n") == [one]
    assert read_vins("") == read_vins("VIN\n") == []


def test_each_wrong_line_is_named():
    right = factories.vin(1)
    wrong_digit = right[:-1] + ("0" if right[-1] != "0" else "1")
    with translation.override("en"):
        found = sentences(f"VIN\n{right}\nLSV123\n{wrong_digit}\nLSVAA2BR2CNI23456\n,京A1")
    assert [sentence.split(":")[0] for sentence in found] == [
        "Line 3, “LSV123”",
        f"Line 4, “{wrong_digit}”",
        "Line 5, “LSVAA2BR2CNI23456”",
        "Line 6, “京A1”",
    ]


def test_a_foreign_vin_is_taken_whatever_its_check_digit():
    assert read_vins("WVWZZZ1KZAW000001") == ["WVWZZZ1KZAW000001"]


def test_a_list_too_long_is_refused():
    assert "5000" in sentences("x\n" * 5001)[0]


def test_a_list_taken_twice_changes_nothing(recall, car):
    operations.list_recalled(recall, [car.vin, factories.vin(1)], by=CLOCK, at=factories.MONDAY)
    done = recall.vehicles.get(vin=car.vin)
    operations.close_recall(done, by=CLOCK, at=factories.MONDAY, reference="W-1")
    before = list(recall.vehicles.values())
    assert listed(recall, car.vin, factories.vin(1), at=factories.TUESDAY_NINE) == 0
    assert list(recall.vehicles.values()) == before
    assert listed(recall, factories.vin(2)) == 1


def test_only_the_manager_takes_a_list(recall, advisor, manager, at):
    with pytest.raises(NotAllowed):
        operations.list_recalled(recall, [factories.vin(1)], by=advisor, at=at)
    assert operations.list_recalled(recall, [factories.vin(1)], by=manager, at=at) == 1
    assert recall.vehicles.get().listed_by == manager


def test_the_open_recalls_of_a_car_come_with_one_query(recall, car, django_assert_num_queries):
    older = recall_of("R-0", published_on=factories.MONDAY.date() - timedelta(days=9))
    for one in (recall, older, recall_of("R-2", active=False)):
        listed(one, car.vin, factories.vin(1))
    with django_assert_num_queries(1):
        found = [str(recalled.recall) for recalled in queries.open_recalls(car)]
    assert found == ["R-0 安全气囊", "R-1 安全气囊"]


def test_a_vin_read_later_finds_its_recall_and_a_corrected_one_loses_it(recall, advisor, at):
    listed(recall, factories.vin(7))
    _customer, car = factories.customer_with_car(advisor, at)
    assert queries.open_recalls(car) == []
    operations.correct_vehicle(car, vin=factories.vin(7), by=advisor, at=at)
    assert len(queries.open_recalls(car)) == 1
    operations.correct_vehicle(car, vin=factories.vin(8), by=advisor, at=at)
    assert queries.open_recalls(car) == []


def test_a_recall_done_is_open_no_more_and_done_twice_is_done_once(recall, car, advisor, manager, at):
    listed(recall, car.vin)
    (recalled,) = queries.open_recalls(car)
    assert operations.close_recall(recalled, by=advisor, at=at, reference="W2026-1")
    assert not operations.close_recall(recalled, by=manager, at=at + timedelta(days=1), reference="W2026-2")
    recalled.refresh_from_db()
    assert (recalled.done_on, recalled.done_where, recalled.reference) == (at.date(), advisor.store.name, "W2026-1")
    assert (recalled.done_by, recalled.done_at, recalled.vehicle) == (advisor, at, car)
    assert queries.open_recalls(car) == []


def test_a_recall_is_not_done_on_a_day_to_come(recall, car, advisor, at):
    listed(recall, car.vin)
    (recalled,) = queries.open_recalls(car)
    with pytest.raises(ValidationError):
        operations.close_recall(recalled, by=advisor, at=at, reference="W", done_on=at.date() + timedelta(days=1))
    assert queries.open_recalls(car)


def test_the_database_refuses_impossible_recalled_cars(recall, at):
    listed(recall, factories.vin(1))
    for wrong in [
        {"vin": factories.vin(1)},
        {"vin": "LSV"},
        {"vin": factories.vin(2).lower()},
        {"vin": factories.vin(2), "done_on": at.date()},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            RecalledVehicle.objects.create(recall=recall, listed_at=at, **wrong)
    for empty in ({"title": ""}, {"todo": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            recall_of("R-9", **empty)


def page_of(car):
    return reverse("customers:vehicle", args=[car.pk])


def test_the_vehicles_page_shows_an_open_recall_and_where_it_is_noted_as_done(desk, recall, car):
    listed(recall, car.vin)
    (recalled,) = queries.open_recalls(car)
    close = reverse("customers:recall_close", args=[car.pk, recalled.pk])
    text = desk.get(page_of(car)).content.decode()
    assert "Open recall R-1: 安全气囊" in " ".join(text.split())
    assert "更换气囊" in text
    assert close in text
    assert desk.get(close).status_code == 200
    answers = {"done_on": factories.MONDAY.date().isoformat(), "where": "城西店", "reference": "W-7"}
    for _press in range(2):
        assert desk.post(close, answers).headers["Location"] == page_of(car)
    assert "Open recall" not in desk.get(page_of(car)).content.decode()
    recalled.refresh_from_db()
    assert (recalled.done_on, recalled.done_where, recalled.reference) == (factories.MONDAY.date(), "城西店", "W-7")


@pytest.mark.parametrize("wrong", [{"done_on": "2999-01-01"}, {"done_on": ""}, {"reference": ""}, {"where": ""}])
def test_a_wrong_answer_is_shown_again_with_what_was_typed(desk, recall, car, wrong):
    listed(recall, car.vin)
    (recalled,) = queries.open_recalls(car)
    typed = {"done_on": "2026-01-01", "where": "城西店", "reference": "W-7"} | wrong
    answer = desk.post(reverse("customers:recall_close", args=[car.pk, recalled.pk]), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(f'value="{value}"' in text for value in typed.values() if value)
    assert "is-invalid" in text
    assert queries.open_recalls(car)


def test_a_recall_of_another_car_is_not_found(desk, recall, car):
    listed(recall, factories.vin(1))
    assert desk.get(reverse("customers:recall_close", args=[car.pk, recall.vehicles.get().pk])).status_code == 404


def typed_recall(**other):
    return {
        "number": "R-5", "title": "气囊", "todo": "更换", "published_on": "2026-11-01", "active": "on", "vins": "",
    } | other  # fmt: skip


def test_the_manager_pastes_the_makers_list_in_the_back_office(office, car):
    add = reverse("admin:customers_recall_add")
    answer = office.post(add, typed_recall(vins=f"VIN\n{car.vin}\n{factories.vin(1)}"), follow=True)
    assert "2 cars were added to the recall." in answer.content.decode()
    recall = Recall.objects.get()
    assert {(one.vin, one.vehicle) for one in recall.vehicles.all()} == {(car.vin, car), (factories.vin(1), None)}
    change = reverse("admin:customers_recall_change", args=[recall.pk])
    again = office.post(change, typed_recall(vins=car.vin), follow=True)
    assert "0 cars were added to the recall." in again.content.decode()
    assert recall.vehicles.count() == 2


def test_a_list_with_a_wrong_line_is_taken_in_not_even_in_part(office, car):
    add = reverse("admin:customers_recall_add")
    answer = office.post(add, typed_recall(vins=f"{car.vin}\nLSV1\nLSV2"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Line 2, “LSV1”" in text
    assert "Line 3, “LSV2”" in text
    assert car.vin in text  # what was pasted is still there
    assert not Recall.objects.exists()
    assert not RecalledVehicle.objects.exists()


def test_recalled_cars_are_read_in_the_back_office_and_not_written_there(office, recall, car):
    listed(recall, car.vin)
    assert car.vin in office.get(reverse("admin:customers_recalledvehicle_changelist")).content.decode()
    row = recall.vehicles.get()
    assert office.post(reverse("admin:customers_recalledvehicle_change", args=[row.pk]), {}).status_code == 403
    assert office.post(reverse("admin:customers_recall_delete", args=[recall.pk]), {}).status_code == 403
