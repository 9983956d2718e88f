"""A customer's data are corrected: reminders and letters that still wait go the way he wishes now."""

from datetime import timedelta

import pytest

from appointments.models import Reminder
from dealership.customers import operations as customers
from dealership.outbox.models import Message
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

THURSDAY_NINE = TUESDAY_NINE + timedelta(days=2)
LATER = MONDAY + timedelta(minutes=5)


@pytest.fixture
def made(crew, mail_reader):
    return factories.appointment(crew, THURSDAY_NINE, car=mail_reader)


def correct(crew, made, at=LATER, **changes):
    customers.correct(made.customer, by=crew.service_advisor, at=at, **changes)


def day_reminder(made):
    return made.reminders.select_related("message").get(kind="day")


def test_a_mistyped_address_is_no_longer_written_to(crew, made):
    waiting = Message.objects.filter(customer=made.customer, state="due")
    assert set(waiting.values_list("recipient", flat=True)) == {"wang@example.com"}
    assert waiting.count() == 2
    correct(crew, made, email="wang2@example.com")
    assert set(waiting.values_list("recipient", flat=True)) == {"wang2@example.com"}


def test_what_has_gone_out_keeps_the_address_it_went_to(crew, made):
    Message.objects.update(state="sent", sent_at=MONDAY)
    correct(crew, made, email="wang2@example.com")
    assert set(Message.objects.values_list("recipient", flat=True)) == {"wang@example.com"}


@pytest.mark.parametrize("change", [{"email": ""}, {"preferred_channel": "call"}])
def test_who_wishes_no_mail_any_more_is_called(crew, made, change):
    correct(crew, made, **change)
    found = day_reminder(made)
    assert (found.state, found.channel, found.message.state) == ("open", "call", "cancelled")
    assert not Message.objects.filter(state="due").exists()


def test_who_wishes_to_be_written_to_is_not_called(crew):
    made = factories.appointment(crew, THURSDAY_NINE)
    assert day_reminder(made).channel == "call"
    correct(crew, made, email="wang@example.com", preferred_channel="email")
    found = day_reminder(made)
    assert (found.channel, found.message.recipient, found.message.due_at) == (
        "message", "wang@example.com", found.due_at,
    )  # fmt: skip
    assert Reminder.objects.get(kind="near").channel == "call"


def test_a_call_that_is_due_already_stays_a_call(crew):
    made = factories.appointment(crew, THURSDAY_NINE)
    correct(crew, made, at=day_reminder(made).due_at, email="wang@example.com", preferred_channel="email")
    assert day_reminder(made).channel == "call"


def test_whoever_changes_his_mind_twice_is_called_and_written_to_once_at_the_most(crew, made):
    correct(crew, made, preferred_channel="call")
    correct(crew, made, preferred_channel="email")
    assert day_reminder(made).channel == "call"
    assert not Message.objects.filter(state="due").exists()


def test_a_corrected_name_stands_on_the_card_of_what_is_to_come(crew, made):
    over = factories.appointment(crew, TUESDAY_NINE, car=(made.customer, made.vehicle))
    correct(crew, made, at=TUESDAY_NINE + timedelta(hours=1), name="王小明")
    made.card.refresh_from_db()
    over.card.refresh_from_db()
    assert made.card.customer_name == "王小明"
    assert over.card.customer_name != "王小明"


def test_the_duplicates_appointment_goes_by_the_wishes_of_the_survivor(crew, made):
    survivor, _car = factories.customer_with_car(crew.service_advisor)
    customers.merge(survivor, made.customer, by=crew.after_sales_manager, at=LATER)
    assert day_reminder(made).channel == "call"
    made.refresh_from_db()
    assert made.customer == survivor
