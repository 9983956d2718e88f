"""A wrong number: nobody dials it again, the right one is asked for, and the call stays until it is made."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments.models.reminders import Outcome, ReminderState
from dealership.customers import operations as customers
from tests import factories
from tests.appointments.test_calls import CALLS, DAY, MINUTE, THURSDAY_NINE, WEDNESDAY, address, due, reminder, text
from tests.appointments.test_outreach import DUE, TODAY, listed, to

RIGHT = "13900002222"
MONDAY_EVENING = WEDNESDAY - 2 * DAY + timedelta(hours=8)


@pytest.fixture
def made(crew):
    """An appointment on Thursday at nine, booked on Monday."""
    return factories.appointment(crew, THURSDAY_NINE)


@pytest.fixture
def call(monday, desk, crew, made):
    """The call of the day before, due now."""
    monday.move_to(WEDNESDAY.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return reminder(made, "day")


def dial(made):
    return f'href="tel:{type(made.customer).objects.get(pk=made.customer.pk).phone.number}"'


@pytest.mark.clause("2.1.10")
def test_a_wrong_number_keeps_the_call_due_and_leads_to_the_customers_file(desk, crew, made, call):
    answer = desk.post(address(call), {"outcome": "wrong_number"}, follow=True)
    assert answer.redirect_chain == [(address(call), 302)]
    assert reverse("customers:file", args=[made.customer.pk]) in text(answer)
    assert dial(made) not in text(answer)
    assert due(crew, WEDNESDAY) == [("day", False)]
    rows = text(desk.get(CALLS))
    assert "wrong number" in rows
    assert dial(made) not in rows
    customers.add_phone(made.customer, RIGHT, preferred=True, by=crew.service_advisor, at=WEDNESDAY)
    rows = text(desk.get(CALLS))
    assert "wrong number" not in rows, "the file was corrected"
    assert dial(made) in rows
    desk.post(address(call), {"outcome": "can_come"})
    call.refresh_from_db()
    assert (call.state, call.outcome) == (ReminderState.DONE, Outcome.CAN_COME)
    assert [one.outcome for one in call.attempts.all()] == ["wrong_number", "can_come"]


def test_the_right_number_is_entered_beside_the_result(desk, made, call):
    for odd in ["123", made.customer.phone.shown]:
        answer = desk.post(address(call), {"outcome": "wrong_number", "phone": odd, "note": "不是本人"})
        assert answer.status_code == 422
        assert 'id="error_1_id_phone"' in text(answer)
        assert f'value="{odd}"' in text(answer)
        assert "不是本人" in text(answer)
    assert not call.attempts.exists()
    answer = desk.post(address(call), {"outcome": "wrong_number", "phone": RIGHT}, follow=True)
    assert dial(made) == f'href="tel:+86{RIGHT}"'
    assert dial(made) in text(answer)
    assert made.customer.phones.count() == 2, "the old number stays in the file"


def test_without_a_right_number_the_call_ends_with_a_reason(desk, crew, made, call):
    assert desk.post(address(call), {"outcome": "gave_up", "note": "x"}).status_code == 422
    desk.post(address(call), {"outcome": "wrong_number"})
    answer = desk.post(address(call), {"outcome": "gave_up", "note": " "})
    assert answer.status_code == 422
    assert "Please say why no right number can be found." in text(answer)
    assert desk.post(address(call), {"outcome": "gave_up", "note": "空号，微信也不回"}).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.outcome, call.note) == (ReminderState.DONE, Outcome.GAVE_UP, "空号，微信也不回")


def test_no_other_call_about_the_appointment_dials_a_wrong_number(desk, crew, made, call):
    other = factories.appointment(crew, THURSDAY_NINE + 15 * MINUTE)
    desk.post(address(call), {"outcome": "wrong_number"})
    assert reminder(made, "near").misdialled
    answer = desk.post(address(reminder(other, "day")), {"outcome": "told"})
    assert answer.status_code == 302, "a wrong number is not what opens next"
    assert answer.url != address(call)


@pytest.fixture
def due_car(desk, crew):
    customer, car = factories.customer_with_car(crew.service_advisor)
    customers.correct_vehicle(car, next_service_on=TODAY + 3 * DAY, by=crew.service_advisor, at=MONDAY_EVENING)
    return customer, car


def test_a_car_that_is_due_stays_on_the_list_until_the_number_is_right(desk, crew, due_car):
    customer, car = due_car
    old = customer.phone.number
    answer = desk.post(to(car), {"outcome": "wrong_number"}, follow=True)
    assert answer.redirect_chain == [(to(car), 302)]
    assert reverse("customers:file", args=[customer.pk]) in text(answer)
    assert f'href="tel:{old}"' not in text(answer) + text(desk.get(DUE))
    assert desk.post(to(car), {"outcome": "wrong_number", "phone": "1"}).status_code == 422
    answer = desk.post(to(car), {"outcome": "wrong_number", "phone": RIGHT}, follow=True)
    assert f'href="tel:+86{RIGHT}"' in text(answer)
    assert f'href="tel:+86{RIGHT}"' in text(desk.get(DUE))


def test_a_due_car_rests_where_nobody_knows_the_right_number(desk, crew, due_car):
    _customer, car = due_car
    on = TODAY + 90 * DAY
    answer = desk.post(to(car), {"outcome": "wrong_number", "note": "空号", "call_again_on": on.isoformat()})
    assert answer.url == DUE
    assert listed(crew) == []
