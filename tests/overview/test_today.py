"""The first page after logging in: what each role has to do, and nothing of anybody else's."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from appointments import operations as booking
from dealership.staff.roles import Role
from followup import queries as followup
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.overview.conftest import NOW, call_due, refused_message
from workorders.operations import writeup

TODAY = reverse("overview:today")
REST = f"{TODAY}?rest=1"
HTMX = {"HX-Request": "true"}

WAITING = ("Customers waiting", {"waiting"})
DUE = ("Appointments still to come today", {"due"})
RECEPTIONS = ("My receptions", set())
CUSTOMERS = ("My cars: next step at the desk", set())
MINE = [
    ("My receptions", {"receiving", "taken_in"}),
    ("My cars: next step at the desk", {"draft", "passed", "handed_over", "paid"}),
]
TO_DISPATCH = ("Waiting for dispatch", {"late"})
CHECKED = ("Checked: give key and place to the advisor", {"passed"})
NOTICES = ("Notices of appointments", {"due", "booked", "wanted"})
REMIND = ("Calls about appointments", {"due"})
PREPARE = ("Not prepared yet", {"board"})
JOBS = ("Jobs of the team", {"dispatched", "working"})
DANGER = ("Promises in danger", {"late"})
CALLS = ("Customers to contact", {"called"})
TO_CHECK = ("To be checked", {"finished"})
PARTS = ("Parts to hand out", {"dispatched", "working"})
ASIDE = ("Parts to put aside", {"wanted"})
TO_PAY = ("To pay", {"settled"})
MESSAGES = ("Messages that need a decision", {"message"})
BOARD = "Welcome board"

NO_CALLS = ("Customers to contact", set())  # theirs are due after two months, the manager has none of his own

LISTS = {
    Role.SERVICE_ADVISOR: [WAITING, DUE, *MINE, REMIND, PREPARE, DANGER],
    Role.ADVISOR_ASSISTANT: [WAITING, DUE, REMIND, PREPARE, DANGER, CALLS],
    Role.FOREMAN: [TO_DISPATCH, CHECKED, NOTICES, PREPARE, JOBS, DANGER],
    Role.DISPATCHER: [TO_DISPATCH, NOTICES, PREPARE, DANGER],
    Role.TEAM_LEADER: [JOBS],
    Role.TECHNICIAN: [JOBS, CALLS],
    Role.QUALITY_INSPECTOR: [TO_CHECK],
    Role.PARTS: [PARTS, ASIDE, PREPARE, DANGER],
    Role.CASHIER: [TO_PAY],
    Role.CLAIMS: [DANGER],
    Role.INFORMATION_CLERK: [CALLS, DANGER],
    Role.SALES_MANAGER: [NO_CALLS],
    Role.SALESPERSON: [NO_CALLS],
    Role.AFTER_SALES_MANAGER: [
        WAITING, DUE, RECEPTIONS, CUSTOMERS, REMIND, PREPARE, TO_DISPATCH, CHECKED, ASIDE, DANGER, CALLS, MESSAGES,
    ],
    Role.DIRECTOR: [DANGER],
}  # fmt: skip


def text(answer):
    return answer.content.decode()


def plate_of(thing):
    return getattr(thing, "recipient", "") or getattr(thing, "visit", thing).vehicle.plate_shown


def lists(page):
    rest = page.client.get(REST, headers=HTMX).context["sections"] if page.context["more"] else []
    return {section.title: section for section in [*page.context["sections"], *rest]}


def test_lists_with_work_come_first(tuesday, crew):
    factories.signed(crew)
    tuesday.force_login(crew.foreman)
    page = tuesday.get(TODAY)
    assert [bool(section.rows) for section in page.context["sections"]] == [True, *[False] * 5]
    assert page.context["sections"][0].title == "Waiting for dispatch"
    assert text(page).count("Nothing to do.") == 5


def test_a_car_whose_order_was_cancelled_is_the_advisors_again(tuesday, crew):
    order = factories.signed(crew)
    tuesday.force_login(crew.service_advisor)
    assert lists(tuesday.get(TODAY))["My receptions"].rows == []
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    assert [row.plate for row in lists(tuesday.get(TODAY))["My receptions"].rows] == [plate_of(order)]


def test_parts_that_were_handed_out_are_wanted_no_more(tuesday, crew):
    factories.in_progress(crew)
    tuesday.force_login(crew.parts)
    assert lists(tuesday.get(TODAY))["Parts to hand out"].rows == []


@pytest.mark.clause("C11")
def test_a_booked_customer_is_late_beyond_the_stores_grace(tuesday, crew, time_machine):
    made = factories.appointment(crew, starts_at=TUESDAY_NINE)
    tuesday.force_login(crew.service_advisor)
    for minutes, urgency in [(10, ""), (11, "amber")]:
        time_machine.move_to((TUESDAY_NINE + timedelta(minutes=minutes)).timestamp(), tick=False)
        [row] = lists(tuesday.get(TODAY))["Appointments still to come today"].rows
        assert (row.plate, row.urgency) == (plate_of(made), urgency)


@pytest.mark.clause("2.1.10")
def test_a_call_is_red_once_its_limit_has_passed(tuesday, crew, time_machine):
    made = factories.appointment(crew, starts_at=NOW + timedelta(hours=1))
    near = made.reminders.get(kind="near")
    made.reminders.exclude(pk=near.pk).update(state="withdrawn")
    tuesday.force_login(crew.service_advisor)
    for moment, rows in [
        (near.due_at - timedelta(seconds=1), []),
        (near.due_at, [""]),
        (near.limit_at, [""]),
        (near.limit_at + timedelta(seconds=1), ["red"]),
    ]:
        time_machine.move_to(moment.timestamp(), tick=False)
        found = lists(tuesday.get(TODAY))["Calls about appointments"].rows
        assert [row.urgency for row in found] == rows
        assert all(row.url == reverse("appointments:call", args=[near.pk]) for row in found)


@pytest.mark.clause("3.1.1.8")
def test_what_comes_soon_and_is_not_prepared_is_listed(tuesday, crew):
    soon = factories.appointment(crew, starts_at=NOW + timedelta(minutes=30))
    factories.appointment(crew, starts_at=NOW + timedelta(hours=1))
    booking.put_up_board(crew.store, NOW.date(), by=crew.advisor_assistant, at=NOW)
    tuesday.force_login(crew.advisor_assistant)
    [row] = lists(tuesday.get(TODAY))["Not prepared yet"].rows
    assert (row.plate, row.urgency, row.url) == (plate_of(soon), "red", reverse("appointments:preparation"))
    for point in ["file", "forms", "tools", "parts", "bay"]:
        booking.tick(soon, point, by=crew.advisor_assistant, at=NOW)
    assert lists(tuesday.get(TODAY))["Not prepared yet"].rows == []


@pytest.mark.clause("3.1.3.4")
def test_a_welcome_board_that_is_not_up_after_opening_is_listed(tuesday, crew, time_machine):
    tuesday.force_login(crew.advisor_assistant)
    assert lists(tuesday.get(TODAY))["Not prepared yet"].rows == [], "nobody is expected"
    factories.appointment(crew, starts_at=NOW + timedelta(hours=3))
    for moment, rows in [(TUESDAY_NINE, 0), (TUESDAY_NINE + timedelta(minutes=1), 1)]:
        time_machine.move_to(moment.timestamp(), tick=False)
        assert len(lists(tuesday.get(TODAY))["Not prepared yet"].rows) == rows
    booking.put_up_board(crew.store, NOW.date(), by=crew.advisor_assistant, at=NOW)
    assert lists(tuesday.get(TODAY))["Not prepared yet"].rows == []


def test_a_long_list_is_cut_and_the_rest_counted(tuesday, crew, monkeypatch):
    monkeypatch.setattr("dealership.overview.rows.MOST", 2)
    for _number in range(5):
        factories.arrived(crew)
    tuesday.force_login(crew.service_advisor)
    page = tuesday.get(TODAY)
    section = lists(page)["Customers waiting"]
    assert (len(section.rows), section.more) == (2, 3)
    assert "and 3 more" in text(page)
    assert re.search(r'text-bg-primary">\s*5\s*<', text(page))


def test_all_calls_beyond_the_list_are_counted(tuesday, crew, monkeypatch):
    monkeypatch.setattr("dealership.overview.rows.MOST", 1)
    for _number in range(3):
        call_due(crew)
    tuesday.force_login(crew.information_clerk)
    section = lists(tuesday.get(TODAY))["Customers to contact"]
    owed = len(followup.worklist(crew.information_clerk, crew.store, NOW))
    assert owed >= 3
    assert (len(section.rows), section.more) == (1, owed - 1)


def test_a_person_without_a_store_reads_why_there_is_nothing(tuesday, crew):
    for role in LISTS:
        person = getattr(crew, role.value)
        person.stores.clear()
        tuesday.force_login(person)
        page = tuesday.get(TODAY)
        assert page.status_code == 409
        assert "You are not assigned to a store yet." in text(page)


def test_times_and_the_day_are_those_of_the_store(tuesday, time_machine):
    """At ten on Monday in Los Angeles it is Tuesday long since in Shanghai."""
    crew = factories.Crew(factories.store("西岸店", time_zone="America/Los_Angeles"))
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=crew.store.zone)
    due = factories.appointment(crew, monday.replace(hour=16), at=monday - timedelta(days=2))
    time_machine.move_to(monday.timestamp(), tick=False)
    tuesday.force_login(crew.after_sales_manager)
    page = tuesday.get(TODAY)
    [late_today] = lists(page)["Appointments still to come today"].rows
    assert (late_today.plate, late_today.when) == (plate_of(due), "16:00")
    assert "Monday" in text(page)


def test_the_day_of_a_clock_change_has_its_own_length(tuesday, time_machine):
    """On 25 October 2026 the day in Berlin has twenty-five hours; at its last one an appointment is still today's."""
    crew = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    midnight = datetime(2026, 10, 25, tzinfo=crew.store.zone)
    late = datetime(2026, 10, 25, 16, 30, tzinfo=crew.store.zone)
    made = factories.appointment(crew, late, at=midnight - timedelta(days=2))
    for hours, rows in [(-0.1, []), (0.1, [plate_of(made)]), (24.9, [plate_of(made)]), (25.1, [])]:
        time_machine.move_to(midnight.timestamp() + hours * 3600, tick=False)
        tuesday.force_login(crew.advisor_assistant)
        assert [row.plate for row in lists(tuesday.get(TODAY))["Appointments still to come today"].rows] == rows


