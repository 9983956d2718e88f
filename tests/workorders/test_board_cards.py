"""The cards of the board: where they lie, in which order, and what they tell at a glance."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse

from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.board_days import clock, on_hold, plan, put
from tests.workorders.sheets import HOUR, address, text
from tests.workorders.test_board import MADE, made
from workorders import queries
from workorders.models import WorkshopRules
from workorders.states import IN_HOUSE, State

BOARD = reverse("workorders:board")
MINUTE = timedelta(minutes=1)
STATES = [state for state in State if state != State.ON_HOLD]


def lying(columns):
    """Return {column: orders} of columns with something in them."""
    return {column.key: [card.order for card in column.cards] for column in columns if column.cards}


def card_of(page, order):
    return re.search(rf'id="job-{order.pk}".*?</a>', text(page), re.DOTALL)[0]


def shown_on(tuesday, order):
    return card_of(tuesday.get(BOARD), order)


@pytest.mark.clause("2.3.5", "F4")
def test_every_car_in_the_house_lies_in_the_column_of_its_step(tuesday, crew):
    orders = {state: made(crew, state) for state in STATES} | {State.ON_HOLD: on_hold(crew)}
    page = tuesday.get(BOARD, {"open": ["draft", "delivered"]})
    columns = [(column.key, {card.order.state for card in column.cards}) for column, *_ in page.context["columns"]]
    assert columns == [
        ("draft", {"draft"}),
        ("waiting", {"signed"}),
        ("team", {"dispatched", "rework"}),
        ("work", {"in_progress"}),
        ("hold", {"on_hold"}),
        ("check", {"finished", "passed"}),
        ("ready", {"ready", "handed_over", "settled", "paid"}),
        ("delivered", {"closed"}),
    ]
    for state, order in orders.items():
        assert (f'href="{address("order", order)}"' in text(page)) == (state != "cancelled"), state


@pytest.mark.clause("2.3.5", "F4")
def test_a_card_shows_when_the_car_came_and_when_it_is_promised(tuesday, crew):
    order = factories.signed(crew, at=TUESDAY_NINE - 20 * MINUTE, promised_at=TUESDAY_NINE + 7 * HOUR)
    card = shown_on(tuesday, order)
    assert re.findall(r"arrived at</span> ([\d:]+)", card) == ["08:40"]
    assert '<span class="promise ">16:00</span>' in card


@pytest.mark.clause("2.3.6", "C14")
def test_cards_lie_by_priority_then_promise_then_arrival(crew):
    noon, late = TUESDAY_NINE + 5 * HOUR, TUESDAY_NINE + 9 * HOUR
    second = put(factories.signed(crew, TUESDAY_NINE + 2 * MINUTE), promised_at=noon)
    first = put(factories.signed(crew, TUESDAY_NINE + MINUTE), promised_at=noon)
    sooner = put(factories.signed(crew, TUESDAY_NINE + 3 * MINUTE), promised_at=noon - HOUR)
    put_back = put(factories.signed(crew), promised_at=noon - 2 * HOUR, priority=3)
    urgent = put(factories.signed(crew), promised_at=late, priority=1)
    columns = lying(queries.board(crew.store, TUESDAY_NINE))
    assert columns == {"waiting": [urgent, sooner, first, second, put_back]}
    assert queries.next_in_line(crew.store) == urgent
    put(urgent, priority=2)
    assert queries.next_in_line(crew.store) == sooner


def test_what_has_no_promise_yet_comes_last(crew):
    written = factories.draft(crew)
    promised = factories.draft(crew, TUESDAY_NINE + HOUR)
    put(promised, promised_at=TUESDAY_NINE + 5 * HOUR)
    assert lying(queries.board(crew.store, TUESDAY_NINE)) == {"draft": [promised, written]}


@pytest.mark.clause("3.1.3.5")
@pytest.mark.parametrize(
    ("wish", "shown"), [("full", "欧阳明"), ("surname", "Mr Ouyang"), ("plate", None)], ids=["full", "surname", "plate"]
)
@pytest.mark.parametrize("where", ["board", "tv"])
def test_the_customer_is_named_as_he_wishes(tuesday, crew, wish, shown, where):
    car = factories.customer_with_car(crew.service_advisor, name="欧阳明", phones=["13900008888"])
    type(car[0]).objects.filter(pk=car[0].pk).update(board_display=wish)
    order = factories.in_progress(crew, car=car)
    page = text(tuesday.get(reverse(f"workorders:{where}")))
    names = [name for name in ("欧阳明", car[0].salutation, "Ouyang") if name in page]
    assert order.visit.vehicle.plate_shown in page
    assert bool(names) == (wish != "plate")
    assert ("欧阳明" in page) == (wish == "full")
    assert "8888" not in page


@pytest.mark.clause("2.4.5.2")
@pytest.mark.parametrize(
    ("at", "colour"),
    [
        # Planned from 11 to 14, an hour of it the break: 70 % of two hours of work have passed at 13:24.
        (TUESDAY_NINE + 4 * HOUR + 23 * MINUTE, ""),
        (TUESDAY_NINE + 4 * HOUR + 24 * MINUTE, "amber"),
        (TUESDAY_NINE + 7 * HOUR, "amber"),
        (TUESDAY_NINE + 7 * HOUR + MINUTE, "red"),
    ],
)
def test_the_promise_turns_amber_when_the_progress_check_is_due(crew, at, colour):
    order = factories.in_progress(crew, promised_at=TUESDAY_NINE + 7 * HOUR)
    plan(order, TUESDAY_NINE + 2 * HOUR, TUESDAY_NINE + 5 * HOUR)
    cards = [card for column in queries.board(crew.store, at) for card in column.cards]
    assert [card.urgency for card in cards] == [colour]
    assert queries.urgency(order, at, queries.check_of(order, at)) == colour


@pytest.mark.clause("2.4.5.2")
def test_the_check_of_a_job_over_night_leaves_the_night_out(crew):
    order = factories.in_progress(crew, promised_at=TUESDAY_NINE + timedelta(days=2))
    # From 16:00 to 10:00: an hour each day, 70 % of it is 9:24 on Wednesday.
    plan(order, TUESDAY_NINE + 7 * HOUR, TUESDAY_NINE + 25 * HOUR)
    assert queries.check_of(order, TUESDAY_NINE) == TUESDAY_NINE + timedelta(days=1, minutes=24)


def test_the_store_says_after_which_share_of_the_time_the_progress_is_asked(crew):
    WorkshopRules.objects.create(store=crew.store, progress_from=50, reason="试行")
    order = factories.in_progress(crew, promised_at=TUESDAY_NINE + 7 * HOUR)
    plan(order, TUESDAY_NINE, TUESDAY_NINE + 2 * HOUR)
    at = TUESDAY_NINE + HOUR
    cards = [card for column in queries.board(crew.store, at) for card in column.cards]
    assert [card.urgency for card in cards] == ["amber"]
    assert queries.check_of(order, at) == at


def test_a_plan_beyond_the_promise_is_checked_before_the_promise(crew):
    order = factories.in_progress(crew, promised_at=TUESDAY_NINE + 2 * HOUR)
    plan(order, TUESDAY_NINE + HOUR, TUESDAY_NINE + 7 * HOUR)
    assert queries.check_of(order, TUESDAY_NINE) == TUESDAY_NINE + HOUR + 42 * MINUTE


def test_without_a_plan_that_can_be_kept_the_last_half_hour_is_amber(crew):
    order = factories.dispatched(crew, promised_at=TUESDAY_NINE + 2 * HOUR)
    plan(order, TUESDAY_NINE + 2 * HOUR, TUESDAY_NINE + 3 * HOUR)
    assert queries.check_of(order, TUESDAY_NINE) is None
    found = [queries.urgency(order, order.promised_at - minutes * MINUTE, None) for minutes in (31, 30)]
    assert found == ["", "amber"]


def test_hours_done_are_those_on_the_clock_and_planned_those_agreed(tuesday, crew):
    order = factories.in_progress(crew, hours="2.00")
    clock(order, hours=0.5)
    other = order.labour_lines.create(
        operation=factories.operation(), description="加项", hours=3, rate_fen=1, amount_fen=3, decision="asked"
    )
    assert "0.5/2.0 h" in shown_on(tuesday, order)
    order.labour_lines.filter(pk=other.pk).update(decision="accepted")
    assert "0.5/5.0 h" in shown_on(tuesday, order)
    order.labour_lines.filter(pk=other.pk).update(decision="declined", decision_reason="下次")
    assert "0.5/2.0 h" in shown_on(tuesday, order)


def test_a_running_clock_counts_up_to_now(tuesday, crew):
    order = factories.in_progress(crew)
    clock(order, started_at=TUESDAY_NINE + 42 * MINUTE)  # now is ten
    assert "0.3/1.0 h" in shown_on(tuesday, order)


def test_the_parts_mark_tells_none_some_and_all(tuesday, crew):
    order = factories.dispatched(crew)
    assert "parts not handed out" in shown_on(tuesday, order)
    order.part_lines.update(issued_at=TUESDAY_NINE, issued_to=crew.technician)
    assert "all parts handed out" in shown_on(tuesday, order)
    order.part_lines.update(decision="declined", decision_reason="自带")
    assert "no parts needed" in shown_on(tuesday, order)


@pytest.mark.parametrize("kind", ["labour_lines", "part_lines"])
def test_a_line_that_waits_for_the_customers_answer_marks_the_card(tuesday, crew, kind):
    order = factories.in_progress(crew)
    assert "answer open" not in shown_on(tuesday, order)
    getattr(order, kind).update(decision="asked")
    assert "answer open" in shown_on(tuesday, order)


def test_the_other_marks_of_a_card(tuesday, crew):
    order = factories.in_progress(crew)
    plain = shown_on(tuesday, order)
    marks = {"urgent": {"priority": 1}, "can wait": {"priority": 3}, "B区 12": {"parked_at": "B区 12"}}
    for words, facts in marks.items():
        assert words not in plain
        assert words in shown_on(tuesday, put(order, **facts))
    type(order.visit).objects.filter(pk=order.visit_id).update(waits_here=True)
    assert "waits here" in shown_on(tuesday, order)
    assert ">rework<" in shown_on(tuesday, MADE["rework"](crew))


@pytest.mark.parametrize(
    ("held_for", "words"),
    [("parts", "waits for parts"), ("approval", "answer"), ("manufacturer", "manufacturer"), ("tool", "tool or a bay")],
)
def test_a_card_on_hold_says_for_what(tuesday, crew, held_for, words):
    assert words in shown_on(tuesday, on_hold(crew, held_for))


@pytest.mark.clause("F4")
def test_the_same_cards_by_team_technician_and_bay(tuesday, crew):
    bay = workshop.add_bay(crew.store, name="1号工位", kind="general", by=None)
    other = crew.team("二班")
    waiting, given, working = factories.signed(crew), factories.dispatched(crew), factories.in_progress(crew)
    put(working, bay=bay)
    everywhere = {waiting.pk, given.pk, working.pk}
    expected = {
        "team": {"none": [waiting], str(crew.team().pk): [given, working], str(other.pk): []},
        "technician": {"none": [waiting, given], str(crew.technician.pk): [working]},
        "bay": {"none": [waiting, given], str(bay.pk): [working]},
    }
    for by, columns in expected.items():
        page = tuesday.get(BOARD, {"by": by})
        shown = [column for column, *_ in page.context["columns"]]
        assert {one.key: [card.order for card in one.cards] for one in shown} == columns, by
        assert shown[0].key == "none"
        assert {card.order.pk for one in shown for card in one.cards} == everywhere
        assert f'hx-get="{BOARD}?by={by}"' in text(page)  # kept while it refreshes
        assert "in work" in card_of(page, working)  # the step is told where the column does not
    assert lying(queries.board(crew.store, TUESDAY_NINE))["waiting"] == [waiting]


def test_an_unknown_grouping_is_the_usual_one(tuesday, crew):
    page = tuesday.get(BOARD, {"by": "colour", "open": "secrets"})
    assert f'hx-get="{BOARD}"' in text(page)
    assert [column.key for column, *_ in page.context["columns"]][:2] == ["draft", "waiting"]


def test_a_column_that_can_be_folded_keeps_its_cards_to_itself_until_opened(tuesday, crew):
    order, there = factories.draft(crew), f'href="{BOARD}?open=draft"'
    folded = tuesday.get(BOARD)
    assert there in text(folded)
    assert f'id="job-{order.pk}"' not in text(folded)
    opened = tuesday.get(BOARD, {"open": "draft"})
    assert f'id="job-{order.pk}"' in text(opened)
    assert f'hx-get="{BOARD}?open=draft"' in text(opened)


def test_delivered_are_the_cars_that_left_today_the_last_first_and_no_more_than_fit(tuesday, crew, monkeypatch):
    monkeypatch.setattr(import_module("workorders.queries.board"), "MOST_DELIVERED", 2)
    yesterday = factories.released(crew, TUESDAY_NINE - timedelta(days=1))
    gone = [factories.released(crew, TUESDAY_NINE + number * MINUTE) for number in range(3)]
    page = tuesday.get(BOARD, {"open": "delivered"})
    column = next(column for column, *_ in page.context["columns"] if column.key == "delivered")
    assert [card.order for card in column.cards] == [gone[2], gone[1]]
    assert column.count == 3
    assert "only the last are shown" in text(page)
    assert yesterday.visit.vehicle.plate_shown not in text(page)


@pytest.mark.parametrize("by", ["step", "team", "technician", "bay"])
def test_another_stores_cars_are_on_no_board(tuesday, crew, by):
    theirs = factories.in_progress(factories.Crew(factories.store("分店")))
    page = tuesday.get(BOARD, {"by": by})
    assert theirs.visit.vehicle.plate_shown not in text(page)
    assert theirs.team.pk not in {int(c.key) for c, *_ in page.context["columns"] if c.key.isdigit()}


def test_only_who_gives_out_work_can_pull_cards_onto_teams(tuesday, crew):
    crew.team()
    factories.signed(crew)
    assert 'id="board-teams"' not in text(tuesday.get(BOARD))
    tuesday.force_login(crew.foreman)
    page = text(tuesday.get(BOARD))
    assert f'data-team="{crew.team().pk}"' in page
    assert page.count(" data-waiting>") == 1


@pytest.mark.clause("F4")
def test_the_wall_shows_no_way_on_and_nobodys_phone(tuesday, crew):
    cars = [factories.customer_with_car(crew.service_advisor, name="欧阳明", phones=["13900008888"]) for _n in range(9)]
    orders = [factories.in_progress(crew, car=car) for car in cars]
    page = text(tuesday.get(reverse("workorders:tv")))
    body = page[page.index("<body") :]
    assert sum(order.visit.vehicle.plate_shown in body for order in orders) == 6  # the others in their turn
    assert "6 of 9" in body
    assert not re.search(r"<a\b|<form|<button|8888|欧阳明", body)
    assert orders[0].number not in body


def test_the_wall_is_closed_to_who_may_not_see_the_board(tuesday, crew):
    tuesday.force_login(crew.salesperson)
    assert tuesday.get(reverse("workorders:tv")).status_code == 403
    tuesday.logout()
    assert tuesday.get(reverse("workorders:tv")).status_code == 302


def test_the_states_in_the_house_are_all_on_the_board():
    assert {state for _key, _name, states in queries.STEPS for state in states} == set(IN_HOUSE)
