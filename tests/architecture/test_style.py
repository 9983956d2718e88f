"""The house style where a machine can see it: names, lengths, forbidden means, who saves, who reads the clock."""

import ast
import re

import pytest

from tests.architecture import tree

LONGEST_FILE = 400
LONGEST_VIEW = 25
NO_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "misc"}
FORBIDDEN = {
    r"\|\s*safe\b": "escaping is never switched off",
    r"\bmark_safe\b": "escaping is never switched off; use format_html",
    r"\bcsrf_exempt\b": "no address takes posts from strangers",
    r"\b(datetime|date)\.(now|utcnow|today)\(\s*\)": "times are aware: timezone.now() at the edges",
    r"\bcountdown=": "the broker keeps no appointments: write a row that is due",
    r"\beta=": "the broker keeps no appointments: write a row that is due",
    r"\b(TODO|FIXME|XXX)\b": "finish it or write an issue",
    r"\bpytest\.(skip|xfail|mark\.skip|mark\.skipif|mark\.xfail)\b": "a test that does not run proves nothing",
    r"#\s*noqa(:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?\s*$": "an exception to a rule carries its reason",
    r"\bhx-on\b|\bjs:": "no script in attributes (strict policy)",
}
EDGES = ["views", "tasks", "admin", "management", "web", "middleware", "templatetags"]
SAVING = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
SAVING_QUERYSET = {"update", "delete"}  # also methods of dict and set, so the receiver is looked at
# Modules that save although they are not called operations, and why.
OPERATIONS_BY_ANOTHER_NAME = {
    "dealership/workflow.py": "move() is the only way a state changes",
    "dealership/staff/roles.py": "writes the table of roles into the groups after each migration",
    "dealership/outbox/queue.py": "the outbox's operations, named for what they do",
    "dealership/outbox/delivery.py": "the outbox's operations, named for what they do",
    "dealership/paperwork/numbers.py": "takes the next number of a series, inside the operation that issues the form",
}
SAVING_PLACES = ["operations", "admin", "management", "imports"]


@pytest.mark.parametrize(("pattern", "why"), FORBIDDEN.items())
def test_forbidden_means_are_not_used(pattern, why):
    files = tree.python_files(tests=True) + tree.templates() + tree.scripts_and_styles()
    found = []
    for path in files:
        if path.parent.name == "architecture":  # names them all
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{tree.shown(path)}:{number} {line.strip()}")
    assert found == [], why


def test_nothing_catches_everything():
    """Whoever tidies up on any error passes it on with a bare `raise` at the end."""
    found = [
        f"{tree.shown(path)}:{node.lineno}"
        for path in tree.python_files(tests=True)
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.ExceptHandler) and swallows_everything(node)
    ]
    assert found == []


def swallows_everything(handler):
    caught = ast.unparse(handler.type) if handler.type else "BaseException"
    last = handler.body[-1]
    passes_on = isinstance(last, ast.Raise) and last.exc is None
    return bool(re.search(r"\b(Base)?Exception\b", caught)) and not passes_on


def test_no_test_waits_by_the_clock():
    """A sleeping test is slow on a good day and wrong on a bad one: wait for the event."""
    found = [
        f"{tree.shown(path)}:{node.lineno}"
        for path in tree.python_files(tests=True)
        if tree.within(path, "tests")
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sleep", "time.sleep"}
    ]
    assert found == []


def test_file_names_say_what_is_inside():
    files = tree.python_files(tests=True) + tree.templates() + tree.scripts_and_styles()
    vague = {
        tree.shown(path)
        for path in files
        for part in path.relative_to(tree.ROOT).with_suffix("").parts
        if NO_NAMES & set(re.split(r"[_-]", part))
    }
    assert vague == set()


def test_files_stay_short():
    files = tree.python_files(tests=True) + tree.templates() + tree.scripts_and_styles()
    lengths = {tree.shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_views_stay_short():
    long = {
        f"{tree.shown(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in tree.python_files()
        if tree.within(path, "views")
        for node in tree.functions(path)
        if node.end_lineno - node.lineno + 1 > LONGEST_VIEW
    }
    assert long == {}


def test_only_the_edges_read_the_clock():
    """Operations and queries are told the moment, so a test can choose it."""
    found = [
        f"{tree.shown(path)}:{node.lineno}"
        for path in tree.python_files()
        if not tree.within(path, *EDGES)
        for node in ast.walk(tree.syntax(path))
        if reads_the_clock(node)
    ]
    assert found == []


def reads_the_clock(node):
    if isinstance(node, ast.Attribute) and node.attr == "now":
        return isinstance(node.value, ast.Name) and node.value.id == "timezone"
    if isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"localdate", "localtime"} and ast.unparse(node.func.value) == "timezone"
    return False


def test_only_operations_save():
    found = [
        f"{tree.shown(path)}:{node.lineno} {ast.unparse(node.func)}"
        for path in tree.python_files()
        if not tree.within(path, *SAVING_PLACES) and tree.shown(path) not in OPERATIONS_BY_ANOTHER_NAME
        for node in ast.walk(tree.syntax(path))
        if saves(node)
    ]
    assert found == []


def saves(node):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    receiver = ast.unparse(node.func.value)
    if node.func.attr == "save" and node.args:
        return False  # a picture into a stream: a row is saved without positional arguments
    if node.func.attr in SAVING:
        return not receiver.startswith("super()")
    queryset = re.search(r"\bobjects\b|_manager\b|\.(filter|exclude|all)\(|_set\b", receiver)
    return node.func.attr in SAVING_QUERYSET and bool(queryset)
