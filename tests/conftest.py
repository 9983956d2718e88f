"""What holds for every test: a logged ERROR or an unknown template variable fails it."""

import importlib
import logging
import os
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template import engines
from django.template.base import Node
from django.utils import timezone, translation

ROOT = Path(__file__).resolve().parent.parent
OUR_TEMPLATES = tuple(
    str(ROOT / place) + os.sep
    for place in ["templates", "dealership", "appointments", "reception", "workorders", "followup"]
)
pytest_plugins = ["tests.browser.pages"]


class ErrorLog(logging.Handler):
    """Keeps every record of level ERROR and above, from any thread, until the test is judged."""

    def __init__(self):
        super().__init__(level=logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()}")

    def judge(self, wanted):
        """Fail on errors no marker announced and on announced errors that did not come."""
        lines, self.lines = self.lines, []
        surprises = [line for line in lines if not any(text in line for text in wanted)]
        missing = [text for text in wanted if not any(text in line for line in lines)]
        if surprises:
            pytest.fail("logged an ERROR:\n  " + "\n  ".join(surprises), pytrace=False)
        if missing:
            pytest.fail(f"announced ERRORs that were not logged: {missing}", pytrace=False)


ERRORS = ErrorLog()


class UnknownVariable(AssertionError):
    """A template of ours asked for a variable its view did not give."""


class Unknown(str):
    """Stands for `string_if_invalid`, the empty text: asked for by a template of ours, it raises instead.

    Django asks whether it is true before it puts it in the place of a variable, and `blocktranslate` whether it
    contains a placeholder. `{{ name|default:"..." }}` says on purpose that there may be none.
    """

    def __bool__(self):
        complain_if_ours()
        return False

    def __contains__(self, text):
        complain_if_ours()
        return False


def complain_if_ours():
    """Raise UnknownVariable if the variable being looked up, two frames above, stands in a template of ours."""
    frame = sys._getframe(2)
    if frame.f_code.co_name not in {"resolve", "render_value"}:
        return  # a filter looks at the value it was given
    asking = frame.f_locals.get("self")
    filters = {function.__name__ for function, _ in getattr(asking, "filters", ())}
    while frame and not isinstance(frame.f_locals.get("self"), Node):
        frame = frame.f_back
    origin = getattr(frame.f_locals["self"], "origin", None) if frame else None
    template = str(origin.name) if origin else ""
    if template.startswith(OUR_TEMPLATES) and not filters & {"default", "default_if_none"}:
        raise UnknownVariable(f"{template}: unknown variable {getattr(asking, 'var', asking)}")


def pytest_configure(config):
    logging.getLogger().addHandler(ERRORS)
    if not hasattr(config, "workerinput"):
        forget_killed_runs()


def forget_killed_runs():
    """Remove what a killed run left: Django makes the file anew, but would read the old run's log beside it."""
    for left in settings.DATA_DIR.glob("test.sqlite3*"):
        left.unlink()


def pytest_unconfigure(config):
    logging.getLogger().removeHandler(ERRORS)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests empty the audit's tables between them; tests/audit/test_append_only.py puts back what refuses it."""
    append_only = importlib.import_module("dealership.audit.migrations.0002_append_only")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        append_only.let_go(editor)


@pytest.fixture(autouse=True)
def nothing_kept():
    """Begin without what an earlier test let the process keep; each has a database of its own."""
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _unknown_variables_fail():
    engines["django"].engine.string_if_invalid = Unknown()


@pytest.fixture(autouse=True)
def _no_language_left_over():
    """Start every test in the language of the settings, whatever the test before switched to."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.hookimpl(tryfirst=True)  # before -m picks its tests
def pytest_collection_modifyitems(items):
    for item in items:
        if "desk_page" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        for marker in item.iter_markers("clause"):
            item.user_properties.extend(("clause", clause) for clause in marker.args)


def pytest_runtest_setup(item):
    ERRORS.lines = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    ERRORS.judge([marker.args[0] for marker in item.iter_markers("logs_error")])
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    result = yield
    ERRORS.judge([])
    return result
