"""What was issued stays as it was, whoever tries: the models refuse, and so does the database itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from dealership.paperwork import operations
from dealership.paperwork.kinds import Role
from dealership.paperwork.models import IssuedDocument, Signature
from dealership.workflow import NotAllowed
from tests.paperwork.conftest import AT, drawn


@pytest.fixture
def signature(paper, advisor):
    return operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)


@pytest.mark.clause("2.2.11.10", "2.6.7.2")
@pytest.mark.parametrize(
    ("table", "column"), [("paperwork_issueddocument", "number"), ("paperwork_signature", "signer_name")]
)
def test_database_refuses_to_change_a_row(signature, table, column):
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = 'forged'")


def test_database_refuses_to_delete_a_row_where_it_can_tell_it_from_emptying(signature):
    """SQLite empties test databases by DELETE, so there only the models refuse (migration 0002 says why)."""
    if connection.vendor == "sqlite":
        triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'paperwork%kept'"
        with connection.cursor() as cursor:
            cursor.execute(triggers)
            assert cursor.fetchone()[0] == 3
        return
    for table in ["paperwork_signature", "paperwork_issueddocument"]:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_models_refuse_to_delete(paper, signature):
    for attempt in [
        signature.delete,
        paper.delete,
        Signature.objects.all().delete,
        IssuedDocument.objects.all().delete,
    ]:
        with pytest.raises(NotAllowed):
            attempt()
    assert Signature.objects.count() == IssuedDocument.objects.count() == 1


def test_saving_a_changed_paper_is_refused(paper):
    paper.number = "SH1-WO-2026-999999"
    with pytest.raises(IntegrityError), transaction.atomic():
        paper.save()


@pytest.mark.django_db(transaction=True)
def test_test_databases_can_still_be_emptied(paper):
    """The end of this test truncates or deletes; it fails there if the triggers stood in the way."""
    assert IssuedDocument.objects.count() == 1
