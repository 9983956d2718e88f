"""The virtual environment and its packages."""

import json
import re
import tomllib
from pathlib import Path

import desk_setup
import pytest
from desk_setup import CannotStart, StepFailed

ROOT = desk_setup.ROOT
LOCKS = ["requirements.txt", "tests/requirements.txt", "script/uv.txt", "script/assets/node.txt"]


@pytest.fixture
def lock(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("django==5.2.19 --hash=sha256:00\n")
    return file


@pytest.fixture
def called(monkeypatch):
    """Record the programs that set-up would call, instead of calling them."""
    calls = []
    monkeypatch.setattr(desk_setup, "execute", lambda command, **_: calls.append(" ".join(map(str, command))) or "")
    return calls


def install(lock):
    desk_setup.install(lock, environment=ready(lock.parent / "venv"), log=lock.parent / "log")


def ready(environment):
    environment.mkdir(exist_ok=True)
    return environment


def test_a_lock_is_installed_once(lock, called):
    install(lock)
    assert any("uv pip install" in call and "--require-hashes" in call for call in called)
    called.clear()
    install(lock)
    assert called == []


def test_a_changed_lock_is_installed_again(lock, called):
    install(lock)
    called.clear()
    lock.write_text("django==5.2.20 --hash=sha256:00\n")
    install(lock)
    assert called


def refusing(*programs, output="no"):
    """Return an `execute` under which these programs fail."""

    def execute(command, **_):
        if any(program in " ".join(map(str, command)) for program in programs):
            raise StepFailed(1, output)
        return ""

    return execute


def test_pip_installs_where_uv_cannot(lock, monkeypatch):
    monkeypatch.setattr(desk_setup, "execute", refusing("uv pip install"))
    install(lock)
    assert list((lock.parent / "venv" / "installed").iterdir())


def test_a_registry_that_does_not_answer_is_one_sentence_and_tried_again_next_time(lock, monkeypatch):
    monkeypatch.setattr(desk_setup, "execute", refusing("install", output="ERROR: No matching distribution found"))
    with pytest.raises(CannotStart, match=r"^The Python packages of .*requirements.txt could not be .* registry does"):
        install(lock)
    assert not (lock.parent / "venv" / "installed").exists()


def test_a_package_with_another_hash_is_named_as_such(lock, monkeypatch):
    output = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
    monkeypatch.setattr(desk_setup, "execute", refusing("install", output=output))
    with pytest.raises(CannotStart, match="its hash differs"):
        install(lock)


def test_a_python_without_venv_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotStart, match=r"came without its venv module: install it .* and start again\.$"):
        desk_setup.make(tmp_path / "venv", log=tmp_path / "log")


def test_an_environment_whose_python_is_gone_is_made_again(tmp_path, called):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "removed")
    desk_setup.make(tmp_path, log=tmp_path / "log")
    assert len(called) == 1
    assert "-m venv --clear" in called[0]


def test_a_failed_program_leaves_its_words_in_the_log(tmp_path):
    with pytest.raises(StepFailed) as failed:
        desk_setup.execute(["sh", "-c", "echo so it was; exit 4"], log=tmp_path / "logs" / "setup.log")
    assert (failed.value.code, failed.value.output) == (4, "so it was\n")
    assert "so it was" in (tmp_path / "logs" / "setup.log").read_text()


def test_a_mirror_told_to_pip_is_told_to_uv():
    assert desk_setup.uv_index({"PIP_INDEX_URL": "mirror"}) == {"UV_DEFAULT_INDEX": "mirror"}
    assert desk_setup.uv_index({}) == {}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_registry(name):
    text = (ROOT / name).read_text()
    pins = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert pins
    assert all(re.match(r"[a-z0-9.\-]+==\S+ .*\\$", pin) for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_the_npm_lock_hashes_everything_and_names_no_registry():
    text = (ROOT / "script" / "assets" / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)
    assert "://" not in text


def pins(name):
    return dict(re.findall(r"(?m)^([a-z0-9.\-]+)==(\S+)", (ROOT / name).read_text()))


def test_the_locks_hold_what_the_project_declares():
    project = tomllib.loads(Path(ROOT / "pyproject.toml").read_text())["project"]
    declared = dict(pin.split("==") for pin in project["dependencies"])
    tests = dict(pin.split("==") for pin in project["optional-dependencies"]["test"])
    assert declared.items() <= pins("requirements.txt").items()
    assert tests.items() <= pins("tests/requirements.txt").items()


def test_the_checks_run_on_the_packages_that_the_desk_runs_on():
    assert pins("requirements.txt").items() <= pins("tests/requirements.txt").items()
