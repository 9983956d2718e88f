"""Arriving by a few digits or a scanned code: one field, one tap, and looking receives nobody."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments import operations as appointments
from appointments import references
from appointments.models import Appointment
from appointments.states import State as Promised
from reception import operations
from reception.models import Visit
from reception.operations import ReasonMissing
from reception.states import State
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.reception.morning import at

LANE, HERE, WALK_IN = (reverse(f"reception:{name}") for name in ("lane", "here", "walk_in"))


def text(answer):
    return answer.content.decode()


def both(made):
    return reverse("reception:arrive_and_receive", args=[made.pk])


def scanned(made):
    return reverse("reception:here_code", args=[references.reference(made)])


@pytest.fixture
def morning(desk, crew, monday):
    """Let it be Tuesday, five past nine, and the advisor logged in."""
    monday.move_to(at(5).astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


def test_the_lane_asks_who_is_here_before_anything_else(morning, crew):
    page = text(morning.get(LANE))
    assert page.index('name="q"') < page.index('id="lane"')
    assert "autofocus" in page[: page.index('id="lane"')]
    morning.force_login(crew.foreman)
    assert 'name="q"' not in text(morning.get(LANE))


@pytest.mark.parametrize("how", ["digits", "phone", "end of the phone", "name", "code"])
def test_a_booked_customer_is_shown_with_one_tap_to_receive(morning, crew, how):
    made = factories.appointment(crew)
    other = factories.appointment(crew, at(15), car=factories.customer_with_car(crew.service_advisor, name="李四"))
    phone = made.customer.phone.number
    typed = {
        "digits": made.vehicle.plate[-4:],
        "phone": phone[3:],
        "end of the phone": phone[-4:],
        "name": made.customer.name,
        "code": references.address(made),
    }
    page = text(morning.get(HERE, {"q": typed[how]}))
    assert both(made) in page
    assert reverse("reception:arrive", args=[made.pk]) in page
    assert both(other) not in page
    assert not Visit.objects.exists(), "looking receives nobody"


@pytest.mark.clause("4.1.1")
def test_what_to_say_stands_beside_the_tap(morning, crew):
    made = factories.appointment(crew)
    said = f"Good day, Mr Wang. We expected you at 09:00. I am {crew.service_advisor.full_name}"
    for page in (scanned(made), f"{HERE}?q={made.vehicle.plate[-5:]}"):
        assert said in text(morning.get(page))


@pytest.mark.clause("4.1.1")
@pytest.mark.parametrize(("days", "since"), [(0, "09:01"), (1, "11-23 09:01")])
def test_a_car_in_the_house_is_said_to_be_there_and_since_when(morning, crew, days, since):
    made = factories.appointment(crew)
    visit = operations.receive_appointment(made, by=crew.service_advisor, at=at(1))
    operations.receive(visit, by=crew.service_advisor, at=at(1))
    Visit.objects.update(arrived_at=at(1) - timedelta(days=days))
    page = text(morning.get(HERE, {"q": made.vehicle.plate[-5:]}))
    name = crew.service_advisor.full_name
    assert f"Good day, Mr Wang. Your car has been with us since {since}; {name} looks after it." in page
    assert f"here since {since}: being received" in page
    assert "sorry" not in page


def test_several_who_fit_are_listed(morning, crew):
    cars = [factories.customer_with_car(crew.service_advisor, plate=f"京{letter}88888") for letter in "AB"]
    first, second = (factories.appointment(crew, at(15 * n), car=car) for n, car in enumerate(cars))
    page = text(morning.get(HERE, {"q": "8888"}))
    assert both(first) in page
    assert both(second) in page


def test_who_is_known_and_not_booked_is_asked_what_he_brings(morning, crew):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    answer = morning.get(HERE, {"q": vehicle.plate[-4:]})
    assert answer["Location"] == f"{WALK_IN}?vehicle={vehicle.pk}"
    assert morning.get(HERE, {"q": "京Z77777"})["Location"].startswith(f"{WALK_IN}?q=")
    assert morning.get(HERE, {"q": " "})["Location"] == LANE


@pytest.mark.clause("2.2.0.1")
def test_one_press_notes_the_arrival_and_receives(morning, crew):
    made = factories.appointment(crew)
    answer = morning.post(both(made))
    visit = Visit.objects.get()
    assert answer["Location"] == reverse("reception:intake", args=[visit.pk])
    assert (visit.state, visit.advisor, visit.appointment) == (State.RECEIVING, crew.service_advisor, made)
    assert (visit.arrived_at, visit.received_at) == (at(5), at(5))
    again = morning.post(both(made))
    assert again.status_code == 409
    assert Visit.objects.count() == 1


@pytest.mark.clause("2.2.11.4")
def test_whose_turn_it_is_not_is_here_and_asked_why(morning, crew):
    first, second = factories.appointment(crew), factories.appointment(crew, at(15))
    waiting = operations.receive_appointment(first, by=crew.service_advisor, at=at(1))
    answer = morning.post(both(second), follow=True)
    visit = Visit.objects.get(appointment=second)
    assert visit.state == State.WAITING
    assert answer.redirect_chain == [(reverse("reception:receive", args=[visit.pk]), 302)]
    assert "is here" in text(answer)
    assert f"{waiting.vehicle} is booked and waits for you. Write down why" in text(answer)


@pytest.mark.clause("2.2.11.4")
def test_arriving_and_receiving_is_both_or_neither(crew, english):
    first, second = factories.appointment(crew), factories.appointment(crew, at(15))
    operations.receive_appointment(first, by=crew.service_advisor, at=at(1))
    with pytest.raises(ReasonMissing):
        operations.arrive_and_receive(second, by=crew.service_advisor, at=at(2))
    assert Appointment.objects.get(pk=second.pk).state == Promised.CONFIRMED
    assert Visit.objects.count() == 1


def test_who_may_only_note_arrivals_sees_no_button_to_receive(morning, crew):
    made = factories.appointment(crew)
    morning.force_login(crew.advisor_assistant)
    page = text(morning.get(HERE, {"q": made.vehicle.plate[-4:]}))
    assert both(made) not in page
    assert reverse("reception:arrive", args=[made.pk]) in page
    assert morning.post(both(made)).status_code == 403
    assert not Visit.objects.exists()


def test_a_camera_opens_the_same_page(morning, crew):
    made = factories.appointment(crew)
    answer = morning.get(scanned(made))
    assert answer.status_code == 200
    assert both(made) in text(answer)
    assert not Visit.objects.exists()
    assert morning.post(scanned(made)).status_code == 405


def test_nobody_else_learns_anything_from_the_code(client, crew, morning):
    made = factories.appointment(crew)
    client.logout()
    answer = client.get(scanned(made))
    assert (answer.status_code, answer.content) == (302, b"")
    assert "login" in answer["Location"]
    client.force_login(crew.technician)
    refused = client.get(scanned(made))
    assert refused.status_code == 403
    assert made.vehicle.plate_shown not in text(refused)


def test_a_code_that_is_not_for_now_says_so(morning, crew):
    elsewhere = factories.Crew(factories.store("分店"))
    other_store, other_day = factories.appointment(elsewhere), factories.appointment(crew, at(24 * 60))
    gone = factories.appointment(crew, at(30))
    appointments.cancel(gone, reason="不来", by=crew.service_advisor, at=MONDAY)
    forged = references.reference(other_day)[:-4] + "aaaa"
    for code, sentence in [
        (references.reference(other_store), "This code belongs to another store."),
        (references.reference(other_day), "This code is for 25 November 2026 09:00."),
        (references.reference(gone), "was cancelled."),
        (forged, "This is not a code of ours."),
        ("broken", "This is not a code of ours."),
    ]:
        answer = morning.get(reverse("reception:here_code", args=[code]))
        assert sentence in text(answer)
        assert "arrive" not in text(answer).split('id="here-found"')[1]
        assert other_store.vehicle.plate_shown not in text(answer)
    assert not Visit.objects.exists()


def test_a_code_scanned_twice_leads_on_to_the_visit(morning, crew):
    made = factories.appointment(crew)
    visit = operations.receive_appointment(made, by=crew.service_advisor, at=at(1))
    page = text(morning.get(scanned(made)))
    assert "here since 09:01: waiting" in page
    assert reverse("reception:receive", args=[visit.pk]) in page
    operations.receive(visit, by=crew.service_advisor, at=at(2))
    assert reverse("reception:intake", args=[visit.pk]) in text(morning.get(scanned(made)))
    operations.leave(visit, reason="没空", by=crew.service_advisor, at=at(3))
    assert "This code was used" in text(morning.get(scanned(made)))


@pytest.mark.parametrize("broken", ["\0", "%", "-", "9" * 400, "' OR 1=1", "１２３４", "🚗"])
def test_odd_texts_find_nobody(morning, crew, broken):
    factories.appointment(crew)
    assert morning.get(HERE, {"q": broken}, follow=True).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_finding_who_is_here_takes_seven_queries(morning, crew, count, django_assert_num_queries):
    for n in range(count):
        car = factories.customer_with_car(crew.service_advisor, plate=f"京{'ABC'[n]}88888")
        factories.appointment(crew, TUESDAY_NINE + timedelta(minutes=15 * n), car=car)
        factories.arrived(crew, car=factories.customer_with_car(crew.service_advisor, plate=f"沪{'ABC'[n]}88888"))
    with django_assert_num_queries(7):
        page = morning.get(HERE, {"q": "8888"})
    assert len(page.context["found"]) == 2 * count


@pytest.mark.parametrize("count", [1, 3])
def test_a_code_takes_eight_queries(morning, crew, count, django_assert_num_queries):
    made = [factories.appointment(crew, TUESDAY_NINE + timedelta(minutes=15 * n)) for n in range(count)]
    with django_assert_num_queries(8):
        assert morning.get(scanned(made[0])).status_code == 200
