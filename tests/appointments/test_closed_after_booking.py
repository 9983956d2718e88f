"""What the clock does for customers of a day the store closed after they were booked: it does not blame them."""

from datetime import time, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from appointments import notices, operations, queries
from appointments.models import Appointment, Reminder
from appointments.models.reminders import ReminderChannel, ReminderState
from appointments.states import State
from dealership.outbox.models import Message
from dealership.staff.models import Absence
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from dealership.workshop.models import Closure
from tests import factories
from tests.appointments.desk import text
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
HALF_PAST = TUESDAY_NINE + timedelta(minutes=30)
FRIDAY_NINE = TUESDAY_NINE + timedelta(days=3)


def close(crew, moment=TUESDAY_NINE):
    workshop.close_on(crew.store, moment.date(), name="盘点", by=CLOCK)


def state(made):
    return Appointment.objects.get(pk=made.pk).state


def test_who_could_not_be_received_did_not_stay_away(crew):
    made = factories.appointment(crew)
    close(crew)
    for at in [HALF_PAST, TUESDAY_NINE + timedelta(days=2)]:
        assert operations.sweep(at)["missed"] == 0
        assert state(made) == State.CONFIRMED
        assert list(queries.unkept(crew.store)) == [made], "until somebody acts"
    assert not Reminder.objects.filter(kind="missed").exists()
    operations.reschedule(
        made, starts_at=FRIDAY_NINE, reason="盘点", agreed=True, by=crew.service_advisor, at=HALF_PAST
    )
    assert list(queries.unkept(crew.store)) == []


def test_nor_did_who_was_booked_outside_the_hours_of_now(crew):
    early, late = factories.appointment(crew), factories.appointment(crew, TUESDAY_NINE.replace(hour=13))
    workshop.set_hours(crew.store, 1, [(time(13), time(17))], by=CLOCK)
    assert operations.sweep(TUESDAY_NINE.replace(hour=15))["missed"] == 1
    assert (state(early), state(late)) == (State.CONFIRMED, State.NO_SHOW)


def test_once_the_closure_is_lifted_the_clock_counts_again(crew):
    made = factories.appointment(crew)
    close(crew)
    operations.sweep(HALF_PAST)
    Closure.objects.all().delete()
    assert operations.sweep(HALF_PAST)["missed"] == 1
    assert state(made) == State.NO_SHOW


def test_a_colleague_receives_the_customers_of_who_is_away(crew):
    made = factories.appointment(crew)
    Absence.objects.create(user=crew.service_advisor, first_on=TUESDAY_NINE.date(), last_on=TUESDAY_NINE.date())
    assert operations.sweep(HALF_PAST)["missed"] == 1
    assert state(made) == State.NO_SHOW


def test_those_let_down_do_not_keep_the_clock_from_the_others(crew, monkeypatch):
    monkeypatch.setattr(operations.clock, "BATCH", 1)
    factories.appointment(crew)
    close(crew)
    wednesday = factories.appointment(crew, TUESDAY_NINE + timedelta(days=1))
    assert operations.sweep(HALF_PAST + timedelta(days=1))["missed"] == 1
    assert state(wednesday) == State.NO_SHOW


@pytest.mark.clause("2.1.10")
def test_no_message_calls_a_customer_to_a_closed_store(crew, mail_reader):
    made = factories.appointment(crew, FRIDAY_NINE, car=mail_reader)
    reminder = made.reminders.get(kind="day")
    message = Message.objects.get(pk=reminder.message_id)
    assert message.state == "due"
    operations.sweep(MONDAY)
    message.refresh_from_db()
    assert message.state == "due", "the store is open"
    close(crew, FRIDAY_NINE)
    operations.sweep(MONDAY)
    message.refresh_from_db()
    reminder.refresh_from_db()
    assert message.state == "cancelled"
    assert (reminder.state, reminder.channel) == (ReminderState.OPEN, ReminderChannel.CALL), "somebody calls instead"
    assert operations.sweep(MONDAY)["messages"] == 0


@pytest.mark.clause("3.1.3.7")
def test_who_calls_says_that_the_store_is_closed(desk, crew, monday):
    made = factories.appointment(crew)
    call = made.reminders.get(kind="near")
    assert "Can you make it?" in notices.script(call)
    close(crew)
    call = Reminder.objects.get(pk=call.pk)
    assert "we are closed. When can you come?" in notices.script(call)
    monday.move_to(call.due_at, tick=False)
    desk.force_login(crew.service_advisor)  # yesterday's session has ended
    assert "we are closed. When can you come?" in text(desk.get(reverse("appointments:call", args=[call.pk])))


def press(client, made, purpose, act="post", **typed):
    link = notices.address(made.links.get(purpose=purpose)).removeprefix(settings.SITE_URL)
    return getattr(client, act)(link, typed)


@pytest.mark.clause("3.1.3.6")
def test_a_customer_confirms_no_time_at_which_the_store_is_closed(client, crew, mail_reader, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    made = factories.appointment(crew, FRIDAY_NINE, car=mail_reader)
    close(crew, FRIDAY_NINE)
    for act in ["get", "post"]:
        answer = press(client, made, "confirm", act)
        assert answer.status_code == 410
        assert "We are sorry: we are closed at this time. We will call you about another time." in text(answer)
        assert "I will come" not in text(answer)
    assert made.links.get(purpose="confirm").spent_at is None
    assert made.reminders.get(kind="day").outcome == ""
    assert list(queries.unkept(crew.store)) == [made], "where the desk finds whom to call"
    Closure.objects.all().delete()
    assert "We look forward to seeing you." in text(press(client, made, "confirm"))


@pytest.mark.parametrize(("purpose", "typed"), [("move", {"words": "下周"}), ("cancel", {})])
def test_another_time_and_a_cancellation_are_taken_for_a_closed_day_too(
    client, crew, mail_reader, monday, purpose, typed
):
    made = factories.appointment(crew, FRIDAY_NINE, car=mail_reader)
    close(crew, FRIDAY_NINE)
    assert press(client, made, purpose, **typed).status_code == 200


def test_nobody_notes_by_hand_that_a_customer_of_a_closed_day_did_not_come(desk, crew, monday):
    made = factories.appointment(crew)
    close(crew)
    monday.move_to(HALF_PAST, tick=False)
    desk.force_login(crew.service_advisor)
    answer = desk.post(reverse("appointments:no_show", args=[made.pk]))
    assert answer.status_code == 409
    assert "so the customer could not come. Agree on another time, or cancel." in text(answer)
    assert state(made) == State.CONFIRMED
    Closure.objects.all().delete()
    assert desk.post(reverse("appointments:no_show", args=[made.pk])).status_code == 302
    assert state(made) == State.NO_SHOW
