"""The board and the order's page: who sees which car, which next step, and what it costs the database."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import resolve, reverse

from dealership.staff.roles import Role
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, text
from workorders.operations import work, writeup
from workorders.states import State

BOARD = reverse("workorders:board")
HTMX = {"HX-Request": "true"}
# No part in the workshop: the page is closed to them. The cashier has his own, and the guard.
LOOKS_ON = {Role.SALES_MANAGER, Role.SALESPERSON, Role.CASHIER, Role.GUARD}
WRITING = {"sign", "add_labour", "add_part", "remove_line", "say_labour", "say_part", "cancel"}
ADVISING = ["service_advisor", "after_sales_manager"]


def roles(names, *steps):
    return {name: set(steps) for name in names}


PLANNING = ["dispatcher", "after_sales_manager"]
AT_THE_CAR = ["fault", "ask_to_move", "drive_out"]
# The key is on its way from the team.
BACK = roles(["foreman", "after_sales_manager"], "take") | {"technician": {"withdraw"}}
ON_THE_JOB = ["team_leader", "technician"]  # who works on the car gets its job instead of the order


NEXT_STEPS = {
    "draft": roles(ADVISING, *WRITING),
    "signed": roles(["dispatcher"], "dispatch")
    | {"foreman": {"dispatch", "prioritise", "give"}}
    | {"service_advisor": {"cancel", "revise"}, "after_sales_manager": {"dispatch", "cancel", "revise", "give"}},
    "dispatched": roles(ON_THE_JOB, "clock_on", "close_line", *AT_THE_CAR, "request_parts")
    | {"foreman": {"recall", "replan", "prioritise", "request_parts"}, "dispatcher": {"recall", "replan"}}
    | {"service_advisor": {"cancel"}, "after_sales_manager": {"recall", "replan", "cancel"}},
    "in_progress": {"team_leader": {"clock_on", "close_line", *AT_THE_CAR, "finish", "hold", "request_parts"}}
    | {"technician": {"clock_off", *AT_THE_CAR, "finish", "hold", "request_parts"}}
    | roles(PLANNING, "replan")
    | {"foreman": {"replan", "prioritise", "request_parts"}},
    "on_hold": roles(ON_THE_JOB, "clock_on", *AT_THE_CAR, "resume", "request_parts", "close_line")
    | roles(PLANNING, "replan")
    | {"foreman": {"replan", "prioritise", "request_parts"}},
    "finished": BACK,  # the inspector goes on to his sheet
    "rework": {"team_leader": {"clock_on", *AT_THE_CAR}}
    | {"technician": {"clock_on", *AT_THE_CAR, "withdraw"}}
    | {"service_advisor": {"see"}}
    | {"dispatcher": {"replan"}, "after_sales_manager": {"replan", "take", "see"}}
    | {"foreman": {"replan", "prioritise", "take", "see"}},
    "passed": {"team_leader": {"wash"}, "technician": {"withdraw", "wash"}, "foreman": {"take", "wash"}}
    | {"service_advisor": {"wash", "give_discount"}, "after_sales_manager": {"take", "wash", "give_discount"}},
    "ready": roles(ADVISING, "send_back", "ask_question", "give_discount"),  # and on to telling the customer
    "handed_over": roles(ADVISING, "settle", "send_back", "ask_question", "give_discount"),
    "settled": {"service_advisor": {"ask_question", "void_pass"}}
    | {"after_sales_manager": {"ask_question", "reverse", "void_pass", "let_go_unpaid"}},
    "paid": {"service_advisor": {"gate_pass", "void_pass", "ask_question"}}
    | {"after_sales_manager": {"gate_pass", "void_pass", "ask_question", "reverse"}},
    "closed": {},
    "cancelled": roles(["foreman", "after_sales_manager"], "give"),
}


def in_work_without_parts(crew):
    order = factories.dispatched(crew)
    factories.clock_on(order, crew.technician)
    return order


def waiting_for_parts(crew):
    order = in_work_without_parts(crew)
    work.put_on_hold(order, held_for="parts", by=crew.foreman, at=TUESDAY_NINE)
    return order


def sent_back(crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "异响仍在", at=TUESDAY_NINE)
    return order


def called_off(crew):
    order = factories.signed(crew)
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    return order


MADE = {
    "in_progress": in_work_without_parts,
    "on_hold": waiting_for_parts,
    "rework": sent_back,
    "cancelled": called_off,
    "closed": factories.released,
    "ready": factories.made_ready,
}


def made(crew, state):
    order = MADE.get(state, getattr(factories, state, None))(crew)
    order.refresh_from_db()
    assert order.state == state
    return order


def forms_on(answer):
    """Return the names of the work order's own addresses the page posts to."""
    found = [resolve(url) for url in re.findall(r'<form[^>]* action="([^"]+)"', text(answer))]
    return {match.url_name for match in found if match.app_name == "workorders"}


def repeated_ids(answer):
    return [name for name, count in Counter(re.findall(r' id="([^"]+)"', text(answer))).items() if count > 1]


@pytest.mark.parametrize("state", State.values)
def test_the_page_offers_each_role_its_next_step_and_nothing_else(tuesday, crew, state):
    order = made(crew, state)
    for role in Role:
        tuesday.force_login(getattr(crew, role.value))
        page = tuesday.get(address("order", order), follow=True)
        if role in LOOKS_ON:
            assert page.status_code == 403
            continue
        assert page.status_code == 200
        assert order.visit.vehicle.plate_shown in text(page)
        assert forms_on(page) == NEXT_STEPS[state].get(role.value, set()), role
        assert repeated_ids(page) == [], role


