"""One paper on the screen: as issued, in its language, for those who may read it."""

import io
from datetime import timedelta

import pytest
import segno
from django.urls import reverse
from PIL import Image

from dealership.paperwork import operations
from dealership.paperwork.kinds import Kind, Role
from dealership.paperwork.models import IssuedDocument
from tests.paperwork.conftest import AT, CONTENT, drawn


@pytest.fixture
def signature(paper, advisor):
    return operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)


@pytest.mark.clause("F7")
def test_document_shows_everything_that_was_issued(client, advisor, paper, signature):
    client.force_login(advisor)
    response = client.get(reverse("paperwork:document", args=[paper.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    for text in [
        "Pudong Motors",
        "SH1-WO-2026-000001",
        "沪A12345",
        "Oil change",
        "¥120.00",
        "Old parts: take away",
        "Li Na",
        "王芳",
        paper.short_fingerprint,
        reverse("paperwork:signature", args=[signature.pk]),
    ]:
        assert text in page
    assert "changed after it was issued" not in page
    assert "no-store" in response["Cache-Control"]


def test_document_is_shown_in_its_own_language_to_a_reader_of_another(client, advisor, store):
    paper = operations.issue(
        store=store, kind=Kind.INTAKE, content={"title": "接车登记表"}, language="zh-hans", by=advisor, at=AT
    )
    advisor.language = "en"
    advisor.save()
    client.force_login(advisor)
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert '<html lang="en">' in page
    assert '<article class="sheet" lang="zh-hans">' in page
    assert "2026" in page[page.index("<footer>") :]


def test_document_escapes_what_people_wrote(client, advisor, store):
    content = {**CONTENT, "notes": ["<script>alert(1)</script>"], "fields": [["<b>x</b>", "a\nb"]]}
    paper = operations.issue(store=store, kind=Kind.ORDER, content=content, language="en", by=advisor, at=AT)
    client.force_login(advisor)
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "a<br>b" in page


def test_document_says_so_when_it_was_forged(client, advisor, paper, monkeypatch):
    monkeypatch.setattr(IssuedDocument, "from_db", classmethod(forged(IssuedDocument.from_db)))
    client.force_login(advisor)
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert "alert-danger" in page
    assert "sheet-genuine" not in page


def forged(load):
    """Change every paper on its way out of the database, as a forger inside it would have."""

    def from_db(cls, db, field_names, values):
        paper = load.__func__(cls, db, field_names, values)
        paper.content = {**paper.content, "notes": ["forged"]}
        return paper

    return from_db


def test_signature_is_a_private_picture(client, advisor, signature):
    client.force_login(advisor)
    response = client.get(reverse("paperwork:signature", args=[signature.pk]))
    assert response["Content-Type"] == "image/png"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert Image.open(io.BytesIO(response.content)).format == "PNG"


def test_refusal_has_no_picture_and_is_printed(client, advisor, technician, paper):
    refusal = operations.refuse_signature(
        paper,
        role=Role.CUSTOMER,
        signer_name="王芳",
        reason="scratch not listed",
        by=advisor,
        at=AT,
        witness=technician,
    )
    client.force_login(advisor)
    assert client.get(reverse("paperwork:signature", args=[refusal.pk])).status_code == 404
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert "scratch not listed" in page
    assert "Not signed (will not sign): scratch not listed" in page
    assert "Witness: Zhao Lei" in page


def test_code_is_a_picture_that_leads_back(client, advisor, paper):
    client.force_login(advisor)
    response = client.get(reverse("paperwork:code", args=[paper.pk]))
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content


def test_whoever_scans_the_code_logs_in_and_reads_whether_the_paper_is_genuine(client, advisor, paper, monkeypatch):
    written, make = [], segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda address, **how: written.append(address) or make(address, **how))
    client.force_login(advisor)
    client.get(reverse("paperwork:code", args=[paper.pk]))
    [address] = written
    assert "Checked: unchanged" in client.get(address, headers={"Accept-Language": "en"}).content.decode()
    client.logout()
    asked = client.get(address)
    assert asked.status_code == 302
    assert asked["Location"].endswith(f"login?next={reverse('paperwork:document', args=[paper.pk])}")


@pytest.mark.parametrize("name", ["document", "code", "signature"])
def test_other_stores_papers_do_not_exist(client, stranger, paper, signature, name):
    client.force_login(stranger)
    pk = signature.pk if name == "signature" else paper.pk
    assert client.get(reverse(f"paperwork:{name}", args=[pk])).status_code == 404


@pytest.mark.parametrize("name", ["document", "code", "signature"])
def test_without_the_permission_the_page_is_refused(client, technician, paper, signature, name):
    client.force_login(technician)
    pk = signature.pk if name == "signature" else paper.pk
    assert client.get(reverse(f"paperwork:{name}", args=[pk])).status_code == 403


@pytest.mark.parametrize("copies", [1, 3])
def test_document_asks_the_same_number_of_questions(
    client, advisor, paper, copies, django_assert_num_queries, technician
):
    for role in list(Role)[:copies]:
        operations.sign(paper, role=role, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    for n in range(copies):
        operations.record_print(paper, copy="store", by=advisor, at=AT + timedelta(hours=n))
    client.force_login(advisor)
    address = reverse("paperwork:document", args=[paper.pk])
    client.get(address)
    # session, user, stores, permissions (own and of groups), paper, signatures, their fingerprints, printings
    with django_assert_num_queries(8):
        client.get(address)
