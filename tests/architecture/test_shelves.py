"""Who may know whom: imports, names of addresses and models, links between templates."""

import ast
import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests.architecture import tree

APPS = "|".join(tree.SHELF)
ADDRESS = re.compile(rf"^({APPS}):[\w-]+$")
MODEL = re.compile(rf"^({APPS})\.[A-Z]\w+$")
LINK = re.compile(r"""{%-?\s*(?:url|include|extends)\s+["'](?:(\w+):|(\w+)/)""")


def test_imports_run_downwards_only():
    command = [sys.executable, "-c", "from importlinter import cli; cli.lint_imports_command()", "--no-cache"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_every_app_of_ours_stands_on_a_shelf():
    ours = {name.rpartition(".")[2] for name in settings.INSTALLED_APPS if name.split(".")[0] in tree.APP_FOLDERS}
    ours |= {name.rpartition(".")[2] for name in settings.INSTALLED_APPS if name.startswith("dealership.")}
    assert ours == set(tree.SHELF)


@pytest.mark.parametrize("label", tree.SHELF)
def test_no_string_names_an_upper_app(label):
    """An address or a model given as text is an import that the linter cannot see."""
    upward = []
    for path in tree.python_files():
        if tree.app_of(path) != label:
            continue
        for node in ast.walk(tree.syntax(path)):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            named = ADDRESS.match(node.value) or MODEL.match(node.value)
            if named and not tree.may_know(label, named[1]):
                upward.append(f"{tree.shown(path)}:{node.lineno} {node.value}")
    assert upward == []


def test_no_template_links_to_an_upper_app():
    upward = []
    for path in tree.templates():
        lower = tree.template_name(path).split("/")[0]
        for named in LINK.finditer(path.read_text(encoding="utf-8")):
            upper = named[1] or named[2]
            if lower in tree.SHELF and upper in tree.SHELF and not tree.may_know(lower, upper):
                upward.append(f"{tree.shown(path)}: {named[0]}")
    assert upward == []
