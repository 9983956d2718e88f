"""The lane minute by minute: places with one tap, waits to come, timers, hints."""

import re
from datetime import UTC

import pytest
from django.urls import reverse

from reception import operations
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.reception.morning import at, came, receive, sign, two_quick_ones, walked_in

LANE, WALK_IN = reverse("reception:lane"), reverse("reception:walk_in")


def text(answer):
    return answer.content.decode()


def address(name, pk):
    return reverse(f"reception:{name}", args=[pk])


@pytest.fixture
def minute(monday, crew, client):
    """Let it be so many minutes after nine, and the advisor look at the lane in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def look(minutes, user=None):
        monday.move_to(at(minutes).astimezone(UTC), tick=False)
        client.force_login(user or crew.service_advisor)
        return client

    return look


def taken(page):
    """Return the hidden values of the first button that takes a place at once."""
    names = re.findall(r'type="hidden" name="(place|buffer)" value="([^"]+)"', text(page))
    return dict(names)


@pytest.mark.clause("3.1.2.10")
def test_the_gap_is_taken_with_one_tap_by_the_advisor_whose_it_is(minute, crew):
    two_quick_ones(crew)
    visit = walked_in(crew, 20, "small")
    assert "Take in the gap" not in text(minute(24, crew.after_sales_manager).get(LANE))
    page = minute(24).get(LANE)
    assert "gap of 6 minutes" in text(page)
    assert "6 minutes saved" in text(page)
    answer = minute(24).post(address("receive", visit.pk), taken(page))
    assert answer["Location"] == address("intake", visit.pk)
    assert Visit.objects.get(pk=visit.pk).state == State.RECEIVING


@pytest.mark.clause("3.1.2.3", "3.1.2.11")
def test_the_buffer_is_taken_with_one_tap_when_its_turn_has_come(minute, crew):
    factories.appointment(crew, at(60))
    receive(came(crew, 30), 30)
    visit = walked_in(crew, 31, "large")
    early = text(minute(29).get(LANE))
    assert "in the buffer 09:45" in early
    assert "Take in the buffer" not in early
    page = minute(40).get(LANE)
    assert "Take in the buffer 09:45" in text(page)
    assert minute(40).post(address("receive", visit.pk), taken(page)).status_code == 302
    assert Visit.objects.get(pk=visit.pk).buffer.starts_at == at(45)


def test_a_place_that_is_gone_is_refused_with_its_sentence(minute, crew):
    visit = walked_in(crew, 0, "large")
    factories.appointment(crew, at(15))
    answer = minute(5).post(address("receive", visit.pk), {"place": "gap"})
    assert answer.status_code == 409
    assert "There is no gap long enough now." in text(answer)


@pytest.mark.clause("C12")
def test_a_reason_asked_for_keeps_the_place(minute, crew):
    two_quick_ones(crew)
    first, second = walked_in(crew, 20, "small"), walked_in(crew, 21, "small")
    asked = minute(24).post(address("receive", second.pk), {"place": "gap"})
    assert asked.status_code == 422
    assert first.vehicle.plate_shown in text(asked)
    assert taken(asked) == {"place": "gap"}
    minute(24).post(address("receive", second.pk), {"place": "gap", "reason": "只取钥匙"})
    assert second.moves.last().reason == "只取钥匙"


def test_an_emergency_is_received_with_its_reason(minute, crew):
    visit = walked_in(crew, 0, "large")
    assert address("receive", visit.pk) + '">Emergency' in text(minute(1).get(LANE))
    page = minute(1).get(address("receive", visit.pk))
    assert "Receive as an emergency" in text(page)
    asked = minute(1).post(address("receive", visit.pk), {"place": ["", "emergency"], "reason": ""})
    assert (asked.status_code, list(asked.context["form"].errors)) == (422, ["reason"])
    minute(1).post(address("receive", visit.pk), {"place": ["", "emergency"], "reason": "拖车"})
    assert Visit.objects.get().buffer.cause == "emergency"
    booked = came(crew, 15)
    assert "Receive as an emergency" not in text(minute(16).get(address("receive", booked.pk)))


@pytest.mark.parametrize("wrong", [{"place": "x"}, {"place": "buffer", "buffer": "x"}, {"reason": "长" * 301}])
def test_a_broken_form_receives_nobody(minute, crew, wrong):
    visit = walked_in(crew, 0)
    assert minute(1).post(address("receive", visit.pk), wrong).status_code == 422
    assert Visit.objects.get().state == State.WAITING


@pytest.mark.clause("3.1.2.10", "3.1.2.11")
@pytest.mark.parametrize("size", ["small", "large"])
def test_one_tap_says_what_the_customer_brings_and_that_he_is_here(minute, crew, size):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    chosen = f"{WALK_IN}?vehicle={vehicle.pk}"
    assert f'name="size" value="{size}"' in text(minute(5).get(chosen))
    assert minute(5).post(chosen, {"size": size}).status_code == 302
    stored = Visit.objects.get()
    assert (stored.size, stored.arrived_at, stored.state) == (size, at(5), State.WAITING)


def test_an_unknown_size_queues_nobody(minute, crew):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    assert minute(5).post(f"{WALK_IN}?vehicle={vehicle.pk}", {"size": "huge"}).status_code == 422
    assert not Visit.objects.exists()


def test_a_booked_customer_who_is_looked_up_is_not_asked_what_he_brings(minute, crew):
    made = factories.appointment(crew, at(30))
    chosen = f"{WALK_IN}?vehicle={made.vehicle_id}"
    page = text(minute(20).get(chosen))
    assert f"Booked today at 09:30 with {made.advisor.full_name}." in page
    assert 'name="size"' not in page
    minute(20).post(chosen)
    assert (Visit.objects.get().appointment, Visit.objects.get().size) == (made, "")


@pytest.mark.clause("3.1.4.4")
def test_the_advisor_sees_what_the_customer_likes_and_what_to_avoid(minute, crew):
    visit = walked_in(crew, 0)
    type(visit.customer).objects.update(interests="钓鱼", avoid_topics="足球", notes="女儿上大学")
    for step in ("waiting", "receiving"):
        assert visit.state == step
        page = text(minute(1).get(LANE))
        assert all(hint in page for hint in ["钓鱼", "足球", "女儿上大学"])
        assert "足球" not in text(minute(1, crew.foreman).get(LANE)), "for who receives him"
        if step == "waiting":
            receive(visit, 1, crew.service_advisor)


@pytest.mark.clause("3.1.2.1")
def test_a_reception_that_takes_longer_than_its_slot_says_so(minute, crew):
    receive(walked_in(crew, 0), 0, crew.service_advisor)
    assert "receives until about 09:15" in text(minute(14).get(LANE))
    assert "1 minute longer than planned" not in text(minute(15).get(LANE))
    page = text(minute(16).get(LANE))
    assert "16 minutes" in page
    assert "receives, longer than planned" in page
    assert "1 minute longer than planned" in page


@pytest.mark.clause("3.1.2.4", "3.1.2.6", "C23")
def test_due_customers_are_told_when_they_will_be_received(minute, crew):
    factories.appointment(crew, at(30))
    sign(receive(came(crew, 0), 0), 20)
    came(crew, 15)
    page = text(minute(20).get(LANE))
    assert "about 09:35, 5 minutes later" in page
    assert "about 09:20, 5 minutes later" in page
    assert "longer than 8 minutes" not in page
    assert "2 customers have waited longer than 8 minutes or will have to." in text(minute(24).get(LANE))


@pytest.mark.clause("C11")
def test_the_two_queues_are_seen_apart(minute, crew):
    in_time, late = came(crew, 15), factories.appointment(crew)
    operations.receive_appointment(late, by=crew.service_advisor, at=at(16))
    page = text(minute(17).get(LANE))
    booked, by_arrival = page.split("Waiting, booked: early or in time")[1].split("Waiting, by arrival")
    assert in_time.vehicle.plate_shown in booked
    assert late.vehicle.plate_shown in by_arrival
    assert "was booked for 09:00" in by_arrival


def test_who_is_due_far_ahead_is_counted(minute, crew, monkeypatch):
    monkeypatch.setattr("reception.queries.course.SHOWN", 2)
    for minutes in (0, 15, 30):
        factories.appointment(crew, at(minutes))
    assert "1 more comes later today." in text(minute(-5).get(LANE))


@pytest.mark.clause("3.1.2.6", "C11")
def test_who_comes_long_before_his_time_is_early_keeps_it_and_waits_from_then_on(minute, crew):
    came(crew, 60, early=45)
    page = minute(30).get(LANE)
    [row] = page.context["lane"].waiting
    assert (row.booked, row.early, row.long) == (True, True, False)
    assert ">early</span>" in text(page)
    assert "longer than 8 minutes" not in text(page)
    assert "We expected you at 10:00" in text(minute(30).get(address("receive", row.visit.pk)))
    assert [one.long for one in minute(68).get(LANE).context["lane"].waiting] == [False]
    assert [one.long for one in minute(69).get(LANE).context["lane"].waiting] == [True]


def test_who_comes_within_the_grace_is_not_early(minute, crew):
    came(crew, 15, early=10)
    assert ">early</span>" not in text(minute(6).get(LANE))


def test_the_lane_says_how_many_taken_in_it_shows_and_leads_to_the_rest(minute, crew):
    for _n in range(9):
        factories.taken_in(crew)
    page = text(minute(30).get(LANE))
    assert "8 of 9" in page
    assert f'href="{LANE}?taken=all#taken-in"' in page
    assert len(minute(30).get(LANE).context["taken_in"]) == 8
    every = minute(30).get(LANE, {"taken": "all"})
    assert len(every.context["taken_in"]) == 9
    assert f'hx-get="{LANE}?taken=all"' in text(every), "what refreshes the page keeps showing all"
