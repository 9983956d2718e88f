"""What many tests start from, built once: what each of them does to it is undone."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def built_once(blocker):
    """Build within this for all tests of a module; `blocker` is `django_db_blocker`."""
    with blocker.unblock(), undone():
        yield


@contextmanager
def undone():
    """Undo in the database what happens within this."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
