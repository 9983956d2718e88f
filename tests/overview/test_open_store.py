"""Opening a new store from the terminal."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.workshop.models import OpeningHours
from tests import factories

ANSWERS = {
    "name": "玉湖店",
    "code": "jl1",
    "username": "chenjing",
    "full_name": "陈静",
    "password": factories.PASSWORD,
}


def open_store(**changes):
    call_command("open_store", **ANSWERS | changes)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.django_db
def test_a_store_opens_with_its_first_manager_and_usual_hours(client, capsys):
    open_store()
    assert "玉湖店 is open; chenjing can log in" in capsys.readouterr().out
    store, manager = Store.objects.get(), User.objects.get()
    assert (store.name, store.code, store.time_zone) == ("玉湖店", "JL1", "Asia/Shanghai")
    assert (manager.full_name, manager.roles, manager.store) == ("陈静", [Role.AFTER_SALES_MANAGER], store)
    assert list(manager.stores.all()) == [store]
    assert OpeningHours.objects.filter(store=store).values("weekday").distinct().count() == 7
    assert client.login(username="chenjing", password=factories.PASSWORD)
    assert client.get(reverse("overview:today")).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "J L"}, "valid “slug”"),
        ({"code": "JADELAKE1"}, "at most 8 characters"),
        ({"name": "玉" * 81}, "at most 80 characters"),
        ({"username": "chen jing"}, "valid username"),
        ({"full_name": "静" * 61}, "at most 60 characters"),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "chenjing12", "username": "chenjing12"}, "too similar to the username"),
    ],
)
def test_a_wrong_answer_is_told_in_a_sentence_and_nothing_is_opened(english, wrong, sentence):
    with pytest.raises(CommandError, match=sentence):
        open_store(**wrong)
    assert not Store.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_code_and_a_name_that_are_taken_are_refused(english):
    open_store()
    with pytest.raises(CommandError, match="Code already exists"):
        open_store(username="other")
    with pytest.raises(CommandError, match="username already exists"):
        open_store(code="JL2")
    assert Store.objects.count() == User.objects.count() == 1


@pytest.mark.django_db
def test_what_was_left_out_is_asked_until_it_is_answered(monkeypatch):
    answers = iter(["", "  ", " 玉湖店 "])
    passwords = iter(["", factories.PASSWORD, "something else", factories.PASSWORD, factories.PASSWORD])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda question: next(passwords))
    open_store(name=None, password=None)
    assert Store.objects.get().name == "玉湖店"
    assert User.objects.get().check_password(factories.PASSWORD)
    assert list(answers) == []


@pytest.mark.django_db
@pytest.mark.parametrize("left_out", ["name", "password"])
def test_without_a_terminal_it_says_so(monkeypatch, left_out):
    def nobody(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setattr("getpass.getpass", nobody)
    with pytest.raises(CommandError, match="run this command in a terminal"):
        open_store(**{left_out: None})
    assert not Store.objects.exists()
