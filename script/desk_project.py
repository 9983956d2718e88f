"""What the checkout itself needs before it can serve: translations, collected files, tables, a first day."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import desk_setup
from desk_setup import ROOT, CannotStart, StepFailed, execute, say, shown

DEMO, LOADING, OWN = "demo", "loading the demo day", "own"
REFUSED = 3  # desk_database.py: its last line is a sentence for people


@dataclass(frozen=True)
class Desk:
    """One checkout serving one data directory. `env` is complete: DATA_DIR absolute, DATABASE_URL where given."""

    python: Path
    data: Path
    env: Mapping[str, str]

    @property
    def log(self) -> Path:
        return self.data / "logs" / "setup.log"

    def manage(self, *arguments: str) -> str:
        return execute([self.python, "manage.py", *arguments], log=self.log, env=self.env)


def compile_messages(python: Path, *, log: Path) -> None:
    """Compile the catalogues when one changed since it was compiled; raises CannotStart."""
    stale = [source for source in ROOT.glob("dealership/locale/*/LC_MESSAGES/django.po") if not compiled(source)]
    if not stale:
        return
    try:
        execute([python, ROOT / "script" / "desk_messages.py", "--compile"], log=log)
    except StepFailed:
        raise CannotStart(f"The translations could not be compiled; see {shown(log)}.") from None
    for source in stale:
        source.with_suffix(".mo").touch()  # it is left alone when it would not change


def compiled(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def collect_static(desk: Desk) -> None:
    """Collect and hash the files the pages use, unless none changed; raises CannotStart."""
    stamp = desk.data / "static" / ".made-from"
    wanted = static_state(desk)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Collecting style sheets, scripts and pictures ...")
    try:
        desk.manage("collectstatic", "--no-input", "--verbosity", "0")
    except StepFailed:
        raise CannotStart(f"The files for the pages could not be collected; see {shown(desk.log)}.") from None
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def static_state(desk: Desk) -> str:
    """Return a digest over names, sizes and times of our files, and over the lock that brings those of packages."""
    digest = hashlib.sha256(desk_setup.fingerprint(desk_setup.RUNTIME).encode())
    ours = ["static", "[!.]*/static", "dealership/*/static"]
    for folder in [*sorted(found for name in ours for found in ROOT.glob(name)), desk.data / "assets"]:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            seen = file.stat()
            digest.update(f"{file}:{seen.st_size}:{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def migrate(desk: Desk) -> bool:
    """Bring the tables up to date and tell whether the database has users; raises CannotStart."""
    try:
        output = execute([desk.python, ROOT / "script" / "desk_database.py"], log=desk.log, env=desk.env)
    except StepFailed as failed:
        raise CannotStart(not_migrated(failed, desk)) from None
    return last_line(output) == "users"


def not_migrated(failed: StepFailed, desk: Desk) -> str:
    if failed.code == REFUSED:
        return f"{last_line(failed.output)} Details are in {shown(desk.log)}."
    return f"The database could not be brought up to date; see {shown(desk.log)}."


def last_line(output: str) -> str:
    return output.rstrip().rpartition("\n")[2]


def first_day(desk: Desk, *, has_users: bool, empty: bool) -> str:
    """Fill a database that has no users and return its kind, DEMO or OWN; raises CannotStart."""
    kind = kind_of(desk)
    if has_users and kind == LOADING:
        raise CannotStart(f"Loading the demo day was broken off: {start_over(desk)}.")
    if has_users and kind == DEMO and empty:
        raise CannotStart(f"This database holds the demo day; for a new store, {start_over(desk)}.")
    if has_users:
        return kind
    return open_store(desk) if empty else seed_demo(desk)


def start_over(desk: Desk) -> str:
    if "DATABASE_URL" in desk.env:
        return "name an empty database in DATABASE_URL and start again"
    return f"name another folder in DATA_DIR, or delete {shown(desk.data / 'desk.sqlite3*')}, and start again"


def seed_demo(desk: Desk) -> str:
    """Load the demo day, remembering first that it was begun; raises CannotStart."""
    say("Loading the demo day ...")
    remember(desk, LOADING)
    try:
        desk.manage("seed_demo")
    except StepFailed:
        raise CannotStart(f"The demo day could not be loaded; see {shown(desk.log)}.") from None
    remember(desk, DEMO)
    return DEMO


def open_store(desk: Desk) -> str:
    """Let `open_store` ask for the store and its first manager; raises CannotStart when nothing was opened."""
    asked = subprocess.run([desk.python, "manage.py", "open_store"], cwd=ROOT, env=dict(desk.env), check=False)
    if asked.returncode:
        raise CannotStart("No store was opened; start script/run --empty again when its name and manager are known.")
    remember(desk, OWN)
    return OWN


def demo_logins(desk: Desk) -> str:
    """Return the table of demo log-ins; raises CannotStart."""
    try:
        return desk.manage("demo_logins").rstrip()
    except StepFailed:
        raise CannotStart(f"The demo log-ins could not be listed; see {shown(desk.log)}.") from None


def kind_of(desk: Desk) -> str:
    """Return what was remembered of this database; one we never filled is the store's own."""
    return kinds(desk).get(database_name(desk.env), OWN)


def remember(desk: Desk, kind: str) -> None:
    known = {**kinds(desk), database_name(desk.env): kind}
    fresh = desk.data / "databases.json.new"
    fresh.write_text(json.dumps(known, indent=2))
    fresh.replace(desk.data / "databases.json")


def kinds(desk: Desk) -> dict[str, str]:
    file = desk.data / "databases.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return known


def database_name(env: Mapping[str, str]) -> str:
    """Name the database without user or password: both may change while the database stays."""
    if not env.get("DATABASE_URL"):
        return "embedded"
    url = urlsplit(env["DATABASE_URL"])
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"
