"""The code a customer shows on arrival: on his own page and in his letters, and nothing about him in it."""

import io
import re

import pytest
from django.conf import settings
from django.core import signing
from django.urls import reverse

from appointments import operations, references
from appointments.models import Appointment, CustomerLink
from appointments.notices import address
from appointments.states import State
from dealership.outbox.models import Message
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE


@pytest.fixture
def made(crew):
    return factories.appointment(crew)


def page_of(made):
    return reverse("appointments:code", args=[references.reference(made)])


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        "  {code}\r\n",
        "{address}",
        "{capitals}",
        "{wide}",
    ],
    ids=["alone", "with the scanner's line end", "as an address", "with caps lock", "under a Chinese keyboard"],
)
def test_a_code_is_read_however_the_scanner_types_it(made, typed):
    code, held = references.reference(made), references.address(made)
    wide = held.replace(":", "：").replace("/", "、").replace("-", "－")
    text = typed.format(code=code, address=held, capitals=held.upper(), wide=wide)
    assert references.looks_like(text)
    assert references.appointment_id(text) == made.pk


def test_a_changed_code_is_nobodys(made):
    code = references.reference(made)
    other = code.replace(f"{made.pk}-", f"{made.pk + 1}-")
    flipped = code[:-1] + ("a" if code[-1] != "a" else "b")
    for forged in (other, flipped, "1-", "", "京A12345", "13800000001"):
        with pytest.raises(signing.BadSignature):
            references.appointment_id(forged)
    assert not references.looks_like("京A12345")
    assert not references.looks_like("13800000001")


def test_a_code_made_before_the_secret_was_changed_is_still_read(made, settings):
    code = references.reference(made)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert references.appointment_id(code) == made.pk
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.BadSignature):
        references.appointment_id(code)


def test_the_code_is_not_the_secret_of_an_answer(crew, mail_reader, client):
    made = factories.appointment(crew, car=mail_reader)
    code = references.reference(made)
    assert not any(code in address(link) for link in CustomerLink.objects.all())
    assert client.post(reverse("appointments:answer", args=[code])).status_code == 404
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_the_customers_page_shows_the_picture_and_nothing_about_him(made, client):
    answer = client.get(page_of(made))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert reverse("appointments:code_picture", args=[references.reference(made)]) in page
    for private in (made.customer.name, made.customer.salutation, made.vehicle.plate_shown, made.vehicle.plate):
        assert private not in page
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_picture_holds_the_address_of_the_desk(made, client, monkeypatch):
    held = []
    monkeypatch.setattr("segno.make_qr", lambda text, **how: held.append(text) or Drawn())
    picture = client.get(page_of(made) + "/picture")
    assert picture["Content-Type"] == "image/svg+xml"
    assert held == [settings.SITE_URL + reverse("reception:here_code", args=[references.reference(made)])]


class Drawn:
    def save(self, out: io.BytesIO, **how):
        out.write(b"<svg/>")


@pytest.mark.parametrize("name", ["code", "code_picture"])
def test_a_forged_code_has_no_page(made, client, name):
    answer = client.get(reverse(f"appointments:{name}", args=[f"{made.pk}-aaaaaaaaaaaaaaaa"]))
    assert answer.status_code == 404


def test_looking_at_the_code_changes_nothing(made, client):
    before = Appointment.objects.values().get()
    client.get(page_of(made))
    client.get(page_of(made) + "/picture")
    assert client.post(page_of(made)).status_code == 405
    assert Appointment.objects.values().get() == before


def test_every_letter_to_an_expected_customer_says_where_his_code_is(crew, mail_reader):
    made = factories.appointment(crew, car=mail_reader)
    told = Message.objects.filter(dedupe_key__startswith="appointment.told")
    assert settings.SITE_URL + page_of(made) in told.get().body
    reminders = Message.objects.filter(dedupe_key__startswith="appointment.reminder")
    assert all(settings.SITE_URL + page_of(made) in message.body for message in reminders)
    operations.cancel(made, reason="不来", by=crew.service_advisor, at=MONDAY)
    assert page_of(made) not in told.latest("pk").body, "who cancelled has nothing to show"


def test_the_answer_page_shows_the_code_of_who_comes(crew, mail_reader, client, time_machine):
    made = factories.appointment(crew, TUESDAY_NINE + 2 * (TUESDAY_NINE - MONDAY), car=mail_reader)
    time_machine.move_to(MONDAY, tick=False)
    shown = {}
    for link in CustomerLink.objects.filter(appointment=made):
        page = client.get(re.sub(r"^https?://[^/]+", "", address(link))).content.decode()
        shown[link.purpose] = references.reference(made) in page
    assert shown == {"confirm": True, "move": True, "cancel": False}


def test_the_desk_opens_the_code_of_who_is_expected_to_send_it_to_him(made, crew, client, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    client.force_login(crew.service_advisor)
    page = reverse("appointments:appointment", args=[made.pk])
    assert page_of(made) in client.get(page).content.decode()
    operations.cancel(made, reason="不来", by=crew.service_advisor, at=MONDAY)
    assert page_of(made) not in client.get(page).content.decode()
