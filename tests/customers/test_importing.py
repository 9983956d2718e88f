"""What an import does, row by row; the file of 500 rows is in test_import_sample.py."""

import datetime

import pytest

from dealership.customers import operations, queries
from dealership.customers.imports import applying, reading
from dealership.customers.imports.planning import Result
from dealership.customers.models import Customer, ImportBatch, PastOrder, Vehicle
from dealership.workflow import NotAllowed
from tests import beginnings, factories

VIN = "1M8GDM9AXKP042788"


@pytest.fixture
def bring(store, manager, at):
    """Return a function that uploads a table and, unless told otherwise, applies it; answers the plan."""

    def bring(text, *, apply=True, leave_out_wrong=False, source="DMS"):
        table = reading.read(text.encode())
        batch = applying.keep(table, store=store, filename="x.csv", source=source, by=manager, at=at)
        planned = applying.plan_of(batch)
        if apply:
            seen = planned.fingerprint
            applying.apply(batch, seen=seen, leave_out_wrong=leave_out_wrong, by=manager, at=at)
        return planned

    return bring


def results(planned):
    return [line.result for line in planned.lines]


def test_customer_car_sale_and_order_arrive_together(bring, crew, at):
    seller = factories.person(beginnings.Role.SALESPERSON, crew.store, full_name="周晓梅")
    bring(
        "姓名,称谓,手机,车牌号,车架号,车型,销售日期,销售顾问,里程,工单号,结算日期,金额,维修内容,服务顾问\n"
        f"王伟,先生,13800138000,京A12345,{VIN},途观L,2023/5/6,周晓梅,3.2万,RO1,2024-01-02,1298.50,保养,赵敏\n"
    )
    customer, car, order = Customer.objects.get(), Vehicle.objects.get(), PastOrder.objects.get()
    assert (customer.name, customer.title, customer.initials) == ("王伟", "mr", "ww")
    assert (car.plate, car.vin, car.sale_on, car.salesperson, car.mileage) == (
        "京A12345",
        VIN,
        datetime.date(2023, 5, 6),
        seller,
        32000,
    )
    assert (car.keeper, car.keeping.since) == (customer, car.sale_on)
    assert (order.vehicle, order.customer, order.amount_fen, order.advisor_name) == (car, customer, 129850, "赵敏")


def test_a_seller_without_log_in_keeps_his_name(bring):
    bring("姓名,车牌号,销售顾问\n王伟,京A12345,周晓梅\n")
    car = Vehicle.objects.get()
    assert (car.salesperson, car.salesperson_name) == (None, "周晓梅")


def test_english_headers_and_no_phone(bring):
    bring("Name,Kind,Plate,Model\nShenjiang Ltd,company,沪A12345,Passat\n")
    assert Customer.objects.get().kind == "organisation"
    assert Vehicle.objects.get().model_name == "Passat"


@pytest.mark.parametrize(
    "table",
    [
        "姓名,手机\n王伟,13800138000\n王伟,13800138000\n",
        "姓名,手机,车牌号\n王伟,,京A12345\n王伟,13800138000,京A12345\n王伟,13800138000,京B12345\n",
        "姓名,手机,生日\n王伟,13800138000,1980-05-06\n王伟,13800138000,5月6日\n王伟,13800138000,5月7日\n",
        "姓名,手机,地址\n王伟,13800138000,甲路1号\n王伟,13800138000,乙路2号\n",
        "姓名,手机,车牌号\n王伟,13800138000,京A12345\n王伟,,\n李娜,,\n",
        "姓名,手机,车牌号,里程\n王伟,1380013 8000,京A12345,5000\n王伟,13800138000,京A12345,4000\n",
        f"姓名,手机,车牌号,车架号\n王伟,13800138000,京A12345,\n王伟,13800138000,京A12345,{VIN}\n",
        "姓名,车型,手机\n王伟,途观L,13800138000\n",
        "姓名,车牌号,工单号,结算日期\n王伟,京A12345,RO1,2024-01-02\n王伟,京A12345,RO2,2024-02-03\n",
        "姓名,手机,车架号\nHans Müller,,WVWZZZ1JZ3W386752\n",
        "姓名,手机,车牌号\nHans Müller,,M-AB 123\n",
    ],
)
def test_the_same_file_again_changes_nothing(bring, table):
    first = bring(table)
    assert Result.NEW in results(first)
    before = list(Customer.objects.values()), list(Vehicle.objects.values()), list(PastOrder.objects.values())
    again = bring(table)
    assert set(results(again)) == {Result.UNCHANGED}
    assert (list(Customer.objects.values()), list(Vehicle.objects.values()), list(PastOrder.objects.values())) == before


