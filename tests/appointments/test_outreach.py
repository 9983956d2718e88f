"""Proactive booking: which cars are called about, what the call leaves behind, the appointment made in it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, ProactiveCall
from appointments.models.outreach import CallOutcome
from appointments.states import State
from dealership.catalogue.models import MaintenanceInterval
from dealership.customers import operations as customers
from dealership.customers.models import MileageReading
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop.models import Bay
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

DUE = reverse("appointments:due")
DAY = timedelta(days=1)
TODAY = MONDAY.date()
LEAD = 14


def text(answer):
    return answer.content.decode()


def to(vehicle, name="proactive"):
    return reverse(f"appointments:{name}", args=[vehicle.pk])


def screen(desk, vehicle):
    """Return all a caller has in sight: the page and the two parts it fetches."""
    return "".join(text(desk.get(to(vehicle, name))) for name in ["proactive", "proactive_times", "proactive_file"])


def value(advisor, starts_at):
    return f"{advisor.pk}|{starts_at.isoformat()}"


@pytest.fixture
def due_car(crew):
    """Return a function that makes a car whose service is due on a day, with its keeper."""

    def make(on=TODAY + 3 * DAY, **details):
        customer, vehicle = factories.customer_with_car(crew.service_advisor, **details)
        customers.correct_vehicle(vehicle, next_service_on=on, by=crew.service_advisor, at=MONDAY)
        return customer, vehicle

    return make


def listed(crew, at=MONDAY):
    until = queries.due_until(crew.store, queries.day_of(crew.store, at))
    return list(queries.cars_to_call(crew.store, at, until))


@pytest.mark.clause("3.1.1.5")
def test_a_car_is_called_about_so_many_days_before_it_is_due(crew, due_car):
    _customer, car = due_car(on=date(2027, 4, 1))
    assert listed(crew, datetime(2027, 3, 17, 23, 59, tzinfo=SHANGHAI)) == []
    assert listed(crew, datetime(2027, 3, 18, 0, 1, tzinfo=SHANGHAI)) == [car]


def test_the_days_ahead_are_the_stores(crew, due_car):
    BookingRules.objects.create(store=crew.store, maintenance_lead_days=30)
    _customer, car = due_car(on=TODAY + 30 * DAY)
    assert listed(crew) == [car]


@pytest.mark.clause("3.1.1.2")
def test_due_cars_are_listed_the_most_urgent_first(desk, crew, due_car):
    later, sooner = due_car(on=TODAY + 10 * DAY)[1], due_car(on=TODAY + 2 * DAY)[1]
    due_car(on=TODAY + (LEAD + 1) * DAY)
    page = desk.get(DUE)
    assert [car for car, _reasons, _outcome in page.context["rows"]] == [sooner, later]
    assert "The next service is due." in text(page)
    assert f'href="tel:{sooner.keeper.phone.number}"' in text(page)


def test_who_comes_anyway_or_comes_today_is_not_called(crew, due_car):
    first, second = due_car(), due_car()
    made = factories.appointment(crew, TUESDAY_NINE, car=first)
    assert listed(crew) == [second[1]]
    assert listed(crew, TUESDAY_NINE + timedelta(hours=6)) == [second[1]], "he was here today"
    operations.cancel(made, reason="不来", by=crew.service_advisor, at=MONDAY)
    assert listed(crew) == [first[1], second[1]]


def test_who_was_called_lately_rests_until_the_day_that_was_named(crew, due_car):
    _customer, car = due_car()
    call(crew, car, outcome="later", call_again_on=TODAY + 2 * DAY)
    assert listed(crew) == listed(crew, MONDAY + DAY) == []
    [again] = listed(crew, MONDAY + 2 * DAY)
    assert (again, again.called_at, again.called_with) == (car, MONDAY, "later")


def test_who_refuses_calls_and_cars_without_keeper_are_left_out(crew, due_car):
    customer, car = due_car()
    customers.record_consent(
        customer, purpose="service", channel="call", granted=False, by=crew.service_advisor, at=MONDAY
    )
    assert listed(crew) == []
    customers.record_consent(
        customer, purpose="service", channel="call", granted=True, by=crew.service_advisor, at=MONDAY
    )
    assert listed(crew) == [car]
    car.keepings.all().delete()
    assert listed(crew) == []


def test_who_has_no_phone_is_listed_with_a_mark(desk, due_car):
    due_car(phones=[])
    assert "no phone number" in text(desk.get(DUE))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_eleven_queries(desk, crew, due_car, count, django_assert_num_queries):
    for _n in range(count):
        _customer, car = due_car()
        customers.plan_line(car, item="刹车液", due_on=TODAY, by=crew.service_advisor, at=MONDAY)
    desk.get(DUE)
    with django_assert_num_queries(11):
        assert len(desk.get(DUE).context["rows"]) == count


def call(crew, car, **said):
    return operations.record_proactive_call(
        store=crew.store, vehicle=car, by=crew.service_advisor, at=MONDAY, **{"outcome": "not_now"} | said
    )


@pytest.mark.clause("3.1.1.3")
def test_a_call_keeps_what_was_said_and_adds_to_the_mileage(desk, crew, due_car):
    _customer, car = due_car()
    customers.record_mileage(car, 12_000, "desk", by=crew.service_advisor, at=MONDAY - 90 * DAY)
    typed = {"mileage": "14800", "condition": "刹车有点响", "outcome": "not_now", "note": "下月再说"}
    assert desk.post(to(car), typed)["Location"] == DUE
    made = ProactiveCall.objects.get()
    assert (made.vehicle, made.mileage, made.condition, made.note) == (car, 14_800, "刹车有点响", "下月再说")
    assert (made.by, made.at, made.outcome) == (crew.service_advisor, MONDAY, CallOutcome.NOT_NOW)
    assert list(MileageReading.objects.filter(vehicle=car).values_list("km", flat=True)) == [14_800, 12_000]
    car.refresh_from_db()
    assert car.mileage == 14_800
    page = screen(desk, car)
    assert "刹车有点响" in page


@pytest.mark.clause("3.1.1.3")
def test_an_odd_mileage_is_taken_with_a_note(desk, crew, due_car):
    _customer, car = due_car()
    customers.record_mileage(car, 120_000, "desk", by=crew.service_advisor, at=MONDAY - 90 * DAY)
    assert "mileage_note" not in text(desk.get(to(car)))
    typed = {"mileage": "14800", "outcome": "not_now", "condition": "很好"}
    for name in ["proactive", "proactive_book"]:
        answer = desk.post(to(car, name), typed | {"time": value(crew.service_advisor, TUESDAY_NINE), "reason": "r"})
        assert answer.status_code == 422
        assert 'name="mileage_note"' in text(answer)
        assert "The last reading was 120000 km." in text(answer)
        assert "很好" in text(answer)
    assert (ProactiveCall.objects.count(), Appointment.objects.count()) == (0, 0)
    assert desk.post(to(car), typed | {"mileage_note": "换了仪表"}).status_code == 302
    assert MileageReading.objects.get(vehicle=car, km=14_800).note == "换了仪表"


def test_a_call_needs_a_result_and_a_day_to_come(desk, due_car):
    _customer, car = due_car()
    for typed in [{}, {"outcome": "booked"}, {"outcome": "later", "call_again_on": str(TODAY)}, {"outcome": "x"}]:
        answer = desk.post(to(car), typed | {"note": "听不清"})
        assert answer.status_code == 422
        assert "invalid-feedback" in text(answer)
        assert "听不清" in text(answer)
    assert not ProactiveCall.objects.exists()


@pytest.mark.clause("3.1.1.1", "3.1.1.5")
def test_the_appointment_is_made_in_the_call(desk, crew, due_car):
    _customer, car = due_car()
    work = factories.operation(code="B100", name="二级保养", hours="2.00")
    customers.plan_line(car, item="二级保养", code="B100", due_on=TODAY, by=crew.service_advisor, at=MONDAY)
    page = desk.get(to(car))
    assert page.context["ticked"] == [work.pk]
    assert "二级保养" in page.context["reason"]
    answer = desk.post(
        to(car, "proactive_book"),
        {
            "time": value(crew.service_advisor, TUESDAY_NINE), "reason": page.context["reason"],
            "operations": [work.pk], "mileage": "9000", "condition": "好",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    made = Appointment.objects.get()
    assert (made.kind, made.cause, made.state, made.vehicle) == ("proactive", "maintenance", State.CONFIRMED, car)
    assert (made.starts_at, made.hours, made.reason) == (TUESDAY_NINE, 2, page.context["reason"])
    told = ProactiveCall.objects.get()
    assert (told.appointment, told.outcome, told.mileage) == (made, CallOutcome.BOOKED, 9000)
    assert listed(crew) == []


def test_a_lost_time_keeps_what_was_typed_and_names_the_next(desk, crew, due_car):
    _customer, car = due_car()
    factories.appointment(crew, TUESDAY_NINE)
    typed = {"time": value(crew.service_advisor, TUESDAY_NINE), "reason": "保养", "condition": "油耗高"}
    answer = desk.post(to(car, "proactive_book"), typed)
    assert answer.status_code == 422
    page = text(answer)
    assert "This time is already taken. Next free with" in page
    assert "油耗高" in page
    assert f'value="{typed["time"]}" checked' in page
    assert not ProactiveCall.objects.exists()


@pytest.mark.usefixtures("english")
def test_of_two_colleagues_who_call_one_makes_the_appointment(crew, due_car):
    customer, car = due_car()
    promise = {
        "store": crew.store, "advisor": crew.service_advisor, "customer": customer, "vehicle": car,
        "cause": "maintenance", "reason": "保养", "agreed": True, "by": crew.service_advisor, "at": MONDAY,
    }  # fmt: skip
    operations.book_on_call(**promise, starts_at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="has an appointment already"):
        operations.book_on_call(**promise, starts_at=TUESDAY_NINE + DAY)
    assert (Appointment.objects.count(), ProactiveCall.objects.count()) == (1, 1)


@pytest.mark.clause("3.1.1.6", "3.1.5.2")
def test_quiet_days_are_offered_first_with_their_load(desk, crew, due_car):
    """Tuesday and Wednesday are nearly full, the weekend is empty."""
    BookingRules.objects.create(store=crew.store, workshop_hours=10, most_per_advisor=None)
    for day in (0, 1):
        for slot in range(3):
            starts_at = TUESDAY_NINE + day * DAY + slot * timedelta(minutes=15)
            factories.appointment(crew, starts_at, job=factories.job("2.50"))
    page = desk.get(to(due_car()[1], "proactive_times"))
    offered = page.context["offers"].quietest
    percents = [one.percent for one in offered]
    days = [one.starts_at.astimezone(SHANGHAI).date() for one in offered]
    assert percents == sorted(percents) == [10, 10, 10, 10]
    assert min(days) > (TUESDAY_NINE + DAY).date()
    body = text(page)
    assert body.index("please offer them first") < body.index("Soonest")
    assert body.count("10 %") >= 4
    soonest = page.context["offers"].soonest
    assert soonest[0].percent > 10, "the next times are offered too, with their load"
    assert page.context["wanted"] == offered[0].value, "the quietest is marked"


@pytest.mark.clause("3.1.5.4")
def test_of_a_quiet_day_the_afternoon_is_offered_before_the_morning(desk, crew, due_car):
    for one in desk.get(to(due_car()[1], "proactive_times")).context["offers"].quietest:
        assert one.starts_at.astimezone(SHANGHAI).hour >= 12


@pytest.mark.clause("3.1.1.6")
def test_the_times_are_for_the_work_that_is_ticked_and_for_who_waits(desk, crew, due_car):
    """One seat a day, taken on Tuesday; one bay, free for two hours on Tuesday before a long job."""
    BookingRules.objects.create(store=crew.store, most_waiting=1)
    Bay.objects.create(store=crew.store, name="1")
    factories.appointment(crew, TUESDAY_NINE.replace(hour=11), waits=True, job=factories.job("30"))
    address, long = to(due_car()[1], "proactive_times"), factories.operation(hours="3.00")

    def days(**asked):
        return {one.starts_at.astimezone(SHANGHAI).date() for one in desk.get(address, asked).context["offers"].all}

    tuesday = TUESDAY_NINE.date()
    assert tuesday in days()
    assert tuesday not in days(waits="on")
    assert tuesday not in days(operations=long.pk)
    assert desk.get(address, {"operations": "9" * 25}).status_code == 200


def test_the_time_chosen_stays_marked_while_it_is_offered(desk, crew, due_car):
    address = to(due_car()[1], "proactive_times")
    second = desk.get(address).context["offers"].all[1].value
    lost = value(crew.service_advisor, MONDAY)
    assert desk.get(address, {"time": second}).context["wanted"] == second
    assert desk.get(address, {"time": second, "shown": lost}).context["wanted"] == second
    assert desk.get(address, {"shown": lost}).context["wanted"] == lost
    assert desk.get(address, {"shown": second}).context["wanted"] == second
    assert second not in [one.value for one in desk.get(address, {"shown": second}).context["offers"].all]
    assert desk.get(address, {"time": lost}).context["wanted"] != lost


@pytest.mark.clause("3.1.1.4")
def test_the_usual_plan_is_made_with_one_press(desk, due_car):
    _customer, car = due_car()
    for code, months in [("B100", 12), ("B200", 24)]:
        MaintenanceInterval.objects.create(operation=factories.operation(code=code, name=code), months=months)
    assert desk.post(to(car, "make_plan"), follow=True).redirect_chain == [(to(car), 302)]
    assert sorted(car.plan_lines.values_list("code", flat=True)) == ["B100", "B200"]
    desk.post(to(car, "make_plan"))
    assert car.plan_lines.count() == 2, "what is planned is not planned twice"
    assert "B200" in screen(desk, car)


def test_the_callers_screen_shows_customer_car_plan_and_advice(desk, crew, due_car):
    customer, car = due_car()
    by = crew.service_advisor
    customers.correct(customer, avoid_topics="价格", by=by, at=MONDAY)
    customers.recommend(
        car, words="前轮磨损", declined=True, reason="太贵", source="W-1", remind_on=TODAY, by=CLOCK, at=MONDAY
    )
    page = screen(desk, car)
    for words in ["价格", "前轮磨损", "太贵", "declined", customer.phone.shown, "帕萨特"]:
        assert words in page


def test_a_car_without_keeper_has_no_screen(desk, due_car):
    _customer, car = due_car()
    car.keepings.all().delete()
    assert desk.get(to(car)).status_code == 404


def test_the_screen_takes_no_query_for_each_line(desk, crew, due_car, django_assert_num_queries):
    _customer, car = due_car()
    desk.get(to(car))
    for n in range(3):
        customers.plan_line(car, item=f"项目{n}", due_on=TODAY, by=crew.service_advisor, at=MONDAY)
        call(crew, car, outcome="no_answer", note=str(n))
    for name, queries_taken in [("proactive", 12), ("proactive_file", 11), ("proactive_times", 11)]:
        with django_assert_num_queries(queries_taken):
            desk.get(to(car, name))


def test_the_caller_is_warned_of_a_coming_appointment_and_of_a_refusal(desk, crew, due_car, monday):
    customer, car = due_car()
    factories.appointment(crew, TUESDAY_NINE, car=(customer, car))
    customers.record_consent(
        customer, purpose="service", channel="call", granted=False, by=crew.service_advisor, at=MONDAY
    )
    monday.move_to((MONDAY + timedelta(minutes=5)).astimezone(UTC), tick=False)
    page = screen(desk, car)
    assert "This car has an appointment on" in page
    assert "does not wish to be called" in page
