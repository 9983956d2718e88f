"""Logging in and out: the closed door, the wrong password, the lock after ten."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dealership.staff.models import User
from tests.factories import MONDAY, PASSWORD

LOGIN, FRONT = reverse("staff:login"), reverse("overview:today")


@pytest.fixture
def visitor(client, crew, settings):
    """Return the browser of somebody at the door, speaking English; wrong passwords are counted."""
    settings.AXES_ENABLED = True
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def try_password(client, user, password):
    return client.post(LOGIN, {"username": user.username, "password": password})


def test_the_door_leads_to_where_one_wanted_to_go(visitor, crew):
    wanted = reverse("appointments:grid") + "?day=2026-11-24"
    door = visitor.get(wanted)
    assert door.status_code == 302
    assert door["Location"].startswith(f"{LOGIN}?next=")
    answer = visitor.post(door["Location"], {"username": crew.service_advisor.username, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, wanted)
    assert get_user(visitor) == crew.service_advisor


def test_logging_in_leads_to_the_front_page_and_the_door_lets_through_afterwards(visitor, crew):
    answer = try_password(visitor, crew.service_advisor, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, FRONT)
    assert visitor.get(LOGIN)["Location"] == FRONT


def test_nobody_is_led_away_after_logging_in(visitor, crew):
    answer = visitor.post(
        f"{LOGIN}?next=https://example.com/", {"username": crew.service_advisor.username, "password": PASSWORD}
    )
    assert answer["Location"] == FRONT


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_wrong_password_is_told_without_saying_what_was_wrong(visitor, crew, language):
    visitor.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    wrong = try_password(visitor, crew.service_advisor, "wrong")
    unknown = visitor.post(LOGIN, {"username": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    [sentence] = wrong.context["form"].non_field_errors()
    assert unknown.context["form"].non_field_errors() == [sentence]
    assert sentence in wrong.content.decode().replace("&#x27;", "'")
    assert ("password" in sentence) == (language == "en")
    assert f'value="{crew.service_advisor.username}"' in wrong.content.decode()
    assert get_user(visitor).is_anonymous


def test_who_left_the_house_does_not_come_in(visitor, crew):
    User.objects.filter(pk=crew.service_advisor.pk).update(is_active=False)
    assert try_password(visitor, crew.service_advisor, PASSWORD).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_tenth_wrong_password_locks_for_a_quarter_of_an_hour(visitor, crew, language, time_machine):
    visitor.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    time_machine.move_to(MONDAY, tick=False)
    for _attempt in range(9):
        assert try_password(visitor, crew.service_advisor, "wrong").status_code == 422
    locked = try_password(visitor, crew.service_advisor, "wrong")
    assert locked.status_code == 429
    with translation.override(language):
        assert _("Too many wrong passwords. Please try again in 15 minutes or ask your manager.") in (
            locked.content.decode()
        )
    assert try_password(visitor, crew.service_advisor, PASSWORD).status_code == 429
    assert get_user(visitor).is_anonymous
    time_machine.move_to(MONDAY + timedelta(minutes=16), tick=False)
    assert try_password(visitor, crew.service_advisor, PASSWORD).status_code == 302


def test_the_lock_is_one_persons(visitor, crew):
    for _attempt in range(10):
        locked = try_password(visitor, crew.service_advisor, "wrong")
    assert locked.status_code == 429
    assert try_password(visitor, crew.foreman, PASSWORD).status_code == 302


def test_nine_wrong_passwords_are_forgiven_by_a_right_one(visitor, crew):
    for _round in range(2):
        for _attempt in range(9):
            try_password(visitor, crew.service_advisor, "wrong")
        assert try_password(visitor, crew.service_advisor, PASSWORD).status_code == 302
        visitor.post(reverse("staff:logout"))


def test_logging_out_closes_the_door(visitor, crew):
    visitor.force_login(crew.service_advisor, backend="dealership.staff.backends.RoleBackend")
    assert visitor.get(reverse("staff:logout")).status_code == 303
    answer = visitor.post(reverse("staff:logout"))
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert visitor.get(FRONT).status_code == 302


@pytest.mark.parametrize("demo", [True, False])
def test_the_demo_names_its_log_ins_and_a_desk_does_not(visitor, settings, demo):
    settings.DEMO = demo
    assert ("demo-desk-2026" in visitor.get(LOGIN).content.decode()) == demo
