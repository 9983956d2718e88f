"""A small supervisor: starts programs in order, starts one again when it ends, stops all in reverse order.

1. Each program gets a session of its own, so that Ctrl-C reaches the supervisor alone and it decides the order.
2. To stop, TERM goes to the program's main process only: gunicorn and Celery tell their own workers what to do, and a
   TERM to a Celery pool process would throw its task away.
3. A program that outlives its time limit, and anything a dead program left behind, is killed with its whole session.
4. A program that ends by itself is started again after a pause that doubles up to half a minute, and is short again
   once it stayed up that long.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import desk_setup
from desk_setup import say, shown

TICK = 0.1  # seconds between two looks at the programs
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
LARGEST_LOG = 20 * 1024 * 1024  # bytes; a desk that runs for months must not fill its disk
PR_SET_PDEATHSIG = 1


@dataclass
class Program:
    """One program to keep running. `patience` is how many seconds it may take to stop."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str]
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    ends: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=desk_setup.ROOT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=follow_parent,
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process is not None and self.alive():
            self.process.terminate()

    def kill(self) -> None:
        """End the program and whatever of its session is left."""
        if self.process is None:
            return
        # Neither error matters: nothing is left, which macOS words as the second where only zombies are.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def follow_parent() -> None:
    """Let the kernel end this program when the supervisor is killed; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def trim(log: Path) -> None:
    """Move the lines of a log grown too large to `.log.1`; the program appends to the same file, now empty."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


class Supervisor:
    """Keeps programs running until `stopping` is set, by a signal or by whoever started it."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.stopping = False
        self.hurried = False

    def heed_signals(self) -> None:
        """Stop on Ctrl-C, TERM and a closed terminal; a second one no longer waits for anybody."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop_soon)

    def stop_soon(self, *_: object) -> None:
        self.hurried = self.stopping
        self.stopping = True

    def start(self, program: Program) -> None:
        self.programs.append(program)
        program.start()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything running until asked to stop or `until` is true."""
        while not (self.stopping or until()):
            for program in self.programs:
                self.look_at(program)
            time.sleep(TICK)

    def look_at(self, program: Program) -> None:
        now = time.monotonic()
        if program.alive():
            trim(program.log)
            if now - program.started > LONGEST_PAUSE:
                program.pause = FIRST_PAUSE
        elif program.due == 0.0:
            self.note_end(program, now)
        elif now >= program.due:
            program.due = 0.0
            program.start()

    def note_end(self, program: Program, now: float) -> None:
        program.kill()
        program.ends += 1
        program.due = now + program.pause
        say(f"The {program.name} ended and starts again in {program.pause:g} s; see {shown(program.log)}.")
        program.pause = min(program.pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """Stop everything, what was started last first: nothing loses what it leans on."""
        while self.programs:
            program = self.programs.pop()
            program.terminate()
            limit = time.monotonic() + program.patience
            while program.alive() and time.monotonic() < limit and not self.hurried:
                time.sleep(TICK / 2)
            program.kill()
