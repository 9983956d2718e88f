"""Printing: what comes out is what was issued, and who printed it for whom stays known."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from dealership.paperwork import operations
from dealership.paperwork.kinds import INTERNAL, Role
from dealership.paperwork.models import PrintLog
from dealership.workflow import NotAllowed
from tests.paperwork.conftest import AT, CONTENT, drawn

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


@pytest.fixture
def desk(client, advisor):
    advisor.language = "en"
    advisor.save()
    client.force_login(advisor)
    return client


def sheet(client, paper, query=""):
    page = client.get(reverse("paperwork:document", args=[paper.pk]) + query).content.decode()
    return re.search("<article.*</article>", page, re.DOTALL)[0]


def test_printing_again_shows_what_was_issued(desk, store, advisor, paper):
    """Whatever is renamed since, in the store or among its people: the second sheet is the first."""
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    first = sheet(desk, paper)
    store.name, store.address, store.phone, store.brand = "Renamed Motors", "2 Elsewhere", "0", "Other"
    store.save()
    again = sheet(desk, paper)
    assert again == first
    assert "Pudong Motors" in again


@pytest.mark.clause("2.2.11.13")
def test_printing_is_noted_with_person_copy_and_moment(desk, advisor, paper, technician):
    address = reverse("paperwork:document", args=[paper.pk])
    assert "sheet-prints" not in desk.get(address).content.decode()
    answer = desk.post(reverse("paperwork:print", args=[paper.pk]), {"copy": "customer"})
    assert answer["Location"] == address + "?copy=customer#print"
    note = PrintLog.objects.get()
    assert (note.document, note.copy, note.printed_by) == (paper, "customer", advisor)
    page = desk.get(address).content.decode()
    assert "printed once" in page
    for minutes in [1, 2]:
        operations.record_print(paper, copy="store", by=advisor, at=note.printed_at + minutes * MINUTE)
    page = desk.get(address).content.decode()
    assert "printed 3 times, last" in page
    assert "Store copy · Li Na" in page


def test_looking_at_a_paper_prints_nothing(desk, paper):
    for query in ["", "?copy=customer", "?copy=store"]:
        desk.get(reverse("paperwork:document", args=[paper.pk]) + query)
    assert desk.get(reverse("paperwork:print", args=[paper.pk])).status_code == 303
    assert not PrintLog.objects.exists()


def test_pressing_twice_is_printing_once(advisor, paper):
    for seconds in [0, 1, 2]:
        operations.record_print(paper, copy="customer", by=advisor, at=AT + timedelta(seconds=seconds))
    assert PrintLog.objects.count() == 1
    operations.record_print(paper, copy="store", by=advisor, at=AT + timedelta(seconds=3))
    operations.record_print(paper, copy="store", by=advisor, at=AT + MINUTE)
    assert PrintLog.objects.count() == 3


@pytest.mark.parametrize("copy", ["", "mine", "customer "])
def test_printing_for_nobody_is_refused(desk, paper, copy):
    assert desk.post(reverse("paperwork:print", args=[paper.pk]), {"copy": copy}).status_code == 409
    assert not PrintLog.objects.exists()


def test_printing_is_for_those_who_may_read(client, technician, stranger, paper):
    with pytest.raises(NotAllowed):
        operations.record_print(paper, copy="store", by=technician, at=AT)
    for who, status in [(technician, 403), (stranger, 404)]:
        client.force_login(who)
        assert client.post(reverse("paperwork:print", args=[paper.pk]), {"copy": "store"}).status_code == status


def test_notes_of_printing_are_never_changed(advisor, paper):
    note = operations.record_print(paper, copy="store", by=advisor, at=AT)
    with pytest.raises(NotAllowed):
        note.delete()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE paperwork_printlog SET copy = 'customer'")


@pytest.mark.parametrize("kind", INTERNAL)
def test_no_customer_gets_a_paper_of_the_house(desk, advisor, store, kind):
    paper = operations.issue(store=store, kind=kind, content=CONTENT, language="en", by=advisor, at=AT)
    shown = desk.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert ('value="customer"' in shown, "Send copy" in shown, 'value="store"' in shown) == (False, False, True)
    with pytest.raises(NotAllowed, match="whose copy"):
        operations.record_print(paper, copy="customer", by=advisor, at=AT)
    with pytest.raises(NotAllowed, match="stays in the house"):
        operations.send_copy(paper, address="a@example.cn", by=advisor, at=AT)


def test_database_knows_only_the_two_copies(advisor, paper):
    with pytest.raises(IntegrityError), transaction.atomic():
        PrintLog.objects.create(document=paper, copy="mine", printed_by=advisor, printed_at=AT)
