"""Asking the customer to sign: the straight way, the two ways out with a witness, and signing later after all."""

import base64
import importlib
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from dealership.paperwork import operations
from dealership.paperwork.forms import SigningForm
from dealership.paperwork.kinds import Role
from dealership.paperwork.models import Signature
from dealership.paperwork.operations import Outcome
from dealership.staff.roles import Role as StaffRole
from dealership.workflow import NotAllowed
from tests.faults.crowd import at_once
from tests.paperwork.conftest import AT, drawn, person

LATER = AT + timedelta(days=1)
DRAWN = "data:image/png;base64," + base64.b64encode(drawn()).decode()


def settle(paper, outcome, by, at=AT):
    return operations.settle_signature(paper, outcome, role=Role.CUSTOMER, by=by, at=at)


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


@pytest.fixture
def absent(paper, advisor, technician):
    outcome = Outcome("王芳", unsigned="absent", reason="key box, came at night", witness=technician)
    return settle(paper, outcome, advisor)


def form(advisor, store, ways=("refused", "absent"), **typed):
    return SigningForm({"signer_name": "王芳", **typed}, store=store, by=advisor, unsigned=ways)


def test_form_signed_here_is_the_straight_way(advisor, store):
    signed = form(advisor, store, signature=DRAWN)
    assert signed.is_valid(), signed.errors
    outcome = signed.outcome()
    assert outcome.image.startswith(b"\x89PNG")
    assert (outcome.signer_name, outcome.unsigned, outcome.reason, outcome.witness) == ("王芳", "", "", None)


def test_form_forgets_reason_and_witness_of_a_way_out_not_taken(advisor, store, technician):
    signed = form(advisor, store, signature=DRAWN, reason="thought about it", witness=technician.pk)
    assert signed.is_valid()
    assert (signed.outcome().reason, signed.outcome().witness) == ("", None)


@pytest.mark.parametrize("way", ["refused", "absent"])
def test_form_without_signature_names_the_way_the_reason_and_the_witness(advisor, store, technician, way):
    unsigned = form(advisor, store, unsigned=way, reason="in a hurry", witness=technician.pk)
    assert form(advisor, store).errors.keys() == {"signature"}
    assert form(advisor, store, unsigned=way).errors.keys() == {"reason", "witness"}
    assert unsigned.is_valid(), unsigned.errors
    assert unsigned.outcome() == Outcome("王芳", b"", way, "in a hurry", technician)


def test_form_does_not_guess_what_is_meant_by_a_signature_and_a_refusal(advisor, store, technician):
    both = form(advisor, store, unsigned="refused", reason="no", witness=technician.pk, signature=DRAWN)
    assert both.errors.keys() == {"unsigned"}


@pytest.mark.parametrize("ways", [(), ("absent",)])
def test_form_offers_only_the_ways_the_store_allows_here(advisor, store, technician, ways):
    refused = form(advisor, store, ways, unsigned="refused", reason="no", witness=technician.pk)
    assert not refused.is_valid()
    assert ("unsigned" in refused.fields) == bool(ways)


def test_form_offers_as_witness_only_colleagues_at_work_in_the_store(advisor, store, technician, stranger):
    gone = person("gone", "Gone", StaffRole.TECHNICIAN, store)
    gone.is_active = False
    gone.save()
    assert list(form(advisor, store).fields["witness"].queryset) == [technician]


@pytest.mark.parametrize("typed", [{"signature": "junk"}, {"unsigned": "later"}, {"witness": "x"}])
def test_form_refuses_what_no_screen_sends(advisor, store, typed):
    assert form(advisor, store, **{"signature": DRAWN, **typed}).errors


def test_settle_puts_the_picture_under_the_paper(advisor, paper):
    signature = settle(paper, Outcome("王芳", drawn()), advisor)
    assert (bytes(signature.image), signature.unsigned) == (drawn(), "")
    assert operations.verify(paper)


def test_settle_keeps_why_nobody_signed(absent, paper, technician):
    kept = paper.signatures.get()
    assert (kept.unsigned, kept.reason, kept.witness) == ("absent", "key box, came at night", technician)
    assert (kept.image, kept.fingerprint) == (None, paper.fingerprint)


def test_settle_refuses_a_witness_who_saw_nothing(advisor, stranger, technician, paper):
    gone = person("gone", "Gone", StaffRole.TECHNICIAN, paper.store)
    gone.is_active = False
    gone.save()
    for witness in [None, advisor, stranger, gone]:
        with pytest.raises(NotAllowed, match="witness"):
            settle(paper, Outcome("王芳", unsigned="refused", reason="no", witness=witness), advisor)
    assert not paper.signatures.exists()
    settle(paper, Outcome("王芳", unsigned="refused", reason="no", witness=technician), advisor)  # the one who did


@pytest.mark.parametrize("outcome", [Outcome("王芳"), Outcome("王芳", unsigned="refused", reason=" ")])
def test_settle_refuses_neither_signature_nor_reason(advisor, paper, outcome):
    with pytest.raises(NotAllowed):
        settle(paper, outcome, advisor)


def test_pressing_twice_records_a_refusal_once(absent, paper, advisor, technician):
    with pytest.raises(NotAllowed, match="recorded already"):
        settle(paper, Outcome("王芳", unsigned="refused", reason="no", witness=technician), advisor)
    assert paper.signatures.count() == 1


def test_nobody_refuses_what_is_signed(advisor, technician, paper):
    settle(paper, Outcome("王芳", drawn()), advisor)
    with pytest.raises(NotAllowed, match="signed already"):
        settle(paper, Outcome("王芳", unsigned="refused", reason="no", witness=technician), advisor)


