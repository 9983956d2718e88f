"""The booking desk's pages: happy paths, what was typed kept, refusals, other stores, other roles, broken addresses."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from appointments import operations
from appointments.models import Appointment
from appointments.states import State
from dealership.customers.models import Keeping
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

GRID, BOOK = reverse("appointments:grid"), reverse("appointments:book")
QUARTER = timedelta(minutes=15)
HTMX = {"HX-Request": "true"}
TYPED = {"cause": "fault", "reason": "刹车有异响", "channel": "wechat", "kind": "proactive", "agreed": "on"}


def typed(crew, starts_at=TUESDAY_NINE, **changes):
    """Return what the page of a slot sends when the advisor presses that the customer agrees."""
    return TYPED | {"time": f"{crew.service_advisor.pk}|{starts_at.isoformat()}"} | changes


def slot(crew, car=None, starts_at=TUESDAY_NINE, **more):
    """Return the address of booking one slot, with the car chosen or not."""
    asked = {"advisor": crew.service_advisor.pk, "at": starts_at.strftime("%Y-%m-%dT%H:%M")} | more
    return f"{BOOK}?{urlencode(asked | ({'vehicle': car[1].pk} if car else {}))}"


@pytest.fixture
def car(crew):
    return factories.customer_with_car(crew.service_advisor)


@pytest.fixture
def elsewhere(crew):
    return factories.Crew(factories.store("分店"))


def text(answer):
    return answer.content.decode()


def test_the_grid_shows_the_day_asked_for(desk, crew):
    made = factories.appointment(crew)
    page = desk.get(GRID, {"day": "2026-11-24"})
    assert page.status_code == 200
    assert made.vehicle.plate_shown in text(page)
    assert text(page).count(">kept free<") == 7
    assert made.vehicle.plate_shown not in text(desk.get(GRID)), "today is Monday"


def test_the_grid_offers_free_slots_to_who_may_book(desk, crew, client):
    link = f"{BOOK}?advisor={crew.service_advisor.pk}&amp;at=2026-11-24T09:15"
    factories.appointment(crew)
    assert link in text(desk.get(GRID, {"day": "2026-11-24"}))
    assert link.replace("09:15", "09:00") not in text(desk.get(GRID, {"day": "2026-11-24"}))
    assert link.replace("09:15", "09:45") not in text(desk.get(GRID, {"day": "2026-11-24"}))
    client.force_login(crew.foreman)
    assert link not in text(client.get(GRID, {"day": "2026-11-24"}))


def test_short_notice_is_offered_to_a_manager_alone(desk, crew, client):
    link = f"{BOOK}?advisor={crew.service_advisor.pk}&amp;at=2026-11-23T09:15"
    assert link not in text(desk.get(GRID))
    assert "too soon" in text(desk.get(GRID))
    client.force_login(crew.after_sales_manager)
    assert link in text(client.get(GRID))


def test_the_grid_says_when_the_store_is_closed_or_has_nobody(desk, crew):
    assert "No service advisor" not in text(desk.get(GRID))
    crew.service_advisor.groups.clear()
    desk.force_login(crew.foreman)
    assert "No service advisor" in text(desk.get(GRID))
    workshop.close_on(crew.store, MONDAY.date(), name="盘点", by=None)
    assert "closed" in text(desk.get(GRID))


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_page_takes_eleven_queries(desk, crew, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + number * QUARTER)
    with django_assert_num_queries(11):
        desk.get(GRID, {"day": "2026-11-24"})


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31", "2026-02-30", "x", "\0", "-1", "２０２６-11-24"])
def test_a_broken_day_shows_today(desk, day):
    page = desk.get(GRID, {"day": day})
    assert page.status_code == 200
    assert page.context["grid"].day == MONDAY.date()


@pytest.mark.clause("2.1.5")
def test_a_day_without_a_time_is_no_appointment(desk, crew, car):
    address = f"{BOOK}?advisor={crew.service_advisor.pk}&at=2026-11-24&vehicle={car[1].pk}"
    assert desk.post(address, TYPED).status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("at", ["", "x", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-24T25:00", "\0"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_broken_time_is_not_found(desk, crew, car, at, method):
    address = f"{BOOK}?{urlencode({'advisor': crew.service_advisor.pk, 'at': at, 'vehicle': car[1].pk})}"
    assert getattr(desk, method)(address).status_code == 404


@pytest.mark.parametrize("advisor", ["", "x", "0", "-1", "99999999999999999999", "\0"])
def test_a_broken_advisor_is_not_found(desk, advisor):
    assert desk.get(BOOK, {"advisor": advisor, "at": "2026-11-24T09:00"}).status_code == 404


def test_an_advisor_of_another_store_is_not_found(desk, elsewhere):
    asked = {"advisor": elsewhere.service_advisor.pk, "at": "2026-11-24T09:00"}
    assert desk.get(BOOK, asked).status_code == 404


@pytest.mark.parametrize("vehicle", ["", "x", "0", "99999999999999999999", "\0", "１２"])
def test_a_broken_vehicle_asks_for_the_car_again(desk, crew, vehicle):
    page = desk.get(slot(crew, vehicle=vehicle))
    assert page.status_code == 200
    assert 'type="search"' in text(page)


def test_a_car_without_keeper_is_not_booked(desk, crew, car):
    Keeping.objects.all().delete()
    page = desk.post(slot(crew, car), typed(crew))
    assert 'type="search"' in text(page)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("query", ["\0", "%", "_", "'", "（", "京A\0", "9" * 300])
def test_any_text_can_be_searched_for(desk, crew, car, query):
    assert desk.get(slot(crew, q=query)).status_code == 200


def test_the_car_is_found_and_chosen_on_the_way(desk, crew, car):
    found = desk.get(slot(crew, q=car[1].plate[-5:]))
    assert f"vehicle={car[1].pk}" in text(found)
    assert "<html" in text(found)
    part = desk.get(slot(crew, q=car[1].plate[-5:]), headers=HTMX)
    assert f"vehicle={car[1].pk}" in text(part)
    assert "<html" not in text(part)
    assert "HX-Request" in part["Vary"]
    assert "No car found" in text(desk.get(slot(crew, q="沪Z99999")))


def test_booking_promises_the_time_and_says_so(desk, crew, car):
    assert desk.get(slot(crew, car)).status_code == 200
    answer = desk.post(slot(crew, car), typed(crew), follow=True)
    made = Appointment.objects.get()
    assert answer.redirect_chain == [(reverse("appointments:appointment", args=[made.pk]), 302)]
    assert "Booked" in text(answer)
    assert "2026-11-24 09:00" in text(answer)
    assert (made.starts_at, made.customer, made.vehicle) == (TUESDAY_NINE, *car)
    assert (made.reason, made.channel, made.kind, made.cause) == ("刹车有异响", "wechat", "proactive", "fault")
    assert (made.store, made.advisor, made.booked_by) == (crew.store, crew.service_advisor, crew.service_advisor)


@pytest.mark.clause("2.1.3", "2.1.4", "3.1.1.1")
@pytest.mark.parametrize("missing", ["reason", "agreed", "kind", "cause", "channel", "time"])
def test_a_booking_with_a_gap_is_shown_again_with_what_was_typed(desk, crew, car, missing):
    answer = desk.post(slot(crew, car), {name: value for name, value in typed(crew).items() if name != missing})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [{"agreed": "__all__"}.get(missing, missing)]
    assert missing == "reason" or "刹车有异响</textarea>" in text(answer)
    assert missing == "channel" or '<option value="wechat" selected>' in text(answer)
    assert missing == "kind" or '<option value="proactive" selected>' in text(answer)
    assert not Appointment.objects.exists()


def test_a_slot_taken_meanwhile_keeps_what_was_typed_and_names_the_next(desk, crew, car):
    factories.appointment(crew)
    answer = desk.post(slot(crew, car), typed(crew))
    assert answer.status_code == 422
    assert "already taken" in text(answer)
    assert "09:15" in text(answer)
    assert "刹车有异响</textarea>" in text(answer)
    assert Appointment.objects.count() == 1


@pytest.mark.clause("2.1.1")
def test_short_notice_is_refused_to_an_advisor_and_asks_a_manager_why(desk, crew, car, client):
    at = MONDAY + timedelta(hours=2)
    soon, hurried = slot(crew, car, starts_at=at), typed(crew, at, short_notice_reason="急")
    refused = desk.post(soon, hurried)
    assert refused.status_code == 422
    assert "24 hours of notice" in text(refused)
    client.force_login(crew.after_sales_manager)
    assert list(client.post(soon, typed(crew, at)).context["form"].errors) == ["short_notice_reason"]
    assert not Appointment.objects.exists()
    assert client.post(soon, hurried).status_code == 302
    assert Appointment.objects.get().short_notice_reason == "急"


@pytest.mark.parametrize("role", ["foreman", "claims", "director", "technician", "parts", "cashier"])
def test_booking_is_closed_to_other_roles(client, crew, car, monday, role):
    client.force_login(getattr(crew, role))
    assert client.get(slot(crew, car)).status_code == 403
    assert client.post(slot(crew, car), typed(crew)).status_code == 403
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("role", ["technician", "cashier", "salesperson"])
def test_the_grid_is_closed_to_who_has_nothing_to_look_for_there(client, crew, monday, role):
    made = factories.appointment(crew)
    client.force_login(getattr(crew, role))
    assert client.get(GRID).status_code == 403
    assert client.get(reverse("appointments:appointment", args=[made.pk])).status_code == 403


def test_an_appointment_shows_its_history(desk, crew):
    made = factories.appointment(crew)
    page = desk.get(reverse("appointments:appointment", args=[made.pk]))
    assert page.status_code == 200
    assert made.vehicle.plate_shown in text(page)
    assert "confirmed" in text(page)
    assert "Cancel appointment" in text(page)


@pytest.mark.parametrize("count", [1, 3])
def test_an_appointment_page_takes_a_fixed_number_of_queries(desk, crew, count, django_assert_num_queries):
    made = factories.appointment(crew)
    for _number in range(count):
        made.moves.create(from_state="", to_state="confirmed", by=crew.foreman, at=MONDAY)
    with django_assert_num_queries(10):
        desk.get(reverse("appointments:appointment", args=[made.pk]))


def test_cancelling_gives_the_slot_back(desk, crew):
    made = factories.appointment(crew)
    page = reverse("appointments:appointment", args=[made.pk])
    answer = desk.post(reverse("appointments:cancel", args=[made.pk]), {"reason": "客户出差"}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    made.refresh_from_db()
    assert made.state == State.CANCELLED
    assert made.moves.last().reason == "客户出差"


def test_cancelling_without_a_reason_is_shown_again(desk, crew):
    made = factories.appointment(crew)
    answer = desk.post(reverse("appointments:cancel", args=[made.pk]), {"reason": " "})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_cancelling_what_somebody_cancelled_tells_who_and_when(desk, crew):
    made = factories.appointment(crew, at=MONDAY - timedelta(hours=1))
    operations.cancel(made, reason="改期", by=crew.service_advisor, at=MONDAY - timedelta(minutes=5))
    answer = desk.post(reverse("appointments:cancel", args=[made.pk]), {"reason": "改期"})
    assert answer.status_code == 409
    assert f"{crew.service_advisor.full_name} moved this to “cancelled” 5 minutes ago." in text(answer)


def test_who_may_only_look_cancels_nothing(client, crew, monday):
    made = factories.appointment(crew)
    client.force_login(crew.foreman)
    page = reverse("appointments:appointment", args=[made.pk])
    assert 'name="reason"' not in text(client.get(page))
    assert client.post(reverse("appointments:cancel", args=[made.pk]), {"reason": "改期"}).status_code == 403
    assert client.post(reverse("appointments:no_show", args=[made.pk])).status_code == 403
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_a_missed_appointment_is_noted_once_it_has_begun(desk, crew, monday):
    made = factories.appointment(crew)
    page, no_show = (reverse(f"appointments:{name}", args=[made.pk]) for name in ["appointment", "no_show"])
    assert "Did not come" not in text(desk.get(page))
    assert desk.post(no_show).status_code == 409
    monday.move_to(TUESDAY_NINE.astimezone(SHANGHAI) + timedelta(minutes=31), tick=False)
    desk.force_login(crew.service_advisor)
    assert "Did not come" in text(desk.get(page))
    assert desk.get(no_show).status_code == 303
    assert desk.post(no_show).status_code == 302
    made.refresh_from_db()
    assert made.state == State.NO_SHOW


def test_an_appointment_of_another_store_is_not_found(desk, elsewhere):
    made = factories.appointment(elsewhere)
    for name in ["cancel", "no_show", "confirm", "deposit", "move"]:
        page = reverse(f"appointments:{name}", args=[made.pk])
        assert desk.post(page, {"reason": "改期"}).status_code == 404
    assert desk.get(reverse("appointments:appointment", args=[made.pk])).status_code == 404
    made.refresh_from_db()
    assert made.state == State.CONFIRMED


def test_the_grid_keeps_to_the_store_one_works_in(desk, crew, elsewhere):
    made = factories.appointment(elsewhere)
    assert made.vehicle.plate_shown not in text(desk.get(GRID, {"day": "2026-11-24"}))


def test_a_time_promised_in_another_store_is_not_offered_here_and_shows_nobody(desk, crew, elsewhere):
    advisor = crew.service_advisor
    advisor.stores.add(elsewhere.store)
    made = factories.appointment(elsewhere, advisor=advisor)
    page = desk.get(GRID, {"day": "2026-11-24"})
    assert "in another store" in text(page)
    assert made.vehicle.plate_shown not in text(page)
    (cell,) = page.context["grid"].rows[0][1]
    assert (cell.standing, cell.appointment) == ("elsewhere", None)
    week = desk.get(reverse("appointments:week"), {"day": "2026-11-24"}).context["week"]
    (cells,) = [cells for who, cells in week.rows if who == advisor]
    assert [(cell.taken, cell.slots) for cell in cells[1:3]] == [(0, 20), (0, 21)]


def steps(desk, made):
    return [move.to_state for move in desk.get(reverse("appointments:appointment", args=[made.pk])).context["moves"]]


def test_the_history_begins_with_the_promise_where_the_customer_agreed_at_once(desk, crew):
    assert steps(desk, factories.appointment(crew)) == ["confirmed"]


def test_the_history_shows_a_time_that_was_held_first(desk, crew):
    made = factories.held(crew, at=MONDAY)
    assert steps(desk, made) == ["requested"]
    operations.confirm(made, by=crew.service_advisor, at=MONDAY + timedelta(minutes=1))
    assert steps(desk, made) == ["requested", "confirmed"]
    assert steps(desk, refused_hold(crew)) == ["requested", "cancelled"]


def refused_hold(crew):
    made = factories.held(crew, TUESDAY_NINE + QUARTER, at=MONDAY)
    operations.cancel(made, reason="不来了", by=crew.service_advisor, at=MONDAY)
    return made
