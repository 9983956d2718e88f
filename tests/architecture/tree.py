"""The tree as the architecture tests read it: files, syntax trees, templates, shelves."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NESTED = ["staff", "audit", "customers", "workshop", "catalogue", "outbox", "paperwork", "overview", "demo"]
VISIT = ["appointments", "reception", "workorders", "followup"]
APP_FOLDERS = {name: f"dealership/{name}" for name in NESTED} | {name: name for name in VISIT}
# Height of each app on its shelf; a lower number may not know a higher one, equals do not know each other.
SHELF = {
    "staff": 1,
    "audit": 2,
    "customers": 3,
    "workshop": 3,
    "catalogue": 3,
    "outbox": 4,
    "paperwork": 5,
    "appointments": 6,
    "reception": 7,
    "workorders": 8,
    "followup": 9,
    "overview": 10,
    "demo": 10,
}


def python_files(*, tests=False, migrations=False):
    """Return our Python files, sorted; those of script/ and tests/ only with `tests`."""
    tops = ["dealership", *VISIT] + (["tests", "script"] if tests else [])
    found = [path for top in tops for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if migrations or "migrations" not in path.parts)


def templates():
    """Return our template files, sorted: pages, parts, and what messages and prints are made from."""
    found = list((ROOT / "templates").rglob("*"))
    found += [path for folder in APP_FOLDERS.values() for path in (ROOT / folder).glob("templates/**/*")]
    return sorted(path for path in found if path.suffix in {".html", ".txt"})


def template_name(path):
    """Return the name a view gives for it: the path below its templates folder."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[parts.index("templates") + 1 :])


def scripts_and_styles():
    return sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in {".js", ".css"})


def shown(path):
    return str(path.relative_to(ROOT))


@functools.cache
def syntax(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path):
    return [node for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def app_of(path):
    """Return the label of the app a file belongs to, None for the composition root."""
    place = shown(path)
    return next((label for label, folder in APP_FOLDERS.items() if place.startswith(folder + "/")), None)


def within(path, *modules):
    """Say whether a file is one of these modules of an app, or lies in a package of that name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return any(module in parts for module in modules)


def may_know(lower, upper):
    """Say whether the app `lower` may name the app `upper`: itself, or one on a lower shelf."""
    return lower == upper or SHELF[upper] < SHELF[lower]
