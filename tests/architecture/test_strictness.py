"""The checks every test runs under do fail when they should."""

import logging

import pytest
from django.template import Context, Engine, Origin, Template

from tests import conftest
from tests.architecture import tree

OURS = Origin(str(tree.ROOT / "templates" / "planted.html"))
FOREIGN = Origin(str(tree.ROOT / ".venv" / "lib" / "package" / "planted.html"))


def rendered(source, origin, **context):
    return Template("{% load i18n %}" + source, origin=origin, engine=Engine.get_default()).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ known.missing }}",
        "{{ missing|upper }}",
        "{% blocktranslate %}a {{ missing }}{% endblocktranslate %}",
    ],
)
def test_an_unknown_variable_fails_in_our_templates_only(source):
    with pytest.raises(conftest.UnknownVariable, match="unknown variable"):
        rendered(source, OURS, known="x")
    assert rendered(source, FOREIGN, known="x").strip() in {"", "a"}


def test_a_variable_with_a_default_may_be_unknown():
    assert rendered("{{ missing|default:'none' }}", OURS) == "none"
    assert rendered("{{ missing|default:'none' }}", FOREIGN) == "none"
    assert rendered("{% if missing %}a{% else %}b{% endif %}", OURS) == "b"


@pytest.mark.logs_error("the announced one")
def test_an_announced_error_may_be_logged():
    logging.getLogger("desk").error("the announced one")


@pytest.mark.parametrize(
    ("lines", "wanted", "why"),
    [(["desk: broken"], [], "logged an ERROR"), ([], ["broken"], "not logged"), (["desk: other"], ["broken"], "other")],
)
def test_other_errors_and_missing_ones_fail(lines, wanted, why):
    log = conftest.ErrorLog()
    log.lines = lines
    with pytest.raises(pytest.fail.Exception, match=why):
        log.judge(wanted)