@pytest.mark.parametrize("state", NEXT_STEPS)
def test_the_counter_is_offered_to_the_parts_desk_while_parts_can_move(tuesday, crew, state):
    order = made(crew, state)
    tuesday.force_login(crew.parts)
    page = text(tuesday.get(address("order", order)))
    assert (address("counter", order) in page) == (
        state in {"signed", "dispatched", "in_progress", "on_hold", "rework"}
    )


def test_parts_that_are_handed_out_can_only_come_back(tuesday, crew):
    order = factories.in_progress(crew)
    tuesday.force_login(crew.parts)
    assert "handed out" in text(tuesday.get(address("order", order)))
    assert forms_on(tuesday.get(address("counter", order))) == {"return_parts"}


def test_the_write_up_says_what_is_missing_and_which_parts_are_short(tuesday, crew):
    bare = writeup.open_order(factories.taken_in(crew), by=crew.service_advisor, at=TUESDAY_NINE)
    page = tuesday.get(address("order", bare))
    assert "The order has no work yet." in text(page)
    assert "刹车有异响" in text(page)
    order = factories.draft(crew, part_stock=0)
    page = tuesday.get(address("order", order))
    assert "The order has no work yet." not in page.context["missing"]
    assert 'text-bg-warning">short' in text(page)


@pytest.mark.clause("2.2.8.1")
def test_the_write_up_offers_the_promise_the_workshop_can_keep(tuesday, crew):
    factories.signed(crew, hours="1.00")
    order = factories.draft(crew, hours="0.20")  # 10:00 and 1.2 hours
    page = tuesday.get(address("order", order))
    assert 'value="2026-11-24T11:15"' in text(page)


@pytest.mark.clause("2.5.3")
def test_the_findings_of_a_failed_check_stand_on_the_page(tuesday, crew):
    page = tuesday.get(address("order", made(crew, "rework")))
    assert "异响仍在" in text(page)
    assert crew.quality_inspector.full_name in text(page)


@pytest.mark.clause("2.6.5.2")
def test_the_gate_pass_stands_on_the_page_of_a_paid_order(tuesday, crew):
    order = factories.paid(crew)
    assert order.visit.gate_passes.get().paper.number in text(tuesday.get(address("order", order)))


def test_the_board_answers_its_part_alone_to_the_page_that_fetches_itself_again(tuesday, crew):
    order = factories.signed(crew)
    whole, part = tuesday.get(BOARD), tuesday.get(BOARD, headers=HTMX)
    assert f'hx-get="{BOARD}"' in text(whole)
    assert "every 3s" in text(whole)
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert order.visit.vehicle.plate_shown in text(part)
    assert "HX-Request" in part["Vary"]


@pytest.mark.clause("2.3.6")
def test_a_promise_in_danger_is_coloured_on_the_board(tuesday, crew):
    for minutes in [-1, 30, 31]:
        factories.signed(crew, hours="0.10", promised_at=TUESDAY_NINE + HOUR + timedelta(minutes=minutes))
    page = tuesday.get(BOARD)
    assert re.findall(r'class="promise (\w*)">([^<]+)', text(page)) == [
        ("red", "09:59"),
        ("amber", "10:30"),
        ("", "10:31"),
    ]


def test_the_board_shows_times_in_the_stores_zone(tuesday, db):
    berlin = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    factories.signed(berlin, promised_at=TUESDAY_NINE + 8 * HOUR)  # 01:00 UTC and eight hours
    tuesday.force_login(berlin.service_advisor)
    assert ">10:00<" in text(tuesday.get(BOARD))


def test_two_stores_do_not_see_each_others_cars(tuesday, crew):
    theirs = factories.signed(factories.Crew(factories.store("分店")))
    assert theirs.visit.vehicle.plate_shown not in text(tuesday.get(BOARD))
    assert tuesday.get(address("order", theirs)).status_code == 404
    assert tuesday.get(reverse("workorders:of_visit", args=[theirs.visit_id])).status_code == 404


def test_a_person_without_a_store_is_told_so(tuesday, crew):
    crew.service_advisor.stores.clear()
    page = tuesday.get(BOARD)
    assert page.status_code == 409
    assert "not assigned to a store" in text(page)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("state", "role", "queries"), [
    ("draft", "service_advisor", 18),
    ("signed", "foreman", 26),
    ("finished", "quality_inspector", 19),
    ("settled", "service_advisor", 32),
])  # fmt: skip
def test_the_page_of_an_order_takes_as_many_queries_as_its_step_needs(
    tuesday, crew, count, state, role, queries, django_assert_num_queries
):
    order = with_lines(crew, state, count)
    tuesday.force_login(getattr(crew, role))
    with django_assert_num_queries(queries):
        page = tuesday.get(address("order", order))
    assert [text(page).count(f'"what">{name}<') for name in ("加项工时", "加件")] == [count - 1] * 2


def with_lines(crew, state, count):
    """Make an order with `count` complaints, labour lines, part lines and failed checks, as if it had grown."""
    order = made(crew, state)
    for number in range(count):
        order.checks.create(
            round=10 + number, inspector=crew.quality_inspector, passed=False, findings="查", checked_at=TUESDAY_NINE
        )
    for number in range(1, count):
        words = order.visit.complaints.create(position=number + 1, words="加项")
        order.labour_lines.create(
            operation=factories.operation(), complaint=words, description="加项工时",
            hours=1, rate_fen=100, amount_fen=100,
        )  # fmt: skip
        order.part_lines.create(
            part=factories.part(crew.store), description="加件", quantity=1, unit_price_fen=100, amount_fen=100
        )
    return order
