"""Every check of the desk, one stage after another; `script/test` comes here once the environment stands.

A stage is a function that takes the run and returns a Verdict. What a machine cannot check is said at the end, and
fails the run where CI=true, because there nobody reads on.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import desk_clauses
import desk_messages
import desk_servers
import desk_setup
from desk_setup import ROOT, say

DATA = ROOT / ".local" / "test"
BIN = Path(sys.executable).parent
SOURCES = ["templates", "dealership", "appointments", "reception", "workorders", "followup"]
# What a person set for their desk must not reach the checks.
OF_THE_DESK = [
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEBUG",
    "DEMO",
    "HTTPS",
    "DJANGO_SETTINGS_MODULE",
    "LOG_LEVEL",
]
AT_MOST = 45 * 60  # seconds for one command; a hanging one fails
SHOWN_LINES = 120
ALONE = "browser or faults"


@dataclass
class Verdict:
    """How a stage ended; `covered` is False where this machine could not check it."""

    good: bool
    note: str = ""
    output: str = ""
    covered: bool = True


@dataclass
class Run:
    """One call of script/test: what was asked for and what the test runs reported so far."""

    pytest_arguments: list[str]
    results: list[desk_clauses.TestRun] = field(default_factory=list)

    def command(self, name: str, *command: str | Path, **env: str) -> Verdict:
        """Run one program to its end, keep its output in .local/test/log/<name>.log."""
        done = execute([str(part) for part in command], env)
        log = DATA / "log" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
        return Verdict(done.returncode == 0, output=done.stdout)

    def pytest(self, name: str, marks: str, *, parallel: bool, **env: str) -> Verdict:
        report = DATA / "log" / f"{name}.xml"
        report.unlink(missing_ok=True)
        spread = ["-n", str(min(4, max(2, os.cpu_count() or 2)))] if parallel else []
        arguments = ["-q", "-m", marks, *spread, f"--junit-xml={report}", *self.pytest_arguments]
        verdict = self.command(name, sys.executable, "-m", "pytest", *arguments, **env)
        result = desk_clauses.read(report)
        self.results.append(result)
        verdict.note = f"{result.passed} passed, {result.failed} failed"
        if result.passed + result.failed == 0:
            verdict.good, verdict.note = bool(self.pytest_arguments), "no such test"
        return verdict


def execute(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in OF_THE_DESK}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # each of the many processes would compile all it imports
    clean |= {"DATA_DIR": str(DATA), "PYTHONWARNINGS": "default", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    options = {"cwd": ROOT, "env": clean | env, "text": True, "errors": "replace", "stdin": subprocess.DEVNULL}
    try:
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=AT_MOST, **options
        )
    except subprocess.TimeoutExpired as late:
        printed = late.output.decode(errors="replace") if isinstance(late.output, bytes) else late.output or ""
        return subprocess.CompletedProcess(command, 1, printed + f"\nstopped after {AT_MOST} seconds")


def ruff(run: Run) -> Verdict:
    check = run.command("ruff", BIN / "ruff", "check", ".")
    layout = run.command("ruff-format", BIN / "ruff", "format", "--check", ".")
    return Verdict(check.good and layout.good, output=check.output + layout.output)


def imports(run: Run) -> Verdict:
    return run.command("imports", BIN / "lint-imports", "--no-cache")


def mypy(run: Run) -> Verdict:
    return run.command("mypy", BIN / "mypy", "manage.py", *SOURCES[1:])


def template_lint(run: Run) -> Verdict:
    return run.command("djlint", BIN / "djlint", "--lint", "--quiet", *SOURCES)


def migrations(run: Run) -> Verdict:
    return run.command("migrations", sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")


def deployment(run: Run) -> Verdict:
    served = {"HTTPS": "true", "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "desk.example"}
    check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return run.command("deployment", *check, **served)


def translations(run: Run) -> Verdict:
    return run.command("translations", sys.executable, "script/desk_messages.py", "--check")


def tests_on_sqlite(run: Run) -> Verdict:
    return run.pytest("sqlite", f"not ({ALONE})", parallel=True)


def faults_on_sqlite(run: Run) -> Verdict:
    return run.pytest("sqlite-faults", "faults and not browser", parallel=False)


def tests_on_servers(run: Run) -> Verdict:
    """Run the tests on PostgreSQL with Redis, then those that stop and kill things."""
    with desk_servers.postgres() as database, desk_servers.redis_server() as broker:
        if not (database and broker):
            missing = " and ".join(n for n, there in [("PostgreSQL", database), ("Redis", broker)] if not there)
            return Verdict(True, f"{missing} neither named, found nor to be had here", covered=False)
        mark = f"desk_check_{os.getpid()}"
        env = {"DATABASE_URL": database, "REDIS_URL": broker, "TEST_DATABASE": mark}
        try:
            parts = [run.pytest("servers", f"not ({ALONE})", parallel=True, **env)]
            parts.append(run.pytest("servers-faults", "faults and not browser", parallel=False, **env))
        finally:
            desk_servers.sweep(database, broker, mark)
    failed = [part.output for part in parts if not part.good]
    return Verdict(not failed, "; ".join(part.note for part in parts), "".join(failed))


def tests_in_browser(run: Run) -> Verdict:
    chromium = desk_servers.chromium()
    if not chromium:
        return Verdict(True, "no chromium here: install Debian's package or set CHROMIUM", covered=False)
    verdict = run.pytest("browser", "browser", parallel=False, CHROMIUM=chromium)
    if not desk_servers.chinese_fonts():
        verdict.note += "; pictures without Chinese characters: no such font here"
    return verdict


def known_weaknesses(run: Run) -> Verdict:
    """Ask the advisory database about every pinned package; where it is out of reach, only say so."""
    report = DATA / "log" / "audit.json"
    report.unlink(missing_ok=True)
    audit = [BIN / "pip-audit", "--requirement", "requirements.txt", "--require-hashes", "--disable-pip"]
    verdict = run.command("audit", *audit, "--timeout", "10", "--format", "json", "--output", report)
    packages = json.loads(report.read_text())["dependencies"] if report.exists() else []
    asked = [package for package in packages if "vulns" in package]  # the others carry a skip_reason
    if not asked:
        return Verdict(True, "not asked: the advisory data cannot be reached from here")
    weak = [
        f"{package['name']} {package['version']}: {', '.join(found['id'] for found in package['vulns'])}"
        for package in asked
        if package["vulns"]
    ]
    return Verdict(not weak, f"{len(asked)} of {len(packages)} packages asked about", "\n".join(weak) or verdict.output)


def clauses(run: Run) -> Verdict:
    """List the clauses of the procedure that no passing test names; naming one that does not exist is a fault."""
    named = {clause for result in run.results for clause in result.clauses}
    known = desk_clauses.of_procedure()
    strangers = sorted(named - {clause.number for clause in known} - desk_clauses.other_ids())
    open_ones = [clause for clause in known if clause.number not in named]
    say(desk_clauses.by_section(known, open_ones))
    note = f"{len(known) - len(open_ones)} of {len(known)} clauses named by a passing test"
    return Verdict(not strangers, note, "\n".join(f"no clause {number} in the procedure" for number in strangers))


Stage = Callable[[Run], Verdict]
FAST: dict[str, Stage] = {
    "ruff": ruff,
    "import shelves": imports,
    "migrations complete": migrations,
    "tests on SQLite": tests_on_sqlite,
}
FULL: dict[str, Stage] = {
    "ruff": ruff,
    "import shelves": imports,
    "types (mypy)": mypy,
    "template lint": template_lint,
    "migrations complete": migrations,
    "deployment check": deployment,
    "translations complete": translations,
    "tests on SQLite": tests_on_sqlite,
    "faults on SQLite": faults_on_sqlite,
    "tests on PostgreSQL and Redis": tests_on_servers,
    "tests in the browser": tests_in_browser,
    "known weaknesses": known_weaknesses,
    "clauses of the procedure": clauses,
}


def perform(name: str, stage: Stage, run: Run) -> tuple[Verdict, float]:
    say(f"== {name}")
    started = time.monotonic()
    verdict = stage(run)
    seconds = time.monotonic() - started
    if not verdict.good:
        lines = verdict.output.splitlines()
        cut = 0 if in_ci() else max(0, len(lines) - SHOWN_LINES)
        say("\n".join([f"   ... {cut} lines above these: see .local/test/log"] * bool(cut) + lines[cut:]))
    say(f"   {word(verdict)} in {seconds:.1f} s{'  ' + verdict.note if verdict.note else ''}")
    return verdict, seconds


def word(verdict: Verdict) -> str:
    return "FAILED" if not verdict.good else "ok" if verdict.covered else "NOT COVERED"


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def summary(verdicts: dict[str, tuple[Verdict, float]], run: Run) -> int:
    """Print the table and return the exit code."""
    say("\n== Summary")
    for name, (verdict, seconds) in verdicts.items():
        say(f"   {name:<32}{word(verdict):<13}{seconds:7.1f} s  {verdict.note}".rstrip())
    uncovered = [name for name, (verdict, _) in verdicts.items() if not verdict.covered]
    if uncovered:
        say(f"\nNOT COVERED on this machine: {', '.join(uncovered)}.")
    failed = [name for name, (verdict, _) in verdicts.items() if not verdict.good]
    failed += uncovered if in_ci() else []
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    say(f"\n{sum(r.passed for r in run.results)} passed, {sum(r.failed for r in run.results)} failed")
    return 1 if failed else 0


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """Return our own arguments and, after `--`, those for pytest."""
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(prog="script/test", description="Checks everything; after -- come pytest's own.")
    parser.add_argument("--fast", action="store_true", help="what the desk needs before a commit, in under a minute")
    parser.add_argument("--only", action="append", choices=FULL, default=[], help="only this stage; may be repeated")
    return parser.parse_args(given[:end]), given[end + 1 :]


def main() -> int:
    chosen, for_pytest = arguments()
    run = Run(for_pytest)
    stages = {name: FULL[name] for name in chosen.only} or (FAST if chosen.fast else FULL)
    with desk_setup.only_one(DATA / "lock", refusal="Another script/test is at work in this checkout."):
        desk_messages.compile_catalogue()
        return summary({name: perform(name, stage, run) for name, stage in stages.items()}, run)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except desk_setup.CannotStart as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
