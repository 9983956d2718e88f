"""The worklist of calls about promised times: when each is due, what came of it, another time from the call."""

import html
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from appointments import operations, queries
from appointments.models import Appointment, Reminder
from appointments.models.reminders import Outcome, ReminderChannel, ReminderState
from appointments.states import Area, State
from dealership.customers import operations as customers
from dealership.staff.roles import Role
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

CALLS = reverse("appointments:calls")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THURSDAY_NINE = TUESDAY_NINE + 2 * DAY
WEDNESDAY = THURSDAY_NINE - DAY


def china(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def text(answer):
    return answer.content.decode()


def address(reminder, name="call"):
    return reverse(f"appointments:{name}", args=[reminder.pk])


def value(advisor, starts_at):
    return f"{advisor.pk}|{starts_at.isoformat()}"


def reminder(made, kind):
    return made.reminders.get(kind=kind, sequence=made.sequence)


def due(crew, at):
    return [(call.kind, call.overdue(at)) for call in queries.calls_due(crew.store, at)]


@pytest.mark.clause("2.1.10", "3.1.3.6")
def test_the_day_before_the_customer_is_to_be_reminded_and_after_half_a_day_it_is_overdue(crew, made):
    assert due(crew, WEDNESDAY - MINUTE) == []
    assert due(crew, WEDNESDAY) == [("day", False)]
    limit = WEDNESDAY.replace(hour=13)  # four working hours before nine: from one to five the day before
    assert due(crew, limit) == [("day", False)]
    assert due(crew, limit + MINUTE) == [("day", True)]


@pytest.mark.clause("2.1.10", "C9")
def test_a_late_booking_is_reminded_half_a_day_before_and_not_at_once(crew):
    factories.appointment(crew, TUESDAY_NINE)  # 25 hours ahead
    kinds = list(Reminder.objects.values_list("kind", "due_at"))
    assert kinds == [("half_day", china(23, 13)), ("near", china(24, 8))]
    assert due(crew, MONDAY + HOUR) == []


@pytest.mark.clause("C9")
def test_a_reminder_that_falls_on_a_closed_day_is_due_before_it(crew):
    workshop.close_on(crew.store, date(2026, 11, 25), name="盘点", by=CLOCK)
    made = factories.appointment(crew, THURSDAY_NINE)
    assert reminder(made, "day").due_at.astimezone(SHANGHAI).date() == date(
        2026, 11, 24
    )  # nobody is there on Wednesday


@pytest.mark.clause("3.1.3.7", "C10")
def test_an_hour_before_the_customer_is_asked_whether_he_can_make_it(desk, crew, made, at):
    operations.record_call(reminder(made, "day"), outcome="told", by=crew.service_advisor, at=WEDNESDAY)
    eight = THURSDAY_NINE - HOUR
    assert due(crew, eight - MINUTE) == []
    assert due(crew, eight) == [("near", False)]
    assert due(crew, THURSDAY_NINE - 14 * MINUTE) == [("near", True)]
    at(eight)
    call = reminder(made, "near")
    answer = desk.post(address(call), {"outcome": "can_come", "note": "已出发"})
    assert (answer.status_code, answer["Location"]) == (302, CALLS)
    call.refresh_from_db()
    assert (call.state, call.outcome, call.note) == (ReminderState.DONE, Outcome.CAN_COME, "已出发")
    assert (call.done_by, call.done_at) == (crew.service_advisor, eight)
    assert "will come" in text(desk.get(reverse("appointments:appointment", args=[made.pk])))


@pytest.mark.clause("3.1.3.8", "2.1.15")
def test_who_cannot_come_gets_another_time_in_the_same_call(desk, crew, made, at):
    at(WEDNESDAY)
    call = reminder(made, "day")
    shown = desk.get(address(call, "call_move"))
    assert address(made, "move_times") in text(shown)
    times = desk.get(address(made, "move_times")).context["offers"].all
    assert 3 <= len(times) <= 6
    assert {one.starts_at for one in times}.isdisjoint({THURSDAY_NINE})
    friday = china(27, 14)
    answer = desk.post(
        address(call, "call_move"),
        {"time": value(crew.service_advisor, friday), "reason": shown.context["move_form"]["reason"].value()},
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.starts_at, made.state, made.sequence) == (friday, State.CONFIRMED, 1)
    change = made.reschedules.get()
    assert (change.from_at, change.to_at, change.reason) == (THURSDAY_NINE, friday, "The customer cannot come.")
    assert (made.card.on, made.card.state) == (friday.date(), Area.BOOKED)
    call.refresh_from_db()
    assert (call.outcome, call.done_by) == (Outcome.MOVED, crew.service_advisor)
    states = made.reminders.order_by("sequence", "due_at").values_list("sequence", "kind", "state")
    assert list(states) == [(0, "day", "done"), (0, "near", "withdrawn"), (1, "day", "open"), (1, "near", "open")]
    again = factories.appointment(crew, THURSDAY_NINE, at=MONDAY)
    assert again.starts_at == THURSDAY_NINE, "the old slot can be booked again"


def test_a_lost_slot_keeps_what_was_typed_and_names_the_next(desk, crew, made, at):
    factories.appointment(crew, china(27, 9))
    at(WEDNESDAY)
    typed = {"time": value(crew.service_advisor, china(27, 9)), "reason": "出差"}
    answer = desk.post(address(reminder(made, "day"), "call_move"), typed)
    assert answer.status_code == 422
    page = text(answer)
    assert "This time is already taken." in page
    assert f"Next free with {crew.service_advisor.full_name}:" in page
    assert "出差" in page
    assert f'value="{typed["time"]}" checked' in page
    call = reminder(made, "day")
    assert (call.state, call.attempts.count()) == (ReminderState.OPEN, 0), "nothing of it was written"


def test_another_time_needs_a_time_and_a_reason(desk, made, at):
    at(WEDNESDAY)
    answer = desk.post(address(reminder(made, "day"), "call_move"), {"time": "x", "reason": ""})
    assert answer.status_code == 422
    assert text(answer).count("invalid-feedback") >= 2


@pytest.mark.parametrize("outcome", ["can_come", "told"])
def test_a_result_ends_the_call(desk, crew, made, at, outcome):
    at(WEDNESDAY)
    desk.post(address(reminder(made, "day")), {"outcome": outcome})
    call = reminder(made, "day")
    assert (call.state, call.outcome) == (ReminderState.DONE, outcome)
    attempt = call.attempts.get()
    assert (attempt.outcome, attempt.by, attempt.at) == (outcome, crew.service_advisor, WEDNESDAY)
    assert "disabled data-off" not in text(desk.get(address(call))), "no button is left"


@pytest.mark.parametrize(("outcome", "minutes"), [("no_answer", 10), ("call_later", 30)])
def test_who_is_not_reached_is_called_again_soon(desk, crew, made, at, outcome, minutes):
    at(WEDNESDAY)
    desk.post(address(reminder(made, "day")), {"outcome": outcome, "note": "忙"})
    assert due(crew, WEDNESDAY + minutes * MINUTE - MINUTE) == []
    assert [call.pk for call in desk.get(CALLS).context["again"]] == [reminder(made, "day").pk]
    assert due(crew, WEDNESDAY + minutes * MINUTE) == [("day", False)]


def test_the_next_try_lies_within_the_limit_while_it_can_be_kept(crew, made):
    call = reminder(made, "near")
    late = call.limit_at - 5 * MINUTE
    operations.record_call(call, outcome="no_answer", by=crew.service_advisor, at=late)
    assert call.retry_at == call.limit_at
    operations.record_call(call, outcome="no_answer", by=crew.service_advisor, at=call.limit_at)
    assert call.retry_at == call.limit_at + 10 * MINUTE


def test_a_result_that_does_not_fit_the_call_is_refused(desk, crew, made, at):
    at(THURSDAY_NINE - HOUR)
    for outcome in ["told", "sent", "moved", "", "x"]:
        assert desk.post(address(reminder(made, "near")), {"outcome": outcome}).status_code == 422
    assert reminder(made, "near").state == ReminderState.OPEN


def test_of_two_who_press_the_second_reads_who_was_first(desk, crew, made, at):
    at(WEDNESDAY)
    call, second = reminder(made, "day"), Client(headers={"accept-language": "en"})
    second.force_login(crew.advisor_assistant)
    assert second.post(address(call), {"outcome": "told"}).status_code == 302
    for name, typed in [
        ("call", {"outcome": "can_come"}),
        ("call_move", {"time": value(crew.service_advisor, china(27, 9)), "reason": "r"}),
        ("call_cancel", {"reason": "r"}),
    ]:
        answer = desk.post(address(call, name), typed)
        assert answer.status_code == 409
        assert f"{crew.advisor_assistant.full_name} has made this call: told." in html.unescape(text(answer))
    made.refresh_from_db()
    assert (made.state, made.starts_at, call.attempts.count()) == (State.CONFIRMED, THURSDAY_NINE, 1)


def test_after_a_result_the_next_due_call_opens(desk, crew, made, at):
    other = factories.appointment(crew, THURSDAY_NINE + 15 * MINUTE)
    at(WEDNESDAY + HOUR)
    first, second = reminder(made, "day"), reminder(other, "day")
    assert desk.post(address(first), {"outcome": "told"})["Location"] == address(second)
    answer = desk.post(address(second), {"outcome": "no_answer"}, follow=True)
    assert answer.redirect_chain == [(CALLS, 302)]


def test_who_does_not_want_to_come_is_cancelled_in_the_call(desk, made, at):
    at(WEDNESDAY)
    call = reminder(made, "day")
    assert desk.post(address(call, "call_cancel"), {"reason": " "}).status_code == 422
    assert desk.post(address(call, "call_cancel"), {"reason": "车卖了"}).status_code == 302
    made.refresh_from_db()
    call.refresh_from_db()
    assert (made.state, call.outcome, made.card.state) == (State.CANCELLED, Outcome.CANCELLED, Area.REMOVED)
    assert made.moves.last().reason == "车卖了"
    assert not made.reminders.filter(state=ReminderState.OPEN).exists()


@pytest.fixture
def missed(crew, made):
    operations.mark_no_show(made, by=crew.service_advisor, at=THURSDAY_NINE + 30 * MINUTE)
    return made


@pytest.mark.clause("3.1.3.8")
def test_who_did_not_come_is_called_within_half_an_hour_and_rebooked(desk, crew, missed, at):
    noted = THURSDAY_NINE + 30 * MINUTE
    assert due(crew, noted + 30 * MINUTE) == [("missed", False)]
    assert due(crew, noted + 31 * MINUTE) == [("missed", True)]
    at(noted)
    call = reminder(missed, "missed")
    assert address(missed, "move_times") in text(desk.get(address(call))), "the times are on the page at once"
    assert desk.get(address(missed, "move_times")).context["offers"].all
    typed = {"time": value(crew.service_advisor, china(28, 9)), "reason": "忘了"}
    assert desk.post(address(call, "call_move"), typed).status_code == 302
    missed.refresh_from_db()
    assert (missed.state, missed.starts_at, missed.card.state) == (State.CONFIRMED, china(28, 9), Area.BOOKED)


def test_who_did_not_come_and_wants_nothing_more_stays_a_no_show(desk, missed, at):
    at(THURSDAY_NINE + 30 * MINUTE)
    assert desk.post(address(reminder(missed, "missed"), "call_cancel"), {"reason": "去别处了"}).status_code == 302
    missed.refresh_from_db()
    call = reminder(missed, "missed")
    assert (missed.state, call.state, call.outcome) == (State.NO_SHOW, ReminderState.DONE, Outcome.CANCELLED)
    assert call.note == "去别处了"


def test_the_list_groups_by_urgency_and_shows_whom_to_call(desk, crew, made, at):
    noon = factories.appointment(
        crew, china(26, 15), car=factories.customer_with_car(crew.service_advisor, name="张三")
    )
    at(china(25, 15))
    groups = desk.get(CALLS).context["groups"]
    assert [call.appointment for call in groups.overdue] == [made]
    assert [call.appointment for call in groups.others] == [noon]
    page = text(desk.get(CALLS))
    assert page.index(made.vehicle.plate_shown) < page.index(noon.vehicle.plate_shown)
    assert 'class="promise red">should have been by 13:00' in page
    assert f'href="tel:{noon.customer.phone.number}"' in page
    at(china(26, 8, 5))
    assert [call.kind for call in desk.get(CALLS).context["groups"].soon] == ["near"]


def test_a_customer_without_phone_is_marked(desk, crew, at):
    factories.appointment(crew, THURSDAY_NINE, car=factories.customer_with_car(crew.service_advisor, phones=[]))
    at(WEDNESDAY)
    assert "no phone number" in text(desk.get(CALLS))


def test_the_page_of_a_call_shows_what_the_caller_has_to_know(desk, crew, made, at):
    customers.correct(made.customer, by=crew.service_advisor, at=MONDAY, avoid_topics="上次的投诉")
    at(WEDNESDAY)
    desk.post(address(reminder(made, "day")), {"outcome": "no_answer", "note": "占线"})
    page = text(desk.get(address(reminder(made, "day"))))
    assert "上次的投诉" in page
    assert "占线" in page
    assert "We expect you with" in page
    assert f'href="tel:{made.customer.phone.number}"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_eight_queries(desk, crew, at, count, django_assert_num_queries):
    for n in range(count):
        factories.appointment(crew, THURSDAY_NINE + n * 15 * MINUTE)
    at(WEDNESDAY + HOUR)
    desk.get(CALLS)
    with django_assert_num_queries(8):
        assert len(desk.get(CALLS).context["calls"]) == count


@pytest.mark.parametrize("count", [1, 10])
def test_a_call_about_another_time_takes_the_same_queries(desk, crew, made, at, count, django_assert_num_queries):
    for number in range(1, count):
        factories.appointment(crew, china(27, (9, 10, 11, 14)[number % 4]) + number // 4 * 15 * MINUTE)
    at(WEDNESDAY)
    desk.get(CALLS)
    with django_assert_num_queries(10):
        desk.get(address(reminder(made, "day"), "call_move"))
    with django_assert_num_queries(13):  # one more than for a new booking: the parts that are wanted already
        desk.get(address(made, "move_times"))


def test_one_page_of_the_list_shows_fifty(desk, crew, at):
    made = factories.appointment(crew, THURSDAY_NINE)
    Reminder.objects.filter(appointment=made).delete()
    Reminder.objects.bulk_create(
        Reminder(appointment=made, store=crew.store, sequence=n, kind="day", channel="call", due_at=MONDAY,
                 limit_at=MONDAY + n * MINUTE)
        for n in range(51)
    )  # fmt: skip
    assert len(desk.get(CALLS).context["calls"]) == 50
    assert len(desk.get(CALLS, {"page": 2}).context["calls"]) == 1


def test_the_list_refreshes_as_a_part(desk, made, at):
    at(WEDNESDAY)
    part = text(desk.get(CALLS, headers={"hx-request": "true"}))
    assert made.vehicle.plate_shown in part
    assert "<html" not in part


def test_only_the_booking_desk_records_results(crew, made):
    for role in [Role.FOREMAN, Role.CASHIER]:
        with pytest.raises(NotAllowed):
            operations.record_call(
                reminder(made, "day"), outcome="told", by=factories.person(role, crew.store), at=WEDNESDAY
            )
    assert not reminder(made, "day").attempts.exists()


@pytest.mark.usefixtures("english")
def test_what_a_message_tells_is_not_called(crew, mail_reader):
    made = factories.appointment(crew, THURSDAY_NINE, car=mail_reader)
    call = reminder(made, "day")
    assert call.channel == ReminderChannel.MESSAGE
    with pytest.raises(NotAllowed, match="told by a message"):
        operations.record_call(call, outcome="told", by=crew.service_advisor, at=WEDNESDAY)
    assert Appointment.objects.get().reminders.get(kind="day").state == ReminderState.OPEN
