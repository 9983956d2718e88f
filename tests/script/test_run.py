"""Starting the desk: what it refuses, and in which words."""

import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import desk_run
import desk_setup
import pytest


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind((desk_run.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def start(tmp_path, monkeypatch, own_signals, capsys):
    """Start the desk on a folder of its own and return (exit code, stderr); it must not come as far as set-up."""

    def run(*arguments, **env):
        monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(desk_run, "prepare", lambda *_: pytest.fail("set-up began"))
        code = desk_run.main(arguments)
        return code, capsys.readouterr().err

    return run


def test_a_taken_port_is_one_sentence_before_anything_starts(start, taken):
    assert start(PORT=str(taken)) == (
        1,
        f"Port {taken} is already in use; start with another one: PORT={taken + 1} script/run.\n",
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "80 80", "٣"])
def test_what_is_no_port_is_one_sentence(start, port):
    assert start(PORT=port) == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")


def test_a_second_start_on_the_same_data_is_refused(start, tmp_path):
    holder = (
        "import sys, desk_setup, pathlib\n"
        "with desk_setup.only_one(pathlib.Path(sys.argv[1])):\n    print(flush=True)\n    input()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path / "data" / "run.lock")],
        cwd=desk_setup.ROOT / "script",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with first:
        first.stdout.readline()
        code, said = start()
        first.kill()
    assert code == 1
    assert said == (
        f"The desk is already running on {tmp_path / 'data'}; stop it first, or name another folder in DATA_DIR.\n"
    )


def test_a_lock_goes_with_its_holder(tmp_path):
    for _ in range(2):
        with desk_setup.only_one(tmp_path / "run.lock", refusal="taken"):
            pass


def test_a_folder_that_cannot_be_made_is_one_sentence(start, tmp_path):
    (tmp_path / "data").write_text("a file stands in the way")
    code, said = start()
    assert code == 1
    assert said.startswith(f"The folder {tmp_path / 'data' / 'logs'} cannot be made (")
    assert said.count("\n") == 1


def test_children_get_absolute_folders_and_no_empty_address(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    env = desk_run.environment({"DATA_DIR": "here", "DATABASE_URL": "", "REDIS_URL": "", "SECRET_KEY": "s"})
    assert env["DATA_DIR"] == str(tmp_path / "here")
    assert "DATABASE_URL" not in env
    assert "REDIS_URL" not in env
    assert env["SECRET_KEY"] == "s"
    assert desk_run.environment({})["DATA_DIR"] == str(desk_setup.ROOT / ".local")


def test_logs_of_this_start_and_the_one_before_are_kept(tmp_path):
    for words in ("first", "second"):
        desk_run.rotate_logs(tmp_path)
        (tmp_path / "web.log").write_text(words)
    assert (tmp_path / "web.log.1").read_text() == "first"
    desk_run.rotate_logs(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["web.log.1"]


def test_any_answer_of_the_pages_counts_and_silence_does_not(taken):
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(503)

        def log_message(self, *_):
            """Stay quiet."""

    with HTTPServer((desk_run.HOST, 0), Refusing) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert desk_run.answers(server.server_port)
    assert not desk_run.answers(server.server_port)


def test_the_worker_carries_no_clock_and_the_web_server_no_control_socket(tmp_path):
    desk = desk_run.Desk(tmp_path / "python", tmp_path, {})
    command = desk_run.worker(desk, {}).command
    assert "-B" not in command
    assert {"--without-mingle", "--without-gossip"} <= set(command)
    assert "--no-control-socket" in desk_run.web_command(tmp_path / "python", 8000)
    assert str(tmp_path / "beat-schedule") in desk_run.clock(desk, {}).command
