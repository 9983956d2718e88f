import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dealership.customers import operations
from dealership.customers.models import Customer, ImportBatch
from tests import factories

UPLOAD = "customers:import_upload"
GOOD = "姓名,手机,车牌号,秘密\n王伟,13800138000,京A12345,x\n"


def upload(client, content, **kwargs):
    file = SimpleUploadedFile("export.csv", content if isinstance(content, bytes) else content.encode())
    return client.post(reverse(UPLOAD), {"file": file, "source": "DMS"}, **kwargs)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "This is not a table."),
        (b"PK\x03\x04", "The Excel file is broken."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
        (b"name,colour\nx,red\n", "Needed columns are missing"),
    ],
)
def test_a_wrong_file_is_answered_with_a_sentence(office, content, sentence):
    page = upload(office, content)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="DMS"' in page.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_preview_shows_rows_columns_and_what_is_left_out(office):
    page = upload(office, GOOD, follow=True).content.decode()
    assert all(part in page for part in ["王伟 · 京A12345", "new customer", "秘密", "手机 → mobile"])


def test_confirming_an_old_preview_shows_the_new_one(office, advisor, at):
    page = upload(office, GOOD, follow=True)
    operations.register(name="王伟", phones=["13800138000"], by=advisor, at=at)
    url, seen = page.request["PATH_INFO"], page.context["form"].initial["seen"]
    stale = office.post(url, {"seen": seen})
    assert stale.status_code == 409
    assert "changed since this preview" in stale.content.decode()
    fresh = stale.context["form"].initial["seen"]
    assert fresh != seen
    assert office.post(url, {"seen": fresh}).status_code == 302
    assert Customer.objects.count() == 1


def test_confirming_twice_is_refused(office):
    page = upload(office, GOOD, follow=True)
    url, seen = page.request["PATH_INFO"], page.context["form"].initial["seen"]
    assert office.post(url, {"seen": seen}).status_code == 302
    again = office.post(url, {"seen": seen})
    assert again.status_code == 409
    assert "already imported" in again.content.decode()


def test_what_a_file_says_is_never_html(office):
    page = upload(office, "姓名,手机\n<script>alert(1)</script>,<b>1</b>\n", follow=True).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_upload_of_another_store_is_not_shown(office, client):
    upload(office, GOOD)
    elsewhere = factories.Crew(factories.store(name="另一家"))
    client.force_login(elsewhere.after_sales_manager)
    batch = ImportBatch.objects.get()
    assert client.get(reverse("customers:import_preview", args=[batch.pk])).status_code == 404
    assert client.get(reverse("customers:import_wrong_rows", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_preview_takes_the_same_queries_for_any_number_of_rows(office, rows, django_assert_num_queries):
    table = "姓名,手机,车牌号\n" + "".join(f"王{n},1380013800{n},京A1234{n}\n" for n in range(rows))
    upload(office, table)
    url = reverse("customers:import_preview", args=[ImportBatch.objects.get().pk])
    with django_assert_num_queries(8):
        assert office.get(url).content.decode().count("new customer") == rows


def test_the_preview_has_pages(office):
    upload(office, "姓名,手机\n" + "".join(f"王{n:02d},1380013{n:04d}\n" for n in range(51)))
    url = reverse("customers:import_preview", args=[ImportBatch.objects.get().pk])
    assert "王50" not in office.get(url).content.decode()
    assert "王50" in office.get(url, {"page": 2}).content.decode()


@pytest.mark.parametrize("name", ["import_preview", "import_wrong_rows"])
def test_the_pages_are_closed_to_other_roles(office, client, crew, name):
    upload(office, GOOD)
    client.force_login(crew.service_advisor)
    url = reverse(f"customers:{name}", args=[ImportBatch.objects.get().pk])
    assert client.get(url).status_code == 403
