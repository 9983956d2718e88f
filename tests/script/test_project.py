"""Which first day a database gets, and what is remembered of it."""

import os

import desk_project
import pytest
from desk_project import DEMO, LOADING, OWN, Desk
from desk_setup import CannotStart, StepFailed


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk whose commands are recorded, not run."""
    made = Desk(tmp_path / "python", tmp_path, {})
    monkeypatch.setattr(Desk, "manage", lambda self, *arguments: done.append(arguments[0]) or "")
    done = []
    monkeypatch.setattr(desk_project, "open_store", lambda desk: done.append("open_store") or OWN)
    return made, done


def test_a_new_database_gets_the_demo_day(desk):
    made, done = desk
    assert desk_project.first_day(made, has_users=False, empty=False) == DEMO
    assert done == ["seed_demo"]
    assert desk_project.first_day(made, has_users=True, empty=False) == DEMO
    assert done == ["seed_demo"]


def test_an_empty_start_asks_for_the_store(desk):
    made, done = desk
    assert desk_project.first_day(made, has_users=False, empty=True) == OWN
    assert done == ["open_store"]


def test_a_database_we_never_filled_is_the_stores_own(desk):
    made, done = desk
    assert desk_project.first_day(made, has_users=True, empty=False) == OWN
    assert desk_project.first_day(made, has_users=True, empty=True) == OWN
    assert done == []


def test_an_empty_start_on_the_demo_day_is_refused(desk):
    made, _ = desk
    desk_project.remember(made, DEMO)
    with pytest.raises(CannotStart, match=r"holds the demo day; for a new store, name another folder in DATA_DIR"):
        desk_project.first_day(made, has_users=True, empty=True)


def test_a_demo_day_broken_off_is_never_served(desk, monkeypatch):
    made, _ = desk

    def broken(self, *arguments):
        raise StepFailed(1, "Traceback")

    monkeypatch.setattr(Desk, "manage", broken)
    with pytest.raises(CannotStart, match="could not be loaded; see"):
        desk_project.first_day(made, has_users=False, empty=False)
    assert desk_project.kind_of(made) == LOADING
    with pytest.raises(CannotStart, match="broken off"):
        desk_project.first_day(made, has_users=True, empty=False)


def test_each_database_is_remembered_without_its_password(desk, tmp_path):
    made, _ = desk
    desk_project.remember(made, DEMO)
    other = Desk(made.python, tmp_path, {"DATABASE_URL": "postgres://desk:secret@db.example:5432/desk?sslmode=require"})
    assert desk_project.kind_of(other) == OWN
    desk_project.remember(other, DEMO)
    assert "secret" not in (tmp_path / "databases.json").read_text()
    moved = Desk(made.python, tmp_path, {"DATABASE_URL": "postgres://desk:changed@db.example:5432/desk"})
    assert desk_project.kind_of(moved) == DEMO


def test_a_database_that_refuses_is_quoted_and_any_other_failure_points_to_the_log(desk):
    made, _ = desk
    refused = StepFailed(desk_project.REFUSED, "could not connect\nThe database x cannot be reached.\n")
    assert desk_project.not_migrated(refused, made).startswith("The database x cannot be reached. Details are in")
    assert desk_project.not_migrated(StepFailed(1, "Traceback"), made).startswith(
        "The database could not be brought up"
    )


def test_static_files_are_collected_again_only_when_one_changed(desk, tmp_path):
    made, done = desk
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.css").write_text("a{}")
    for _ in range(2):
        desk_project.collect_static(made)
    assert done == ["collectstatic"]
    os.utime(tmp_path / "assets" / "a.css", (0, 0))
    desk_project.collect_static(made)
    assert done == ["collectstatic", "collectstatic"]


def test_a_catalogue_older_than_its_source_counts_as_not_compiled(tmp_path):
    source = tmp_path / "django.po"
    source.touch()
    assert not desk_project.compiled(source)
    source.with_suffix(".mo").touch()
    os.utime(source, (0, 0))
    assert desk_project.compiled(source)
    os.utime(source.with_suffix(".mo"), (0, 0))
    os.utime(source, (9, 9))
    assert not desk_project.compiled(source)
