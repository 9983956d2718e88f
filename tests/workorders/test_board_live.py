"""The board fetches itself: nothing new costs next to nothing, and nothing new is ever missed."""

import time
from datetime import UTC, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import operations as appointments
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.board_days import clock, on_hold, plan, put
from tests.workorders.sheets import HOUR
from workorders.models import Assignment, Clock, LabourLine, PartLine, WorkOrder
from workorders.operations import writeup

BOARD = reverse("workorders:board")
TV = reverse("workorders:tv")
DAY = timedelta(days=1)


@pytest.fixture
def asked_again(tuesday):
    """Return a function that asks for a page's part with the mark of the answer before, and says what came."""
    marks = {}

    def ask(url=BOARD):
        known = {"If-None-Match": marks[url]} if url in marks else {}
        answer = tuesday.get(url, headers={"HX-Request": "true"} | known)
        marks[url] = answer["ETag"]
        return answer.status_code

    return ask


def test_an_unchanged_board_is_not_drawn_again(tuesday, crew):
    factories.in_progress(crew)
    part = tuesday.get(BOARD, headers={"HX-Request": "true"})
    assert part.context["mark"] == part["ETag"]
    again = tuesday.get(BOARD, headers={"HX-Request": "true", "If-None-Match": part["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-As-Of"] == part["X-As-Of"] == "10:00:00"
    assert "no-store" in part["Cache-Control"]
    whole = tuesday.get(BOARD, headers={"If-None-Match": part["ETag"]})
    assert whole.status_code == 200  # a page that is opened is always drawn


def changed(order, **facts):
    return lambda: put(order, **facts)


def changes(crew):
    """Yield (what happened, how to make it happen) for everything a card or a column shows."""
    team, bay = crew.team("二班"), workshop.add_bay(crew.store, name="1号工位", kind="general", by=None)
    booked = factories.appointment(crew, starts_at=TUESDAY_NINE + 2 * DAY)
    order, held = factories.in_progress(crew), on_hold(crew)
    plan(order, TUESDAY_NINE, TUESDAY_NINE + 3 * HOUR)
    running = clock(order)
    visit, lines, parts = order.visit, order.labour_lines.all(), order.part_lines.all()
    vehicle, customer = visit.vehicle, visit.customer

    def rows(queryset, **facts):
        return lambda: queryset.update(**facts)

    def thing(one, **facts):
        return rows(type(one).objects.filter(pk=one.pk), **facts)

    yield "a new order", lambda: factories.draft(crew)
    yield "a move", lambda: put(order, state="finished")
    yield "why it waits", changed(held, held_for="tool")
    yield "priority", changed(order, priority=1)
    yield "promise", changed(order, promised_at=TUESDAY_NINE + 7 * HOUR)
    yield "parking position", changed(order, parked_at="B2")
    yield "team", changed(order, team=team)
    yield "bay", changed(order, bay=bay)
    yield "technician", changed(order, technician=crew.team_leader)
    yield "advisor", changed(order, advisor=crew.after_sales_manager)
    yield "plan", rows(Assignment.objects.filter(order=order), ends_at=TUESDAY_NINE + 4 * HOUR)
    yield "plan withdrawn", rows(Assignment.objects.filter(order=order), withdrawn_at=TUESDAY_NINE)
    yield "clock put right", rows(Clock.objects.filter(pk=running.pk), started_at=TUESDAY_NINE + HOUR / 2)
    stop = {"stopped_at": TUESDAY_NINE + HOUR, "stop": "done", "stopped_by": crew.technician}
    yield "clock stopped", rows(Clock.objects.filter(pk=running.pk), **stop)
    yield "clock started", lambda: clock(order, TUESDAY_NINE + 2 * HOUR)
    yield "part handed out", rows(parts, issued_at=TUESDAY_NINE + HOUR)
    yield "part asked", rows(parts, decision="asked")
    yield (
        "part added",
        lambda: PartLine.objects.create(
            order=order, part=factories.part(crew.store), description="加件", quantity=1, unit_price_fen=1, amount_fen=1
        ),
    )
    yield "work asked", rows(lines, decision="asked")
    yield "hours", rows(lines, hours=5)
    yield (
        "work added",
        lambda: LabourLine.objects.create(
            order=order, operation=factories.operation(), description="加项", hours=1, rate_fen=1, amount_fen=1
        ),
    )
    yield "waits here", thing(visit, waits_here=True)
    yield "arrival put right", thing(visit, arrived_at=TUESDAY_NINE - HOUR)
    yield "plate", thing(vehicle, plate="沪B00001")
    yield "model", thing(vehicle, model_name="途观")
    yield "customer's name", thing(customer, name="李雷")
    yield "customer's wish", thing(customer, board_display="plate")
    yield "name of a team", thing(team, name="钣金班")
    yield "a promise", lambda: factories.appointment(crew, starts_at=TUESDAY_NINE + 3 * DAY)
    yield "other wishes", thing(booked.card, wishes="换轮胎")
    yield "another advisor", thing(booked, advisor=crew.after_sales_manager)
    yield (
        "a cancelled promise",
        lambda: appointments.cancel(booked, reason="客户取消", by=crew.service_advisor, at=TUESDAY_NINE),
    )
    yield "a car that left", lambda: factories.released(crew)


@pytest.mark.clause("F4")
def test_whatever_is_shown_makes_the_board_new_and_nothing_else_does(crew, asked_again):
    for what, happen in changes(crew):
        asked_again()
        assert asked_again() == 304, f"before {what}"
        happen()
        assert asked_again() == 200, what
    assert asked_again() == 304


def test_steps_of_the_desk_make_it_new(crew, asked_again):
    order, waiting = factories.dispatched(crew), factories.signed(crew)
    asked_again()
    factories.clock_on(order, crew.technician)
    assert asked_again() == 200
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert asked_again() == 200
    writeup.cancel(waiting, reason="改期", by=crew.service_advisor, at=TUESDAY_NINE)
    assert asked_again() == 200
    assert asked_again() == 304


def test_another_stores_day_leaves_the_board_as_it_is(crew, asked_again):
    there = factories.Crew(factories.store("分店"))
    asked_again()
    clock(factories.in_progress(there))
    factories.appointment(there, starts_at=TUESDAY_NINE + 2 * DAY)
    assert asked_again() == 304


@pytest.mark.parametrize("url", [BOARD, TV])
def test_every_minute_the_colours_are_looked_at_again(crew, asked_again, time_machine, url):
    factories.in_progress(crew)
    asked_again(url)
    now = (TUESDAY_NINE + HOUR).astimezone(UTC)
    for seconds, status in [(0, 304), (59 if url == BOARD else 19, 304), (60, 200), (61, 304)]:
        time_machine.move_to(now + timedelta(seconds=seconds), tick=False)
        assert asked_again(url) == status, seconds


def test_a_colour_that_changes_is_drawn_within_the_minute(crew, asked_again, tuesday, time_machine):
    order = factories.in_progress(crew, hours="0.10", promised_at=TUESDAY_NINE + HOUR)
    asked_again()
    time_machine.move_to((TUESDAY_NINE + HOUR + timedelta(minutes=1)).astimezone(UTC), tick=False)
    assert asked_again() == 200
    assert f'id="job-{order.pk}"' in tuesday.get(BOARD).content.decode()
    assert 'class="promise red"' in tuesday.get(BOARD).content.decode()


def test_two_ways_to_look_have_two_marks(tuesday, crew):
    factories.in_progress(crew)
    ways = [{}, {"by": "team"}, {"by": "bay"}, {"open": "draft"}]
    marks = {tuesday.get(BOARD, way)["ETag"] for way in ways}
    marks.add(tuesday.get(BOARD, headers={"Accept-Language": "zh-hans"})["ETag"])
    tuesday.force_login(crew.technician)  # may not open appointments: other links
    marks.add(tuesday.get(BOARD)["ETag"])
    assert len(marks) == 6


def crowded(crew, count):
    """Make `count` orders of each usual kind, with plan, clock and promises of later days."""
    for number in range(count):
        factories.signed(crew)
        order = plan(factories.in_progress(crew), TUESDAY_NINE, TUESDAY_NINE + 3 * HOUR)
        clock(order, hours=0.2)
        factories.released(crew)
        factories.appointment(crew, starts_at=TUESDAY_NINE + (5 + number) * HOUR)
        factories.appointment(crew, starts_at=TUESDAY_NINE + 2 * DAY + number * HOUR)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ({}, 16),
        ({"open": ["draft", "delivered"]}, 17),
        ({"by": "team"}, 12),
        ({"by": "technician"}, 12),
        ({"by": "bay"}, 12),
    ],
    ids=["step", "opened", "team", "technician", "bay"],
)  # fmt: skip
def test_the_board_takes_as_many_queries_for_one_car_as_for_three(
    tuesday, crew, count, query, queries, django_assert_num_queries
):
    crowded(crew, count)
    with django_assert_num_queries(queries):
        page = tuesday.get(BOARD, query)
    assert sum(len(column.cards) for column, *_ in page.context["columns"]) >= 2 * count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "whole"), [(BOARD, 16), (TV, 11)], ids=["board", "tv"])
