"""The sample of 500 rows another system exported, through the pages, as a manager brings it in."""

from django.urls import reverse

from dealership.customers.imports import planning, reading
from dealership.customers.models import Customer, ImportBatch, PastOrder, Vehicle
from tests.data import make_sample

CSV = make_sample.HERE / "customers_sample.csv"
XLSX = make_sample.HERE / "customers_sample.xlsx"


def upload(client, path):
    with path.open("rb") as file:
        return client.post(reverse("customers:import_upload"), {"file": file, "source": "老系统"}, follow=True)


def confirm(client, page, **answers):
    seen = page.context["form"].initial["seen"]
    return client.post(page.request["PATH_INFO"], {"seen": seen, **answers}, follow=True)


def counted():
    return Customer.objects.count(), Vehicle.objects.count(), PastOrder.objects.count()


def test_the_committed_files_are_the_generators():
    assert CSV.read_bytes() == make_sample.as_csv()
    made, committed = reading.read(make_sample.as_workbook()), reading.read(XLSX.read_bytes())
    assert committed == made
    assert len(made.rows) == make_sample.ROWS
    plain = reading.read(CSV.read_bytes())
    days = {place for name, place in make_sample.PLACE.items() if name == "销售日期"}
    for (_, texts), (_, excel) in zip(plain.rows, made.rows, strict=True):
        assert [t for p, t in enumerate(texts) if p not in days] == [t for p, t in enumerate(excel) if p not in days]


def test_the_sample_arrives_once_and_only_once(office):
    page = upload(office, CSV)
    assert page.status_code == 200
    shown = {value: number for value, _label, number in page.context["counts"]}
    assert shown == {"new": 469, "changed": 0, "unchanged": 22, "wrong": 9}
    assert counted() == (0, 0, 0)

    refused = confirm(office, page)
    assert refused.status_code == 422
    assert "tick to leave them out" in refused.content.decode()
    assert counted() == (0, 0, 0)

    done = confirm(office, page, leave_out="on")
    assert "The file is imported." in done.content.decode()
    arrived = counted()
    assert arrived == (328, 352, 411)

    for path in (XLSX, CSV):
        again = upload(office, path)
        shown = {value: number for value, _label, number in again.context["counts"]}
        assert shown == {"new": 0, "changed": 0, "unchanged": 491, "wrong": 9}
        confirm(office, again, leave_out="on")
        assert counted() == arrived


def test_the_wrong_rows_are_the_ones_made_wrong(office):
    page = upload(office, CSV)
    batch = ImportBatch.objects.get()
    plan = planning.plan(batch.header, batch.rows, store=batch.store, source=batch.source)
    assert {line.number: line.errors[0][0] for line in plan.wrong} == {
        line: column for line, (column, _text) in make_sample.WRONG.items()
    }
    only_wrong = office.get(page.request["PATH_INFO"], {"show": "wrong"}).content.decode()
    assert "手机: “12345” is not a phone number here." in only_wrong
    assert "销售日期: “2023-02-30” is not in the calendar." in only_wrong


def test_the_wrong_rows_come_as_a_file_that_can_be_corrected(office):
    upload(office, CSV)
    batch = ImportBatch.objects.get()
    answer = office.get(reverse("customers:import_wrong_rows", args=[batch.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="wrong-rows-{batch.pk}.csv"'
    table = reading.read(answer.content)
    assert table.header[2:] == make_sample.HEADER
    assert [int(cells[0]) for _line, cells in table.rows] == sorted(make_sample.WRONG)
