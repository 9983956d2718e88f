"""The supervisor, on programs of a few lines."""

import os
import signal
import subprocess
import sys
import time

import desk_supervisor
import pytest
from desk_supervisor import Program, Supervisor

LIMIT = 20.0  # seconds; a machine under load must not decide a test


@pytest.fixture
def supervisor():
    """A supervisor whose programs do not outlive the test."""
    made = Supervisor()
    yield made
    made.hurried = True
    made.stop()


@pytest.fixture
def program(tmp_path):
    """Make a program from Python lines; the folder is its first argument."""

    def make(lines, *, name="trial", patience=10.0):
        command = [sys.executable, "-c", f"import os, signal, sys, time\nhere = sys.argv[1]\n{lines}", str(tmp_path)]
        return Program(name, command, tmp_path / f"{name}.log", dict(os.environ), patience=patience)

    return make


def watch(supervisor, until):
    give_up = time.monotonic() + LIMIT
    supervisor.watch(until=lambda: until() or time.monotonic() > give_up)
    assert until()


def alive(pid):
    """Tell whether the process runs: one that ended and was not waited for counts as gone."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


def test_a_program_that_ends_is_started_again(supervisor, program, tmp_path, capsys):
    supervisor.start(program("print(os.getpid(), file=open(here + '/starts', 'a'))"))
    watch(
        supervisor,
        lambda: len((tmp_path / "starts").read_text().split()) >= 2 if supervisor.programs[0].ends else False,
    )
    assert "The trial ended and starts again in 0.5 s" in capsys.readouterr().out


def test_a_program_killed_from_outside_is_started_again(supervisor, program):
    trial = program("time.sleep(600)")
    supervisor.start(trial)
    first = trial.process.pid
    os.kill(first, signal.SIGKILL)
    watch(supervisor, lambda: trial.process.pid != first and trial.alive())


def test_the_pause_doubles_up_to_a_limit_and_is_short_again_after_a_long_life(supervisor, program):
    trial = program("pass")
    for expected in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0):
        assert trial.pause == expected
        supervisor.note_end(trial, now=0.0)
        assert trial.due == expected
    lasting = program("time.sleep(600)")
    supervisor.start(lasting)
    lasting.pause, lasting.started = 8.0, time.monotonic() - desk_supervisor.LONGEST_PAUSE - 1
    supervisor.look_at(lasting)
    assert lasting.pause == desk_supervisor.FIRST_PAUSE


def test_what_a_dead_program_left_behind_is_ended_before_the_next_start(supervisor, program, tmp_path):
    trial = program(
        "child = os.fork()\n"
        "if child: open(here + '/child.new', 'w').write(str(child)); os.rename(here + '/child.new', here + '/child')\n"
        "time.sleep(600)"
    )
    supervisor.start(trial)
    watch(supervisor, (tmp_path / "child").exists)
    child = int((tmp_path / "child").read_text())
    assert alive(child)
    os.kill(trial.process.pid, signal.SIGKILL)
    watch(supervisor, lambda: trial.ends == 1)
    assert not alive(child)


def test_stopping_ends_the_last_started_first(supervisor, program, tmp_path):
    lines = (
        "def end(*_):\n    print('{0}', file=open(here + '/ends', 'a'))\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\nopen(here + '/{0}', 'w')\ntime.sleep(600)"
    )
    for name in ("broker", "worker"):
        supervisor.start(program(lines.format(name), name=name))
    watch(supervisor, lambda: (tmp_path / "broker").exists() and (tmp_path / "worker").exists())
    supervisor.stop()
    assert (tmp_path / "ends").read_text().split() == ["worker", "broker"]


def test_term_goes_to_the_main_process_only(supervisor, program, tmp_path):
    supervisor.start(
        program(
            "def end(*_):\n    print('term', file=open(here + '/terms', 'a'))\n"
            "    if child: time.sleep(0.5)\n    sys.exit(0)\n"
            "child = 1\nsignal.signal(signal.SIGTERM, end)\nchild = os.fork()\n"
            "if child: open(here + '/ready', 'w')\ntime.sleep(600)"
        )
    )
    watch(supervisor, (tmp_path / "ready").exists)
    supervisor.stop()
    assert (tmp_path / "terms").read_text().split() == ["term"]


def test_a_program_deaf_to_term_is_killed_after_its_time(supervisor, program, tmp_path):
    trial = program(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen(here + '/ready', 'w')\ntime.sleep(600)", patience=0.3
    )
    supervisor.start(trial)
    watch(supervisor, (tmp_path / "ready").exists)
    supervisor.stop()
    assert trial.process.returncode == -signal.SIGKILL


def test_a_second_signal_waits_for_nobody(supervisor):
    supervisor.stop_soon()
    assert (supervisor.stopping, supervisor.hurried) == (True, False)
    supervisor.stop_soon()
    assert supervisor.hurried


def test_a_signal_ends_the_watch(supervisor, program, own_signals):
    supervisor.heed_signals()
    os.kill(os.getpid(), signal.SIGTERM)
    supervisor.watch()
    assert supervisor.stopping


def test_what_a_program_prints_is_in_its_log(supervisor, program, tmp_path):
    supervisor.start(program("print('hello from the trial', flush=True)\ntime.sleep(600)"))
    watch(supervisor, lambda: "hello from the trial" in (tmp_path / "trial.log").read_text())


def test_a_log_grown_too_large_starts_anew_while_its_program_goes_on_writing(
    supervisor, program, tmp_path, monkeypatch
):
    monkeypatch.setattr(desk_supervisor, "LARGEST_LOG", 20)
    supervisor.start(program("while True:\n    print('0123456789', flush=True)\n    time.sleep(0.01)"))
    watch(supervisor, (tmp_path / "trial.log.1").exists)
    before = (tmp_path / "trial.log").stat().st_size
    assert before < 1000
    assert (tmp_path / "trial.log.1").read_text().startswith("0123456789\n0123456789\n")
    watch(supervisor, lambda: (tmp_path / "trial.log").read_text().startswith("0123456789"))
