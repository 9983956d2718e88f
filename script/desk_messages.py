"""The Chinese catalogue: gathered from the sources, checked against them, compiled. Needs no gettext programs.

The catalogue is written so that a change shows as a change: sorted by file, no line numbers, no dates, no guesses.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "dealership" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACES = ["dealership", "appointments", "reception", "workorders", "followup", "templates"]
KEYWORDS = [
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
    "npgettext_lazy",
]
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # a date that moves would make every run a change
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdfr]|\{\w*(?:[.!:][^{}]*)?\}")


def sources() -> list[Path]:
    """Return the files that may hold texts, in the order of the catalogue."""
    found = [path for place in PLACES for kind in ("*.py", "*.html", "*.txt") for path in (ROOT / place).rglob(kind)]
    return sorted(path for path in found if "migrations" not in path.parts)


def texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    """Yield (text or (singular, plural), context, comments for the translator) of one file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of the page around the texts is no Python: without indentation it can be read all the same.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    lines = io.BytesIO(source.encode())
    for _line, function, text, comments in extract_python(lines, KEYWORDS, ["Translators:"], {"encoding": "utf-8"}):
        if found := spoken(function, text):
            yield *found, comments


def spoken(function: str, text: str | tuple[str | None, ...] | None) -> tuple[str | tuple[str, ...], str | None] | None:
    """Return (text, context) of one call, None where an argument is no literal."""
    arguments = text if isinstance(text, tuple) else (text,)
    context = arguments[0] if "pgettext" in function else None
    first = 1 if "pgettext" in function else 0
    wanted = arguments[first : first + (2 if function.startswith("n") else 1)]
    if not wanted or not all(wanted):
        return None
    return (wanted[0] if len(wanted) == 1 else tuple(wanted)), context  # type: ignore[return-value]


def gathered() -> Catalog:
    """Return what the sources say now, without translations."""
    catalogue = Catalog(charset="utf-8")
    for path in sources():
        for text, context, comments in texts(path):
            place = [(str(path.relative_to(ROOT)), 0)]
            catalogue.add(text, None, locations=place, auto_comments=comments, context=context)
    return catalogue


def written() -> Catalog:
    """Return the catalogue in the tree, an empty one before there is any."""
    if not CATALOGUE.exists():
        return Catalog(locale="zh_Hans", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update() -> Catalog:
    """Bring the catalogue in line with the sources: new texts empty, translations kept, the rest dropped."""
    catalogue = written()
    catalogue.update(gathered(), no_fuzzy_matching=True)
    catalogue.project, catalogue.version, catalogue.language_team = "after-sales desk", "", "Simplified Chinese"
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    catalogue.header_comment = "# Simplified Chinese. Updated by script/messages; the translations are written by hand."
    catalogue.fuzzy = False
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return catalogue


def compile_catalogue() -> Path:
    """Write the .mo file that Django reads, next to its source."""
    target = CATALOGUE.with_suffix(".mo")
    fresh = io.BytesIO()
    write_mo(fresh, written())
    if not target.exists() or target.read_bytes() != fresh.getvalue():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(fresh.getvalue())
    return target


def faults() -> list[str]:
    """Return one line for every text that a person reading Chinese would miss or read wrongly."""
    catalogue, wanted = written(), gathered()
    known = {(message.id, message.context): message for message in catalogue if message.id}
    called = {(message.id, message.context): message for message in wanted if message.id}
    lines = ["the header is marked fuzzy: some programs then leave the whole file out"] if catalogue.fuzzy else []
    lines += [f"not in the catalogue: {told(called[key])}" for key in called if key not in known]
    lines += [f"no longer in the sources: {told(known[key])}" for key in known if key not in called]
    lines += [f"no longer in the sources, kept as a comment: {message.id!r}" for message in catalogue.obsolete.values()]
    for key, message in known.items():
        if key in called and (fault := fault_of(message)):
            lines.append(f"{fault}: {told(called[key])}")
    return sorted(lines)


def fault_of(message: Message) -> str:
    """Say what is wrong with one translation, "" if nothing is."""
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    if not all(strings):
        return "not translated"
    if message.fuzzy:
        return "marked fuzzy"
    source = message.id[-1] if isinstance(message.id, list | tuple) else message.id
    if any(sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source)) for text in strings):
        return "other placeholders than the source"
    return ""


def told(message: Message) -> str:
    return f"{message.id!r} ({', '.join(sorted({place for place, _ in message.locations})) or 'no place'})"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="script/messages", description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="change nothing; list what is missing and fail")
    arguments.add_argument("--compile", action="store_true", help="write the file Django reads")
    chosen = arguments.parse_args()
    settings.configure()  # the template lexer asks for DEBUG
    if chosen.compile:
        compile_catalogue()
        return 0
    if not chosen.check:
        update()
        compile_catalogue()
    lines = faults()
    print("\n".join(lines) or "Every text is translated.")
    return 1 if chosen.check and lines else 0


if __name__ == "__main__":
    sys.exit(main())
