"""The site is closed: whoever is not logged in is sent to the log-in page, from every address but a few."""

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

PUBLIC = {"staff:login", "staff:language", "admin:login", "appointments:screen", "appointments:answer"}
PUBLIC |= {"appointments:code", "appointments:code_picture", "workorders:agree", "workorders:agree_photo"}
SAMPLE = {"int": "1", "slug": "a", "str": "a", "uuid": "00000000-0000-0000-0000-000000000000", "path": "a"}


def addresses(patterns=None, space="", route=""):
    """Yield (name, path) of every address, arguments filled in with samples."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = route + example(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield space + (pattern.name or path), "/" + path
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner, path)


def example(pattern):
    text = str(pattern)
    if not hasattr(pattern, "_route"):
        return re.sub(r"\(\?P<\w+>(.*?)\)", group_example, text).strip("^$").replace("\\Z", "").replace("*", "")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLE.get(found[1] or "str", "1"), text)


def group_example(group):
    """Return a text for a named group: a digit, the first of several words, or a letter."""
    return "1" if re.fullmatch(r"(\[0-9\]|\\d)[+*]?", group[1]) else group[1].split("|")[0] if "|" in group[1] else "a"


@pytest.mark.django_db
def test_every_address_asks_who_is_there(client):
    open_doors = {}
    for name, path in addresses():
        answer = client.get(path)
        closed = answer.status_code == 302 and ("login" in answer["Location"])
        if not closed:
            open_doors[name] = answer.status_code
    assert set(open_doors) <= PUBLIC, open_doors
    assert "staff:login" in open_doors  # else the walk looked at nothing


def test_the_lock_is_in_place():
    assert "dealership.web.LoginMiddleware" in settings.MIDDLEWARE
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"] == ["'none'"]
