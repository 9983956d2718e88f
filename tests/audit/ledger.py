"""Events as tests write and read them, and audit_verify as somebody at a terminal runs it."""

import io

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from dealership.audit import operations
from dealership.audit.acts import Act
from dealership.audit.models import Event
from tests.factories import TUESDAY_NINE as AT


def written(store, by, act=Act.DAY_CLOSED, at=AT, about=None, number="SH1-ST-2026-000001", **facts):
    """Write an event about the store itself, where no other row is of interest."""
    with transaction.atomic():
        return operations.record(act, about=about or store or by, store=store, by=by, at=at, number=number, **facts)


def seal_all():
    for store in set(Event.objects.unsealed().values_list("store", flat=True)):
        operations.seal(store)


def events(*acts):
    """Return the events of these acts, or all, as they were written."""
    found = Event.objects.order_by("pk")
    return list(found.filter(act__in=acts) if acts else found)


def verified(*anchors):
    """Return what audit_verify finds, line by line, and what it exits with."""
    out, code = io.StringIO(), 0
    try:
        call_command("audit_verify", *[f"--anchor={anchor}" for anchor in anchors], stdout=out)
    except CommandError as error:
        code = error.returncode
    return out.getvalue().splitlines(), code


def own(model):
    """Take away what refuses to change a table, as its owner can; the end of the test puts it back."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
