"""R15: whatever the database's owner does to the audit, with the triggers taken away, audit_verify finds it."""

import importlib
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from dealership.audit import operations, seals, verify
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from dealership.staff.models import User
from dealership.staff.roles import Role
from tests import factories
from tests.audit.ledger import AT, written
from tests.worlds import built_once, undone

pytestmark = pytest.mark.django_db
TRIES = 500
LENGTH = 8  # of each of the two chains
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A store's chain and the group's, sealed; the database's owner has taken triggers and constraints away."""
    with built_once(django_db_blocker):
        stores = [factories.store(code="SH1"), None]
        by = [factories.person(role, stores[0]) for role in [Role.SERVICE_ADVISOR, Role.CASHIER]]
        acts = [Act.PAID, Act.REFUNDED, Act.DAY_CLOSED, Act.DISCOUNT_GIVEN]
        for n in range(2 * LENGTH):
            written(
                stores[n % 2], by[n % 2], acts[n % 4], AT + n * timedelta(minutes=1), about=by[0],
                number=f"SH1-ST-2026-{n:06d}", amount_fen=100 * n, method="cash",
            )  # fmt: skip
        for store in stores:
            assert operations.seal(store and store.pk) == LENGTH
        take_away()
        yield stores


def take_away():
    """Let go of what the database itself refuses: only audit_verify stands against its owner."""
    append_only = importlib.import_module("dealership.audit.migrations.0002_append_only")
    append_only.remove(None, type("Editor", (), {"connection": connection, "execute": staticmethod(run)}))
    if connection.vendor == "sqlite":
        for table in append_only.TABLES:
            run(f"ALTER TABLE {table} RENAME TO {table}_before")
            run(f"CREATE TABLE {table} AS SELECT * FROM {table}_before")
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE audit_event DROP CONSTRAINT audit_event_act, DROP CONSTRAINT audit_event_sealed_whole")
    run("ALTER TABLE audit_event DROP CONSTRAINT audit_event_stamped, DROP CONSTRAINT audit_event_stamp_key")
    run("ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_head_whole")
    run("DROP INDEX audit_event_one_at_a_place")


def run(statement, params=None):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def found(*anchors):
    return list(verify.findings(AT + DAY, anchors, Counter()))


# What the owner does. Each returns the anchor that is needed to find it, if one is.


def any_event(dice):
    return dice.choice(list(Event.objects.order_by("pk")))


def another(dice, event, column):
    """Return another value of the same kind for a column."""
    return {
        "store_id": lambda: dice.choice([pk for pk in [*stores(), None] if pk != event.store_id]),
        "act": lambda: dice.choice([act for act in Act.values if act != event.act]),
        "about": lambda: f"{event.about}{dice.randrange(10)}",
        "number": lambda: f"{event.number[:-1]}x",
        "by_id": lambda: dice.choice([pk for pk in [*users(), None] if pk != event.by_id]),
        "at": lambda: event.at + timedelta(microseconds=dice.choice([-1, 1]) * dice.randrange(1, 10**9)),
        "facts": lambda: (
            event.facts | dice.choice([{"amount_fen": event.facts["amount_fen"] + 1}, {"method": "card"}, {"extra": 1}])
        ),
        "nonce": lambda: dice.choice([other for other in nonces() if other != event.nonce]),
        "stamp": lambda: f"{dice.getrandbits(256):064x}",
        "sequence": lambda: dice.choice([event.sequence + dice.choice([-1, 1, 1000]), None]),
        "previous": lambda: f"{dice.getrandbits(256):064x}",
        "hash": lambda: f"{dice.getrandbits(256):064x}",
        "id": lambda: event.pk + 100_000,
    }[column]()


def stores():
    return [pk for pk in Chain.objects.order_by("pk").values_list("store", flat=True) if pk]


def users():
    return list(User.objects.order_by("pk").values_list("pk", flat=True))


def nonces():
    return list(Event.objects.order_by("pk").values_list("nonce", flat=True))


COLUMNS = [field.attname for field in Event._meta.concrete_fields]


def edit(dice):
    """Change one column of one event."""
    event, column = any_event(dice), dice.choice(COLUMNS)
    assert Event.objects.filter(pk=event.pk).update(**{column: another(dice, event, column)}) == 1


