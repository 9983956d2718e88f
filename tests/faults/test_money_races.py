"""Two people on the same money in the same moment: one sheet, one payment, one refund, one close of a day.

Each control writes the same act as read, check, save, without its guard, and shows what the guard prevents.
"""

import threading
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once
from workorders import queries
from workorders.models import Balance, CashShift, DayClose, GatePass, Payment, Refund, Settlement, WorkOrder
from workorders.operations import cashier, gate, settlement, till

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
DUE = 19900


@pytest.fixture
def crew(transactional_db):
    crew = factories.Crew(factories.store())
    for name in ("service_advisor", "after_sales_manager", "cashier"):
        getattr(crew, name)  # made before the threads start
    return crew


def refusals(brought):
    return [answer for answer in brought if isinstance(answer, NotAllowed)]


def balance():
    return Balance.objects.get(payer="customer")


def held_by_cashiers():
    taken = Payment.objects.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return taken - (Refund.objects.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def cashiers(crew, count):
    return [factories.person(beginnings.Role.CASHIER, crew.store) for _n in range(count)]


def pay(sheet, by, fen):
    return cashier.pay(sheet, method="card", received_fen=fen, request_key=uuid4(), by=by, at=TUESDAY_NINE)


def refund(payment, by, fen):
    return cashier.refund(
        payment, amount_fen=fen, reason="x", method="card", request_key=uuid4(), by=by, at=TUESDAY_NINE
    )


def test_two_cashiers_never_take_more_than_is_due(crew):
    sheet = queries.money.sheet_of(factories.settled(crew))
    people = cashiers(crew, 8)
    brought = at_once(8, lambda n: pay(sheet, people[n], 6000))
    assert len(refusals(brought)) == 5  # three of 60.00, then 19.00 are due
    assert balance().paid_fen == held_by_cashiers() == 18000
    brought = at_once(8, lambda n: pay(sheet, people[n], 1900))
    assert len(refusals(brought)) == 7
    assert balance().paid_fen == held_by_cashiers() == DUE
    assert GatePass.objects.count() == 1


def test_control_two_cashiers_who_only_look_take_it_twice(crew):
    sheet = queries.money.sheet_of(factories.settled(crew))
    people, looked = cashiers(crew, 4), threading.Barrier(4)

    def naive(n):
        owed = Balance.objects.get(sheet=sheet)
        if owed.due_fen < DUE:
            raise NotAllowed("too late")
        looked.wait(60)
        Balance.objects.filter(pk=owed.pk).update(paid_fen=owed.paid_fen + DUE)
        shift = CashShift.objects.create(
            store=crew.store, cashier=people[n], day=TUESDAY_NINE.date(), opened_at=TUESDAY_NINE
        )
        return Payment.objects.create(
            settlement=sheet, method="card", amount_fen=DUE, received_fen=DUE, request_key=uuid4(), shift=shift,
            by=people[n], at=TUESDAY_NINE,
        )  # fmt: skip

    assert refusals(at_once(4, naive)) == []
    assert held_by_cashiers() == 4 * DUE


def test_a_form_sent_twice_at_once_is_one_payment(crew):
    sheet, key = queries.money.sheet_of(factories.settled(crew)), uuid4()
    brought = at_once(
        6,
        lambda n: cashier.pay(
            sheet, method="card", received_fen=5000, request_key=key, by=crew.cashier, at=TUESDAY_NINE
        ),
    )
    assert refusals(brought) == []
    assert len({payment.pk for payment in brought}) == 1
    assert balance().paid_fen == 5000


def test_refunds_and_payments_at_once_keep_the_balance_true(crew):
    """Credits are given back and dues are taken at once; what the rows say and what the balance says stays the same."""
    order = factories.settled(crew)
    sheet = queries.money.sheet_of(order)
    first = pay(sheet, crew.cashier, 9900)
    people = cashiers(crew, 6)

    def press(n):
        return refund(first, crew.after_sales_manager, 3300) if n % 2 else pay(sheet, people[n], 5000)

    at_once(6, press)
    assert balance().paid_fen == held_by_cashiers()
    assert 0 <= balance().paid_fen <= DUE
    paid = WorkOrder.objects.get(pk=order.pk).state == "paid"
    assert paid == (balance().due_fen == 0)
    assert not paid or GatePass.objects.filter(voided_at=None).count() == 1


def test_one_payment_is_given_back_once(crew):
    order = factories.paid(crew)
    payment = Payment.objects.get()
    settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    people = cashiers(crew, 8)
    for person in people:
        till.set_float(crew.store, float_fen=DUE, by=person, at=TUESDAY_NINE)
    brought = at_once(
        8,
        lambda n: cashier.refund(
            payment, amount_fen=DUE, reason="x", method="cash", request_key=uuid4(), by=people[n], at=TUESDAY_NINE
        ),
    )
    assert len(refusals(brought)) == 7
    assert (balance().paid_fen, held_by_cashiers()) == (0, 0)


def test_control_who_only_looks_gives_one_payment_back_four_times(crew):
    factories.paid(crew)
    payment, looked = Payment.objects.get(), threading.Barrier(4)

    def naive(n):
        assert queries.money.refundable_fen(payment) == DUE
        looked.wait(60)
        return Refund.objects.create(
            payment=payment, amount_fen=DUE, reason="x", method="cash", request_key=uuid4(), shift=payment.shift,
            by=crew.cashier, at=TUESDAY_NINE,
        )  # fmt: skip

    at_once(4, naive)
    assert held_by_cashiers() == -3 * DUE


def test_the_gate_and_a_refund_at_once_let_no_unpaid_car_out(crew):
    """Both lock the order first: one of them wins, and none waits for the other for ever."""
    for _again in range(4):
        order = factories.paid(crew)
        payment, gate_pass = Payment.objects.latest("pk"), GatePass.objects.latest("pk")

        def press(n, payment=payment, gate_pass=gate_pass):
            if n:
                return gate.release(gate_pass.code, by=crew.service_advisor, at=TUESDAY_NINE)
            return refund(payment, crew.after_sales_manager, 100)

        brought = at_once(2, press)
        assert len(refusals(brought)) == 1
        gate_pass.refresh_from_db()
        state = WorkOrder.objects.get(pk=order.pk).state
        assert (state, gate_pass.used_at is not None, gate_pass.voided_at is not None) in [
            ("closed", True, False), ("settled", False, True),
        ]  # fmt: skip


def test_an_order_is_settled_once(crew):
    order, image = factories.handed_over(crew), factories.signature_png()

    def settle(n):
        return settlement.settle(
            WorkOrder.objects.get(pk=order.pk), signer_name="王建国", image=image, call_from=None, call_until=None,
            by=crew.service_advisor, at=TUESDAY_NINE,
        )  # fmt: skip

    brought = at_once(8, settle)
    assert len(refusals(brought)) == 7
    assert (Settlement.objects.count(), balance().charged_fen) == (1, DUE)
    assert Settlement.objects.get().sheet.number.endswith("-000001")  # the seven took no number


def test_control_without_lock_and_comparison_only_the_constraint_is_left(crew, monkeypatch):
    """Both have looked, both post: what stops the second is the database's one sheet a round, no sentence."""
    order, looked, image = factories.handed_over(crew), threading.Barrier(2), factories.signature_png()
    issue = settlement.issue

    def issued(*args, **kwargs):
        looked.wait(60)
        return issue(*args, **kwargs)

    def unheld(order):
        return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()

    monkeypatch.setattr(settlement, "hold_whole", unheld)
    monkeypatch.setattr(settlement.workflow, "move", lambda thing, step, **facts: setattr(thing, "state", step.target))
    monkeypatch.setattr(settlement, "issue", issued)
    monkeypatch.setattr(settlement, "hold_visit", lambda visit: visit)
    monkeypatch.setattr(settlement, "note", lambda *args, **facts: None)  # an event wants its act's transaction
    monkeypatch.setattr("dealership.paperwork.numbers.connection", type("Open", (), {"in_atomic_block": True}))

    def naive(n):
        try:
            return settlement.settle.__wrapped__(
                order, signer_name="王建国", image=image, call_from=None, call_until=None,
                by=crew.service_advisor, at=TUESDAY_NINE,
            )  # fmt: skip
        except IntegrityError as error:
            return error

    kinds = sorted(type(one).__name__ for one in at_once(2, naive))
    assert kinds == ["IntegrityError", "Settlement"]


def test_settling_and_reversing_at_once_leaves_one_sheet_or_none(crew):
    order, image = factories.settled(crew), factories.signature_png()
    sheet = queries.money.sheet_of(order)

    def press(n):
        if n % 2:
            return settlement.reverse(sheet, reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
        return settlement.settle(
            WorkOrder.objects.get(pk=order.pk), signer_name="王建国", image=image, call_from=None, call_until=None,
            by=crew.service_advisor, at=TUESDAY_NINE,
        )  # fmt: skip

    at_once(6, press)
    live = Settlement.objects.filter(balance__isnull=False)
    assert live.count() in (0, 1)
    assert balance().charged_fen == (DUE if live.exists() else 0)
    assert Settlement.objects.exclude(reverses=None).count() == 1
    numbers = sorted(int(one.sheet.number[-6:]) for one in Settlement.objects.all())
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_day_is_closed_once(crew):
    sheet = queries.money.sheet_of(factories.settled(crew))
    pay(sheet, crew.cashier, 100)
    shift = CashShift.objects.get()
    brought = at_once(6, lambda n: till.close_day(shift, counted_fen=0, reason="", by=crew.cashier, at=TUESDAY_NINE))
    assert len(refusals(brought)) == 5
    assert DayClose.objects.count() == 1


def test_no_payment_slips_into_a_day_while_it_is_counted(crew):
    sheet = queries.money.sheet_of(factories.settled(crew))
    pay(sheet, crew.cashier, 100)
    shift = CashShift.objects.get()

    def press(n):
        if n == 3:
            return till.close_day(shift, counted_fen=0, reason="", by=crew.cashier, at=TUESDAY_NINE)
        return pay(sheet, crew.cashier, 100)

    assert refusals(at_once(6, press)) == []  # what comes after the count lies in another drawer
    close = DayClose.objects.get()
    in_it = shift.payments.aggregate(fen=Sum("amount_fen"))["fen"]
    assert close.lines.get(method="card").payments_fen == in_it
    assert held_by_cashiers() == 600
    assert CashShift.objects.count() <= 2


def test_after_the_count_many_payments_open_one_further_drawer(crew):
    sheet = queries.money.sheet_of(factories.settled(crew))
    pay(sheet, crew.cashier, 100)
    till.close_day(CashShift.objects.get(), counted_fen=0, reason="", by=crew.cashier, at=TUESDAY_NINE)
    assert refusals(at_once(6, lambda n: pay(sheet, crew.cashier, 100))) == []
    assert sorted(CashShift.objects.values_list("number", flat=True)) == [1, 2]


def test_control_a_count_without_the_lock_misses_a_payment(crew, monkeypatch):
    sheet = queries.money.sheet_of(factories.settled(crew))
    pay(sheet, crew.cashier, 100)
    shift, counted, paid = CashShift.objects.get(), threading.Event(), threading.Event()
    count = queries.till.counts

    def counts(of):
        found = count(of)
        counted.set()
        paid.wait(60)
        return found

    monkeypatch.setattr(queries.till, "counts", counts)
    monkeypatch.setattr(till.audit, "record", lambda *args, **facts: None)  # an event wants its act's transaction
    monkeypatch.setattr(
        till, "locked", lambda shift: CashShift.objects.select_related("store", "cashier").get(pk=shift.pk)
    )

    def press(n):
        if n:
            counted.wait(60)
            payment = pay(sheet, crew.cashier, 100)
            paid.set()
            return payment
        # Without its transaction, which alone would make SQLite wait.
        with outside_transaction(monkeypatch):
            return till.close_day.__wrapped__(shift, counted_fen=0, reason="", by=crew.cashier, at=TUESDAY_NINE)

    assert refusals(at_once(2, press)) == []
    assert DayClose.objects.get().lines.get(method="card").payments_fen == 100
    assert held_by_cashiers() == 200


@contextmanager
def outside_transaction(monkeypatch):
    """Let a number be taken although no transaction holds its row."""
    monkeypatch.setattr("dealership.paperwork.numbers.connection", type("Open", (), {"in_atomic_block": True}))
    yield
    assert not connection.in_atomic_block
