"""The virtual environment and its packages, from a bare Python: `script/run` and `script/test` both start here."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME = ROOT / "requirements.txt"
UV = ROOT / "script" / "uv.txt"


class CannotStart(Exception):
    """Why the desk cannot start: one sentence for the person at the keyboard."""


class StepFailed(Exception):
    """A program called during set-up ended with an error: its exit code and all it printed."""

    def __init__(self, code: int, output: str) -> None:
        super().__init__(code, output)
        self.code = code
        self.output = output


def say(line: str = "") -> None:
    """Print at once; a terminal that went away (`script/run | head`) does not stop the desk."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shown(path: Path) -> str:
    """Return the path as a person in the checkout would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def execute(command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None) -> str:
    """Run to the end, keep what it printed in the log and return it; raises StepFailed.

    In a session of its own, so that Ctrl-C reaches us alone and is not mistaken for a failure of the program.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as lines:
        lines.write(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}\n")
    if done.returncode:
        raise StepFailed(done.returncode, done.stdout)
    return done.stdout


@contextmanager
def only_one(lock: Path, *, wait: bool = False, refusal: str = "") -> Iterator[None]:
    """Hold the lock file; raises CannotStart with the refusal when another process holds it and we do not wait.

    The kernel drops the lock with its holder, so nothing stale is left after a crash.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise CannotStart(refusal) from None
        yield


def fingerprint(*files: Path) -> str:
    """Return one SHA-256 over the contents of the files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def python_in(environment: Path) -> Path:
    return environment / "bin" / "python"


def prepare(locks: Sequence[Path] = (RUNTIME,), *, environment: Path = VENV, log: Path) -> Path:
    """Make the environment hold the packages of these locks and return its Python; raises CannotStart.

    A lock already installed is not looked at again until its contents change.
    """
    with only_one(environment.parent / ".local" / f"{environment.name}.lock", wait=True):
        make(environment, log=log)
        for lock in locks:
            install(lock, environment=environment, log=log)
    return python_in(environment)


def make(environment: Path, *, log: Path) -> None:
    """Create the environment unless it runs; raises CannotStart where Python came without venv."""
    if runs(python_in(environment)):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise CannotStart(venv_missing())
    say(f"Making {shown(environment)} ...")
    try:
        # A process of its own: inside this one a failing ensurepip would print its traceback.
        execute([sys.executable, "-m", "venv", "--clear", environment], log=log)
    except StepFailed:
        raise CannotStart(f"The environment {shown(environment)} could not be made; see {shown(log)}.") from None


def runs(python: Path) -> bool:
    """Tell whether this Python starts: it does not after the system's own Python was replaced."""
    if not python.exists():
        return False
    checked = subprocess.run([python, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return checked.returncode == 0


def venv_missing() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"This Python {version} came without its venv module:"
        f" install it (on Debian and Ubuntu: apt install python{version}-venv) and start again."
    )


def install(lock: Path, *, environment: Path, log: Path) -> None:
    """Install exactly what the lock names, by uv where it can be had and by pip otherwise; raises CannotStart."""
    stamp = environment / "installed" / f"{shown(lock).replace(os.sep, '-')}.sha256"
    wanted = fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing the Python packages of {shown(lock)} ...")
    try:
        by_uv(lock, environment=environment, log=log)
    except StepFailed:
        by_pip(lock, environment=environment, log=log)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def by_uv(lock: Path, *, environment: Path, log: Path) -> None:
    """Install with uv, fetched first where the environment has none; raises StepFailed."""
    uv = environment / "bin" / "uv"
    if not uv.exists():
        execute([*pip_in(environment), "--only-binary", ":all:", "--require-hashes", "-r", UV], log=log)
    # Short patience: pip, which knows the mirrors configured for it, is the next to try.
    env = {"UV_HTTP_TIMEOUT": "15", "UV_HTTP_RETRIES": "1", **uv_index(os.environ), **os.environ}
    # Compiled now, as pip does: it is asked for by several processes at once when the desk starts.
    told = ["--quiet", "--compile-bytecode", "--python", python_in(environment), "--require-hashes"]
    execute([uv, "pip", "install", *told, "-r", lock], log=log, env=env)


def uv_index(env: Mapping[str, str]) -> dict[str, str]:
    """Return the mirror that pip was told to use, under the name uv knows it by."""
    return {"UV_DEFAULT_INDEX": env["PIP_INDEX_URL"]} if env.get("PIP_INDEX_URL") else {}


def pip_in(environment: Path) -> list[str | Path]:
    """Return pip's install command; a registry that does not answer is given up after some 30 seconds."""
    patience = ["--retries", "1", "--timeout", "15", "--disable-pip-version-check", "--quiet"]
    return [python_in(environment), "-m", "pip", "install", *patience]


def by_pip(lock: Path, *, environment: Path, log: Path) -> None:
    try:
        execute([*pip_in(environment), "--require-hashes", "-r", lock], log=log)
    except StepFailed as failed:
        raise CannotStart(not_installed(lock, failed.output, log)) from None


def not_installed(lock: Path, output: str, log: Path) -> str:
    """Say why pip could not install: a wrong hash is a reason to stop, not to try again."""
    if "DO NOT MATCH THE HASHES" in output:
        reason = "a package from the registry is not the one that was pinned (its hash differs)"
    else:
        reason = "the package registry does not answer or lacks a package; check the network and start again"
    return f"The Python packages of {shown(lock)} could not be installed: {reason}. Details are in {shown(log)}."