def test_customer_signs_later_under_the_same_fingerprint(absent, paper, advisor):
    signature = operations.sign_later(paper, Outcome("王芳", drawn()), by=advisor, at=LATER)
    assert signature.fingerprint == absent.fingerprint == paper.fingerprint
    assert [bool(one.unsigned) for one in paper.signatures.all()] == [True, False]
    with pytest.raises(NotAllowed, match="signed already"):
        operations.sign_later(paper, Outcome("王芳", drawn()), by=advisor, at=LATER)


def test_signing_later_is_for_papers_left_open_and_for_those_who_may(absent, paper, advisor, technician, store):
    with pytest.raises(NotAllowed, match="role"):
        operations.sign_later(paper, Outcome("王芳", drawn()), by=technician, at=LATER)
    other = operations.issue(store=store, kind="order", content={"title": "X"}, language="en", by=advisor, at=AT)
    with pytest.raises(NotAllowed, match="No signature is missing"):
        operations.sign_later(other, Outcome("王芳", drawn()), by=advisor, at=LATER)


def test_paper_left_open_offers_to_sign_now(client, advisor, absent, paper):
    client.force_login(advisor)
    address, sign = reverse("paperwork:document", args=[paper.pk]), reverse("paperwork:sign", args=[paper.pk])
    assert sign in client.get(address).content.decode()
    page = client.get(sign).content.decode()
    assert "key box, came at night" in page
    assert "<details" not in page  # nothing to refuse any more
    missing = client.post(sign, {"signer_name": "王芳的丈夫"})
    assert missing.status_code == 422
    assert "王芳的丈夫" in missing.content.decode()
    assert client.post(sign, {"signer_name": "王芳", "signature": DRAWN}).status_code == 302
    assert sign not in client.get(address).content.decode()
    assert client.post(sign, {"signer_name": "王芳", "signature": DRAWN}).status_code == 409
    assert paper.signatures.filter(unsigned="").count() == 1


def test_signed_paper_asks_for_no_signature(client, advisor, paper):
    settle(paper, Outcome("王芳", drawn()), advisor)
    client.force_login(advisor)
    sign = reverse("paperwork:sign", args=[paper.pk])
    assert sign not in client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert client.get(sign).status_code == 302


def test_cashier_reads_but_does_not_take_signatures(client, store, absent, paper):
    client.force_login(person("qian", "Qian", StaffRole.CASHIER, store))
    assert client.get(reverse("paperwork:sign", args=[paper.pk])).status_code == 403


def test_cashier_reads_the_papers_of_his_desk_alone(client, advisor, store, paper):
    client.force_login(person("qian", "Qian", StaffRole.CASHIER, store))
    assert client.get(reverse("paperwork:document", args=[paper.pk])).status_code == 404
    given = operations.issue(
        store=store, kind="gate_pass", content={"title": "Gate pass"}, language="en", by=advisor, at=paper.issued_at
    )
    assert client.get(reverse("paperwork:document", args=[given.pk])).status_code == 200


def test_part_hides_the_ways_out_until_one_is_taken(advisor, store):
    def shown(filled):
        return render_to_string("paperwork/_signing.html", {"form": filled})

    fresh = shown(SigningForm(store=store, by=advisor))
    assert '<details class="signature-ways">' in fresh
    assert '<details class="signature-ways" open>' in shown(form(advisor, store, unsigned="absent"))
    assert "<details" not in shown(SigningForm(store=store, by=advisor, unsigned=()))


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_in_the_same_moment_sign_once(paper, advisor):
    brought = at_once(2, lambda n: settle(paper, Outcome(f"王芳{n}", drawn()), advisor))
    assert sorted(type(one).__name__ for one in brought) == ["NotAllowed", "Signature"]
    assert paper.signatures.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_both_would_have_signed(paper, advisor):
    with without_index("paperwork_signed_once_per_role"):
        at_once(2, lambda n: settle(paper, Outcome(f"王芳{n}", drawn()), advisor))
        assert paper.signatures.count() == 2


@contextmanager
def without_index(name):
    """As crowd.without_constraint, for rows that no model deletes and no trigger lets go one by one."""
    index = next(constraint for constraint in Signature._meta.constraints if constraint.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Signature, index)
    try:
        yield
    finally:
        postgres = connection.vendor == "postgresql"
        with connection.cursor() as cursor:  # issue slips hold on to their signatures: they go with them
            cursor.execute("TRUNCATE paperwork_signature CASCADE" if postgres else "DELETE FROM paperwork_signature")
        with connection.schema_editor() as editor:
            editor.add_constraint(Signature, index)


@pytest.mark.django_db(transaction=True)
def test_migration_keeps_old_refusals_and_the_triggers(paper, advisor):
    """There and back through 0003 alone, with a refusal an older desk recorded."""
    loader = MigrationLoader(connection)
    before = loader.project_state(("paperwork", "0002_immutable"))
    signing = loader.get_migration("paperwork", "0003_signing")
    with connection.schema_editor() as editor:
        signing.unapply(before.clone(), editor)
    before.apps.get_model("paperwork", "Signature").objects.create(
        document_id=paper.pk, role="customer", signer_name="王芳", fingerprint=paper.fingerprint, signed_at=AT,
        taken_by_id=advisor.pk, refused=True, reason="no",
    )  # fmt: skip
    with connection.schema_editor() as editor:
        signing.apply(before.clone(), editor)
    assert paper.signatures.get().unsigned == "refused"
    for table in importlib.import_module("dealership.paperwork.migrations.0002_immutable").TABLES:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET fingerprint = 'forged'")
