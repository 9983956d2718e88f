"""The booking page beyond one quick promise: times offered, held, moved; work and parts found; a deposit."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from appointments.models import Appointment, BookingRules, Reschedule
from appointments.states import State
from dealership.customers.models import Vehicle
from dealership.staff.models import Absence
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from tests import factories
from tests.appointments.desk import BOOK, QUARTER, TIMES, text, to, typed, value
from tests.factories import MONDAY, TUESDAY_NINE


@pytest.fixture
def car(crew):
    return factories.customer_with_car(crew.service_advisor)


@pytest.fixture
def book_page(car):
    return f"{BOOK}?vehicle={car[1].pk}"


def offered(answer):
    """Return the times the page offers, as the store's clock shows them."""
    return [one.starts_at.astimezone(TUESDAY_NINE.tzinfo) for one in answer.context["offers"].all]


def test_the_first_time_offered_lies_after_the_notice_and_is_marked(desk, crew):
    answer = desk.get(TIMES)
    assert offered(answer)[0] == TUESDAY_NINE
    assert text(answer).count(" checked") == 1
    assert answer.context["wanted"] == answer.context["offers"].soonest[0].value


def test_what_was_chosen_stays_marked_while_it_is_offered(desk, crew):
    second = desk.get(TIMES).context["offers"].all[1].value
    assert desk.get(TIMES, {"time": second}).context["wanted"] == second
    gone = value(crew.service_advisor, TUESDAY_NINE - QUARTER)
    assert desk.get(TIMES, {"time": gone}).context["wanted"] != gone


@pytest.mark.clause("3.1.1.6", "3.1.5.4")
def test_every_time_of_a_day_asked_for_is_offered(desk, crew):
    factories.appointment(crew, starts_at=TUESDAY_NINE)
    answer = desk.get(TIMES, {"day": "2026-11-24"})
    times = [moment.strftime("%H:%M") for moment in offered(answer)]
    assert times[:4] == ["09:15", "09:30", "10:00", "10:15"]
    assert "09:45" not in times
    assert len(times) == 20
    assert "from today on" in text(desk.get(TIMES, {"day": "2026-11-22"})), "the day is over"


def test_a_long_job_is_offered_only_where_a_bay_is_free_for_it(desk, crew):
    workshop.add_bay(crew.store, name="1", kind="general", by=CLOCK)
    factories.appointment(crew, starts_at=TUESDAY_NINE + 8 * QUARTER, job=factories.job("1.00"))
    long = factories.operation(hours="3.00")
    times = [
        moment.strftime("%H:%M") for moment in offered(desk.get(TIMES, {"day": "2026-11-24", "operations": long.pk}))
    ]
    assert "09:00" not in times, "three hours from 9:15 would run into the job at 11:15"
    assert times[0] == "13:00", "the bay is free from 13:15, when the job begun at 11:15 has ended"
    short = factories.operation(hours="0.50")
    assert "09:00" in [
        m.strftime("%H:%M") for m in offered(desk.get(TIMES, {"day": "2026-11-24", "operations": short.pk}))
    ]


def test_a_missing_part_moves_the_first_time(desk, crew):
    part = factories.part(crew.store, stock=0)
    answer = desk.get(TIMES, {"parts": part.pk})
    assert offered(answer)[0].date() == MONDAY.date() + timedelta(days=3)
    assert "26 November 2026" in text(answer)


def test_nobody_is_offered_an_advisor_who_is_away(desk, crew):
    Absence.objects.create(user=crew.service_advisor, first_on=MONDAY.date(), last_on=TUESDAY_NINE.date())
    assert offered(desk.get(TIMES))[0] == TUESDAY_NINE + timedelta(days=1)


def test_a_manager_is_offered_short_notice_when_he_asks(desk, crew, client):
    assert offered(desk.get(TIMES, {"soon": "on"}))[0] == TUESDAY_NINE
    client.force_login(crew.after_sales_manager)
    assert offered(client.get(TIMES, {"soon": "on"}))[0] == MONDAY + timedelta(hours=1)


@pytest.mark.clause("2.1.1")
def test_a_day_with_longer_notice_of_its_own_is_not_offered(desk, crew, client):
    wednesday = TUESDAY_NINE + timedelta(days=1)
    BookingRules.objects.create(store=crew.store, valid_from=wednesday.date(), lead_hours=72)
    made = factories.appointment(crew)
    for page in (TIMES, to("move_times", made)):
        assert offered(desk.get(page, {"day": "2026-11-25"})) == []
        assert offered(desk.get(page, {"day": "2026-11-24"}))
        assert wednesday.date() not in {moment.date() for moment in offered(desk.get(page))}
    client.force_login(crew.after_sales_manager)
    assert offered(client.get(TIMES, {"day": "2026-11-25", "soon": "on"}))[0] == wednesday