def test_the_preview_says_what_changes(bring, wang, car):
    planned = bring("姓名,手机,车牌号,车型,邮箱\n王伟,13900139000,沪A12345,途观L,w@example.com\n")
    assert results(planned) == [Result.CHANGED]
    changes = " | ".join(planned.lines[0].changes)
    assert "朗逸 → 途观L" in changes
    assert "+8613900139000" in changes
    assert "– → w@example.com" in changes
    car.refresh_from_db()
    assert (car.model_name, car.keeper.email, car.keeper.phones.count()) == ("途观L", "w@example.com", 2)


def test_an_empty_cell_erases_nothing(bring, wang, car):
    assert results(bring("姓名,手机,车牌号,车型,邮箱\n王伟,13800138000,沪A12345,,-\n")) == [Result.UNCHANGED]
    car.refresh_from_db()
    assert car.model_name == "朗逸"


@pytest.mark.parametrize(
    ("sold", "since"), [("2026-11-20", datetime.date(2026, 11, 20)), ("2026-12-01", datetime.date(2026, 11, 24))]
)
def test_a_car_sold_on_changes_its_keeper(bring, wang, car, at, sold, since):
    car.keepings.update(since=datetime.date(2020, 5, 6))
    planned = bring(f"姓名,手机,车牌号,销售日期\n李娜,13900139000,沪A12345,{sold}\n")
    assert results(planned) == [Result.NEW]
    assert "王伟 → 李娜" in " ".join(planned.lines[0].changes)
    loaded = Vehicle.objects.get(pk=car.pk)
    assert (loaded.keeper.name, loaded.keeping.since) == ("李娜", since)
    assert results(bring("姓名,手机,车牌号\n李娜,13900139000,沪A12345\n")) == [Result.UNCHANGED]


def test_a_car_sold_for_a_day_to_come_is_kept_from_today(bring, at):
    bring("姓名,手机,车牌号,销售日期\n李娜,13900139000,沪A12345,2026-12-01\n")
    car = Vehicle.objects.get()
    assert (car.keeping.since, car.sale_on) == (at.date(), datetime.date(2026, 12, 1))


def test_an_odometer_never_runs_backwards(bring, wang, car, advisor, at):
    operations.record_mileage(car, 50_000, "reception", by=advisor, at=at)
    assert results(bring("姓名,手机,车牌号,里程\n王伟,13800138000,沪A12345,40000\n")) == [Result.UNCHANGED]
    car.refresh_from_db()
    assert car.mileage == 50_000


def test_a_merged_duplicate_does_not_come_back(bring, wang, advisor, manager, at):
    table = "姓名,手机\n王 小伟,13900139000\n"
    bring(table)
    operations.merge(wang, Customer.objects.get(name="王 小伟"), by=manager, at=at)
    assert results(bring(table)) == [Result.UNCHANGED]
    assert Customer.objects.current().count() == 1