def test_an_unchanged_board_takes_five_queries_one_of_them_its_own(
    tuesday, crew, count, url, whole, django_assert_num_queries
):
    crowded(crew, count)
    with django_assert_num_queries(whole):
        mark = tuesday.get(url, headers={"HX-Request": "true"})["ETag"]
    with django_assert_num_queries(5) as asked:
        answer = tuesday.get(url, headers={"HX-Request": "true", "If-None-Match": mark})
    assert answer.status_code == 304
    assert sum("workorders_" in one["sql"] for one in asked.captured_queries) == 1


def copies(order, count):
    """Copy an order in work with its lines, each with a visit and a car of its own."""
    for number in range(count):
        car, visit = order.visit.vehicle, order.visit
        car.pk, car.plate, car.vin = None, f"京B{number:05d}", ""
        car.save()
        visit.pk, visit.vehicle, visit.state, visit.intake = None, car, "waiting", None
        visit.save()
        lines = [*LabourLine.objects.filter(order_id=order.pk), *PartLine.objects.filter(order_id=order.pk)]
        made = WorkOrder.objects.get(pk=order.pk)
        made.pk, made.number, made.visit, made.authorisation = None, f"B-{number}", visit, None
        made.state = "draft"
        made.save()
        for line in lines:
            line.pk, line.order, line.labour = None, made, None
            line.save()


