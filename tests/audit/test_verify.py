"""What audit_verify says and how it ends: of chains, of acts against their rows, of anchors."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.test import override_settings

from dealership.audit import operations, seals, verify
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from dealership.customers import operations as customers
from dealership.customers.models import Consent, Customer, Merge
from dealership.paperwork.models import Signature
from tests import factories
from tests.audit.ledger import AT, events, own, seal_all, verified, written
from tests.factories import TUESDAY_NINE, signature_png
from workorders import queries as workorders
from workorders.models import GatePass, Payment, Settlement

pytestmark = [pytest.mark.django_db, pytest.mark.clause("A8")]


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "audit" / "anchors"
    return settings.AUDIT_ANCHORS


@pytest.fixture
def visit(crew):
    """A whole visit, consent and merging of its customer's entries, all sealed."""
    order = factories.released(crew)
    by = crew.service_advisor
    for granted in [True, False]:
        customers.record_consent(
            order.visit.customer, purpose="marketing", channel="sms", granted=granted, by=by, at=TUESDAY_NINE
        )
    twin = factories.customer_with_car(by)[0]
    customers.merge(order.visit.customer, twin, by=crew.after_sales_manager, at=TUESDAY_NINE)
    seal_all()
    return order


def findings():
    lines, code = verified()
    found = [line for line in lines if not line.startswith(("Looked at", "Anchor of", "All is"))]
    assert code == bool(found)
    return found


def test_a_whole_visit_verifies_and_says_what_was_looked_at(visit):
    lines, code = verified()
    count = Event.objects.count()
    acts = Signature.objects.count() + 4 + 1 + 3  # settled, paid, pass issued, used; authorised; consents, merging
    assert lines == [
        f"Looked at {count} events in 2 chains, {acts} acts and 0 anchors.",
        *[f"Anchor of {head.name}: {head.anchor}" for head in Chain.objects.order_by("pk")],
        "All is as the desk wrote it. Keep the anchors where the database's owner cannot reach them.",
    ]
    assert code == 0


def test_erasing_a_person_breaks_nothing(visit):
    """Names and numbers go from his rows; the events hold ids and keyed hashes alone."""
    customer, vehicle = visit.visit.customer, visit.visit.vehicle
    personal = [customer.name, vehicle.plate, *customer.phones.values_list("number", flat=True)]
    told = " ".join(seals.canonical(seals.content(event)) for event in events())
    assert [word for word in personal if word in told or word.removeprefix("+86") in told] == []
    Customer.objects.update(name="—", initials="", email="", notes="")
    customer.phones.all().delete()
    type(vehicle).objects.filter(pk=vehicle.pk).update(plate="")
    assert findings() == []


def test_an_act_without_its_event_is_found(visit):
    """The events of the last moment could go before they are sealed: the rows of their acts still tell."""
    for act in [Act.PAID, Act.SETTLED, Act.PASS_USED, Act.PASS_ISSUED, Act.CONSENT_WITHDRAWN, Act.MERGED]:
        Event.objects.filter(act=act)._raw_delete("default")
    found = [line for line in findings() if "has 0 events" in line]
    payment, settlement, passed = Payment.objects.get(), Settlement.objects.get(), GatePass.objects.get()
    assert [line.split(" ")[0] for line in found] == [
        f"customers.consent:{Consent.objects.get(granted=False).pk}",
        f"customers.merge:{Merge.objects.get().pk}",
        f"workorders.settlement:{settlement.pk}",
        f"workorders.payment:{payment.pk}",
        f"workorders.gatepass:{passed.pk}",
        f"workorders.gatepass:{passed.pk}",
    ]


def test_an_event_without_its_act_is_found(visit, crew):
    payment = Payment.objects.get()
    gone = Payment(pk=payment.pk + 1)
    written(crew.store, crew.cashier, Act.PAID, about=gone)
    seal_all()
    [line] = findings()
    assert line.endswith(f"tells of workorders.payment:{gone.pk}, which is not there.")


