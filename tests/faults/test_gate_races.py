"""Many hands at one gate: a car leaves once, never with a pass that money or a manager has just taken back (R14)."""

import threading

import pytest
from django.db import transaction

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once, without_constraint
from tests.workorders.gates import DUE, REASON, all_but_paid, give_back, pass_of, pay, scan
from workorders import queries
from workorders.models import Balance, GatePass, WorkOrder, WorkOrderMove
from workorders.operations import gate
from workorders.states import State

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 20
ROUNDS = 4


@pytest.fixture
def crew(transactional_db):
    made = factories.Crew(factories.store())
    for role in "guard", "cashier", "service_advisor", "after_sales_manager":
        getattr(made, role)
    return made


def refusals(brought):
    return [str(answer) for answer in brought if isinstance(answer, NotAllowed)]


def test_twenty_scans_at_once_open_the_gate_once(crew):
    order = factories.paid(crew)
    code = pass_of(order).code
    brought = at_once(CROWD, lambda _n: gate.release(code, by=crew.guard, at=TUESDAY_NINE))
    assert refusals(brought) == [f"{crew.guard.full_name} released this car at 09:00."] * (CROWD - 1)
    assert WorkOrderMove.objects.filter(thing=order, to_state=State.CLOSED).count() == 1
    assert order.visit.moves.filter(to_state="released").count() == 1


def test_control_who_only_looks_opens_the_gate_twenty_times(crew):
    """The same scan written as read, check, save: the race that lock and conditional UPDATE close."""
    order, looked, opened = factories.paid(crew), threading.Barrier(CROWD), []

    def naive(n):
        mine = pass_of(order)
        free = not queries.gate.obstacles(mine, TUESDAY_NINE, to=crew.guard)
        looked.wait(60)
        if free:
            GatePass.objects.filter(pk=mine.pk).update(used_at=TUESDAY_NINE, used_by=crew.guard)
            opened.append(n)

    at_once(CROWD, naive)
    assert len(opened) == CROWD


def test_a_pass_is_used_or_made_void_never_both(crew):
    for _round in range(ROUNDS):
        order = factories.paid(crew)
        one = pass_of(order)

        def act(n, one=one):
            if n:
                return gate.release(one.code, by=crew.guard, at=TUESDAY_NINE)
            return gate.void(one, "写错", by=crew.service_advisor, at=TUESDAY_NINE)

        brought = at_once(2, act)
        assert len(refusals(brought)) == 1
        one.refresh_from_db()
        order.refresh_from_db()
        assert (one.used_at is None) != (one.voided_at is None)
        assert (order.state == State.CLOSED) == (one.used_at is not None)


def test_money_goes_back_before_the_car_leaves_or_after_but_no_pass_survives_it(crew):
    for _round in range(ROUNDS):
        order = factories.paid(crew)
        one = pass_of(order)

        def act(n, order=order, one=one):
            if n:
                return gate.release(one.code, by=crew.guard, at=TUESDAY_NINE)
            with transaction.atomic():
                return give_back(WorkOrder.objects.get(pk=order.pk), crew)

        refunded, scanned = at_once(2, act)
        one.refresh_from_db()
        back = not isinstance(refunded, NotAllowed)
        assert Balance.objects.get(order=order, payer="customer").paid_fen == (0 if back else DUE)
        assert back == isinstance(scanned, NotAllowed)  # who has left gets nothing back of what he owed
        assert (one.voided_at is None) == (not isinstance(scanned, NotAllowed))  # left while it was paid, or not at all
        order.visit.refresh_from_db()
        assert (order.visit.state == "released") == (one.used_at is not None)


def test_control_a_refund_that_does_not_tell_the_gate_lets_an_unpaid_car_out(crew):
    order, looked, taken = factories.paid(crew), threading.Event(), threading.Event()

    def act(n):
        if n:
            free = not queries.gate.obstacles(pass_of(order), TUESDAY_NINE, to=crew.guard)
            looked.set()
            taken.wait(60)
            if free:
                GatePass.objects.filter(visit=order.visit).update(used_at=TUESDAY_NINE, used_by=crew.guard)
        else:
            looked.wait(60)
            Balance.objects.filter(order=order).update(paid_fen=0)
            taken.set()

    at_once(2, act)
    assert pass_of(order).used_at is not None
    assert queries.gate.due_of(order.visit) == DUE


def test_many_who_print_a_pass_at_once_hold_the_same(crew):
    order = all_but_paid(crew)
    gate.void(pass_of(order), "再打印", by=crew.service_advisor, at=TUESDAY_NINE)
    visit = order.visit
    brought = at_once(6, lambda _n: gate.issue(visit, by=crew.service_advisor, at=TUESDAY_NINE))
    assert len({one.pk for one in brought}) == 1
    numbers = list(GatePass.objects.order_by("pk").values_list("paper__number", flat=True))
    assert [int(number[-6:]) for number in numbers] == [1, 2]  # who lost took no number


def test_control_without_the_constraint_a_visit_has_many_passes(crew):
    order, looked = all_but_paid(crew), threading.Barrier(6)
    gate.void(pass_of(order), "再打印", by=crew.service_advisor, at=TUESDAY_NINE)
    visit = order.visit

    def naive(n):
        none = queries.gate.pass_of(visit) is None
        looked.wait(60)
        if none:
            with transaction.atomic():
                gate.printed(visit, f"code{n}", TUESDAY_NINE + 20 * gate.timedelta(hours=1), by=crew.guard,
                             at=TUESDAY_NINE)  # fmt: skip

    with without_constraint(GatePass, "gatepass_one_live"):
        at_once(6, naive)
        assert GatePass.objects.filter(visit=visit, voided_at=None).count() == 6


def test_the_last_fen_and_the_car_that_leaves_unpaid_end_in_a_closed_order(crew):
    for _round in range(ROUNDS):
        order = all_but_paid(crew)
        gate.let_go_unpaid(order.visit, REASON, by=crew.after_sales_manager, at=TUESDAY_NINE)
        one = pass_of(order)

        def act(n, order=order, one=one):
            return scan(one, crew.guard) if n else pay(order, crew)

        assert refusals(at_once(2, act)) == []
        order.refresh_from_db()
        order.visit.refresh_from_db()
        assert (order.state, order.visit.state) == ("closed", "released")
    assert queries.gate.left_unpaid(crew.store) == []
