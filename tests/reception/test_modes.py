"""Busy and normal mode, the short registration, and a visit handed to a colleague."""

from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from appointments.models import BookingRules
from dealership.customers import operations as customers
from dealership.customers.models import Customer, Vehicle
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from followup import operations as calls
from followup import queries as followup
from followup.models import FollowUpTask
from reception import operations, queries
from reception.models import Mode, QuickEntry, Visit, VisitHandOver
from reception.operations import ReasonMissing
from reception.states import State
from tests import factories
from tests.reception.morning import at, came, receive, sign, walked_in
from workorders.operations import dispatch, lines, writeup

LANE, QUICK, WALK_IN, SET_MODE = (reverse(f"reception:{name}") for name in ("lane", "quick", "walk_in", "set_mode"))
SHORT = {"plate": "京A12345", "name": "李四", "phone": "13800138000", "mileage": "52000", "reason": "刹车异响"}


def text(answer):
    return answer.content.decode()


@pytest.fixture
def minute(monday, crew, client):
    """Let it be so many minutes after nine, and the advisor at the desk, in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def look(minutes, user=None):
        monday.move_to(at(minutes).astimezone(UTC), tick=False)
        client.force_login(user or crew.service_advisor)
        return client

    return look


@pytest.mark.clause("4.2.1")
def test_three_who_wait_make_it_busy_and_the_visit_keeps_how_he_was_received(crew):
    first = walked_in(crew, 0)
    assert queries.mode_at(crew.store, at(1)) == Mode.NORMAL
    walked_in(crew, 1), walked_in(crew, 1)
    assert queries.mode_at(crew.store, at(2)) == Mode.BUSY
    receive(first, 2, crew.service_advisor)
    assert Visit.objects.get(pk=first.pk).mode == Mode.BUSY


@pytest.mark.clause("C17")
def test_who_is_received_while_nobody_waits_is_received_in_normal_mode(crew):
    assert receive(walked_in(crew, 0), 1, crew.service_advisor).mode == Mode.NORMAL


def test_the_threshold_is_the_stores(crew):
    BookingRules.objects.create(store=crew.store, busy_threshold=1)
    walked_in(crew, 0)
    assert queries.mode_at(crew.store, at(1)) == Mode.BUSY
    with pytest.raises(IntegrityError), transaction.atomic():
        BookingRules.objects.filter(store=crew.store).update(busy_threshold=0)


@pytest.mark.clause("4.2.1")
def test_one_who_waits_beyond_the_patience_makes_it_busy(crew):
    walked_in(crew, 0)
    assert queries.mode_at(crew.store, at(8)) == Mode.NORMAL
    assert queries.mode_at(crew.store, at(9)) == Mode.BUSY


@pytest.mark.clause("4.2.1")
def test_the_mode_is_switched_by_hand_for_the_day(minute, crew):
    assert "Normal mode" in text(minute(0).get(LANE))
    minute(0).post(SET_MODE, {"mode": "busy"})
    page = text(minute(1).get(LANE))
    assert "Busy mode" in page
    assert "set by hand" in page
    assert QUICK in page
    minute(2).post(SET_MODE, {"mode": ""})
    assert "Normal mode" in text(minute(2).get(LANE))
    minute(3).post(SET_MODE, {"mode": "busy"})
    assert "Normal mode" in text(minute(24 * 60).get(LANE)), "another day begins by the figures"
    assert minute(3).post(SET_MODE, {"mode": "panic"}).status_code == 422
    assert minute(3, crew.technician).post(SET_MODE, {"mode": "busy"}).status_code == 403


@pytest.mark.clause("4.2.2")
def test_the_short_form_registers_customer_car_and_visit_with_one_press(minute, crew):
    minute(0).post(SET_MODE, {"mode": "busy"})
    assert QUICK in text(minute(1).get(WALK_IN, {"q": "京A12345"}))
    assert 'value="京A12345"' in text(minute(1).get(QUICK, {"q": "京A12345"}))
    answer = minute(1).post(QUICK, SHORT | {"size": "small"})
    assert answer["Location"] == LANE
    visit = Visit.objects.get()
    assert (visit.state, visit.arrived_at, visit.size) == (State.WAITING, at(1), "small")
    assert (visit.vehicle.plate, visit.vehicle.mileage) == ("京A12345", 52000)
    assert (visit.customer.name, visit.customer.phone.number) == ("李四", "+8613800138000")
    assert (visit.quick_entry.reason, visit.quick_entry.mileage) == ("刹车异响", 52000)
    page = text(minute(2).get(LANE))
    assert "incomplete" in page
    assert len(queries.registration_gaps(visit)) == 3


@pytest.mark.clause("4.2.2")
def test_the_registration_is_incomplete_until_the_rest_is_entered(crew):
    by = crew.service_advisor
    visit = operations.register_quickly(
        store=crew.store, reason="保养", mileage=10, plate="京A12345", name="李四", phones=["13800138000"],
        by=by, at=at(0),
    )  # fmt: skip
    assert len(queries.registration_gaps(visit)) == 3
    customers.correct_vehicle(visit.vehicle, vin="LSVAA2BR2CN123456", model_name="帕萨特", by=by, at=at(1))
    customers.correct(visit.customer, title="mr", by=by, at=at(1))
    assert queries.registration_gaps(Visit.objects.get()) == []
    assert queries.registration_gaps(walked_in(crew, 1)) == [], "who was not registered shortly owes nothing"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"plate": ""}, "plate"),
        ({"plate": "??"}, "plate"),
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"mileage": "-1"}, "mileage"),
        ({"mileage": "9" * 30}, "mileage"),
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 301}, "reason"),
    ],
)
def test_a_wrong_answer_keeps_what_was_typed_and_registers_nobody(minute, crew, wrong, field):
    answer = minute(0).post(QUICK, SHORT | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "刹车异响" in text(answer) or field == "reason"
    assert not Visit.objects.exists()
    assert not Customer.objects.exists()


def test_a_plate_that_is_known_is_not_registered_twice(minute, crew):
    factories.customer_with_car(crew.service_advisor, plate="京A12345")
    answer = minute(0).post(QUICK, SHORT)
    assert answer.status_code == 422
    assert "plate" in answer.context["form"].errors
    assert (Vehicle.objects.count(), QuickEntry.objects.count()) == (1, 0)


def test_a_known_number_is_asked_about(minute, crew):
    factories.customer_with_car(crew.service_advisor, phones=["13800138000"])
    assert minute(0).post(QUICK, SHORT).status_code == 422
    assert minute(0).post(QUICK, SHORT | {"anyway": "on"}).status_code == 302


def test_a_doubtful_plate_and_a_known_number_are_asked_about_together(minute, crew):
    factories.customer_with_car(crew.service_advisor, phones=["13800138000"])
    answer = minute(0).post(QUICK, SHORT | {"plate": "XX123"})
    assert answer.status_code == 422
    assert {"plate", "phone"} <= set(answer.context["form"].errors)
    for doubt in ("plate_confirmed", "anyway"):
        assert f'type="checkbox" name="{doubt}"' in text(answer)
    both = {"plate": "XX123", "plate_confirmed": "on", "anyway": "on"}
    assert minute(0).post(QUICK, SHORT | both)["Location"] == LANE


@pytest.mark.parametrize(
    ("asked", "field"), [({}, "plate"), ({"q": "京A12345"}, "mileage"), ({"q": "13800138000"}, "plate")]
)
def test_the_cursor_stands_in_the_first_empty_field(minute, crew, asked, field):
    page = text(minute(0).get(QUICK, asked))
    assert page.count("autofocus") == 1
    [tag] = [part for part in page.split("<") if "autofocus" in part]
    assert f'name="{field}"' in tag


@pytest.mark.clause("4.3.1")
def test_without_a_queue_the_full_form_and_professional_hints_are_shown(minute, crew):
    visit = walked_in(crew, 0)
    customers.recommend(
        visit.vehicle, words="轮胎磨损", declined=True, source="t", remind_on=at(0).date(), by=crew.service_advisor,
        at=at(0),
    )  # fmt: skip
    page = text(minute(1).get(reverse("reception:receive", args=[visit.pk])))
    assert "1 recommendation is open:" in page
    assert "轮胎磨损" in page
    assert QUICK not in text(minute(1).get(WALK_IN, {"q": "京Z99999"}))
    assert "please take the full form" in text(minute(1).get(QUICK))
    operations.set_mode(crew.store, "busy", by=crew.service_advisor, at=at(1))
    assert "轮胎磨损" not in text(minute(2).get(reverse("reception:receive", args=[visit.pk])))


@pytest.mark.clause("4.2.3", "4.2.4")
def test_busy_mode_skips_neither_the_walk_round_nor_the_covers(crew, english):
    operations.set_mode(crew.store, "busy", by=crew.service_advisor, at=at(0))
    visit = receive(walked_in(crew, 0), 1, crew.service_advisor)
    assert visit.mode == Mode.BUSY
    with pytest.raises(NotAllowed, match="protective covers"):
        operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=at(2))
    operations.fit_covers(visit, by=crew.service_advisor, at=at(2))
    factories.answer_all(visit, crew.service_advisor, at(2))
    operations.note_complaint(visit, words="刹车软", by=crew.service_advisor)
    with pytest.raises(NotAllowed, match="Not looked at yet"):
        operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=at(2))


@pytest.fixture
def colleague(crew):
    return factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="张伟")


@pytest.mark.clause("2.2.0.1", "C5")
def test_a_visit_handed_over_has_one_advisor_and_both_have_served(minute, crew, colleague):
    visit = factories.taken_in(crew)
    page = reverse("reception:hand_over", args=[visit.pk])
    assert "answers for this visit." in text(minute(30).get(page))
    answer = minute(30).post(page, {"to": colleague.pk, "reason": "下班"})
    assert answer["Location"] == LANE
    visit.refresh_from_db()
    assert visit.advisor == colleague
    passed = VisitHandOver.objects.get()
    assert (passed.from_advisor, passed.to_advisor, passed.by) == (
        crew.service_advisor, colleague, crew.service_advisor,
    )  # fmt: skip
    assert (passed.reason, passed.at) == ("下班", at(30))
    assert {crew.service_advisor.pk, colleague.pk} <= followup.serving_advisors(visit)


@pytest.mark.clause("C5")
def test_who_had_it_in_between_has_served_too(crew, colleague):
    visit, third = factories.taken_in(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    manager = crew.after_sales_manager
    operations.hand_visit_over(visit, to=colleague, reason="忙", by=crew.service_advisor, at=at(1))
    operations.hand_visit_over(visit, to=third, reason="病假", by=manager, at=at(2))
    served = followup.serving_advisors(visit)
    assert {crew.service_advisor.pk, colleague.pk, third.pk} <= served
    assert manager.pk not in served, "who only gave it on did not serve the customer"


@pytest.mark.clause("C5")
def test_who_handed_a_visit_over_does_not_call_its_customer(crew, colleague):
    order = factories.released(crew, at(0) - timedelta(days=4))
    VisitHandOver.objects.create(
        visit=order.visit, from_advisor=colleague, to_advisor=crew.service_advisor, reason="忙", by=colleague, at=at(0)
    )
    calls.sweep(at(0) - timedelta(days=4))
    tasks = FollowUpTask.objects.filter(visit=order.visit)
    assert tasks.exists()
    assert tasks.filter(followup.served_by(colleague)).count() == tasks.count()
    assert not tasks.filter(followup.served_by(crew.advisor_assistant)).exists()


def test_the_orders_of_the_visit_follow(crew, colleague):
    order = factories.signed(crew)
    operations.hand_visit_over(order.visit, to=colleague, reason="忙", by=crew.service_advisor, at=at(1))
    order.refresh_from_db()
    assert order.advisor == colleague


@pytest.mark.clause("2.2.0.1")
def test_only_the_responsible_or_a_manager_hands_over_and_only_to_who_receives(crew, colleague, english):
    visit = factories.taken_in(crew)
    hand = operations.hand_visit_over
    with pytest.raises(NotAllowed, match="answers for this visit"):
        hand(visit, to=colleague, reason="x", by=colleague, at=at(1))
    with pytest.raises(NotAllowed, match="does not receive customers"):
        hand(visit, to=crew.technician, reason="x", by=crew.service_advisor, at=at(1))
    elsewhere = factories.person(Role.SERVICE_ADVISOR, factories.store("分店"))
    with pytest.raises(NotAllowed, match="does not receive customers"):
        hand(visit, to=elsewhere, reason="x", by=crew.service_advisor, at=at(1))
    with pytest.raises(NotAllowed, match="Write down why"):
        hand(visit, to=colleague, reason=" ", by=crew.service_advisor, at=at(1))
    with pytest.raises(NotAllowed, match="has an advisor"):
        hand(walked_in(crew, 0), to=colleague, reason="x", by=crew.service_advisor, at=at(1))
    hand(visit, to=colleague, reason="x", by=crew.service_advisor, at=at(1))
    hand(visit, to=colleague, reason="x", by=crew.service_advisor, at=at(1))
    assert VisitHandOver.objects.count() == 1, "a second press changes nothing"


def test_a_hand_over_without_reason_keeps_what_was_chosen(minute, crew, colleague):
    visit = factories.taken_in(crew)
    answer = minute(1).post(reverse("reception:hand_over", args=[visit.pk]), {"to": colleague.pk})
    assert answer.status_code == 422
    assert f'value="{colleague.pk}" selected' in text(answer)


@pytest.mark.clause("2.2.11.4", "4.2.1")
def test_busy_mode_lets_nobody_overtake(crew, english):
    operations.set_mode(crew.store, "busy", by=crew.service_advisor, at=at(0))
    walked_in(crew, 0)
    with pytest.raises(ReasonMissing):
        receive(walked_in(crew, 1), 2, crew.service_advisor)


@pytest.mark.clause("4.2.5")
def test_in_busy_mode_the_lounge_stops_the_timer(minute, crew):
    operations.set_mode(crew.store, "busy", by=crew.service_advisor, at=at(0))
    visit = receive(walked_in(crew, 0), 0, crew.service_advisor)
    assert "12 minutes" in text(minute(12).get(LANE))
    operations.seat(visit, by=crew.service_advisor, at=at(10))
    page = text(minute(40).get(LANE))
    assert "10 minutes" in page
    assert "longer than planned" not in page.split("Being received")[1]


def test_in_normal_mode_the_signature_ends_the_reception(minute, crew):
    visit = receive(came(crew, 0), 0)
    operations.seat(visit, by=crew.service_advisor, at=at(10))
    assert "14 minutes" in text(minute(14).get(LANE))
    sign(visit, 16)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_six_and_seven_queries(minute, crew, count, django_assert_num_queries):
    for n in range(count):
        walked_in(crew, n)
    visit = factories.taken_in(crew)
    page = minute(5)
    with django_assert_num_queries(6):
        page.get(QUICK)
    with django_assert_num_queries(7):
        page.get(reverse("reception:hand_over", args=[visit.pk]))


@pytest.mark.clause("4.2.7")
def test_in_busy_mode_the_estimate_follows_in_the_lounge_and_work_waits_for_the_signature(crew, english):
    operations.set_mode(crew.store, "busy", by=crew.service_advisor, at=at(0))
    visit = receive(walked_in(crew, 0), 1, crew.service_advisor)
    assert visit.mode == Mode.BUSY
    sign(visit, 8)
    operations.seat(visit, by=crew.service_advisor, at=at(10))
    order = writeup.open_order(visit, by=crew.service_advisor, at=at(20))
    writeup.add_labour(
        order, operation=factories.operation(), complaint=visit.complaints.get(), by=crew.service_advisor, at=at(20)
    )
    lines.confirm_all(order, by=crew.service_advisor, at=at(21))
    with pytest.raises(NotAllowed):
        dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=at(21))
    factories.sign(order, crew.service_advisor, at(22))
    assert order.state == "signed"
    assert order.opened_at > Visit.objects.get(pk=visit.pk).welcome.seated_at
