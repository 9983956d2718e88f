import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from dealership.customers import operations
from dealership.customers.models import Consent, Contact, Customer, MileageReading, Phone, Vehicle

QUICK = {"name": "李娜", "title": "ms", "kind": "person", "phone": "13900139000", "energy": "fuel"}
QUICK |= {"plate": "沪B54321", "model_name": "途观L"}


def text(response):
    return response.content.decode()


def in_english(client, user):
    """Log in after the clock was moved: a session of another day has ended."""
    user.language = "en"
    user.save()
    client.force_login(user)
    return client


@pytest.mark.clause("2.2.11.12")
def test_the_search_page_finds_without_scripts(desk, wang):
    page = desk.get(reverse("customers:search"), {"q": "2345"})
    assert page.status_code == 200
    assert all(part in text(page) for part in ["<!doctype html>", "沪A·12345", "王伟", "138 0013 8000", "朗逸"])


def test_the_search_page_answers_its_part_while_typing(desk, wang):
    part = desk.get(reverse("customers:search"), {"q": "ww"}, headers={"HX-Request": "true"})
    assert "沪A·12345" in text(part)
    assert "<!doctype" not in text(part)


def test_nobody_found_is_a_sentence(desk, wang):
    assert "Nobody found" in text(desk.get(reverse("customers:search"), {"q": "zzzz"}))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [({"q": "王"}, 9), ({}, 8)])
def test_the_search_page_takes_the_same_queries_for_any_number_of_rows(
    desk, advisor, at, rows, query, queries, django_assert_num_queries
):
    for n in range(rows):
        operations.register_with_car(name=f"王{n}", phones=[f"1380013800{n}"], plate=f"沪D0000{n}", by=advisor, at=at)
    with django_assert_num_queries(queries):
        assert text(desk.get(reverse("customers:search"), query)).count("沪D·") == rows


def test_the_list_of_customers_has_pages(desk, advisor, at):
    for n in range(26):
        operations.register(name=f"王{n:02d}", by=advisor, at=at)
    first = text(desk.get(reverse("customers:search")))
    second = text(desk.get(reverse("customers:search"), {"page": 2}))
    assert "王24" in first
    assert "王25" not in first
    assert "Page 2 of 2" in second
    assert "王25" in second


@pytest.mark.clause("4.2.2")
def test_the_quick_page_registers_customer_and_car(desk):
    answer = desk.post(reverse("customers:create"), QUICK)
    customer = Customer.objects.get()
    assert answer.url == reverse("customers:file", args=[customer.pk])
    assert customer.phone.number == "+8613900139000"
    assert Vehicle.objects.get().keeper == customer


def test_the_quick_page_leads_on_with_the_new_car(desk):
    answer = desk.post(f"{reverse('customers:create')}?next=/appointments/book%3Fadvisor%3D3", QUICK)
    assert answer.url == f"/appointments/book?advisor=3&vehicle={Vehicle.objects.get().pk}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_the_quick_page_never_leads_elsewhere(desk, elsewhere):
    answer = desk.post(f"{reverse('customers:create')}?next={elsewhere}", QUICK)
    assert answer.url == reverse("customers:file", args=[Customer.objects.get().pk])


def test_a_customer_without_a_car_is_registered_alone(desk):
    desk.post(reverse("customers:create"), {"name": "李娜", "kind": "person", "energy": "fuel"})
    assert (Customer.objects.count(), Vehicle.objects.count()) == (1, 0)


