"""The lane, arrivals, customers without appointment, receiving and leaving."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment
from appointments.states import State as Promised
from dealership.customers.models import Keeping
from reception import operations
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

LANE, WALK_IN = reverse("reception:lane"), reverse("reception:walk_in")
MINUTE = timedelta(minutes=1)
HTMX = {"HX-Request": "true"}
POSTS = ["arrive", "receive", "press", "undamage", "remove_photo", "sign", "leave"]


def text(answer):
    return answer.content.decode()


def address(name, pk):
    more = {"undamage": [1], "remove_photo": [1], "press": ["covers"]}
    return reverse(f"reception:{name}", args=[pk, *more.get(name, [])])


@pytest.fixture
def tuesday(desk, monday, crew):
    """Let it be Tuesday, half past nine, and the advisor logged in."""
    monday.move_to((TUESDAY_NINE + 30 * MINUTE).astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


@pytest.fixture
def elsewhere(crew):
    return factories.Crew(factories.store("分店"))


def test_the_lane_shows_who_is_due_waits_and_is_received(tuesday, crew):
    due = factories.appointment(crew, starts_at=TUESDAY_NINE + 60 * MINUTE)
    queued, received = factories.arrived(crew, TUESDAY_NINE + 5 * MINUTE), factories.receiving(crew)
    page = tuesday.get(LANE)
    assert page.status_code == 200
    for plate in [due.vehicle.plate_shown, queued.vehicle.plate_shown, received.vehicle.plate_shown]:
        assert plate in text(page)
    assert "25 minutes" in text(page)
    assert "border-danger" in text(page)
    assert address("arrive", due.pk) in text(page)
    assert address("receive", queued.pk) in text(page)


def test_the_lane_answers_its_part_alone(tuesday, crew):
    factories.arrived(crew)
    part = tuesday.get(LANE, headers=HTMX)
    assert "<html" not in text(part)
    assert "Waiting" in text(part)
    assert "HX-Request" in part["Vary"]
    assert "<html" in text(tuesday.get(LANE))


def test_the_lane_shows_buttons_only_to_who_may_press_them(tuesday, crew):
    due, queued = factories.appointment(crew, starts_at=TUESDAY_NINE + 60 * MINUTE), factories.arrived(crew)
    tuesday.force_login(crew.foreman)
    page = tuesday.get(LANE)
    assert queued.vehicle.plate_shown in text(page)
    assert address("arrive", due.pk) not in text(page)
    assert address("receive", queued.pk) not in text(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lane_page_takes_twelve_queries(tuesday, crew, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + 60 * MINUTE + number * 30 * MINUTE)
        factories.arrived(crew, TUESDAY_NINE + number * MINUTE)
        factories.receiving(crew)
        factories.taken_in(crew)
    with django_assert_num_queries(12):
        page = tuesday.get(LANE)
    lane = page.context["lane"]
    assert {len(lane.waiting), len(lane.receiving), len(lane.taken_in)} == {count}


def test_the_lane_keeps_to_the_store_one_works_in(tuesday, elsewhere):
    visit = factories.arrived(elsewhere)
    assert visit.vehicle.plate_shown not in text(tuesday.get(LANE))


def test_a_booked_customer_arrives_with_one_press(tuesday, crew):
    due = factories.appointment(crew)
    answer = tuesday.post(address("arrive", due.pk), follow=True)
    assert answer.redirect_chain == [(LANE, 302)]
    assert "is here" in text(answer)
    visit = Visit.objects.get()
    assert (visit.appointment, visit.state, visit.arrived_at) == (due, State.WAITING, TUESDAY_NINE + 30 * MINUTE)
    assert tuesday.post(address("arrive", due.pk)).status_code == 409
    assert Visit.objects.count() == 1


def test_an_appointment_of_another_day_does_not_arrive(desk, crew):
    due = factories.appointment(crew)
    answer = desk.post(address("arrive", due.pk))
    assert answer.status_code == 409
    assert "another day" in text(answer)
    assert Appointment.objects.get().state == Promised.CONFIRMED


def test_a_customer_without_appointment_is_found_and_queued(tuesday, crew):
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    assert 'type="search"' in text(tuesday.get(WALK_IN))
    found = tuesday.get(WALK_IN, {"q": vehicle.plate[-5:]})
    assert f"vehicle={vehicle.pk}" in text(found)
    part = tuesday.get(WALK_IN, {"q": vehicle.plate[-5:]}, headers=HTMX)
    assert f"vehicle={vehicle.pk}" in text(part)
    assert "<html" not in text(part)
    chosen = f"{WALK_IN}?vehicle={vehicle.pk}"
    assert customer.name in text(tuesday.get(chosen))
    answer = tuesday.post(chosen, follow=True)
    assert answer.redirect_chain == [(LANE, 302)]
    visit = Visit.objects.get()
    assert (visit.vehicle, visit.customer, visit.appointment) == (vehicle, customer, None)
    assert (visit.store, visit.arrived_at) == (crew.store, TUESDAY_NINE + 30 * MINUTE)
    again = tuesday.post(chosen)
    assert again.status_code == 409
    assert "already in the house" in text(again)


def test_nobody_is_found_for_an_unknown_plate(tuesday):
    page = tuesday.get(WALK_IN, {"q": "沪Z99999"})
    assert "No car found" in text(page)
    assert reverse("customers:create") in text(page)


def test_a_car_without_keeper_is_not_queued(tuesday, crew):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    Keeping.objects.all().delete()
    page = tuesday.post(f"{WALK_IN}?vehicle={vehicle.pk}")
    assert "no keeper" in text(page)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("query", ["q=%00", "q=%25", "q=%FF", "vehicle=%00", "vehicle=x", "vehicle=-1", "vehicle=9999"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_broken_address_asks_for_the_car_again(tuesday, crew, query, method):
    page = getattr(tuesday, method)(f"{WALK_IN}?{query}")
    assert page.status_code == 200
    assert 'type="search"' in text(page)
    assert not Visit.objects.exists()


def test_receiving_opens_the_intake(tuesday, crew):
    visit = factories.arrived(crew)
    answer = tuesday.post(address("receive", visit.pk))
    assert (answer.status_code, answer["Location"]) == (302, address("intake", visit.pk))
    stored = Visit.objects.get()
    assert (stored.state, stored.advisor) == (State.RECEIVING, crew.service_advisor)


@pytest.mark.clause("2.2.11.4")
def test_who_would_go_before_another_is_asked_why(tuesday, crew):
    first, second = factories.arrived(crew), factories.arrived(crew, TUESDAY_NINE + 5 * MINUTE)
    page = address("receive", second.pk)
    asked = tuesday.post(page)
    assert asked.status_code == 422
    assert first.vehicle.plate_shown in str(asked.context["form"].errors["reason"])
    assert Visit.objects.get(pk=second.pk).state == State.WAITING
    assert tuesday.get(page).status_code == 200
    too_long = tuesday.post(page, {"reason": "长" * 301})
    assert too_long.status_code == 422
    assert "长" * 301 in text(too_long)
    assert tuesday.post(page, {"reason": "仅取件"}).status_code == 302
    assert second.moves.last().reason == "仅取件"


def test_receiving_whom_somebody_receives_tells_who_and_when(tuesday, crew):
    visit = factories.arrived(crew)
    operations.receive(visit, by=crew.after_sales_manager, at=TUESDAY_NINE + 28 * MINUTE)
    answer = tuesday.post(address("receive", visit.pk))
    assert answer.status_code == 409
    assert f"{crew.after_sales_manager.full_name} moved this to “being received” 2 minutes ago." in text(answer)


def test_a_customer_who_leaves_is_asked_why(tuesday, crew):
    visit = factories.arrived(crew)
    blank = tuesday.post(address("leave", visit.pk), {"reason": ""})
    assert blank.status_code == 422
    assert list(blank.context["leave_form"].errors) == ["reason"]
    assert "<details open>" in text(blank), "what is wrong must be seen"
    answer = tuesday.post(address("leave", visit.pk), {"reason": "等太久"}, follow=True)
    assert answer.redirect_chain == [(LANE, 302)]
    assert Visit.objects.get().state == State.LEFT
    again = tuesday.post(address("leave", visit.pk), {"reason": "等太久"})
    assert again.status_code == 409


@pytest.mark.parametrize("name", POSTS + ["intake"])
def test_what_belongs_to_another_store_is_not_found(tuesday, elsewhere, name):
    pk = factories.appointment(elsewhere).pk if name == "arrive" else factories.receiving(elsewhere).pk
    ask = tuesday.get if name == "intake" else tuesday.post
    assert ask(address(name, pk)).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_closed_to_who_only_looks(tuesday, crew, name):
    pk = factories.appointment(crew).pk if name == "arrive" else factories.receiving(crew).pk
    before = list(Visit.objects.values()) + list(Appointment.objects.values())
    tuesday.force_login(crew.foreman)
    answer = tuesday.post(address(name, pk), {"reason": "x", "words": "x", "zone": "roof", "kind": "dent", "fuel": 1})
    assert answer.status_code == 403
    assert "Your role does not open this page." in text(answer)
    assert list(Visit.objects.values()) + list(Appointment.objects.values()) == before
    assert tuesday.get(WALK_IN).status_code == 403


@pytest.mark.parametrize("role", ["parts", "cashier", "salesperson"])
def test_the_lane_is_closed_to_who_has_nothing_to_look_for_there(tuesday, crew, role):
    visit = factories.arrived(crew)
    tuesday.force_login(getattr(crew, role))
    assert tuesday.get(LANE).status_code == 403
    assert tuesday.get(address("intake", visit.pk)).status_code == 403


@pytest.mark.parametrize("name", [name for name in POSTS if name != "receive"])
def test_looking_at_an_address_changes_nothing(tuesday, crew, name):
    pk = factories.appointment(crew).pk if name == "arrive" else factories.receiving(crew).pk
    assert tuesday.get(address(name, pk)).status_code == 303


def test_a_refusal_over_htmx_takes_the_place_of_the_page(tuesday, crew):
    visit = factories.taken_in(crew, MONDAY)
    mark = visit.damage_marks.get().pk
    answer = tuesday.post(reverse("reception:undamage", args=[visit.pk, mark]), headers=HTMX)
    assert answer.status_code == 409
    assert "<html" not in text(answer)
    assert "closed" in text(answer)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#main", "innerHTML")
