"""Starts the desk: set up what is missing, then keep web, worker, clock and broker running until Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import http.client
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import desk_assets
import desk_broker
import desk_project
import desk_setup
from desk_project import Desk
from desk_setup import CannotStart, say, shown
from desk_supervisor import Program, Supervisor

HOST = "127.0.0.1"
WEB_TRIES = 3  # a web server that ended so often before its first answer will not come
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 after a clean stop, 1 after one sentence on why the desk cannot start."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options = parse(arguments)
        return run(empty=options.empty)
    except CannotStart as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    except OSError as problem:  # a full disk, a folder that is not ours
        print(f"The desk cannot start: {problem}.", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        say("\nStopped before the desk was ready.")
        return INTERRUPTED


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/run",
        description="Start the desk: set up what is missing, then serve until Ctrl-C.",
        epilog="PORT, DATA_DIR, DATABASE_URL and REDIS_URL say where; the README lists every variable.",
    )
    parser.add_argument("--empty", action="store_true", help="start a new store without the demo day")
    return parser.parse_args(arguments)


def run(*, empty: bool) -> int:
    env = environment(os.environ)
    data = Path(env["DATA_DIR"])
    make_folder(data / "logs")
    with ExitStack() as until:
        until.enter_context(desk_setup.only_one(data / "run.lock", refusal=already_running(data)))
        port = free_port(os.environ.get("PORT") or "8000")
        rotate_logs(data / "logs")
        desk = prepare(data, env)
        has_users = desk_project.migrate(desk)
        kind = desk_project.first_day(desk, has_users=has_users, empty=empty)
        return serve(desk, port=port, demo=kind == desk_project.DEMO, until=until)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every child: an absolute DATA_DIR, and no variable that is set to nothing."""
    env = {name: value for name, value in given.items() if value or name not in {"DATABASE_URL", "REDIS_URL"}}
    data = Path(given.get("DATA_DIR") or desk_setup.ROOT / ".local").absolute()
    return {**env, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "dealership.settings", "PYTHONUNBUFFERED": "1"}


def free_port(wanted: str) -> int:
    """Return the port to serve on; raises CannotStart when it is no port or taken."""
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < 65536):
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    try:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((HOST, int(wanted)))
    except OSError as problem:
        raise CannotStart(port_refused(int(wanted), problem)) from None
    return int(wanted)


def port_refused(port: int, problem: OSError) -> str:
    other = port + 1 if 1024 <= port < 65535 else 8001
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is already in use; start with another one: PORT={other} script/run."
    return f"Port {port} cannot be used ({problem.strerror}); start with another one: PORT={other} script/run."


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = f"The folder {folder} cannot be made ({problem.strerror}); name another in DATA_DIR."
        raise CannotStart(reason) from None


def already_running(data: Path) -> str:
    return f"The desk is already running on {shown(data)}; stop it first, or name another folder in DATA_DIR."


def rotate_logs(folder: Path) -> None:
    """Keep the logs of this start and of the one before."""
    for log in folder.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))


def prepare(data: Path, env: Mapping[str, str]) -> Desk:
    """Set up whatever is missing or changed; raises CannotStart."""
    log = data / "logs" / "setup.log"
    desk = Desk(desk_setup.prepare(log=log), data, env)
    if "REDIS_URL" in env:
        desk_broker.check_given(env["REDIS_URL"], python=desk.python, log=log)
    desk_assets.prepare(data / "assets", log=log)
    desk_project.compile_messages(desk.python, log=log)
    desk_project.collect_static(desk)
    return desk


def serve(desk: Desk, *, port: int, demo: bool, until: ExitStack) -> int:
    """Run everything until asked to stop; raises CannotStart when the pages do not come up.

    With the demo day the log-ins are shown, here and on the log-in page.
    """
    supervisor = Supervisor()
    supervisor.heed_signals()
    until.callback(supervisor.stop)
    env = start_broker(supervisor, desk, until)
    web_env = {"DEMO": "true", **env} if demo else env
    web = Program("web server", web_command(desk.python, port), desk.data / "logs" / "web.log", web_env, patience=20)
    supervisor.start(web)  # alone at first: the pages are sooner there than with four programs loading side by side
    logins = desk_project.demo_logins(desk) if demo else ""
    supervisor.watch(until=lambda: answers(port) or web.ends >= WEB_TRIES)
    if web.ends >= WEB_TRIES:
        raise CannotStart(f"The web server does not start; see {shown(web.log)}.")
    if not supervisor.stopping:
        supervisor.start(worker(desk, env))
        supervisor.start(clock(desk, env))
        greet(desk, port=port, logins=logins)
        supervisor.watch()
    say("\nStopping ...")
    supervisor.stop()
    say("Stopped.")
    return 0


def start_broker(supervisor: Supervisor, desk: Desk, until: ExitStack) -> dict[str, str]:
    """Start our own broker unless REDIS_URL names one; returns the environment that leads to it."""
    if "REDIS_URL" in desk.env:
        return dict(desk.env)
    log = desk.data / "logs" / "broker.log"
    broker = desk_broker.own(desk_setup.VENV, desk.data, until=until)
    supervisor.start(Program("broker", broker.command, log, desk.env))
    desk_broker.await_own(broker, log=log)
    return {**desk.env, "REDIS_URL": broker.url}


def web_command(python: Path, port: int) -> list[str]:
    shape = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket"]
    return [str(python), "-m", "gunicorn", "dealership.wsgi", "--bind", f"{HOST}:{port}", *shape]


def worker(desk: Desk, env: Mapping[str, str]) -> Program:
    """Return the worker; it may take half a minute to end the delivery in hand."""
    lean = ["--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "INFO"]
    command = [str(desk.python), "-m", "celery", "-A", "dealership", "worker", *lean]
    return Program("worker", command, desk.data / "logs" / "worker.log", env, patience=30)


def clock(desk: Desk, env: Mapping[str, str]) -> Program:
    """Return beat as a program of its own: inside a worker (`-B`) it outlives a killed worker."""
    files = ["--schedule", str(desk.data / "beat-schedule"), "--pidfile="]
    command = [str(desk.python), "-m", "celery", "-A", "dealership", "beat", *files, "--loglevel", "INFO"]
    return Program("clock", command, desk.data / "logs" / "clock.log", env)


def answers(port: int) -> bool:
    """Tell whether the pages answer anything at all."""
    line = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        line.request("GET", "/healthz/live")
        return line.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def greet(desk: Desk, *, port: int, logins: str) -> None:
    say(f"\nThe desk is open:  http://{HOST}:{port}/")
    if logins:
        say(f"\n{logins}")
    say(f"\nLogs are in {shown(desk.data / 'logs')}. Stop with Ctrl-C.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
