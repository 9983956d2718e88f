"""Many acts at one store in the same moment: one chain, no gap, no fork; and killed at any point: no act without its
event, no event without its act."""

import signal
import subprocess
import sys
import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dealership.audit import operations, seals
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from tests import factories
from tests.audit.ledger import AT, verified
from tests.faults.crowd import at_once
from tests.outbox.processes import ROOT, environment
from workorders import queries
from workorders.models import Payment
from workorders.operations import cashier

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD, ACTS = 8, 12


@pytest.fixture(autouse=True)
def _no_anchors(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors"


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


def write(store, by, rolled_back=False):
    with transaction.atomic():
        operations.record(Act.PAID, about=store, store=store, by=by, at=AT, amount_fen=1)
        transaction.set_rollback(rolled_back)


def chain():
    """Return the places and the links of the chain as they stand."""
    sealed = Event.objects.sealed().order_by("sequence")
    return [event.sequence for event in sealed], [event.previous for event in sealed]


@pytest.mark.clause("A8")
def test_eight_writers_make_one_chain_without_gap_or_fork(crew):
    store, by = crew.store, crew.cashier
    before = Event.objects.count()

    def writer(n):
        for m in range(ACTS):
            write(store, by, rolled_back=(n + m) % 6 == 0)

    at_once(CROWD, writer)
    kept = sum((n + m) % 6 != 0 for n in range(CROWD) for m in range(ACTS))
    assert Event.objects.count() == before + kept
    assert not Event.objects.unsealed().exists()  # whoever held the head has looked again
    places, links = chain()
    assert places == list(range(1, kept + 1))
    assert len(set(links)) == kept
    assert Chain.objects.get(store=store).length == kept
    assert verified()[1] == 0


@pytest.fixture
def waiting(crew):
    """Events nobody has sealed yet, as killed processes leave them."""
    for _n in range(CROWD):
        event = Event(store=crew.store, act=Act.PAID, about="x:1", at=AT, facts={})
        event.stamp = seals.stamp(event)
        event.save(force_insert=True)
    Chain.objects.create(store=crew.store)
    return crew.store


def test_many_sweeps_at_once_seal_each_event_once(waiting):
    sealed = at_once(CROWD, lambda _n: operations.sweep(AT))
    assert sum(sealed) == CROWD
    assert chain()[0] == list(range(1, CROWD + 1))
    assert verified()[1] == 0


def look_first(refuse):
    """Let every sealer read head and events before anybody writes, holding nothing; return who wrote what."""
    looked, wrote = threading.Barrier(CROWD), []

    def naive(n):
        head = Chain.objects.get()
        event = Event.objects.unsealed().order_by("pk")[n]
        looked.wait(60)
        event.sequence, event.previous = head.length + 1, head.last_hash or seals.BEGINNING
        event.hash = seals.digest(event)
        wrote.append((event.sequence, event.previous))
        if refuse:
            place = {"sequence": event.sequence, "previous": event.previous, "hash": event.hash}
            try:
                return Event.objects.filter(pk=event.pk).update(**place)
            except IntegrityError:
                return 0
        return 1

    return sum(at_once(CROWD, naive)), wrote


def test_control_without_the_lock_every_sealer_takes_the_same_place(waiting):
    _done, wrote = look_first(refuse=False)
    assert len(wrote) == CROWD
    assert set(wrote) == {(1, seals.BEGINNING)}  # a chain with eight heads


def test_the_database_itself_keeps_one_of_those(waiting):
    done, _wrote = look_first(refuse=True)
    assert done == Event.objects.sealed().count() == 1


def test_two_cashiers_at_once_leave_one_event_for_the_one_payment(crew):
    sheet, by = queries.money.sheet_of(factories.settled(crew)), crew.cashier

    def press(_n):
        return cashier.pay(sheet, method="card", received_fen=sheet.total_fen, request_key=uuid4(), by=by, at=AT)

    at_once(CROWD, press)
    assert Payment.objects.count() == Event.objects.filter(act=Act.PAID).count() == 1
    assert verified()[1] == 0


KILLED = """
import os, signal, sys
from unittest import mock
from uuid import uuid4
import django
django.setup()
from django.db import transaction
from dealership.audit import operations
from dealership.staff.models import User
from tests.audit.ledger import AT
from workorders.models import Settlement
from workorders.operations import cashier

point, pk, by = sys.argv[1:]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

place = {
    "before its event": (operations, "record"),
    "before the commit": (cashier.gate, "keep_pass"),
    "before its sealing": (operations, "seal"),
    "while it is sealed": (operations.Chain.objects, "filter"),
}[point]
with mock.patch.object(*place, die):
    cashier.pay(
        Settlement.objects.get(pk=pk), method="card", received_fen=19900, request_key=uuid4(),
        by=User.objects.get(pk=by), at=AT,
    )
"""


@pytest.mark.clause("A8")
@pytest.mark.parametrize(
    ("point", "paid"),
    [
        ("before its event", False),
        ("before the commit", False),
        ("before its sealing", True),
        ("while it is sealed", True),
    ],
)
def test_killed_there_is_no_act_without_its_event_and_no_event_without_its_act(crew, point, paid):
    sheet, by = queries.money.sheet_of(factories.settled(crew)), crew.cashier
    done = subprocess.run(
        [sys.executable, "-c", KILLED, point, str(sheet.pk), str(by.pk)],
        cwd=ROOT, env=environment(0) | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    told = Event.objects.filter(act=Act.PAID)
    assert Payment.objects.count() == told.count() == paid
    assert told.filter(sequence=None).count() == paid  # nobody has sealed it
    operations.sweep(AT)
    assert not Event.objects.unsealed().exists()
    assert verified()[1] == 0
