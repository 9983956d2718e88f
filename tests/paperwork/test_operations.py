"""Issuing, signing, refusing to sign, and finding out that something was changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy

from dealership.paperwork import content, operations
from dealership.paperwork.kinds import LETTERS, Kind, Role
from dealership.paperwork.models import IssuedDocument, Signature
from dealership.workflow import NotAllowed
from tests.paperwork.conftest import AT, CONTENT, drawn


@pytest.mark.clause("F7")
def test_issue_freezes_content_number_and_letterhead(store, advisor, paper):
    paper.refresh_from_db()
    assert paper.number == "SH1-WO-2026-000001"
    assert paper.content["tables"] == CONTENT["tables"]
    letterhead = {"name": "Pudong Motors", "address": "1 Century Avenue", "phone": "021-5555 0100", "brand": ""}
    assert paper.content["store"] == letterhead
    assert ["Issued by", "Li Na"] in paper.content["issue"]
    assert operations.verify(paper)


def test_issue_counts_the_year_in_the_stores_zone(store, advisor):
    new_year = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)  # five past midnight in Shanghai
    paper = operations.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=new_year)
    assert paper.number == "SH1-WO-2027-000001"


def test_issue_with_a_number_of_its_own_takes_none(store, advisor):
    operations.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=AT, number="SH1-7")
    paper = operations.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=AT)
    assert paper.number == "SH1-WO-2026-000001"


def test_issue_twice_with_one_number_is_refused_by_the_database(store, advisor, paper):
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.issue(
            store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=AT, number=paper.number
        )


def test_issue_translates_lazy_labels_into_the_papers_language(store):
    lazy = {"title": gettext_lazy("Yes"), "fields": [[gettext_lazy("No"), "-"]]}  # words Django itself translates
    paper = operations.issue(store=store, kind=Kind.INTAKE, content=lazy, language="zh-hans", by=None, at=AT)
    paper.refresh_from_db()
    assert (paper.title, paper.content["fields"]) == ("是", [["否", "-"]])


@pytest.mark.parametrize(
    "unfit",
    [
        {"fields": []},
        {"title": "X", "colour": "red"},
        {"title": "X", "fields": [["Mileage", 23410]]},
        {"title": "X", "fields": [["Mileage", 1.5]]},
        {"title": "X", "fields": [["Mileage"]]},
        {"title": "X", "notes": [["nested"]]},
        {"title": "X", "tables": [{"rows": [["a"]]}]},
        {"title": "X", "tables": [{"columns": ["A", "B"], "rows": [["only one"]]}]},
        {"title": "X", "tables": [{"columns": ["A"], "sums": []}]},
        {"title": "X", "notes": [AT]},
    ],
)
def test_issue_refuses_content_no_template_could_print(store, advisor, unfit):
    with pytest.raises(content.ContentUnfit):
        operations.issue(store=store, kind=Kind.ORDER, content=unfit, language="en", by=advisor, at=AT)
    assert not IssuedDocument.objects.exists()


def test_fingerprint_survives_the_database_and_tells_every_part(store, advisor, paper):
    kept = IssuedDocument.objects.get()
    assert operations.fingerprint(kept) == paper.fingerprint
    for name, value in {
        "number": "SH1-WO-2026-000002",
        "kind": Kind.SETTLEMENT,
        "language": "zh-hans",
        "issued_at": AT + timedelta(seconds=1),
        "content": {**kept.content, "title": "Work Order"},
    }.items():
        changed = IssuedDocument.objects.get()
        setattr(changed, name, value)
        assert operations.fingerprint(changed) != paper.fingerprint, name


@pytest.mark.clause("2.2.11.10", "2.2.11.15", "2.6.7.2")
def test_sign_keeps_picture_name_and_moment_under_the_fingerprint(advisor, paper):
    operations.sign(paper, role=Role.CUSTOMER, signer_name=" 王芳 ", image=drawn(), by=advisor, at=AT)
    signature = paper.signatures.get()
    assert bytes(signature.image) == drawn()
    assert (signature.signer_name, signature.signed_at, signature.taken_by) == ("王芳", AT, advisor)
    assert signature.fingerprint == paper.fingerprint
    assert operations.verify(paper)


def test_sign_twice_in_one_role_is_refused_with_a_sentence(advisor, paper):
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    with pytest.raises(NotAllowed, match=r"."):
        operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    operations.sign(paper, role=Role.INSPECTOR, signer_name="Li", image=drawn(), by=advisor, at=AT)
    assert paper.signatures.count() == 2


def test_refused_signature_is_kept_with_reason_and_witness(advisor, technician, paper):
    operations.refuse_signature(
        paper,
        role=Role.CUSTOMER,
        signer_name="王芳",
        reason="wants the scratch listed",
        by=advisor,
        at=AT,
        witness=technician,
    )
    refusal = paper.signatures.get()
    assert (refusal.unsigned, refusal.image, refusal.witness) == ("refused", None, technician)
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)  # thought better
    assert paper.signatures.count() == 2


def test_refused_signature_needs_a_reason(advisor, technician, paper):
    with pytest.raises(NotAllowed, match=r"."):
        operations.refuse_signature(
            paper, role=Role.CUSTOMER, signer_name="王芳", reason="  ", by=advisor, at=AT, witness=technician
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"image": None},
        {"unsigned": "refused", "reason": "no"},
        {"unsigned": "refused", "image": None},
        {"unsigned": "asleep", "image": None, "reason": "no"},
        {"role": "passer-by"},
    ],
)
def test_database_refuses_a_signature_that_is_neither_drawn_nor_refused(advisor, paper, wrong):
    whole = {"role": Role.CUSTOMER, "image": drawn(), "signer_name": "王芳", "fingerprint": paper.fingerprint}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(document=paper, signed_at=AT, taken_by=advisor, **{**whole, **wrong})


def test_verify_finds_a_paper_changed_behind_the_triggers(paper):
    """Whoever owns the database can take the trigger away; the fingerprint still tells."""
    with transaction.atomic(), connection.cursor() as cursor:
        on_table = " ON paperwork_issueddocument" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER paperwork_issueddocument_kept{on_table}")
        IssuedDocument.objects.filter(pk=paper.pk).update(content={**paper.content, "notes": ["Old parts: dispose"]})
        found = operations.verify(IssuedDocument.objects.get())
        transaction.set_rollback(True)
    assert found is False
    assert operations.verify(IssuedDocument.objects.get())


def test_every_kind_has_its_letters():
    assert set(LETTERS) == set(Kind)
    assert len(set(LETTERS.values())) == len(Kind)
