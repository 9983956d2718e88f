"""script/run before any Python: which one it takes, and the sentence where none will do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parent.parent.parent / "script" / "run"
TOOLS = ["sh", "dirname"]


def start(path, **env):
    return subprocess.run(
        ["/bin/sh", str(RUN), "--help"], env={"PATH": str(path), **env}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def machine(tmp_path):
    """A PATH that holds nothing but what the shell needs."""
    for tool in TOOLS:
        [found] = [Path(place, tool) for place in ("/usr/bin", "/bin") if Path(place, tool).exists()][:1]
        (tmp_path / tool).symlink_to(found)
    return tmp_path


def pretend(machine, name, version):
    """Put a Python on the PATH that answers as this version would."""
    newer = tuple(map(int, version.split(".")[:2])) >= (3, 11)
    program = machine / name
    program.write_text(f'#!/bin/sh\ncase "$2" in *print*) echo {version} ;; *) exit {0 if newer else 1} ;; esac\n')
    program.chmod(0o755)


def assert_one_sentence(done, *parts):
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.endswith(".")
    for part in parts:
        assert part in line


def test_an_old_python_is_named_in_one_sentence(machine):
    pretend(machine, "python3", "3.9.18")
    assert_one_sentence(start(machine), "needs Python 3.11", "3.9.18 (python3)")


def test_python_2_is_named_in_one_sentence(machine):
    pretend(machine, "python3", "2.7.18")
    assert_one_sentence(start(machine), "2.7.18")


def test_no_python_at_all_is_said_in_one_sentence(machine):
    assert_one_sentence(start(machine), "no Python was found here")


def test_a_python_named_but_absent_is_said_in_one_sentence(machine):
    pretend(machine, "python3", "3.11.7")
    assert_one_sentence(start(machine, PYTHON="/nowhere/python"), "/nowhere/python does not run here")


def test_python_3_11_is_taken_before_an_older_python3(machine):
    pretend(machine, "python3", "3.9.18")
    (machine / "python3.11").symlink_to(os.path.realpath(sys.executable))
    assert start(machine).stdout.startswith("usage: script/run")


def test_a_newer_python3_is_taken_where_there_is_no_python_3_11(machine):
    (machine / "python3").symlink_to(os.path.realpath(sys.executable))
    assert start(machine).stdout.startswith("usage: script/run")


def test_the_python_named_by_the_environment_comes_first(machine):
    pretend(machine, "python3.11", "3.11.0")
    assert start(machine, PYTHON=os.path.realpath(sys.executable)).stdout.startswith("usage: script/run")
