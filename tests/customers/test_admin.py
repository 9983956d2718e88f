import pytest
from django.urls import reverse

from dealership.customers import operations
from dealership.customers.models import (
    Consent,
    Customer,
    ImportBatch,
    Keeping,
    Merge,
    MileageReading,
    PastOrder,
    PlanLine,
    Recommendation,
    Vehicle,
)
from tests import beginnings, factories


@pytest.fixture
def boss(client, django_user_model):
    client.force_login(
        django_user_model.objects.create_superuser("root", password="x", full_name="Root", language="en")
    )
    return client


def address(model, page, *args):
    return reverse(f"admin:customers_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def history(wang, car, advisor, manager, at):
    operations.record_mileage(car, 1, "reception", by=advisor, at=at)
    operations.record_consent(wang, purpose="service", channel="call", granted=True, by=advisor, at=at)
    operations.record_past_order(car, wang, source="DMS", number="RO1", closed_on=at.date(), by=advisor, at=at)
    operations.plan_line(car, item="王牌保养", due_on=at.date(), by=advisor, at=at)
    operations.recommend(car, words="轮胎", declined=True, source="W-1", remind_on=at.date(), by=advisor, at=at)
    ImportBatch.objects.create(
        store=advisor.store,
        filename="export.csv",
        source="DMS",
        header=[],
        rows=[],
        uploaded_by=manager,
        uploaded_at=at,
    )
    operations.merge(wang, operations.register(name="王 伟", by=advisor, at=at), by=manager, at=at)


READ = [Keeping, MileageReading, Consent, PastOrder, PlanLine, Recommendation, Merge, ImportBatch]


@pytest.mark.parametrize("model", [Customer, Vehicle, *READ])
def test_every_list_opens_is_searched_and_deletes_nothing(boss, history, model):
    row = model._default_manager.first()
    assert boss.get(address(model, "changelist"), {"q": "王"}).status_code == 200
    assert boss.get(address(model, "change", row.pk)).status_code == 200
    assert boss.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [Customer, Vehicle, *READ])
def test_every_list_opens_to_the_manager(office, history, model):
    row = model._default_manager.first()
    assert office.get(address(model, "changelist")).status_code == 200
    assert office.get(address(model, "change", row.pk)).status_code == 200


def test_an_upload_is_read_in_its_own_store_only(client, history, office):
    batch = ImportBatch.objects.get()
    assert batch.filename in office.get(address(ImportBatch, "changelist")).content.decode()
    client.force_login(factories.Crew(factories.store()).after_sales_manager)
    assert batch.filename not in client.get(address(ImportBatch, "changelist")).content.decode()


def test_a_car_sold_in_another_store_keeps_its_salesperson(office, car, advisor, at):
    elsewhere = factories.person(beginnings.Role.SALESPERSON, factories.store())
    operations.correct_vehicle(car, salesperson=elsewhere, by=advisor, at=at)
    empty = {f"keepings-{part}": 0 for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    typed = {"energy": "fuel", "colour": "red", "salesperson": elsewhere.pk} | empty
    assert office.post(address(Vehicle, "change", car.pk), typed).status_code == 302
    car.refresh_from_db()
    assert (car.colour, car.salesperson) == ("red", elsewhere)


def test_the_file_of_a_customer_shows_phones_and_contacts(office, history, wang, advisor, at):
    operations.add_contact(
        wang, name="李娜", kind="family", phone="13900139000", birth_month=6, birth_day=1, by=advisor, at=at
    )
    page = office.get(address(Customer, "change", wang.pk)).content.decode()
    assert all(part in page for part in ["138 0013 8000", "李娜", "139 0013 9000", "06-01"])


@pytest.mark.parametrize("model", READ)
def test_history_is_only_read(boss, history, model):
    row = model._default_manager.first()
    assert boss.get(address(model, "add")).status_code == 403
    assert boss.post(address(model, "change", row.pk), {}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_vehicles_takes_the_same_queries_for_any_number_of_rows(
    boss, advisor, manager, at, rows, django_assert_num_queries
):
    customer = operations.register(name="李娜", by=advisor, at=at)
    for n in range(rows):
        operations.add_vehicle(keeper=customer, plate=f"沪D0000{n}", salesperson=manager, by=advisor, at=at)
    with django_assert_num_queries(6):
        boss.get(address(Vehicle, "changelist"))


def test_a_correction_in_the_back_office_keeps_the_initials(boss, wang):
    answers = {
        "name": "单晓峰",
        "kind": "person",
        "title": "mr",
        "preferred_channel": "call",
        "board_display": "surname",
    }
    empty = {f"{prefix}-{part}": 0 for prefix in ("phones", "contacts") for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = boss.post(address(Customer, "change", wang.pk), answers | {"birth_calendar": "solar"} | empty)
    assert answer.status_code == 302
    wang.refresh_from_db()
    assert (wang.name, wang.initials) == ("单晓峰", "dxf sxf")
    boss.post(address(Customer, "add"), answers | {"name": "李娜", "birth_calendar": "solar"} | empty)
    assert Customer.objects.get(name="李娜").initials == "ln"


def test_a_car_is_corrected_in_the_back_office(boss, car):
    empty = {f"keepings-{part}": 0 for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = boss.post(address(Vehicle, "change", car.pk), {"energy": "hybrid", "colour": "red"} | empty)
    assert answer.status_code == 302
    car.refresh_from_db()
    assert (car.energy, car.colour, car.plate) == ("hybrid", "red", "沪A12345")
