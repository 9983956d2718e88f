"""Sealing: right after the commit, in order, once; what was left by a killed process later; what is not ours never."""

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction

from dealership.audit import operations, seals, tasks
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from dealership.celery import app
from tests import factories
from tests.audit.ledger import AT, events, verified, written


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors"
    return settings.AUDIT_ANCHORS


@pytest.mark.django_db(transaction=True)
def test_an_event_is_sealed_once_its_act_is_committed(store, advisor):
    with transaction.atomic():
        first = operations.record(Act.PAID, about=store, store=store, by=advisor, at=AT, amount_fen=1)
        second = operations.record(Act.PAID, about=store, store=store, by=advisor, at=AT, amount_fen=2)
        assert first.sequence is second.sequence is None
        assert not Event.objects.sealed().exists()
    assert [(event.pk, event.sequence) for event in events()] == [(first.pk, 1), (second.pk, 2)]
    one, two = events()
    assert (one.previous, two.previous) == (seals.BEGINNING, one.hash)
    assert Chain.objects.get().anchor == f"2:{two.hash}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.logs_error("on_commit")
def test_an_act_stands_though_its_sealing_fails_and_the_sweep_makes_up_for_it(store, advisor, monkeypatch):
    def broken(store):
        raise OperationalError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "held", broken)
        written(store, advisor)
    assert [event.sequence for event in events()] == [None]
    assert operations.sweep(AT) == 1
    assert [event.sequence for event in events()] == [1]
    assert operations.sweep(AT) == 0


@pytest.mark.django_db
def test_each_store_and_the_group_have_a_chain_of_their_own(store, advisor):
    other = factories.store(code="SH2")
    for at_store in [store, other, store, None, None]:
        written(at_store, advisor)
    assert operations.sweep(AT) == 5
    assert [event.sequence for event in events()] == [1, 1, 2, 1, 2]
    assert sorted((head.name, head.length) for head in Chain.objects.all()) == [("SH1", 2), ("SH2", 1), ("group", 2)]
    assert verified()[1] == 0


@pytest.mark.django_db
def test_more_than_one_batch_is_sealed_whole(store, advisor, monkeypatch):
    monkeypatch.setattr(operations, "BATCH", 3)
    for _n in range(8):
        written(store, advisor)
    assert operations.seal(store.pk) == 8
    assert [event.sequence for event in events()] == list(range(1, 9))


@pytest.mark.django_db
def test_what_the_desk_did_not_write_is_never_sealed(store, advisor):
    written(store, advisor)
    forged = Event.objects.get()
    forged.pk, forged.stamp, forged.facts = None, "0" * 64, {"amount_fen": 1}
    forged.save(force_insert=True)
    assert operations.seal(store.pk) == 1
    assert operations.seal(store.pk) == 0
    lines, code = verified()
    assert (lines[0], code) == (
        f"unsealed event with id {forged.pk} was not written by the desk as it stands.", 1,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_sweep_writes_one_anchor_a_day_in_the_stores_own_zone(advisor, kept, time_machine):
    ahead = factories.store(code="NZ1", time_zone="Pacific/Auckland")
    written(ahead, advisor)
    for hour in [0, 10, 12]:  # in Auckland the day ends at 11:00 UTC, also across its change of clocks
        time_machine.move_to(AT.replace(hour=0) - timedelta(hours=16) + timedelta(hours=hour), tick=False)
        tasks.sweep()
    days = [line.split()[:2] for line in kept.read_text().splitlines()]
    assert days == [["2026-11-23", "NZ1"], ["2026-11-24", "NZ1"]]


def test_the_clock_knows_the_sweep():
    assert "audit.sweep" in {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.django_db
def test_the_canonical_form_is_written_down_for_good(store):
    """Whoever changes one sign of it makes every chain ever sealed unreadable."""
    event = Event(
        id=7, store_id=3, act=Act.PAID, about="workorders.payment:5", number="SH1-ST-2026-000001", by_id=None, at=AT,
        facts={"method": "cash", "amount_fen": 19900, "told": None}, nonce="0" * 8 + "-0000-4000-8000-" + "0" * 12,
        stamp="s", sequence=1, previous=seals.BEGINNING,
    )  # fmt: skip
    assert seals.canonical(seals.content(event)) == (
        '{"about":"workorders.payment:5","act":"paid","at":"2026-11-24T01:00:00.000000Z","by":null,'
        '"facts":{"amount_fen":19900,"method":"cash","told":null},"nonce":"00000000-0000-4000-8000-000000000000",'
        '"number":"SH1-ST-2026-000001","store":3}'
    )
    assert seals.digest(event) == "05052a8abf75d3de99d896f4d3cbdd3787ff567cd177ee5b388312ad48a9858e"
