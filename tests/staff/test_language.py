"""The language: the person's choice, else this browser's choice, else what the browser asks for."""

import pytest
from django.conf import settings
from django.urls import reverse

from dealership.staff.models import User

LOGIN, LANGUAGE, FRONT = reverse("staff:login"), reverse("staff:language"), reverse("overview:today")


def spoken(client, header, address=LOGIN):
    answer = client.get(address, headers={"Accept-Language": header})
    assert answer["Content-Language"] in answer.content.decode().split(">")[1]
    return answer["Content-Language"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-Hans-SG", "zh-hans"),
        ("fr,de;q=0.8", "zh-hans"),
        ("fr,en;q=0.8", "en"),
        ("", "zh-hans"),
        ("*;q=x,,", "zh-hans"),
    ],
)
def test_the_browser_asks(client, db, header, language):
    assert spoken(client, header) == language


def test_this_browser_keeps_what_was_chosen_before_logging_in(client, db):
    answer = client.post(LANGUAGE, {"language": "en", "next": f"{LOGIN}?next=/reception/"})
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/reception/")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert spoken(client, "zh-CN") == "en"


def test_the_person_keeps_what_he_chose_in_every_browser(client, crew):
    client.force_login(crew.service_advisor)
    assert spoken(client, "en", FRONT) == "en"
    client.post(LANGUAGE, {"language": "zh-hans", "next": "/"})
    assert User.objects.get(pk=crew.service_advisor.pk).language == "zh-hans"
    client.cookies.pop(settings.LANGUAGE_COOKIE_NAME)
    assert spoken(client, "en", FRONT) == "zh-hans"


def test_the_persons_choice_beats_the_browsers(client, crew):
    User.objects.filter(pk=crew.service_advisor.pk).update(language="zh-hans")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(crew.service_advisor)
    assert spoken(client, "en", FRONT) == "zh-hans"


def test_one_persons_language_does_not_stick_to_the_next_request(client, crew):
    User.objects.filter(pk=crew.service_advisor.pk).update(language="zh-hans")
    client.force_login(crew.service_advisor)
    assert spoken(client, "en", FRONT) == "zh-hans"
    client.logout()
    assert spoken(client, "en") == "en"


@pytest.mark.parametrize("chosen", ["fr", "", "en'", "zh-Hant"])
def test_an_unknown_language_changes_nothing(client, crew, chosen):
    client.force_login(crew.service_advisor)
    assert client.post(LANGUAGE, {"language": chosen}).status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies
    assert User.objects.get(pk=crew.service_advisor.pk).language == ""


@pytest.mark.parametrize("away", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"])
def test_choosing_a_language_leads_nobody_away(client, db, away):
    assert client.post(LANGUAGE, {"language": "en", "next": away})["Location"] == "/"


def test_following_a_link_changes_no_language(client, db):
    assert client.get(LANGUAGE, {"language": "en"}).status_code == 303
