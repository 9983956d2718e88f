"""The database itself lets the audit only grow; the models refuse as well."""

import importlib

import pytest
from django.db import IntegrityError, connection, transaction

from dealership.audit import operations
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from dealership.workflow import NotAllowed
from tests.audit.ledger import AT, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(store, advisor):
    """Two sealed events and a third that is not, in a database that refuses all a desk's own refuses."""
    append_only = importlib.import_module("dealership.audit.migrations.0002_append_only")
    for statement in append_only.SQLITE if connection.vendor == "sqlite" else [append_only.POSTGRESQL]:
        execute(statement)
    append_only.keep(Editor)
    for _n in range(2):
        written(store, advisor)
    operations.seal(store.pk)
    written(store, advisor)
    return Event.objects.order_by("pk").first()


class Editor:
    """Runs statements within the test's own transaction, which a schema editor would not."""

    connection = connection

    @staticmethod
    def execute(statement, params=None):
        execute(statement)


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


REFUSED = {
    "an event is edited": "UPDATE audit_event SET number = 'forged' WHERE sequence = 1",
    "its facts are edited": "UPDATE audit_event SET facts = '{}' WHERE sequence = 1",
    "an event is unsealed": "UPDATE audit_event SET sequence = NULL, previous = '', hash = '' WHERE sequence = 2",
    "an event is sealed anew": "UPDATE audit_event SET sequence = 9, previous = 'a', hash = 'b' WHERE sequence = 2",
    "an unsealed event is edited": "UPDATE audit_event SET number = 'forged' WHERE sequence IS NULL",
    "an event is edited while it is sealed": (
        "UPDATE audit_event SET number = 'forged', sequence = 3, previous = 'a', hash = 'b' WHERE sequence IS NULL"
    ),
    "an event is deleted": "DELETE FROM audit_event WHERE sequence = 2",
    "an unsealed event is deleted": "DELETE FROM audit_event WHERE sequence IS NULL",
    "all events are deleted": "DELETE FROM audit_event",
    "an event comes in sealed": (
        "INSERT INTO audit_event (store_id, act, about, number, at, facts, nonce, stamp, sequence, previous, hash) "
        "SELECT store_id, act, about, number, at, facts, nonce, 'forged', 3, 'a', 'b' FROM audit_event LIMIT 1"
    ),
    "a head goes back": "UPDATE audit_chain SET length = 1",
    "a head is edited": "UPDATE audit_chain SET last_hash = 'forged'",
    "a head is deleted": "DELETE FROM audit_chain",
}


@pytest.mark.clause("A8")
@pytest.mark.parametrize("attempt", REFUSED)
def test_the_database_refuses(sealed, attempt):
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        execute(REFUSED[attempt])


def test_postgresql_refuses_to_empty_the_tables(sealed):
    """SQLite knows no TRUNCATE; there the refused DELETE is the same."""
    statement = "TRUNCATE {}, {}" if connection.vendor == "postgresql" else "DELETE FROM {}"
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")  # what still waits to be checked would be refused first
    for tables in [("audit_event", "audit_chain"), ("audit_chain", "audit_event")]:
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            execute(statement.format(*tables))


def test_sealing_goes_on_under_the_triggers(sealed, store, advisor):
    assert operations.seal(store.pk) == 1
    assert written(store, advisor).pk
    assert operations.seal(store.pk) == 1
    assert Chain.objects.get().length == Event.objects.sealed().count() == 4


def test_models_refuse_to_delete(sealed):
    for attempt in [sealed.delete, Event.objects.all().delete, Chain.objects.get().delete, Chain.objects.all().delete]:
        with pytest.raises(NotAllowed):
            attempt()
    assert Event.objects.count() == 3


def test_the_migrated_database_has_the_triggers():
    """A later migration that rebuilds a table on SQLite has to put them back."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid IN ('audit_event'::regclass, 'audit_chain'::regclass) "
        "AND NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        found = {name for (name,) in cursor.fetchall()}
    wanted = {"audit_event_grows", "audit_chain_grows"}
    assert found >= wanted | ({"audit_event_comes_unsealed"} if connection.vendor == "sqlite" else set())


def test_the_database_knows_each_act_and_no_other(store, advisor):
    for act in Act:
        written(store, advisor, act)
    with pytest.raises(IntegrityError), transaction.atomic():
        written(store, advisor, "else")
    assert {event.at for event in Event.objects.all()} == {AT}
