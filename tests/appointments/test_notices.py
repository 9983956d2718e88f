"""What booked customers are told by e-mail: whether at all, when, with the right time, links and calendar file."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.conf import settings

from appointments import notices, operations
from appointments.models import CustomerLink
from appointments.models.reminders import Outcome, ReminderChannel, ReminderState
from appointments.operations import reminding
from dealership.customers import operations as customers
from dealership.outbox.models import Message
from dealership.outbox.states import State
from dealership.staff.models import Store
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

DAY = timedelta(days=1)
THURSDAY_NINE = TUESDAY_NINE + 2 * DAY
WEDNESDAY = THURSDAY_NINE - DAY


def messages(made, about="told"):
    return Message.objects.filter(dedupe_key__startswith=f"appointment.{about}:{made.pk}:").order_by("pk")


def entry(message):
    """Return (method, event) of the calendar file of a message, as the library reads it back."""
    [file] = message.attachments
    calendar = icalendar.Calendar.from_ical(file["text"])
    assert file["type"] == f"text/calendar; method={calendar['METHOD']}"
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


@pytest.fixture
def made(crew, mail_reader):
    return factories.appointment(crew, THURSDAY_NINE, car=mail_reader)


def reminder(made, kind="day", sequence=0):
    return made.reminders.get(kind=kind, sequence=sequence)


@pytest.mark.clause("2.1.10")
def test_who_wishes_mail_is_reminded_by_a_message_with_three_links(made):
    day = reminder(made)
    assert (day.channel, day.state) == (ReminderChannel.MESSAGE, ReminderState.OPEN)
    message = day.message
    assert (message.recipient, message.due_at, message.not_after) == ("wang@example.com", WEDNESDAY, day.limit_at)
    for link in CustomerLink.objects.filter(appointment=made):
        assert settings.SITE_URL + "/appointments/answer/" in notices.address(link)
        assert notices.address(link) in message.body
    assert message.body.count(settings.SITE_URL + "/appointments/answer/") == 3
    assert reminder(made, "near").channel == ReminderChannel.CALL, "whether he can make it is asked by a person"


@pytest.mark.parametrize(
    "change", [{"preferred_channel": "call"}, {"preferred_channel": "letter"}, {"email": ""}, "refuses"]
)
def test_whoever_does_not_wish_mail_is_called(crew, mail_reader, change):
    customer, by = mail_reader[0], crew.service_advisor
    if change == "refuses":
        customers.record_consent(customer, purpose="service", channel="email", granted=False, by=by, at=MONDAY)
    else:
        customers.correct(customer, **change, by=by, at=MONDAY)
    made = factories.appointment(crew, THURSDAY_NINE, car=mail_reader)
    assert reminder(made).channel == ReminderChannel.CALL
    operations.reschedule(made, starts_at=THURSDAY_NINE + DAY, reason="改期", agreed=True, by=by, at=MONDAY)
    operations.cancel(made, reason="不来", by=by, at=MONDAY)
    assert not Message.objects.exists()


@pytest.mark.parametrize(("region", "language", "day"), [("CN", "zh-hans", "2026年11月26日"), ("DE", "en", "26 Nov")])
def test_the_time_is_the_stores_in_the_customers_language(crew, mail_reader, region, language, day):
    store = factories.store(name="别处", region=region, time_zone="Europe/Berlin", phone="030 1")
    there = factories.Crew(store)
    nine = datetime(2026, 11, 26, 9, 0, tzinfo=store.zone)
    made = factories.appointment(there, nine.astimezone(UTC), car=mail_reader)
    for message in [messages(made).get(), messages(made, "reminder").get()]:
        assert message.language == language
        assert "09:00" in message.subject
        assert "09:00" in message.body
        assert "16:00" not in message.body, "not the time in Shanghai"
        assert "08:00" not in message.body, "nor UTC"
        assert made.vehicle.plate_shown in message.body
    event = entry(messages(made).get())[1]
    assert event["DTSTART"].dt == nine
    assert event["DTSTART"].to_ical() == b"20261126T080000Z", "in UTC: without the rules of a zone no zone is named"


def test_the_calendar_entry_stays_one_through_every_change(crew, made):
    by = crew.service_advisor
    operations.reschedule(made, starts_at=THURSDAY_NINE + DAY, reason="改期", agreed=True, by=by, at=MONDAY)
    operations.cancel(made, reason="不来", by=by, at=MONDAY)
    booked, moved, cancelled = [entry(message) for message in messages(made)]
    assert [method for method, _event in [booked, moved, cancelled]] == ["PUBLISH", "PUBLISH", "CANCEL"]
    events = [event for _method, event in [booked, moved, cancelled]]
    assert len({str(event["UID"]) for event in events}) == 1
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences == sorted(set(sequences)), "each replaces the one before"
    assert [event["DTSTART"].dt for event in events] == [THURSDAY_NINE, THURSDAY_NINE + DAY, THURSDAY_NINE + DAY]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert all(str(event["ORGANIZER"]).startswith("mailto:") for event in events)


def test_another_time_replaces_the_reminder_and_letters_not_sent_yet(crew, made):
    old = reminder(made)
    operations.reschedule(
        made, starts_at=THURSDAY_NINE + DAY, reason="改期", agreed=True, by=crew.service_advisor, at=MONDAY
    )
    old.refresh_from_db()
    assert (old.state, old.message.state) == (ReminderState.WITHDRAWN, State.CANCELLED)
    new = reminder(made, sequence=1)
    assert (new.state, new.message.state, new.message.due_at) == (ReminderState.OPEN, State.DUE, THURSDAY_NINE)
    assert list(messages(made).values_list("state", flat=True)) == [State.CANCELLED, State.DUE]


def test_a_cancellation_takes_back_what_was_to_be_said(crew, made):
    operations.cancel(made, reason="不来", by=crew.service_advisor, at=MONDAY)
    assert set(made.reminders.values_list("state", flat=True)) == {ReminderState.WITHDRAWN}
    assert reminder(made).message.state == State.CANCELLED
    assert list(messages(made).values_list("state", flat=True)) == [State.CANCELLED, State.DUE]


def test_a_message_that_went_out_is_the_reminder_done(made):
    Message.objects.filter(pk=reminder(made).message_id).update(state=State.SENT, sent_at=WEDNESDAY)
    assert reminding.settle_messages(WEDNESDAY) == 1
    day = reminder(made)
    assert (day.state, day.outcome, day.done_at) == (ReminderState.DONE, Outcome.SENT, WEDNESDAY)
    assert reminding.settle_messages(WEDNESDAY) == 0


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.CANCELLED])
def test_a_message_that_does_not_go_out_becomes_a_call(made, state):
    Message.objects.filter(pk=reminder(made).message_id).update(state=state)
    assert reminding.settle_messages(WEDNESDAY) == 1
    day = reminder(made)
    assert (day.state, day.channel) == (ReminderState.OPEN, ReminderChannel.CALL)
    assert day.note
    assert reminding.settle_messages(WEDNESDAY) == 0


def test_a_message_nobody_knows_about_becomes_a_call_once_its_time_is_over(made):
    day = reminder(made)
    Message.objects.filter(pk=day.message_id).update(state=State.UNKNOWN)
    assert reminding.settle_messages(day.limit_at) == 0
    assert reminding.settle_messages(day.limit_at + timedelta(minutes=1)) == 1
    assert reminder(made).channel == ReminderChannel.CALL


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("kind", "words"),
    [("day", "Will you come?"), ("near", "Can you make it?"), ("missed", "We waited"), ("wish", "another time")],
)
def test_the_caller_is_told_what_to_say(made, kind, words):
    call = reminding.ask(made, kind, WEDNESDAY) if kind in ("missed", "wish") else reminder(made, kind)
    assert words in notices.script(call)
    assert Store.objects.get().name in notices.script(call)
