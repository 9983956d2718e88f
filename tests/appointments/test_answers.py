"""The links in a reminder: looking does nothing, the button answers once, and every other link says a kind sentence."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse

from appointments import notices, operations, queries
from appointments.models import CustomerLink
from appointments.models.reminders import Outcome, ReminderState
from appointments.operations import LinkSpent
from appointments.states import Area, State
from dealership.customers import operations as customers
from dealership.outbox.models import Message
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

DAY = timedelta(days=1)
THURSDAY_NINE = TUESDAY_NINE + 2 * DAY
WEDNESDAY = THURSDAY_NINE - DAY


def signed(content):
    return signing.Signer(salt=notices.SALT).sign_object(content)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def made(crew, mail_reader):
    return factories.appointment(crew, THURSDAY_NINE, car=mail_reader)


@pytest.fixture
def link(made):
    """Return a function that gives one of the appointment's links."""
    return lambda purpose: made.links.get(purpose=purpose, sequence=0)


@pytest.fixture
def path(link):
    return lambda purpose: notices.address(link(purpose)).removeprefix(settings.SITE_URL)


@pytest.fixture
def browser(client, monday):
    """A customer's browser on the day before the visit, in English."""
    monday.move_to(WEDNESDAY.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_links_of_the_reminder_lead_here(made, path):
    body = Message.objects.get(dedupe_key__startswith=f"appointment.reminder:{made.pk}:").body
    addresses = re.findall(r"https?://\S+/answer/\S+", body)
    assert addresses == [settings.SITE_URL + path(purpose) for purpose in ["confirm", "move", "cancel"]]


@pytest.mark.parametrize("purpose", ["confirm", "move", "cancel"])
def test_looking_shows_the_appointment_and_spends_nothing(browser, made, link, path, purpose):
    for look in [browser.get, browser.head, browser.get]:
        answer = look(path(purpose))
        assert answer.status_code == 200
    page = text(answer)
    assert "09:00" in page
    assert made.vehicle.plate_shown in page
    assert page.count("<button") == 1
    assert link(purpose).spent_at is None
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_the_page_names_neither_the_customer_nor_his_phone_nor_the_vin(browser, made, path):
    customers.correct_vehicle(made.vehicle, vin="LSVAA2BR2CN123456", by=made.advisor, at=MONDAY)
    page = text(browser.get(path("confirm")))
    for secret in [made.customer.name, made.customer.name[0] + "先生", "Mr", made.customer.phone.number[3:], "LSVAA"]:
        assert secret not in page
    assert str(made.customer.phone) not in page


def test_confirming_spares_the_reminder_and_works_once(browser, made, link, path):
    answer = browser.post(path("confirm"))
    assert (answer.status_code, "Thank you. We look forward to seeing you." in text(answer)) == (200, True)
    day = made.reminders.get(kind="day")
    assert (day.state, day.outcome, day.done_at, day.done_by) == (
        ReminderState.DONE, Outcome.CAN_COME, WEDNESDAY, None,
    )  # fmt: skip
    assert made.reminders.get(kind="near").state == ReminderState.OPEN, "the call before the visit stays"
    assert link("confirm").spent_at == WEDNESDAY
    for again in [browser.get, browser.post]:
        answer = again(path("confirm"))
        assert answer.status_code == 410
        assert "This link was used already." in text(answer)


def test_cancelling_gives_the_slot_back_and_ends_the_other_links(browser, crew, made, link, path):
    assert browser.post(path("cancel")).status_code == 200
    made.refresh_from_db()
    assert (made.state, made.card.state) == (State.CANCELLED, Area.REMOVED)
    last = made.moves.last()
    assert (last.by, last.to_state) == (None, "cancelled")
    assert last.reason
    assert not made.reminders.filter(state=ReminderState.OPEN).exists()
    answer = browser.post(path("confirm"))
    assert (answer.status_code, "This appointment is cancelled." in text(answer)) == (410, True)
    assert link("confirm").spent_at is None
    assert factories.appointment(crew, THURSDAY_NINE, at=MONDAY).pk, "the slot can be booked again"


def test_the_reason_of_a_cancellation_is_in_the_language_of_the_store(browser, made, path):
    """The history is read by the desk, whatever language the customer's telephone speaks."""
    browser.post(path("cancel"))
    assert made.notices.filter(about="cancelled").exists()
    with notices.translation.override("zh-hans"):
        sentence = notices.translation.gettext("The customer cancelled by the link in the reminder.")
    assert made.moves.last().reason == sentence


@pytest.mark.clause("3.1.3.8")
def test_asking_for_another_time_makes_a_call_with_the_customers_words(browser, crew, made, path):
    for typed in ["", "  "]:
        answer = browser.post(path("move"), {"words": typed})
        assert (answer.status_code, "invalid-feedback" in text(answer)) == (422, True)
    assert browser.post(path("move"), {"words": "周五下午可以"}).status_code == 200
    made.refresh_from_db()
    assert (made.state, made.starts_at) == (State.CONFIRMED, THURSDAY_NINE), "the old time stays his until we spoke"
    wish = made.reminders.get(kind="wish")
    assert (wish.note, wish.due_at) == ("周五下午可以", WEDNESDAY)
    assert wish in queries.calls_due(crew.store, WEDNESDAY)
    operations.record_call(wish, outcome="can_come", by=crew.service_advisor, at=WEDNESDAY, note="还是周四")
    wish.refresh_from_db()
    assert wish.note == "周五下午可以 · 还是周四"


def test_what_was_typed_stays_on_the_page_when_it_is_too_long(browser, path):
    words = "周五" * 200
    answer = browser.post(path("move"), {"words": words})
    assert (answer.status_code, words in text(answer)) == (422, True)


def test_a_link_that_has_run_out_says_so(browser, monday, made, link, path):
    monday.move_to(THURSDAY_NINE.astimezone(UTC), tick=False)
    for ask in [browser.get, browser.post]:
        answer = ask(path("cancel"))
        assert (answer.status_code, "This link has run out." in text(answer)) == (410, True)
    assert link("cancel").spent_at is None


def test_a_link_of_an_old_time_says_so_and_the_new_time_has_new_links(browser, crew, made, path):
    friday = THURSDAY_NINE + DAY
    old = path("cancel")
    operations.reschedule(made, starts_at=friday, reason="改期", agreed=True, by=crew.service_advisor, at=MONDAY)
    answer = browser.post(old)
    assert (answer.status_code, "This appointment has changed since." in text(answer)) == (410, True)
    made.refresh_from_db()
    assert made.state == State.CONFIRMED
    new = notices.address(made.links.get(purpose="cancel", sequence=1)).removeprefix(settings.SITE_URL)
    assert browser.get(new).status_code == 200


BROKEN = ["x", "a:b:c", "%00", "%F0%9F%9A%97", "a" * 3000, signed(["x"]), "1:2"]


@pytest.mark.parametrize("token", BROKEN)
def test_a_broken_token_is_answered_kindly(browser, crew, token):
    crew.store.__class__.objects.update(phone="010-6500 0000")
    for ask in [browser.get, browser.post]:
        answer = ask(f"/appointments/answer/{token}")
        assert answer.status_code == 404
        assert "This link is not valid. Please call us." in text(answer)
        assert "010-6500 0000" in text(answer)


def test_a_token_of_one_purpose_cannot_be_made_into_another(browser, link):
    forged = signed([link("confirm").nonce, "cancel"])
    assert browser.post(f"/appointments/answer/{forged}").status_code == 404
    changed = notices.address(link("confirm")).removeprefix(settings.SITE_URL)[:-1] + "_"
    assert browser.post(changed).status_code == 404


def test_the_answers_are_kept_nowhere_and_lead_nowhere(browser, path):
    asked, spent = browser.get(path("confirm")), browser.post(path("confirm"))
    for answer in [asked, spent, browser.get("/appointments/answer/x")]:
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert not re.search(r'(href|src)="https?://', text(answer))
    assert spent["Referrer-Policy"] == "no-referrer"
    assert asked["Referrer-Policy"] == "strict-origin"  # never more than the name of the site: the form needs that


def test_a_press_from_elsewhere_does_nothing(link, path, browser):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(path("cancel")).status_code == 403
    assert link("cancel").spent_at is None


def test_a_colleague_who_follows_the_link_sees_what_the_customer_sees(browser, crew, path):
    browser.force_login(crew.service_advisor)
    page = text(browser.get(path("confirm")))
    assert "desk-bar" not in page
    assert crew.service_advisor.full_name not in page


def test_what_a_colleague_was_told_is_not_for_the_customer(client, crew, made, path):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    client.post(reverse("appointments:deposit", args=[made.pk]), {"amount": "10"})
    assert "The deposit is noted." not in text(client.get(path("confirm")))
    assert "The deposit is noted." in text(client.get(reverse("appointments:appointment", args=[made.pk])))


@pytest.mark.parametrize(("language", "words"), [("en", "I will come"), ("zh-CN", None)])
def test_the_page_speaks_the_language_of_the_browser(browser, path, language, words):
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = text(browser.get(path("confirm")))
    assert f'lang="{"zh-hans" if language == "zh-CN" else "en"}"' in page
    assert words is None or words in page


def test_the_time_on_the_page_is_that_of_the_store(browser, mail_reader):
    crew = factories.Crew(factories.store(name="东京店", time_zone="Asia/Tokyo", phone="03-1234"))
    nine = datetime(2026, 11, 26, 9, 0, tzinfo=crew.store.zone)
    made = factories.appointment(crew, nine, car=mail_reader)
    page = text(browser.get(notices.address(made.links.get(purpose="move")).removeprefix(settings.SITE_URL)))
    assert "09:00" in page
    assert nine.astimezone(SHANGHAI).strftime("%H:%M") not in page
    assert 'href="tel:03-1234"' in page


@pytest.mark.usefixtures("english")
def test_two_links_of_one_reminder_do_not_contradict_each_other(made, link):
    """The confirmation was looked at before the cancellation was written, and is pressed after it."""
    seen = link("confirm")
    assert seen.appointment.state == State.CONFIRMED
    operations.spend(link("cancel"), at=WEDNESDAY)
    with pytest.raises(LinkSpent, match="cancelled"):
        operations.spend(seen, at=WEDNESDAY)
    assert CustomerLink.objects.get(pk=seen.pk).spent_at is None
    assert made.reminders.get(kind="day").state == ReminderState.WITHDRAWN


def test_what_a_colleague_has_told_stays_his_result(crew, made, link):
    made.reminders.filter(kind="day").update(channel="call")
    operations.record_call(made.reminders.get(kind="day"), outcome="told", by=crew.service_advisor, at=WEDNESDAY)
    operations.spend(link("confirm"), at=WEDNESDAY)
    day = made.reminders.get(kind="day")
    assert (day.outcome, day.done_by) == (Outcome.TOLD, crew.service_advisor)


def test_asking_for_another_time_needs_words_in_the_operation_too(made, link):
    with pytest.raises(NotAllowed):
        operations.spend(link("move"), at=WEDNESDAY, words="  ")
    assert link("move").spent_at is None