@pytest.mark.parametrize(
    ("model", "change", "says"),
    [
        (Payment, {"amount_fen": 19800, "received_fen": 19800}, "says amount_fen 19800, its event 19900."),
        (Payment, {"method": "card"}, "says method card, its event cash."),
        (
            Settlement,
            {"labour_fen": 14900, "total_fen": 19800},
            "says total_fen 19800, its event 19900.",
        ),
        (Signature, {"role": "manager"}, "says role manager, its event customer."),
        (Consent, {"channel": "call"}, "says channel call, its event sms."),
    ],
)
def test_a_row_that_was_changed_behind_its_event_is_found(visit, model, change, says):
    own(model)
    row = model.objects.order_by("pk").first()
    QuerySet(model).filter(pk=row.pk).update(**change)
    assert any(line.endswith(says) for line in findings())


def test_an_act_told_twice_is_found(visit, crew):
    written(crew.store, crew.cashier, Act.MERGED, about=Merge.objects.get())
    seal_all()
    [line] = findings()
    assert "has 2 events “merged” where there is to be one." in line


def test_acts_older_than_the_audit_have_no_event(crew):
    order = factories.settled(crew)
    Event.objects.all()._raw_delete("default")
    assert findings() == []
    written(crew.store, crew.cashier, at=TUESDAY_NINE + timedelta(days=1))
    seal_all()
    assert findings() == []
    assert order.settlements.exists()


def test_an_event_that_waits_too_long_for_its_seal_is_said(store, advisor, time_machine):
    written(store, advisor)
    time_machine.move_to(AT + timedelta(minutes=4), tick=False)
    assert findings() == []
    time_machine.move_to(AT + timedelta(minutes=6), tick=False)
    [line] = findings()
    assert "waits for its seal since 2026-11-24 01:00 UTC" in line


def test_anchors_given_and_kept_are_looked_for(store, advisor, kept):
    written(store, advisor)
    operations.sweep(AT)
    first = Chain.objects.get().anchor
    written(store, advisor)
    operations.sweep(AT + timedelta(hours=1))
    operations.sweep(AT + timedelta(days=1))
    second = Chain.objects.get().anchor
    assert kept.read_text().splitlines() == [f"2026-11-24 SH1 {first}", f"2026-11-25 SH1 {second}"]
    lines, code = verified(first)
    assert (lines[0], code) == ("Looked at 2 events in 1 chains, 0 acts and 3 anchors.", 0)
    for wrong in ["2:" + "a" * 64, "1:abc", "x"]:
        lines, code = verified(wrong)
        assert code == 1
        assert wrong in lines[0]


def test_a_key_that_was_changed_is_still_known_as_a_fallback(store, advisor):
    written(store, advisor)
    seal_all()
    old = seals.settings.SECRET_KEY
    with override_settings(SECRET_KEY="another " * 8):
        assert len(findings()) == 2  # the event's stamp and the head's
    with override_settings(SECRET_KEY="another " * 8, SECRET_KEY_FALLBACKS=[old]):
        assert findings() == []
        written(store, advisor)
        seal_all()
        assert findings() == []


def test_a_chain_is_read_in_chunks(store, advisor, monkeypatch):
    monkeypatch.setattr(verify, "CHUNK", 3)
    for _n in range(10):
        written(store, advisor)
    seal_all()
    assert findings() == []
    assert len(list(verify.chunked(range(10)))) == 4


def test_a_drawn_signature_replaced_behind_the_desk_can_be_told_by_its_event(visit):
    [event] = [
        event for event in events(Act.SIGNED) if event.facts["document"] == workorders.money.sheet_of(visit).sheet_id
    ]
    assert event.facts["drawn"] == seals.keyed(signature_png())
    assert event.facts["drawn"] != seals.keyed(signature_png() + b"x")


@pytest.mark.parametrize(("gone", "says"), [([3], "event 3 is missing"), ([3, 4], "events 3 to 4 are missing")])
def test_a_gap_is_named_by_its_places(store, advisor, gone, says):
    for _n in range(5):
        written(store, advisor)
    seal_all()
    Event.objects.filter(sequence__in=gone)._raw_delete("default")
    assert findings() == [f"SH1: {says}: deleted."]