@pytest.mark.clause("3.2.1.4")
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",13900139000,沪B54321,,,,", "姓名"),
        ("李娜,123,沪B54321,,,,", "手机"),
        ("李娜,13900139000,沪B54321,LSVAA2BR1CN123456,,,", "车架号"),
        ("李娜,13900139000,沪B54321,LSVAA2BR,,,", "车架号"),
        ("李娜,13900139000,沪B54321,,2023-02-30,,", "销售日期"),
        ("李娜,13900139000,沪B54321,,,RO9,", "结算日期"),
        ("李娜,13900139000,,,,RO9,2024-01-01", "车牌号"),
        (f"李娜,13900139000,沪A12345,{VIN},,,", "车牌号"),
        ("李娜,13900139000,沪B54321,,,RO1,2024-01-01", "工单号"),
    ],
)
def test_a_wrong_row_names_its_column_and_imports_nothing(bring, wang, car, at, row, column):
    operations.record_past_order(car, wang, source="DMS", number="RO1", closed_on=at.date(), by=None, at=at)
    table = f"姓名,手机,车牌号,车架号,销售日期,工单号,结算日期\n赵敏,13700137000,,,,,\n{row}\n"
    planned = bring(table, apply=False)
    assert results(planned) == [Result.NEW, Result.WRONG]
    assert [head for head, _sentence in planned.lines[1].errors] == [column]
    with pytest.raises(NotAllowed):
        bring(table)
    assert not Customer.objects.filter(name="赵敏").exists()
    bring(table, leave_out_wrong=True)
    assert Customer.objects.filter(name="赵敏").exists()
    assert not Customer.objects.filter(name="李娜").exists()


def test_two_keepers_of_one_car_in_one_file_are_wrong(bring):
    planned = bring("姓名,手机,车牌号\n王伟,13800138000,京A12345\n李娜,13900139000,京A12345\n", apply=False)
    assert results(planned) == [Result.NEW, Result.WRONG]
    assert planned.lines[1].errors[0][0] == "姓名"


def test_a_doubtful_foreign_vin_is_warned_about_and_taken(bring):
    planned = bring("姓名,手机,车架号\nHans Müller,,WVWZZZ1JZ3W386752\n")
    assert planned.lines[0].warnings
    assert Vehicle.objects.get().vin_override_reason


def test_what_fails_halfway_leaves_nothing(bring, monkeypatch):
    """The second row breaks in a way no preview foresees."""
    real = operations.add_vehicle

    def fails_for_the_second(**details):
        if details["plate"] == "京B12345":
            raise operations.PlateTaken("plate", "Taken.")
        return real(**details)

    monkeypatch.setattr(operations, "add_vehicle", fails_for_the_second)
    with pytest.raises(applying.ImportFailed) as refusal:
        bring("姓名,手机,车牌号\n王伟,13800138000,京A12345\n李娜,13900139000,京B12345\n")
    assert "3" in str(refusal.value)
    assert not Customer.objects.exists()
    assert ImportBatch.objects.get().state == "uploaded"


def test_a_preview_that_is_out_of_date_is_not_applied(bring, store, manager, advisor, at):
    batch = applying.keep(
        reading.read("姓名,手机\n王伟,13800138000\n".encode()),
        store=store,
        filename="x.csv",
        source="DMS",
        by=manager,
        at=at,
    )
    seen = applying.plan_of(batch).fingerprint
    operations.register(name="王伟", phones=["13800138000"], by=advisor, at=at)
    with pytest.raises(applying.PreviewOutdated):
        applying.apply(batch, seen=seen, leave_out_wrong=False, by=manager, at=at)
    assert Customer.objects.count() == 1


def test_a_file_is_applied_once(bring, manager, at):
    bring("姓名,手机\n王伟,13800138000\n")
    batch = ImportBatch.objects.get()
    with pytest.raises(NotAllowed):
        applying.apply(batch, seen="", leave_out_wrong=True, by=manager, at=at)
    assert (batch.rows, batch.counts["new"], batch.applied_by) == ([], 1, manager)


def test_forgotten_uploads_are_forgotten(bring, store, manager, at):
    bring("姓名,手机\n王伟,13800138000\n", apply=False)
    table = reading.read("姓名,手机\n王伟,13800138000\n".encode())
    later = at + datetime.timedelta(days=8)
    kept = applying.keep(table, store=store, filename="y.csv", source="DMS", by=manager, at=later)
    assert list(ImportBatch.objects.all()) == [kept]


def test_only_managers_import(store, advisor, at):
    table = reading.read("姓名,手机\n王伟,13800138000\n".encode())
    with pytest.raises(NotAllowed):
        applying.keep(table, store=store, filename="x.csv", source="DMS", by=advisor, at=at)


def test_imported_people_are_found(bring):
    bring("姓名,手机,车牌号\n单晓峰,13800138000,京A12345\n")
    assert [row.vehicle.plate for row in queries.search("sxf")] == ["京A12345"]
