"""The gate pass: printed with the settlement, worth something once nothing is due, used once (R14)."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from dealership.paperwork import operations as paperwork
from dealership.workflow import NotAllowed
from reception import operations as reception
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import (
    MINUTE,
    all_but_paid,
    give_back,
    owing,
    pass_of,
    pay,
    refused,
    scan,
    second_order,
    states_of,
)
from workorders import queries
from workorders.models import GatePass, WorkshopRules
from workorders.operations import gate, settlement
from workorders.states import State

pytestmark = pytest.mark.usefixtures("english")
DAY = timedelta(hours=24)


@pytest.fixture
def settled(crew):
    return all_but_paid(crew)


@pytest.fixture
def paid(crew):
    return factories.paid(crew)


@pytest.mark.clause("2.6.5.2", "F17")
def test_the_pass_is_printed_with_the_settlement_and_opens_nothing_before_the_money(settled, crew):
    paper = pass_of(settled).paper
    assert (paper.kind, paper.issued_by) == ("gate_pass", crew.service_advisor)
    with refused(f"Order {settled.number} is not paid: ¥199.00."):
        scan(settled, crew.service_advisor)
    pay(settled, crew, 10000)
    with refused("is not paid: ¥99.00."):
        scan(settled, crew.service_advisor)
    pay(settled, crew, 9900)
    assert pass_of(settled).paper == paper  # the same sheet counts now
    scan(settled, crew.service_advisor)
    assert states_of(settled) == ("closed", "released")


@pytest.mark.clause("F17")
def test_the_paper_names_the_car_the_order_and_the_end_and_keeps_its_code(settled):
    one = pass_of(settled)
    fields = dict(one.paper.content["fields"])
    assert fields == {
        "Plate": settled.visit.vehicle.plate_shown, "Model": "大众 帕萨特", "Order": settled.number,
        "Valid until": "2026-11-25 09:00",
    }  # fmt: skip
    code = one.paper.content["code"]
    assert code["address"] == settings.SITE_URL + reverse("workorders:gate_pass", args=[one.code])
    assert code["text"].replace(" ", "").lower() == one.code
    assert paperwork.verify(one.paper)
    assert settled.visit.customer.name not in str(one.paper.content)


def test_a_code_has_128_bits_and_none_is_given_twice(crew):
    visits = [factories.taken_in(crew) for _n in range(3)]
    codes = {gate.issue(visit, by=crew.service_advisor, at=TUESDAY_NINE).code for visit in visits}
    assert len(codes) == 3
    assert gate.CODE_BYTES * 8 >= 128
    assert all(re.fullmatch("[a-z2-7]{26}", code) for code in codes)  # 26 signs of 5 bits


@pytest.mark.clause("2.6.8.1")
def test_nothing_due_is_valid_after_the_signature(crew):
    order = factories.handed_over(crew)
    order.part_lines.update(unit_price_fen=0, amount_fen=0)
    order.labour_lines.update(rate_fen=0, amount_fen=0)
    settle(order, crew)
    factories.give_back(order, crew)
    assert states_of(order)[0] == "paid"
    scan(order, crew.service_advisor)
    assert states_of(order) == ("closed", "released")


def settle(order, crew):
    settlement.settle(
        order, signer_name="王", image=factories.signature_png(), call_from=None, call_until=None,
        by=crew.service_advisor, at=TUESDAY_NINE,
    )  # fmt: skip


@pytest.mark.clause("2.6.10.1")
def test_where_a_guard_keeps_the_gate_no_advisor_opens_it(paid, crew):
    guard = crew.guard
    with refused("The guard opens the gate with the pass."):
        scan(paid, crew.service_advisor)
    guard.is_active = False
    guard.save()
    assert not queries.gate.guarded(crew.store, crew.service_advisor)
    guard.is_active = True
    guard.save()
    scan(paid, crew.after_sales_manager)  # answers for it himself
    assert states_of(paid) == ("closed", "released")


def test_the_second_scan_reads_who_was_first_and_when(paid, crew):
    scan(paid, crew.guard, TUESDAY_NINE + 3 * MINUTE)
    with refused(f"{crew.guard.full_name} released this car at 09:03."):
        scan(paid, crew.service_advisor, TUESDAY_NINE + 4 * MINUTE)


def test_a_void_pass_opens_nothing_and_says_why_to_the_desk_alone(paid, crew):
    one = pass_of(paid)
    gate.void(one, "车牌写错", by=crew.service_advisor, at=TUESDAY_NINE)
    with refused("made void at 09:00: 车牌写错"):
        scan(one, crew.service_advisor)
    with refused("made void at 09:00. Please ask the service desk."):
        scan(one, crew.guard)
    with refused("used already or is void"):
        gate.void(one, "x", by=crew.service_advisor, at=TUESDAY_NINE)
    assert states_of(paid) == ("paid", "inspected")


def test_a_pass_is_void_for_a_reason_alone_and_never_after_it_was_used(paid, crew):
    one = pass_of(paid)
    with refused("Write down why"):
        gate.void(one, "  ", by=crew.service_advisor, at=TUESDAY_NINE)
    scan(one, crew.guard)
    with refused("used already"):
        gate.void(one, "x", by=crew.service_advisor, at=TUESDAY_NINE)


def test_the_guard_and_the_cashier_make_no_pass_void_or_new(paid, crew):
    for who in crew.guard, crew.cashier:
        with refused("Your role does not allow this."):
            gate.void(pass_of(paid), "x", by=who, at=TUESDAY_NINE)
        with refused("Your role does not allow this."):
            gate.renew(paid.visit, by=who, at=TUESDAY_NINE)


def test_a_pass_whose_time_is_over_opens_nothing_until_a_new_one_is_printed(paid, crew):
    old = pass_of(paid)
    with refused("was valid until 2026-11-25 09:00. The service desk prints a new one."):
        scan(old, crew.guard, TUESDAY_NINE + DAY)
    with refused("is still valid"):
        gate.renew(paid.visit, by=crew.service_advisor, at=TUESDAY_NINE + DAY - MINUTE)
    new = gate.renew(paid.visit, by=crew.service_advisor, at=TUESDAY_NINE + DAY)
    assert new.pk != old.pk
    with refused("made void"):
        scan(old, crew.guard, TUESDAY_NINE + DAY)
    scan(new, crew.guard, TUESDAY_NINE + DAY + MINUTE)


def test_the_last_minute_counts_and_the_rules_say_how_many_hours(crew):
    WorkshopRules.objects.create(store=crew.store, gate_pass_hours=2)
    order = factories.paid(crew)
    assert pass_of(order).valid_until == TUESDAY_NINE + timedelta(hours=2)
    scan(order, crew.guard, TUESDAY_NINE + timedelta(hours=2) - timedelta(microseconds=1))


def test_paying_after_the_pass_has_ended_prints_a_new_one(settled, crew):
    old = pass_of(settled)
    pay(settled, crew, at=TUESDAY_NINE + 2 * DAY)
    assert pass_of(settled).pk != old.pk
    scan(settled, crew.guard, TUESDAY_NINE + 2 * DAY)


def test_who_asks_for_a_pass_twice_gets_the_same(settled, crew):
    first = gate.issue(settled.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert gate.issue(settled.visit, by=crew.service_advisor, at=TUESDAY_NINE + MINUTE) == first == pass_of(settled)


def test_no_pass_before_the_settlement_and_none_for_a_car_that_is_gone(crew):
    order = factories.handed_over(crew)
    with refused("Please settle the order first."):
        gate.renew(order.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert not GatePass.objects.exists()
    gone = factories.released(crew)
    with refused("not in the house any more"):
        gate.renew(gone.visit, by=crew.service_advisor, at=TUESDAY_NINE + 2 * DAY)


def test_money_given_back_makes_the_pass_void_and_paying_again_prints_one(paid, crew):
    old = pass_of(paid)
    give_back(paid, crew)
    with refused("made void"):
        scan(old, crew.service_advisor)
    new = gate.renew(paid.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    with refused("is not paid: ¥199.00."):  # printed, but the money is looked at again
        scan(new, crew.service_advisor)


def test_money_given_back_after_the_car_has_left_changes_no_pass(paid, crew):
    scan(paid, crew.guard)
    assert gate.void_for(paid, "退款", by=crew.cashier, at=TUESDAY_NINE) is False
    assert pass_of(paid).used_by == crew.guard


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_PROGRESS, State.PASSED])
def test_the_gate_stays_closed_while_another_order_of_the_visit_is_open(paid, crew, state):
    other = second_order(paid, crew, state)
    with refused(f"Order {other.number} is"):
        scan(paid, crew.service_advisor)
    type(other).objects.filter(pk=other.pk).update(state=State.CANCELLED)
    scan(paid, crew.service_advisor)
    assert states_of(paid) == ("closed", "released")


def test_all_orders_of_the_visit_are_paid_or_the_car_stays(paid, crew):
    other = owing(paid, crew)
    with refused(f"Order {other.number} is not paid: ¥199.00."):
        scan(paid, crew.service_advisor)
    pay(other, crew)
    scan(paid, crew.service_advisor)
    assert states_of(paid) == states_of(other) == ("closed", "released")
    assert GatePass.objects.filter(visit=paid.visit).count() == 1


def test_a_refused_scan_changes_nothing(settled, crew):
    moves = settled.moves.count()
    with pytest.raises(NotAllowed):
        scan(settled, crew.guard)
    assert pass_of(settled).used_at is None
    assert (settled.moves.count(), *states_of(settled)) == (moves, "settled", "inspected")


def test_the_guard_reads_no_amounts(settled, crew):
    with refused(f"Order {settled.number} is not paid yet."):
        scan(settled, crew.guard)


def test_no_pass_of_another_store_opens_this_gate(paid, crew):
    stranger = factories.Crew(factories.store("分店")).guard
    with refused("No gate pass of this store has this code."):
        scan(paid, stranger)


def test_a_car_let_go_otherwise_is_at_no_gate(paid, crew):
    reception.release(paid.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    with refused("The visit of this car is at “released”."):
        scan(paid, crew.guard)


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {upper} ",
        "{groups}",
        "https://desk.example/workorders/gate/{code}",
        "HTTPS：、、X、{upper}",
        "{code}/",
    ],
)
def test_a_code_is_read_however_it_is_typed(paid, crew, typed):
    code = pass_of(paid).code
    said = typed.format(code=code, upper=code.upper(), groups=queries.gate.in_groups(code))
    assert queries.gate.found(said, [crew.store]) == pass_of(paid)


def test_nought_and_one_are_the_letters_they_look_like(paid, crew):
    GatePass.objects.update(code="lo" * 13)
    assert queries.gate.found("10" * 13, [crew.store]) == pass_of(paid)
    GatePass.objects.update(code="01ab01ab01ab01ab")  # an older pass
    assert queries.gate.found("01AB01AB01AB01AB", [crew.store]) == pass_of(paid)
    assert queries.gate.found("\0", [crew.store]) is None


# What the database holds


@pytest.mark.parametrize(
    "facts",
    [
        {"used_at": TUESDAY_NINE},  # by nobody
        {"used_at": TUESDAY_NINE + DAY, "by": "used_by"},  # too late
        {"voided_at": TUESDAY_NINE},  # for no reason
        {"void_reason": "x"},
        {"used_at": TUESDAY_NINE, "by": "used_by", "voided_at": TUESDAY_NINE, "void_reason": "x"},
        {"unpaid_at": TUESDAY_NINE, "by": "unpaid_by", "unpaid_fen": 1},  # for no reason
        {"unpaid_at": TUESDAY_NINE, "by": "unpaid_by", "unpaid_fen": 0, "unpaid_reason": "x"},
        {"unpaid_at": TUESDAY_NINE, "unpaid_fen": 1, "unpaid_reason": "x"},  # by nobody
        {"valid_until": TUESDAY_NINE},
    ],
)
def test_the_database_keeps_a_pass_whole(paid, crew, facts):
    facts = dict(facts)
    if "by" in facts:
        facts[facts.pop("by")] = crew.guard
    with pytest.raises(IntegrityError), transaction.atomic():
        GatePass.objects.update(**facts)


def test_the_database_knows_one_live_pass_of_a_visit(paid, crew):
    one = pass_of(paid)
    another = gate.printed(factories.taken_in(crew), "x" * 26, TUESDAY_NINE + DAY, by=crew.guard, at=TUESDAY_NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        GatePass.objects.filter(pk=another.pk).update(visit=paid.visit)
    scan(one, crew.guard)  # used, it is still the one
    with pytest.raises(IntegrityError), transaction.atomic():
        GatePass.objects.filter(pk=another.pk).update(visit=paid.visit)