@pytest.mark.parametrize(
    "asked",
    [
        {"operations": "x"}, {"operations": "99999999999999999999"}, {"hours": "-1"}, {"hours": "viel"},
        {"parts": "\0"}, {"day": "2026-02-30"}, {"day": "9999-12-31"}, {"time": "\0"},
    ],
)  # fmt: skip
def test_broken_questions_are_answered_with_times(desk, crew, asked):
    assert desk.get(TIMES, asked).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_times_take_at_most_twelve_queries(desk, crew, count, django_assert_max_num_queries):
    BookingRules.objects.create(store=crew.store, workshop_hours=40)
    workshop.add_bay(crew.store, name="1", kind="general", by=CLOCK)
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + number * 4 * QUARTER, job=factories.job("0.50"))
    oil, filter_ = factories.operation(), factories.part(crew.store)
    with django_assert_max_num_queries(12):
        desk.get(TIMES, {"operations": oil.pk, "parts": filter_.pk})


@pytest.mark.parametrize("count", [1, 3])
def test_the_booking_page_takes_a_fixed_number_of_queries(desk, crew, book_page, count, django_assert_num_queries):
    for _number in range(count):
        factories.operation()
    with django_assert_num_queries(10):
        desk.get(book_page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_week_takes_a_fixed_number_of_queries(desk, crew, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + number * QUARTER)
    with django_assert_num_queries(11):
        desk.get(reverse("appointments:week"), {"day": "2026-11-24"})


@pytest.mark.clause("3.1.1.6", "3.1.5.1")
def test_the_week_shows_how_full_the_workshop_is(desk, crew):
    BookingRules.objects.create(store=crew.store, workshop_hours=10)
    factories.appointment(crew, job=factories.job("6.00"))
    page = desk.get(reverse("appointments:week"), {"day": "2026-11-24"})
    assert "60 %" in text(page)
    assert "offer 11-23 first" in text(page)
    grid = text(desk.get(reverse("appointments:grid"), {"day": "2026-11-24"}))
    assert "6 of 10 h · 60 %" in grid
    assert "much fuller than" in grid


@pytest.mark.clause("3.1.5.1")
def test_a_full_day_warns_and_is_still_booked(desk, crew, book_page):
    BookingRules.objects.create(store=crew.store, workshop_hours=10)
    answer = desk.post(book_page, typed(crew, hours="11.00"), follow=True)
    assert answer.status_code == 200
    assert Appointment.objects.get().hours == Decimal("11.00")
    booked_on = Appointment.objects.get().starts_at.date()
    day = desk.get(reverse("appointments:grid"), {"day": booked_on.isoformat()})
    assert day.context["grid"].load.percent is not None


@pytest.mark.clause("3.1.5.1")
def test_a_full_day_is_told_before_and_after_the_booking(desk, crew, book_page):
    """By the day asked for, by a time chosen on the grid, and in the sentence that says it is booked."""
    BookingRules.objects.create(store=crew.store, workshop_hours=4, level_points=100, full_percent=90)
    wednesday = TUESDAY_NINE + timedelta(days=1)
    full = "The workshop is full on this day."
    assert full not in text(desk.get(TIMES, {"day": "2026-11-25"}))
    answer = desk.post(book_page, typed(crew, wednesday, hours="3.00"), follow=True)
    assert [str(message).count(full) for message in answer.context["messages"]] == [0]
    factories.appointment(crew, wednesday + QUARTER, job=factories.job("0.80"))
    assert full in text(desk.get(TIMES, {"day": "2026-11-25"}))
    assert full in text(desk.get(TIMES, {"about": "2026-11-25"}))
    assert full not in text(desk.get(TIMES, {"about": "2026-11-26"}))
    assert full not in text(desk.get(TIMES, {"about": "viel"}))
    third = factories.customer_with_car(crew.service_advisor)
    page = f"{BOOK}?vehicle={third[1].pk}&advisor={crew.service_advisor.pk}&at=2026-11-25T10:00"
    assert f'hx-get="{TIMES}?about=2026-11-25"' in text(desk.get(page))
    answer = desk.post(page, typed(crew, wednesday + 4 * QUARTER), follow=True)
    assert [str(message).endswith(full) for message in answer.context["messages"]] == [True]


@pytest.mark.clause("3.1.5.1")
@pytest.mark.parametrize("day", [3, 4])
def test_a_day_much_fuller_than_its_neighbour_names_it_beside_the_times(desk, crew, day):
    """Thursday and Friday are full; Wednesday before and Saturday after are empty."""
    BookingRules.objects.create(store=crew.store, workshop_hours=10)
    for days in (3, 4):
        for number in range(3):
            starts_at = TUESDAY_NINE + timedelta(days=days - 1) + number * QUARTER
            factories.appointment(crew, starts_at, job=factories.job("3.00"))
    busy, quiet = MONDAY.date() + timedelta(days=day), MONDAY.date() + timedelta(days=2 if day == 3 else 5)
    grid = desk.get(reverse("appointments:grid"), {"day": busy.isoformat()})
    assert grid.context["grid"].load.quieter == quiet
    made = factories.appointment(crew)
    for page, asked in [(TIMES, "day"), (TIMES, "about"), (to("move_times", made), "day")]:
        answer = desk.get(page, {asked: busy.isoformat()})
        assert answer.context["offers"].load.quieter == quiet
        assert "This day is much fuller than" in text(answer)
        assert f'data-day="{quiet}" href="{reverse("appointments:grid")}?day={quiet}"' in text(answer)


def test_a_time_is_held_until_the_customer_agrees(desk, crew, book_page):
    answer = desk.post(book_page, typed(crew, agreed=""), follow=True)
    made = Appointment.objects.get()
    assert made.state == State.REQUESTED
    assert "Held" in text(answer)
    assert "held until 10:00" in text(answer)
    assert not hasattr(made, "card")
    answer = desk.post(to("confirm", made), follow=True)
    made.refresh_from_db()
    assert made.state == State.CONFIRMED
    assert made.card.customer_name == "王建国"
    assert desk.post(to("confirm", made)).status_code == 409


@pytest.mark.clause("2.1.13")
def test_a_car_without_a_model_is_asked_for_it_beside_the_field(desk, crew, book_page, car):
    Vehicle.objects.filter(pk=car[1].pk).update(model_name="")
    refused = desk.post(book_page, typed(crew))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["model_name"]
    assert not Appointment.objects.exists()
    assert desk.post(book_page, typed(crew, model_name="帕萨特")).status_code == 302
    assert Appointment.objects.get().card.model_name == "大众 帕萨特"
    assert Vehicle.objects.get(pk=car[1].pk).model_name == "帕萨特"


@pytest.mark.clause("3.1.1.7")
def test_a_fault_needs_the_symptom_even_where_work_was_chosen(desk, crew, book_page):
    oil = factories.operation(name="更换机油")
    refused = desk.post(book_page, typed(crew, cause="fault", reason="", operations=[oil.pk]))
    assert list(refused.context["form"].errors) == ["reason"]
    assert f'value="{oil.pk}" checked' in text(refused)
    assert desk.post(book_page, typed(crew, reason="", operations=[oil.pk])).status_code == 302
    assert Appointment.objects.get().reason == "更换机油"


@pytest.mark.clause("2.1.6")
def test_parts_are_kept_with_their_number_and_flagged_by_value(desk, crew, book_page):
    battery, clip = factories.part(crew.store, price_fen=380000), factories.part(crew.store, price_fen=400)
    sent = typed(crew, parts=[battery.pk, clip.pk]) | {f"pieces-{clip.pk}": "6", f"pieces-{battery.pk}": ""}
    assert desk.post(book_page, sent).status_code == 302
    made = Appointment.objects.get()
    kept = {wanted.part: (wanted.quantity, wanted.amount_fen, wanted.high_value) for wanted in made.parts.all()}
    assert kept == {battery: (1, 380000, True), clip: (6, 2400, False)}
    assert "high value" in text(desk.get(to("appointment", made)))


def test_a_refused_booking_keeps_chosen_parts_and_their_number(desk, crew, book_page):
    part = factories.part(crew.store, name="火花塞")
    refused = desk.post(book_page, typed(crew, cause="", parts=[part.pk]) | {f"pieces-{part.pk}": "4"})
    assert refused.status_code == 422
    assert 'value="4"' in text(refused)
    assert "火花塞" in text(refused)


@pytest.mark.parametrize("pieces", ["150", "0", "-3", "x", "9" * 25, "9" * 5000])
def test_a_quantity_nobody_can_mean_is_refused_beside_it_and_kept(desk, crew, book_page, pieces):
    part = factories.part(crew.store)
    sent = {"parts": [part.pk], f"pieces-{part.pk}": pieces}
    refused = desk.post(book_page, typed(crew) | sent)
    assert refused.status_code == 422
    assert not Appointment.objects.exists()
    assert f'name="pieces-{part.pk}" value="{pieces}"' in text(refused)
    assert text(refused).count("Please enter a quantity from 1 to 99.") == 1
    assert "Please enter a quantity from 1 to 99." in text(desk.get(reverse("appointments:work"), sent))
    assert desk.get(TIMES, sent).status_code == 200


def test_the_quantity_of_a_part_stays_while_something_else_is_looked_for(desk, crew):
    plug, filter_ = factories.part(crew.store, name="火花塞"), factories.part(crew.store, name="机油滤清器")
    found = desk.get(reverse("appointments:work"), {"parts": plug.pk, f"pieces-{plug.pk}": "4", "find": "机油"})
    assert f'name="pieces-{plug.pk}" value="4"' in text(found)
    assert f'name="pieces-{filter_.pk}" value="1"' in text(found)


def test_work_and_parts_are_found_by_typing_and_stay_once_ticked(desk, crew):
    usual = [factories.operation(name=f"保养 {n}") for n in range(8)]
    pump = factories.operation(code="ZZ1", name="更换水泵")
    part = factories.part(crew.store, name="水泵总成")
    found = desk.get(reverse("appointments:work"), {"find": "水泵"})
    assert f'value="{pump.pk}"' in text(found)
    assert f'value="{part.pk}"' in text(found)
    kept = desk.get(reverse("appointments:work"), {"find": "别的", "operations": pump.pk, "parts": part.pk})
    assert text(kept).count(" checked") == 2
    assert f'value="{usual[0].pk}"' not in text(desk.get(reverse("appointments:work"), {"find": "保养"}))
    assert "Nothing found" in text(desk.get(reverse("appointments:work"), {"find": "\0没有"}))


@pytest.mark.clause("3.1.3.8")
def test_another_time_is_given_with_its_reason(desk, crew):
    made = factories.appointment(crew)
    page = to("move", made)
    assert desk.get(page).status_code == 200
    later = TUESDAY_NINE + 4 * QUARTER
    assert list(desk.post(page, {"time": value(crew.service_advisor, later)}).context["form"].errors) == ["reason"]
    answer = desk.post(page, {"time": value(crew.service_advisor, later), "reason": "客户出差"}, follow=True)
    made.refresh_from_db()
    assert (made.starts_at, made.sequence) == (later, 1)
    assert "客户出差" in text(answer)
    assert Reschedule.objects.get().reason == "客户出差"


def test_a_time_lost_to_somebody_else_keeps_the_reason_and_names_the_next(desk, crew):
    made = factories.appointment(crew)
    factories.appointment(crew, starts_at=TUESDAY_NINE + 4 * QUARTER)
    sent = {"time": value(crew.service_advisor, TUESDAY_NINE + 4 * QUARTER), "reason": "客户出差"}
    refused = desk.post(to("move", made), sent)
    assert refused.status_code == 422
    assert "already taken" in text(refused)
    assert "客户出差" in text(refused)
    made.refresh_from_db()
    assert made.sequence == 0


def test_only_a_standing_promise_can_be_moved(desk, crew):
    made = factories.appointment(crew)
    desk.post(to("cancel", made), {"reason": "改期"})
    assert desk.get(to("move", made)).status_code == 409
    assert desk.post(to("confirm", made)).status_code == 409


@pytest.mark.clause("2.1.6")
def test_a_deposit_is_noted_once(desk, crew):
    made = factories.appointment(crew)
    assert desk.post(to("deposit", made), {"amount": "-5"}).status_code == 422
    assert desk.post(to("deposit", made), {"amount": "500.50"}).status_code == 302
    made.refresh_from_db()
    assert (made.deposit_fen, made.deposit_by, made.deposit_at) == (50050, crew.service_advisor, MONDAY)
    assert desk.post(to("deposit", made), {"amount": "500"}).status_code == 409
    assert "¥500.50" in text(desk.get(to("appointment", made)))


@pytest.mark.clause("2.1.6")
def test_who_cancels_reads_that_the_deposit_goes_back(desk, crew):
    made, sentence = factories.appointment(crew), "A deposit of ¥500.50 was taken and has to be given back."
    assert sentence not in text(desk.get(to("appointment", made)))
    desk.post(to("deposit", made), {"amount": "500.50"})
    assert sentence in text(desk.get(to("appointment", made)))
    answer = desk.post(to("cancel", made), {"reason": "改期"}, follow=True)
    assert text(answer).count(sentence) == 2, "once told, once kept on the page"
    assert sentence in text(desk.get(to("appointment", made)))