def test_what_was_searched_is_filled_in(desk):
    assert 'value="沪B54321"' in text(desk.get(reverse("customers:create"), {"plate": "沪B54321"}))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"phone": "12345"}, "“12345” is not a phone number here."),
        ({"vin": "LSVAA2BR1CN123456"}, "The check digit of this VIN is wrong. Please compare"),
        ({"vin": "LSVAA2BR"}, "A VIN has 17 characters; this one has 8."),
        ({"vin": "WVWZZZ1JZ3W386752"}, "please give the reason"),
        ({"plate": "M-AB 123"}, "“MAB123” does not look like a Chinese plate."),
        ({"mileage": "-5"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_answer_comes_back_with_everything_typed(desk, wrong, sentence):
    page = desk.post(reverse("customers:create"), QUICK | wrong)
    assert page.status_code == 422
    assert sentence in text(page)
    assert 'value="途观L"' in text(page)
    assert all(f'value="{typed}"' in text(page) for typed in wrong.values() if typed)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(("language", "spoken"), [("zh-hans", "王先生"), ("en", "Mr Wang")])
def test_the_file_addresses_the_customer_in_the_readers_language(client, advisor, wang, language, spoken):
    advisor.language = language
    advisor.save()
    client.force_login(advisor)
    page = text(client.get(reverse("customers:file", args=[wang.pk])))
    assert spoken in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize(
    ("doubtful", "field", "answer"),
    [
        ({"plate": "M-AB 123"}, "plate_confirmed", "on"),
        ({"vin": "WVWZZZ1JZ3W386752"}, "vin_override_reason", "read twice from the car"),
        ({"phone": "13800138000"}, "anyway", "on"),
    ],
)
def test_a_doubt_is_asked_about_and_can_be_answered(desk, wang, doubtful, field, answer):
    calm = text(desk.get(reverse("customers:create")))
    assert f'<input type="hidden" name="{field}"' in calm
    page = desk.post(reverse("customers:create"), QUICK | doubtful)
    assert page.status_code == 422
    assert f'<input type="hidden" name="{field}"' not in text(page)
    assert f'name="{field}"' in text(page)
    assert desk.post(reverse("customers:create"), QUICK | doubtful | {field: answer}).status_code == 302


def test_a_known_number_shows_whose_it_is(desk, wang):
    page = desk.post(reverse("customers:create"), QUICK | {"phone": "138 0013 8000"})
    assert "A customer with this number is already here." in text(page)
    assert reverse("customers:file", args=[wang.pk]) in text(page)


def test_a_taken_plate_names_the_other_car(desk, wang):
    page = desk.post(reverse("customers:create"), QUICK | {"plate": "沪a 12345"})
    assert page.status_code == 422
    assert "This plate belongs to 沪A·12345 大众 朗逸 (王伟)." in text(page)


@pytest.mark.clause("1.1.1.1", "1.1.1.2", "1.1.1.5")
def test_the_file_shows_everything_known(desk, wang, car, advisor, at):
    operations.correct(
        wang, birth_year=1980, birth_month=5, birth_day=6, interests="钓鱼", avoid_topics="离婚", by=advisor, at=at
    )
    operations.add_contact(wang, name="李娜", kind="family", relation="妻子", by=advisor, at=at)
    operations.record_past_order(
        car, wang, source="DMS", number="RO1", closed_on=at.date(), amount_fen=129850, work="换机油", by=None, at=at
    )
    page = text(desk.get(reverse("customers:file", args=[wang.pk])))
    wanted = [
        "王伟",
        "Mr Wang",
        "1980-05-06",
        "钓鱼",
        "离婚",
        "李娜",
        "妻子",
        "138 0013 8000",
        "沪A·12345",
        "RO1",
        "1,298.50",
    ]
    assert [part for part in wanted if part not in page] == []


@pytest.mark.clause("1.1.1.3")
def test_a_customer_without_phone_is_marked(desk, advisor, at):
    customer = operations.register(name="李娜", by=advisor, at=at)
    assert "no phone" in text(desk.get(reverse("customers:file", args=[customer.pk])))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_file_takes_the_same_queries_for_any_number_of_rows(desk, advisor, at, rows, django_assert_num_queries):
    customer = operations.register(name="李娜", phones=["13900139000"], by=advisor, at=at)
    for n in range(rows):
        car = operations.add_vehicle(keeper=customer, plate=f"沪D0000{n}", by=advisor, at=at)
        operations.add_contact(customer, name=f"王{n}", kind="family", by=advisor, at=at)
        operations.record_consent(customer, purpose="service", channel="sms", granted=True, by=advisor, at=at)
        operations.record_past_order(car, customer, source="DMS", number=str(n), closed_on=at.date(), by=None, at=at)
    with django_assert_num_queries(10):
        page = text(desk.get(reverse("customers:file", args=[customer.pk])))
    assert page.count('class="plate"') == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_vehicle_page_takes_the_same_queries_for_any_number_of_rows(
    desk, wang, car, advisor, at, rows, django_assert_num_queries
):
    for n in range(rows):
        operations.record_mileage(car, 1000 + n, "reception", by=advisor, at=at)
        operations.record_past_order(car, wang, source="DMS", number=str(n), closed_on=at.date(), by=None, at=at)
        operations.add_contact(wang, name=f"赵{n}", kind="key_person", by=advisor, at=at)
        operations.plan_line(car, item=f"项目{n}", due_km=5000, by=advisor, at=at)
        operations.recommend(
            car, words=f"建议{n}", declined=False, source="W-1", remind_on=at.date(), by=advisor, at=at
        )
    with django_assert_num_queries(12):
        page = text(desk.get(reverse("customers:vehicle", args=[car.pk])))
    assert page.count("赵") == page.count("项目") == page.count("建议") == rows
    assert f"{1000 + rows - 1} km" in page


def test_editing_a_customer(desk, wang):
    url = reverse("customers:edit", args=[wang.pk])
    answers = {"name": "王伟", "kind": "person", "title": "mr", "preferred_channel": "sms", "board_display": "plate"}
    answers |= {"birth_calendar": "solar", "call_from": "18:00", "call_until": "20:00", "notes": "安静"}
    assert "王伟" in text(desk.get(url))
    wrong = desk.post(url, answers | {"birth_month": "2", "birth_day": "30"})
    assert wrong.status_code == 422
    assert "This day is not in the calendar." in text(wrong)
    assert "安静" in text(wrong)
    assert desk.post(url, answers).status_code == 302
    wang.refresh_from_db()
    assert (wang.preferred_channel, wang.board_display, wang.notes) == ("sms", "plate", "安静")


def test_phones_are_added_preferred_and_removed(desk, wang):
    add = reverse("customers:phone_create", args=[wang.pk])
    assert desk.post(add, {"number": "12345"}).status_code == 422
    assert desk.post(add, {"number": "13900139000"}).status_code == 302
    other = wang.phones.get(number="+8613900139000")
    desk.post(reverse("customers:phone_prefer", args=[other.pk]))
    assert Customer.objects.get(pk=wang.pk).phone == other
    desk.post(reverse("customers:phone_drop", args=[other.pk]))
    assert Phone.objects.get().number == "+8613800138000"
    assert desk.get(reverse("customers:phone_drop", args=[Phone.objects.get().pk])).status_code == 303


def test_contacts_are_added_and_removed(desk, wang):
    add = reverse("customers:contact_create", args=[wang.pk])
    answers = {"kind": "family", "name": "李娜", "relation": "妻子", "birth_calendar": "lunar"}
    wrong = desk.post(add, answers | {"birth_day": "3"})
    assert wrong.status_code == 422
    assert 'value="妻子"' in text(wrong)
    assert desk.post(add, answers | {"birth_month": "8", "birth_day": "15"}).status_code == 302
    desk.post(reverse("customers:contact_drop", args=[Contact.objects.get().pk]))
    assert not Contact.objects.exists()


def test_an_answer_about_contact_is_recorded(desk, wang, advisor):
    url = reverse("customers:consent_create", args=[wang.pk])
    assert desk.post(url, {"purpose": "service", "channel": "call", "granted": "maybe"}).status_code == 422
    desk.post(url, {"purpose": "marketing", "channel": "call", "granted": "yes", "source": "on the phone"})
    consent = Consent.objects.get()
    assert (consent.granted, consent.by, consent.source) == (True, advisor, "on the phone")
    assert "on the phone" in text(desk.get(reverse("customers:file", args=[wang.pk])))


def test_another_car_of_a_customer(desk, wang):
    url = reverse("customers:vehicle_create", args=[wang.pk])
    assert desk.post(url, {"plate": "沪A12345", "energy": "fuel"}).status_code == 422
    answer = desk.post(f"{url}?next=/reception/", {"plate": "沪AD12345", "energy": "electric"})
    car = Vehicle.objects.get(plate="沪AD12345")
    assert answer.url == f"/reception/?vehicle={car.pk}"
    assert car.keeper == wang


def test_editing_a_car(desk, wang, car, manager):
    url = reverse("customers:vehicle_edit", args=[car.pk])
    answers = {"plate": "沪A12345", "vin": car.vin, "energy": "fuel", "sale_on": "2024-05-06"}
    assert desk.get(url).status_code == 200
    wrong = desk.post(url, answers | {"warranty_until": "2024-01-01", "colour": "极地白"})
    assert wrong.status_code == 422
    assert "The warranty cannot end before the car was sold." in text(wrong)
    assert 'value="极地白"' in text(wrong)
    assert desk.post(url, answers | {"salesperson": manager.pk}).status_code == 302
    car.refresh_from_db()
    assert (str(car.sale_on), car.salesperson) == ("2024-05-06", manager)
    assert 'value="2024-05-06"' in text(desk.get(url))


def test_mileage_that_runs_backwards_asks_why(desk, car, advisor, at):
    operations.record_mileage(car, 5000, "reception", by=advisor, at=at)
    url = reverse("customers:mileage", args=[car.pk])
    page = desk.post(url, {"mileage": "4000"})
    assert page.status_code == 422
    assert "The last reading was 5000 km." in text(page)
    assert '<input type="hidden" name="note"' not in text(page)
    assert desk.post(url, {"mileage": "4000", "note": "new odometer"}).status_code == 302
    assert MileageReading.objects.latest("pk").note == "new odometer"


def test_a_new_keeper_is_found_and_chosen(client, car, advisor, at, time_machine):
    time_machine.move_to(at, tick=False)
    desk = in_english(client, advisor)
    li = operations.register(name="李娜", by=advisor, at=at)
    url = reverse("customers:keeper", args=[car.pk])
    assert f'value="{li.pk}"' in text(desk.get(url, {"q": "ln"}))
    early = desk.post(url, {"customer": li.pk, "since": "2020-01-01"})
    assert early.status_code == 422
    assert "keeps this car since" in text(early)
    assert desk.post(url, {"customer": li.pk, "since": "2030-01-01"}).status_code == 422
    assert desk.post(url, {"customer": li.pk, "since": timezone.localdate(at).isoformat()}).status_code == 302
    assert Vehicle.objects.get(pk=car.pk).keeper == li


def test_a_keeper_of_tomorrow_is_refused_beside_the_day(client, car, advisor, at, time_machine):
    """In the store's own zone: it is the evening of 24 November in London and the 25th in Shanghai."""
    li = operations.register(name="李娜", by=advisor, at=at)
    time_machine.move_to(at.replace(hour=17, tzinfo=datetime.UTC), tick=False)
    desk = in_english(client, advisor)
    url = reverse("customers:keeper", args=[car.pk])
    page = desk.post(url, {"customer": li.pk, "since": "2026-11-26"})
    assert page.status_code == 422
    assert 'id="error_1_id_since"' in text(page)
    assert "This day is still to come." in text(page)
    assert 'value="2026-11-26"' in text(page)
    assert f'name="customer" value="{li.pk}"' in text(page)
    assert desk.post(url, {"customer": li.pk, "since": "2026-11-25"}).status_code == 302


def test_merging_in_two_steps(office, wang, advisor, at):
    twin = operations.register(name="王 伟", by=advisor, at=at)
    choice = office.get(reverse("customers:merge", args=[wang.pk]), {"q": "王"})
    confirm = reverse("customers:merge_with", args=[wang.pk, twin.pk])
    assert confirm in text(choice)
    assert "王 伟" in text(office.get(confirm))
    office.post(confirm)
    assert list(Customer.objects.current()) == [wang]
    assert office.get(reverse("customers:file", args=[twin.pk])).url == reverse("customers:file", args=[wang.pk])
    again = office.post(confirm)
    assert again.status_code == 409
    assert "already merged" in text(again)


@pytest.mark.parametrize(
    ("name", "closed_to"),
    [
        ("search", "cashier"),
        ("create", "salesperson"),
        ("file", "technician"),
        ("edit", "salesperson"),
        ("phone_create", "salesperson"),
        ("contact_create", "salesperson"),
        ("consent_create", "salesperson"),
        ("vehicle_create", "salesperson"),
        ("merge", "service_advisor"),
        ("vehicle", "technician"),
        ("vehicle_edit", "salesperson"),
        ("mileage", "salesperson"),
        ("keeper", "salesperson"),
        ("import_upload", "service_advisor"),
    ],
)
def test_pages_are_closed_to_other_roles(client, crew, wang, car, name, closed_to):
    pk = {"search": [], "create": [], "import_upload": []}.get(name)
    if pk is None:
        pk = [car.pk if name in ("vehicle", "vehicle_edit", "mileage", "keeper") else wang.pk]
    url = reverse(f"customers:{name}", args=pk)
    assert client.get(url).status_code == 302  # to the log-in
    client.force_login(getattr(crew, closed_to))
    assert client.get(url).status_code == 403
    client.force_login(crew.after_sales_manager)
    assert client.get(url).status_code == 200


def test_buttons_follow_the_role(client, crew, wang):
    client.force_login(crew.salesperson)
    page = text(client.get(reverse("customers:file", args=[wang.pk])))
    assert reverse("customers:edit", args=[wang.pk]) not in page
    assert reverse("customers:merge", args=[wang.pk]) not in page
