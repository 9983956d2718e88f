"""The one command: an empty machine folder becomes an open desk whose clock really works, and closes cleanly."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.outbox.mailserver import MailServer, free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.faults


class Desk:
    """`script/run` as a person starts it, on data and a port of its own."""

    def __init__(self, data, **env):
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        env = kept | {"DATA_DIR": str(data), "PORT": str(self.port)} | env
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [ROOT / "script" / "run"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.terminate()  # not killed, so that the desk takes its own processes along
            self.process.wait(timeout=60)
        self.process.stdout.close()

    def until(self, text):
        """Read on until the desk has said this; return the seconds since its start."""
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return time.monotonic() - self.began
        pytest.fail(f"the desk ended without “{text}”:\n{self.said}", pytrace=False)

    def answers(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def stop(self):
        """Press Ctrl-C; return what the command ended with."""
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)


def wait_for(what, seconds=60):
    """Wait until `what()` is true, or say so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        pause()


def pause():
    """Give the other processes a moment: `select` on nothing, bounded."""
    subprocess.run(["sleep", "0.2"], check=True)


@pytest.fixture
def servers():
    """What the desk runs on: nothing, or an empty database of the PostgreSQL and a corner of the Redis under test."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield {}
        return
    server, _, _name = given.rpartition("/")
    with scratch_database(given) as name:
        redis = os.environ["REDIS_URL"].rstrip("/")
        redis = redis if re.search(r":\d+/\d+$", redis) else f"{redis}/9"
        yield {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": redis}


@contextmanager
def scratch_database(server):
    name = f"desk_run_{os.getpid()}"
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            try:
                yield name
            finally:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def thanked(server):
    """Return who was thanked; in the afternoon the reminder of tomorrow's appointment goes out as well."""
    return [mail["To"] for mail in server.accepted if "感谢" in mail["Subject"]]


def test_the_desk_opens_sends_by_its_clock_and_closes(tmp_path, servers):
    data = tmp_path / "desk"
    with MailServer() as server:
        mail = servers | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        with Desk(data, **mail) as desk:
            desk.until("Logs are in")
            assert "demo-desk-2026" in desk.said
            assert desk.answers("/healthz/ready")[0] == 200
            status, page = desk.answers("/staff/login")
            assert status == 200
            style = re.search(r'href="(/static/css/desk\.[0-9a-f]+\.css)"', page)
            assert style, "the style sheet has no hashed name"
            assert desk.answers(style[1])[0] == 200
            # The demo day leaves its newest thank-you message to the clock: beat rings, the broker without a server
            # of its own carries it, the worker sends. Nothing else could have sent it.
            wait_for(lambda: thanked(server))
            assert desk.stop() == 0
        with Desk(data, **mail) as desk:
            seconds = desk.until("Logs are in")
            assert desk.answers("/healthz/live")[0] == 200
            assert desk.stop() == 0
    assert len(thanked(server)) == 1
    assert "Traceback" not in desk.said
    assert seconds < 10, f"the second start took {seconds:.1f} s"