def fill(crew, count):
    """Put `count` rows into every list of the advisor, the foreman and the manager."""
    for number in range(count):
        minutes = timedelta(minutes=15 * number)
        factories.signed(crew, hours="0.10", promised_at=NOW + timedelta(minutes=20))
        parts = factories.job(parts=[(factories.part(crew.store), 1)])
        factories.appointment(crew, starts_at=NOW + minutes)
        factories.appointment(crew, starts_at=NOW + timedelta(days=2) + minutes, at=TUESDAY_NINE, job=parts)
        factories.arrived(crew)
        factories.receiving(crew)
        factories.taken_in(crew)
        factories.passed(crew)
        call_due(crew)
        refused_message(crew.store, number)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_however_long_its_lists(tuesday, crew, count, django_assert_num_queries):
    fill(crew, count)
    for role, queries in {"service_advisor": 17, "foreman": 20, "parts": 15, "after_sales_manager": 14}.items():
        tuesday.force_login(getattr(crew, role))
        with django_assert_num_queries(queries, info=role):
            page = tuesday.get(TODAY)
        found = {title: len(section.rows) for title, section in lists(page).items()}
        assert found.pop("Customers to contact", count) >= count  # a visit may owe several
        expected = dict.fromkeys(found, count) | {title: OTHER[title](count) for title in found if title in OTHER}
        if role == "after_sales_manager":
            expected |= {"My receptions": 0, "My cars: next step at the desk": 0}
        assert found == expected, role


OTHER = {
    "My receptions": lambda count: 2 * count,
    "Calls about appointments": lambda count: 2 * count,  # half a day before and near the time
    "Not prepared yet": lambda count: count + 1,  # and the welcome board
    "Notices of appointments": lambda count: 2 * count,
    "Jobs of the team": lambda count: 0,
    "Parts to hand out": lambda count: 0,
}


@pytest.mark.parametrize("count", [1, 3])
def test_so_it_does_after_closing(tuesday, crew, count, time_machine, django_assert_num_queries):
    fill(crew, count)
    time_machine.move_to(TUESDAY_NINE.replace(hour=18).timestamp(), tick=False)
    for role, queries in {"service_advisor": 17, "after_sales_manager": 14}.items():
        tuesday.force_login(getattr(crew, role))
        with django_assert_num_queries(queries, info=role):
            page = tuesday.get(TODAY)
        assert len(lists(page)["The foreman has not seen these today"].rows) == count
