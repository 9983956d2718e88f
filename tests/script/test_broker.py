"""Our own broker: a real server on a private socket."""

import os
import stat
import sys
from contextlib import ExitStack
from pathlib import Path

import desk_broker
import pytest
import redis
from desk_setup import CannotStart
from desk_supervisor import Program, Supervisor


@pytest.fixture
def until():
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(until, tmp_path):
    """Start the broker on a folder and return it; it stops with the test."""

    def run(data):
        broker = desk_broker.own(Path(sys.prefix), data, until=until)
        supervisor = Supervisor()
        until.callback(supervisor.stop)
        supervisor.start(Program("broker", broker.command, tmp_path / "broker.log", dict(os.environ)))
        desk_broker.await_own(broker, log=tmp_path / "broker.log")
        return broker, supervisor

    return run


def client(broker):
    return redis.Redis.from_url(broker.url.replace("redis+socket://", "unix://"))


def test_it_answers_on_a_socket_only_its_owner_may_use_and_on_no_port(start, tmp_path):
    broker, _ = start(tmp_path)
    with client(broker) as line:
        assert line.ping()
        assert line.config_get("port") == {"port": "0"}
    assert stat.S_IMODE(broker.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


def test_what_waits_in_it_survives_a_kill(start, tmp_path):
    broker, supervisor = start(tmp_path)
    with client(broker) as line:
        line.config_set("appendfsync", "always")
        line.rpush("celery", "a wake-up")
    supervisor.programs[0].kill()
    broker, _ = start(tmp_path)
    with client(broker) as line:
        assert line.lrange("celery", 0, -1) == [b"a wake-up"]


def test_a_long_path_moves_the_socket_but_not_the_files(start, until, tmp_path):
    data = tmp_path / ("x" * 100)
    broker, _ = start(data)
    assert len(bytes(broker.path)) <= desk_broker.LONGEST_SOCKET
    assert stat.S_IMODE(broker.path.parent.stat().st_mode) == 0o700
    assert (data / "broker" / "appendonlydir").is_dir()
    until.close()
    assert not broker.path.parent.exists()


def test_a_server_that_does_not_start_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_broker, "PATIENCE", 0.0)
    with pytest.raises(CannotStart, match=r"^The built-in broker does not start; see"):
        desk_broker.await_own(desk_broker.Broker([], tmp_path / "broker.sock"), log=tmp_path / "broker.log")


def test_a_machine_the_server_was_not_built_for_is_one_sentence(tmp_path):
    with pytest.raises(CannotStart, match="name a Redis in REDIS_URL"):
        desk_broker.server_in(tmp_path)


def test_a_redis_that_does_not_answer_is_one_sentence_without_its_password(tmp_path):
    log = tmp_path / "setup.log"
    with pytest.raises(CannotStart, match=r"^The Redis named by REDIS_URL does not answer") as refused:
        desk_broker.check_given("redis://:secret@127.0.0.1:1/0", python=Path(sys.executable), log=log)
    assert "secret" not in f"{refused.value}{log.read_text()}"