def edit_and_hash_anew(dice):
    """Change one event and give it the hash that fits."""
    event, column = any_event(dice), dice.choice(["act", "about", "number", "at", "facts", "by_id"])
    setattr(event, column, another(dice, event, column))
    Event.objects.filter(pk=event.pk).update(**{column: getattr(event, column)}, hash=seals.digest(event))


def rechain(events, head, stamp=True):
    """Give these events their places and hashes anew, in this order; without the key the head keeps its stamp."""
    previous, n = seals.BEGINNING, 0
    for n, event in enumerate(events, 1):
        event.sequence, event.previous = n, previous
        previous = event.hash = seals.digest(event)
        Event.objects.filter(pk=event.pk).update(sequence=n, previous=event.previous, hash=previous)
    Chain.objects.filter(pk=head.pk).update(length=n, last_hash=previous)


def chain_of(dice):
    head = dice.choice(list(Chain.objects.order_by("pk")))
    return head, list(Event.objects.of(head.store_id).sealed().order_by("sequence"))


def edit_and_rechain(dice):
    """Change one event and reckon every hash behind it anew, up to the head."""
    head, events = chain_of(dice)
    event = dice.choice(events)
    event.facts = another(dice, event, "facts")
    Event.objects.filter(pk=event.pk).update(facts=event.facts)
    rechain(events, head)


def delete(dice):
    """Delete some events in a row."""
    _head, events = chain_of(dice)
    start = dice.randrange(len(events))
    gone = [event.pk for event in events[start : start + dice.randrange(1, 4)]]
    assert Event.objects.filter(pk__in=gone)._raw_delete("default") == len(gone)


def delete_and_rechain(dice):
    """Delete one event, close the gap, reckon all hashes and the head anew."""
    head, events = chain_of(dice)
    event = events.pop(dice.randrange(len(events)))
    Event.objects.filter(pk=event.pk)._raw_delete("default")
    rechain(events, head)


def delete_the_end(dice):
    """Cut off the end; the head stays."""
    _head, events = chain_of(dice)
    Event.objects.filter(pk__in=[event.pk for event in events[-dice.randrange(1, LENGTH) :]])._raw_delete("default")


def set_the_head_back(dice):
    """Let the head say less, so that the last events count for nothing."""
    head, events = chain_of(dice)
    last = events[-dice.randrange(2, LENGTH)]
    Chain.objects.filter(pk=head.pk).update(length=last.sequence, last_hash=last.hash)


def roll_back(dice):
    """Put an old state back whole, head and stamp as they were, as from an old backup: only an anchor knows."""
    head, events = chain_of(dice)
    anchor, keep = head.anchor, dice.randrange(1, LENGTH)
    Event.objects.filter(pk__in=[event.pk for event in events[keep:]])._raw_delete("default")
    head.length, head.last_hash = keep, events[keep - 1].hash
    Chain.objects.filter(pk=head.pk).update(
        length=keep, last_hash=head.last_hash, stamp=seals.head_stamp(head), anchored_on=None
    )
    return anchor


def write_anew(dice):
    """Do what only somebody with the database and SECRET_KEY can: a whole chain with one amount changed."""
    head, events = chain_of(dice)
    anchor, event = head.anchor, dice.choice(events)
    event.facts = another(dice, event, "facts")
    event.stamp = seals.stamp(event)
    Event.objects.filter(pk=event.pk).update(facts=event.facts, stamp=event.stamp)
    rechain(events, head)
    head.refresh_from_db()
    Chain.objects.filter(pk=head.pk).update(stamp=seals.head_stamp(head))
    return anchor


def copy_of(event):
    return Event(
        **{name: getattr(event, name) for name in COLUMNS if name != "id"}, id=Event.objects.latest("pk").pk + 1
    )


def insert(dice):
    """Add an event of one's own at the end, with the hash that fits, and move the head."""
    head, events = chain_of(dice)
    forged = copy_of(dice.choice(events))
    forged.facts, forged.stamp = {"amount_fen": 1}, f"{dice.getrandbits(256):064x}"
    forged.sequence, forged.previous = head.length + 1, head.last_hash
    forged.hash = seals.digest(forged)
    forged.save(force_insert=True)
    if dice.random() < 0.5:
        Chain.objects.filter(pk=head.pk).update(length=forged.sequence, last_hash=forged.hash)


