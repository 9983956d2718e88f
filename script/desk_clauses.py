"""What the tests reported, and which clauses of docs/procedure.md they leave open."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from desk_setup import ROOT

PROCEDURE = ROOT / "docs" / "procedure.md"
ROW = re.compile(r"^\| (\d+(?:\.\d+)+) \| ([MSIG]) \|")
OTHER_ID = re.compile(r"^\| ([FCA]\d+)\b")
HEADING = re.compile(r"^#+ (?:Article )?(\d+(?:\.\d+)*)\b[.:]? *(.*)")


@dataclass
class TestRun:
    """The report of one pytest run; `clauses` are those named by tests that passed."""

    passed: int = 0
    failed: int = 0
    clauses: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Clause:
    number: str
    section: str


def read(report: Path) -> TestRun:
    """Read a JUnit report; a run that left none counts as one failure. An error in set-up is a failure too."""
    if not report.exists():
        return TestRun(failed=1)
    run = TestRun()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None or case.find("skipped") is not None:
            run.failed += 1
            continue
        run.passed += 1
        run.clauses |= {p.get("value", "") for p in case.iter("property") if p.get("name") == "clause"}
    return run


def of_procedure() -> list[Clause]:
    """Return the clauses in the order of the text, without the gaps of the source that ask for nothing."""
    section, found = "", []
    for line in PROCEDURE.read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(line):
            section = f"{heading[1]} {heading[2]}".strip()
        elif (row := ROW.match(line)) and row[2] != "G":
            found.append(Clause(row[1], section))
    return found


def other_ids() -> set[str]:
    """Return the ids of forms (F7), resolved contradictions (C5) and additions (A4): tests may name them, uncounted."""
    lines = PROCEDURE.read_text(encoding="utf-8").splitlines()
    return {row[1] for line in lines if (row := OTHER_ID.match(line))}


def by_section(known: list[Clause], open_ones: list[Clause]) -> str:
    """Tell per section how many clauses are named and which are not, runs of numbers drawn together."""
    lines = []
    for section, clauses in itertools.groupby(known, key=lambda clause: clause.section):
        total = len(list(clauses))
        still = [clause.number for clause in open_ones if clause.section == section]
        lines.append(
            f"   {section}: {total - len(still)} of {total}" + (f"; open {drawn_together(still)}" if still else "")
        )
    return "\n".join(lines)


def drawn_together(numbers: list[str]) -> str:
    """Return ["2.1.1", "2.1.2", "2.1.3", "2.1.5"] as "2.1.1-3 2.1.5"."""
    parts: list[tuple[str, int, int]] = []
    for number in numbers:
        stem, _, last = number.rpartition(".")
        if parts and parts[-1][0] == stem and parts[-1][2] + 1 == int(last):
            parts[-1] = (stem, parts[-1][1], int(last))
        else:
            parts.append((stem, int(last), int(last)))
    return " ".join(f"{stem}.{first}" + (f"-{last}" if last > first else "") for stem, first, last in parts)
