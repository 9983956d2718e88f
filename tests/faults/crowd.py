"""Many people who press in the same moment."""

import threading
from contextlib import contextmanager

from django.db import connection
from django.utils import translation

from appointments import queries
from dealership.workflow import NotAllowed


def at_once(count, act):
    """Let `act(n)` run in that many threads, each with its own connection and in English, all let go together.

    Return what each brought: the answer of `act` or its refusal. Anything else that is raised is raised here.
    """
    gate, brought, broken = threading.Barrier(count), [None] * count, []

    def run(n):
        try:
            with translation.override("en"):
                gate.wait()
                brought[n] = act(n)
        except NotAllowed as refusal:
            brought[n] = refusal
        except BaseException as error:
            broken.append(error)
            gate.abort()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if broken:
        raise broken[0]
    return brought


def look_together(monkeypatch, count):
    """Let nobody book before that many have looked, so that every one of them saw the time free."""
    looked, look = threading.Barrier(count), queries.obstacles

    def obstacles(*args, **kwargs):
        found = look(*args, **kwargs)
        looked.wait(60)
        return found

    monkeypatch.setattr(queries, "obstacles", obstacles)


@contextmanager
def without_constraint(model, name):
    """Take one constraint out of the test database; on the way out its rows go, and it comes back."""
    declared = model._meta.constraints
    constraint = next(constraint for constraint in declared if constraint.name == name)
    # SQLite writes the table anew as the model declares it, so the model has to forget the constraint first.
    model._meta.constraints = [other for other in declared if other is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model.objects.all().delete()
        model._meta.constraints = declared
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