def insert_within(dice):
    """Add an event of one's own in the middle and reckon all hashes anew."""
    head, events = chain_of(dice)
    forged = copy_of(dice.choice(events))
    forged.facts, forged.sequence = {"amount_fen": 1}, head.length + 1
    forged.save(force_insert=True)
    events.insert(dice.randrange(len(events)), forged)
    rechain(events, head)


def insert_unsealed(dice):
    """Add an event of one's own and let the desk itself seal it."""
    head, events = chain_of(dice)
    forged = copy_of(dice.choice(events))
    forged.facts, forged.sequence, forged.previous, forged.hash = {"amount_fen": 1}, None, "", ""
    forged.save(force_insert=True)
    assert operations.seal(head.store_id) == 0


def copy(dice):
    """Add a true event a second time and let the desk seal it."""
    head, events = chain_of(dice)
    twin = copy_of(dice.choice(events))
    twin.sequence, twin.previous, twin.hash = None, "", ""
    twin.save(force_insert=True)
    operations.seal(head.store_id)


def swap(dice):
    """Let two events change places."""
    _head, events = chain_of(dice)
    one, other = dice.sample(events, 2)
    for event, place in [(one, other), (other, one)]:
        values = {"sequence": place.sequence}
        if dice.random() < 0.5:
            values |= {"previous": place.previous, "hash": place.hash}
        Event.objects.filter(pk=event.pk).update(**values)


def reorder_and_rechain(dice):
    """Let events change places and reckon all hashes anew."""
    head, events = chain_of(dice)
    before = list(events)
    while events == before:
        dice.shuffle(events)
    rechain(events, head)


def unseal(dice):
    """Take an event out of its place, for the desk to seal it again at the end."""
    head, events = chain_of(dice)
    Event.objects.filter(pk=dice.choice(events).pk).update(sequence=None, previous="", hash="")
    operations.seal(head.store_id)


def spoil_the_head(dice):
    """Change or delete a head."""
    head, _events = chain_of(dice)
    change = dice.choice(["length", "last_hash", "stamp", "gone"])
    if change == "gone":
        Chain.objects.filter(pk=head.pk)._raw_delete("default")
    else:
        value = head.length + 1 if change == "length" else f"{dice.getrandbits(256):064x}"
        Chain.objects.filter(pk=head.pk).update(**{change: value})


WAYS = [
    edit, edit, edit, edit_and_hash_anew, edit_and_rechain, delete, delete_and_rechain, delete_the_end,
    set_the_head_back, roll_back, write_anew, insert, insert_within, insert_unsealed, copy, swap,
    reorder_and_rechain, unseal, spoil_the_head,
]  # fmt: skip


@pytest.mark.clause("A8")
def test_five_hundred_tamperings_are_found(world, monkeypatch):
    monkeypatch.setattr(verify, "WITNESSES", [])  # the chain has to tell by itself
    dice, unseen = random.Random(20261128), []
    for n in range(TRIES):
        way = WAYS[n % len(WAYS)]
        with undone():
            anchor = way(dice)
            if not found(*[anchor] if anchor else []):
                unseen.append(f"{n}: {way.__name__}")
    assert unseen == []


def test_control_an_untouched_chain_is_sound(world):
    assert found(*[head.anchor for head in Chain.objects.all()]) == []


@pytest.mark.parametrize("way", [roll_back, write_anew])
def test_control_a_whole_state_put_in_place_is_found_by_its_anchor_alone(world, way):
    with undone():
        anchor = way(random.Random(7))
        assert found() == []
        assert found(anchor) == [f"anchor {anchor} is in no chain any more: a chain was cut off or written anew."]


def test_control_without_the_stamps_a_chain_written_anew_would_hold(world, monkeypatch):
    """The chain of plain hashes alone does not stand against somebody who reckons them anew."""
    monkeypatch.setattr(seals, "known_stamp", lambda what, text, found: True)
    with undone():
        edit_and_rechain(random.Random(7))
        assert found() == []