def test_with_three_hundred_cars_an_unchanged_board_costs_a_small_part_of_a_full_one(
    tuesday, crew, django_assert_num_queries
):
    """Measured beside each other in one run, the best of several: a busy machine slows both."""
    copies(factories.in_progress(crew), 300)
    full, unchanged = [], []
    url = f"{BOARD}?open=draft"
    for _round in range(5):
        cache.clear()  # as the first screen that asks
        began = time.perf_counter()
        answer = tuesday.get(url, headers={"HX-Request": "true"})
        full.append(time.perf_counter() - began)
        began = time.perf_counter()
        again = tuesday.get(url, headers={"HX-Request": "true", "If-None-Match": answer["ETag"]})
        unchanged.append(time.perf_counter() - began)
        assert (answer.status_code, again.status_code) == (200, 304)
    assert answer.content.count(b'class="job"') == 301
    assert min(unchanged) < min(full) / 4, f"{min(unchanged) * 1000:.1f} ms of {min(full) * 1000:.1f} ms"
    cache.clear()
    with django_assert_num_queries(16):
        tuesday.get(url, headers={"HX-Request": "true"})


def test_what_is_drawn_for_one_screen_is_not_drawn_again_for_the_next(tuesday, crew):
    factories.signed(crew)
    with CaptureQueriesContext(connection) as first:
        drawn = tuesday.get(BOARD, headers={"HX-Request": "true"})
    tuesday.force_login(factories.person(crew.service_advisor.roles[0], crew.store))
    with CaptureQueriesContext(connection) as second:
        again = tuesday.get(BOARD, headers={"HX-Request": "true"})
    assert again.content == drawn.content
    assert again["ETag"] == drawn["ETag"]
    assert len(second) < len(first) / 2
    factories.signed(crew)
    assert tuesday.get(BOARD, headers={"HX-Request": "true"}).content != drawn.content
