"""The first page of each role in a whole house on Tuesday at ten, which is built once."""

import copy
from types import SimpleNamespace

import pytest
from django.urls import resolve, reverse

from appointments import operations as booking
from dealership.staff.roles import Role
from reception import operations as reception
from reception.models import Point
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.overview.conftest import NOW, built_house, prepared_crew
from tests.overview.test_today import BOARD, HTMX, LISTS, REST, TODAY, lists, plate_of, text
from tests.worlds import built_once


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Return the crew and the house on which every test here begins anew."""
    with built_once(django_db_blocker):
        crew = prepared_crew()
        house = built_house(crew)
        for role in Role:
            getattr(crew, role.value)
        yield SimpleNamespace(crew=crew, house=house)


@pytest.fixture
def world(db, built):
    return copy.deepcopy(built)


@pytest.fixture
def crew(world):
    return world.crew


@pytest.fixture
def house(world):
    return world.house


def test_each_role_finds_its_lists_and_their_rows(tuesday, crew, house):
    names = {plate_of(thing): name for name, thing in vars(house).items()} | {BOARD: "board"}
    assert set(LISTS) == set(Role) - {Role.GUARD}  # who begins at the gate
    for role in LISTS:
        tuesday.force_login(getattr(crew, role.value))
        page = tuesday.get(TODAY)
        everything = text(page) + text(tuesday.get(REST))
        found = {title: {names[row.plate] for row in section.rows} for title, section in lists(page).items()}
        assert found == dict(LISTS[role]), role
        for _title, rows in LISTS[role]:
            shown = [BOARD if name == "board" else plate_of(getattr(house, name)) for name in rows]
            assert all(plate in everything for plate in shown), role


def test_every_row_leads_to_a_page_its_reader_may_open(tuesday, crew, house):
    for role in LISTS:
        tuesday.force_login(getattr(crew, role.value))
        rows = [row for section in lists(tuesday.get(TODAY)).values() for row in section.rows]
        assert rows or role in (Role.SALES_MANAGER, Role.SALESPERSON)
        for row in rows:
            assert tuesday.get(row.url, follow=True).status_code == 200, (role, row)


def test_rows_lead_to_the_step_itself(tuesday, crew, house):
    tuesday.force_login(crew.after_sales_manager)
    names = {title: {resolve(row.url).view_name for row in s.rows} for title, s in lists(tuesday.get(TODAY)).items()}
    assert names["Customers waiting"] == {"reception:lane"}
    assert names["Appointments still to come today"] == {"appointments:appointment"}
    assert names["Calls about appointments"] == {"appointments:call"}
    assert names["Not prepared yet"] == {"appointments:welcome"}
    assert names["Parts to put aside"] == {"appointments:parts"}
    assert names["Waiting for dispatch"] == {"workorders:order"}
    assert names["Customers to contact"] == {"followup:task"}
    assert names["Messages that need a decision"] == {"admin:outbox_message_change"}


def test_the_page_fetches_its_part_again(tuesday, crew, house):
    tuesday.force_login(crew.foreman)
    whole, part = tuesday.get(TODAY), tuesday.get(TODAY, headers=HTMX)
    assert f'hx-get="{TODAY}"' in text(whole)
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert plate_of(house.late) in text(part)


def test_an_advisor_sees_only_the_own_receptions_and_cars(tuesday, crew, house):
    tuesday.force_login(factories.person(Role.SERVICE_ADVISOR, crew.store))
    found = lists(tuesday.get(TODAY))
    assert found["My receptions"].rows == found["My cars: next step at the desk"].rows == []
    assert len(found["Customers waiting"].rows) == 1


def test_a_technician_sees_only_the_own_teams_jobs(tuesday, crew, house):
    tuesday.force_login(factories.person(Role.TECHNICIAN, crew.store))
    assert lists(tuesday.get(TODAY))["Jobs of the team"].rows == []


@pytest.mark.clause("3.1.2.6")
def test_what_is_late_is_coloured(tuesday, crew, house):
    tuesday.force_login(crew.service_advisor)
    found = lists(tuesday.get(TODAY))
    [waits] = found["Customers waiting"].rows
    assert (waits.when, waits.urgency) == ("30 min", "red")
    [danger] = found["Promises in danger"].rows
    assert (danger.when, danger.urgency) == ("10:20", "amber")


@pytest.mark.clause("2.1.8")
def test_the_foreman_finds_his_notices_until_he_has_seen_them(tuesday, crew, house):
    tuesday.force_login(crew.foreman)
    rows = lists(tuesday.get(TODAY))["Notices of appointments"].rows
    assert {resolve(row.url).view_name for row in rows} == {"appointments:notices"}
    # Booked on Monday and still unseen, that is red; booked today, there is time until the store closes.
    assert {row.plate: row.urgency for row in rows} == {
        plate_of(house.due): "red", plate_of(house.wanted): "red", plate_of(house.booked): "",
    }  # fmt: skip
    booking.see_notice(house.booked.notices.get(), by=crew.foreman, at=NOW)
    left = lists(tuesday.get(TODAY))["Notices of appointments"].rows
    assert {row.plate for row in left} == {plate_of(house.due), plate_of(house.wanted)}


@pytest.mark.clause("2.1.8")
@pytest.mark.parametrize("role", ["service_advisor", "after_sales_manager"])
def test_the_booking_desk_is_warned_at_closing_time(tuesday, crew, house, time_machine, role):
    title = "The foreman has not seen these today"
    tuesday.force_login(getattr(crew, role))
    time_machine.move_to((TUESDAY_NINE.replace(hour=16, minute=59)).timestamp(), tick=False)
    assert title not in lists(tuesday.get(TODAY))
    time_machine.move_to((TUESDAY_NINE.replace(hour=17)).timestamp(), tick=False)
    [row] = lists(tuesday.get(TODAY))[title].rows
    assert (row.plate, row.urgency) == (plate_of(house.booked), "red")
    booking.see_notice(house.booked.notices.get(), by=crew.foreman, at=NOW)
    assert title not in lists(tuesday.get(TODAY))


@pytest.mark.clause("2.1.6")
def test_parts_are_listed_until_the_parts_desk_has_dealt_with_them(tuesday, crew, house):
    wanted = house.wanted.parts.get()
    tuesday.force_login(crew.parts)
    [row] = lists(tuesday.get(TODAY))["Parts to put aside"].rows
    assert (row.url, row.urgency, row.text) == (reverse("appointments:parts"), "", "1 part")
    second = wanted.appointment.parts.create(part=factories.part(crew.store), quantity=2)
    found = lists(tuesday.get(TODAY))["Parts to put aside"]
    assert ([row.text for row in found.rows], found.more) == (["2 parts"], 0), "one line for each car"
    booking.expect_delivery(second, on=NOW.date(), by=crew.parts, at=NOW)
    wanted.high_value = True
    wanted.save()
    assert lists(tuesday.get(TODAY))["Parts to put aside"].rows[0].urgency == "amber"
    booking.expect_delivery(wanted, on=NOW.date(), by=crew.parts, at=NOW)
    assert lists(tuesday.get(TODAY))["Parts to put aside"].rows == []


def test_two_stores_are_kept_apart(tuesday, crew, house):
    elsewhere = factories.Crew(factories.store("分店"))
    reception.check_points(elsewhere.store, Point.values, by=elsewhere.service_advisor, at=TUESDAY_NINE)
    for role in LISTS:
        tuesday.force_login(getattr(elsewhere, role.value))
        page = tuesday.get(TODAY)
        assert page.status_code == 200
        assert [section.rows for section in lists(page).values()] == [[] for _section in LISTS[role]]


def test_whoever_works_in_two_stores_sees_the_one_chosen(tuesday, crew, house):
    person, other = crew.service_advisor, factories.store("分店")
    person.stores.add(other)
    tuesday.force_login(person)
    assert plate_of(house.waiting) in text(tuesday.get(TODAY))
    tuesday.post(reverse("staff:switch_store", args=[other.pk]))
    assert plate_of(house.waiting) not in text(tuesday.get(TODAY))
