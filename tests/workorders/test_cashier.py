"""The cashier's desk: part payments, refunds, invoices and the count of the day, through the operations."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dealership.audit.acts import Act
from dealership.audit.models import Event
from dealership.paperwork import operations as paperwork
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import Balance, CashShift, ClaimReceipt, DayClose, GatePass, Invoice, Payment, Refund, WorkOrder
from workorders.operations import cashier, gate, receipts, settlement, till

pytestmark = pytest.mark.usefixtures("english")
DAY = timedelta(days=1)


def pay(order, crew, received_fen, method="cash", at=TUESDAY_NINE, key=None):
    sheet = queries.money.sheet_of(order)
    return cashier.pay(
        sheet, method=method, received_fen=received_fen, request_key=key or uuid4(), by=crew.cashier, at=at
    )


def refund(payment, by, amount_fen, method="cash", reason="多收", key=None, at=TUESDAY_NINE):
    return cashier.refund(
        payment, amount_fen=amount_fen, reason=reason, method=method, request_key=key or uuid4(), by=by, at=at
    )


def balance(order):
    return Balance.objects.get(order=order, payer="customer")


def state(order):
    return WorkOrder.objects.get(pk=order.pk).state


def reversed_after_paying(crew):
    """Paid 199.00, and reversed: all of it is the customer's."""
    order = factories.paid(crew)
    settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    return order


@pytest.mark.clause("2.6.8.2")
def test_the_clauses_own_change_is_52(crew):
    order = factories.handed_over(crew)
    order.labour_lines.update(amount_fen=39900, agreed_fen=39900)
    factories.settle(order, crew)
    payment = pay(order, crew, 50000)
    assert (payment.amount_fen, payment.change_fen) == (44800, 5200)


def test_one_sheet_is_paid_by_several_methods(crew):
    order = factories.settled(crew)
    for method, fen, due in [("card", 10000, 9900), ("wechat", 5000, 4900), ("alipay", 900, 4000), ("cash", 5000, 0)]:
        pay(order, crew, fen, method)
        assert balance(order).due_fen == due
    assert state(order) == "paid"
    assert Payment.objects.last().change_fen == 1000
    assert GatePass.objects.count() == 1


def test_what_was_reversed_takes_no_money(crew):
    order = factories.settled(crew)
    old = queries.money.sheet_of(order)
    settlement.reverse(old, reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="reversed"):
        cashier.pay(old, method="cash", received_fen=1, request_key=uuid4(), by=crew.cashier, at=TUESDAY_NINE)


@pytest.mark.clause("2.6.8.1")
def test_only_the_customers_sheet_is_paid_at_the_desk(crew):
    order = factories.handed_over(crew)
    order.labour_lines.update(payer="insurer")
    factories.settle(order, crew)
    theirs = order.settlements.get(payer="insurer")
    with pytest.raises(NotAllowed, match="Only the customer"):
        cashier.pay(theirs, method="card", received_fen=1, request_key=uuid4(), by=crew.cashier, at=TUESDAY_NINE)
    assert theirs not in queries.money.to_pay(crew.store)


def test_the_cashier_gives_back_what_was_too_much_and_no_fen_more(crew):
    order = reversed_after_paying(crew)
    payment = Payment.objects.get()
    with pytest.raises(NotAllowed, match="is left"):
        refund(payment, crew.cashier, 19901)
    refund(payment, crew.cashier, 9900)
    assert balance(order).credit_fen == 10000
    order.part_lines.update(decision="unused")
    second = factories.settle(WorkOrder.objects.get(pk=order.pk), crew)
    assert second.due_fen == 5000
    with pytest.raises(NotAllowed, match="ask a manager"):
        refund(payment, crew.cashier, 1)
    assert Refund.objects.count() == 1


def test_a_manager_gives_back_more_and_the_order_waits_for_payment_again(crew):
    order = factories.paid(crew)
    refund(Payment.objects.get(), crew.after_sales_manager, 900)
    assert (state(order), balance(order).due_fen) == ("settled", 900)
    old = GatePass.objects.get()
    assert old.voided_at == TUESDAY_NINE
    with pytest.raises(NotAllowed):
        gate.release(old.code, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Refund.objects.get().shift.cashier == crew.cashier  # whoever decides: the cash left the cashier's drawer
    pay(order, crew, 900)
    assert state(order) == "paid"
    assert GatePass.objects.filter(voided_at=None).count() == 1


def test_after_the_car_has_left_only_what_was_too_much_goes_back(crew):
    order = factories.released(crew)
    with pytest.raises(NotAllowed, match="car has left"):
        refund(Payment.objects.get(), crew.after_sales_manager, 100)
    assert balance(order).paid_fen == 19900


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"amount_fen": 0}, "amount you give back"), ({"amount_fen": -5}, "amount you give back"),
    ({"reason": " "}, "why"), ({"method": "deposit"}, "Choose"), ({"method": "wechat"}, "the way it was paid"),
])  # fmt: skip
def test_a_refund_that_is_none_is_refused(crew, wrong, sentence):
    reversed_after_paying(crew)
    values = {"amount_fen": 100, "reason": "x", "method": "cash"} | wrong
    with pytest.raises(NotAllowed, match=sentence):
        refund(Payment.objects.get(), crew.cashier, **values)
    assert not Refund.objects.exists()


def test_a_refund_sent_twice_is_one(crew):
    reversed_after_paying(crew)
    key, payment = uuid4(), Payment.objects.get()
    assert refund(payment, crew.cashier, 500, key=key) == refund(payment, crew.cashier, 500, key=key)
    assert (Refund.objects.count(), Balance.objects.get().paid_fen) == (1, 19400)


@pytest.mark.clause("F18")
def test_an_invoice_is_corrected_with_its_history_until_the_day_is_closed(crew):
    order = factories.paid(crew)
    sheet, who = queries.money.sheet_of(order), {"by": crew.cashier, "at": TUESDAY_NINE}
    with pytest.raises(NotAllowed, match="number and a title"):
        cashier.note_invoice(sheet, number="", title="x", **who)
    first = cashier.note_invoice(sheet, number="04412345", title="王建国", **who)
    assert cashier.note_invoice(sheet, number="04412345", title="王建国", **who) == first
    cashier.note_invoice(sheet, number="04412345", title="某某公司", tax_number="91410100MA3X", **who)
    assert [one.title for one in Invoice.objects.all()] == ["王建国", "某某公司"]
    till.close_day(CashShift.objects.get(), counted_fen=19900, reason="", **who)
    with pytest.raises(NotAllowed, match="closed"):
        cashier.note_invoice(sheet, number="1", title="x", by=crew.cashier, at=TUESDAY_NINE + DAY)


def test_a_day_is_counted_against_float_payments_and_refunds(crew):
    till.set_float(crew.store, float_fen=50000, by=crew.cashier, at=TUESDAY_NINE)
    order = factories.settled(crew)
    pay(order, crew, 10000, "card")
    pay(order, crew, 10000, "cash")  # 99.00 and 1.00 change
    settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    refund(Payment.objects.last(), crew.cashier, 900)
    shift, who = CashShift.objects.get(), {"by": crew.cashier, "at": TUESDAY_NINE}
    with pytest.raises(NotAllowed, match="differs"):
        till.close_day(shift, counted_fen=58900, reason="", **who)
    close = till.close_day(shift, counted_fen=58900, reason="少收一元", **who)
    assert (close.expected_fen, close.counted_fen, close.difference_fen) == (59000, 58900, -100)
    found = {line.method: (line.payments_fen, line.refunds_fen) for line in close.lines.all()}
    assert found == {"cash": (9900, 900), "card": (10000, 0), "wechat": (0, 0), "alipay": (0, 0), "transfer": (0, 0)}
    fields = dict(close.paper.content["fields"])
    assert (fields["Cash expected"], fields["Difference"]) == ("¥590.00", "-¥1.00")
    assert paperwork.verify(close.paper)


def test_a_closed_day_is_closed(crew):
    order = factories.settled(crew)
    pay(order, crew, 100)
    shift, who = CashShift.objects.get(), {"by": crew.cashier, "at": TUESDAY_NINE}
    till.close_day(shift, counted_fen=100, reason="", **who)
    with pytest.raises(NotAllowed, match="counted and closed already"):
        till.close_day(shift, counted_fen=100, reason="", **who)
    assert (DayClose.objects.count(), Payment.objects.count()) == (1, 1)


def test_what_comes_after_the_count_is_counted_in_a_shift_of_its_own(crew):
    order = factories.settled(crew)
    pay(order, crew, 100)
    who = {"by": crew.cashier, "at": TUESDAY_NINE}
    first = CashShift.objects.get()
    till.close_day(first, counted_fen=100, reason="", **who)
    pay(order, crew, 200)
    second = CashShift.objects.exclude(pk=first.pk).get()
    assert (second.day, second.number) == (first.day, 2)
    assert [one.amount_fen for one in first.payments.all()] == [100]
    with pytest.raises(NotAllowed, match="Write down why"):
        till.close_day(second, counted_fen=100, reason="", **who)
    till.close_day(second, counted_fen=200, reason="", **who)
    pay(order, crew, 100, at=TUESDAY_NINE + DAY)
    assert list(CashShift.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 1]


def test_the_float_stays_once_cash_has_moved(crew):
    order, who = factories.settled(crew), {"by": crew.cashier, "at": TUESDAY_NINE}
    till.set_float(crew.store, float_fen=20000, **who)
    till.set_float(crew.store, float_fen=30000, **who)  # mistyped
    pay(order, crew, 100, method="card")
    till.set_float(crew.store, float_fen=31000, **who)  # no cash yet
    pay(order, crew, 100)
    with pytest.raises(NotAllowed, match="Cash has moved"):
        till.set_float(crew.store, float_fen=30000, **who)
    assert CashShift.objects.get().float_fen == 31000
    said = Event.objects.filter(act=Act.FLOAT_NOTED).order_by("pk")
    assert [event.facts["float_fen"] for event in said] == [20000, 30000, 31000]


def test_a_float_forgotten_in_the_morning_is_noted_once(crew):
    order, who = factories.settled(crew), {"by": crew.cashier, "at": TUESDAY_NINE}
    pay(order, crew, 100)
    till.set_float(crew.store, float_fen=30000, **who)
    with pytest.raises(NotAllowed, match="Cash has moved"):
        till.set_float(crew.store, float_fen=29000, **who)


def test_no_more_cash_leaves_a_drawer_than_lies_in_it(crew):
    order = factories.settled(crew)
    pay(order, crew, 19900, method="card")
    factories.give_back(order, crew)
    settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match=r"only ¥0\.00 lies"):
        refund(Payment.objects.get(), crew.cashier, 100)
    till.set_float(crew.store, float_fen=100, by=crew.cashier, at=TUESDAY_NINE)
    refund(Payment.objects.get(), crew.cashier, 100)
    with pytest.raises(NotAllowed, match="Count and close it"):  # noted, and cash has moved
        refund(Payment.objects.get(), crew.cashier, 1)


def test_a_manager_keeps_no_drawer(crew):
    order = factories.paid(crew)
    till.close_day(CashShift.objects.get(), counted_fen=19900, reason="", by=crew.cashier, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="No drawer that is open"):
        refund(Payment.objects.get(), crew.after_sales_manager, 100)
    assert state(order) == "paid"
    poor, other = (factories.person(beginnings.Role.CASHIER, crew.store) for _n in range(2))
    till.set_float(crew.store, float_fen=1, by=poor, at=TUESDAY_NINE)
    till.set_float(crew.store, float_fen=100, by=other, at=TUESDAY_NINE)
    refund(Payment.objects.get(), crew.after_sales_manager, 100)
    assert Refund.objects.get().shift.cashier == other
    with pytest.raises(NotAllowed, match="role"):
        till.set_float(crew.store, float_fen=100, by=crew.after_sales_manager, at=TUESDAY_NINE)


def test_everybody_closes_his_own_day_and_a_manager_what_was_left_open(crew):
    order = factories.settled(crew)
    pay(order, crew, 100)
    shift, other = CashShift.objects.get(), factories.person(beginnings.Role.CASHIER, crew.store)
    with pytest.raises(NotAllowed, match="role"):
        till.close_day(shift, counted_fen=100, reason="", by=other, at=TUESDAY_NINE)
    till.close_day(shift, counted_fen=100, reason="", by=crew.after_sales_manager, at=TUESDAY_NINE + DAY)
    assert not queries.till.open_shifts(crew.store)


def test_the_day_is_the_stores_own(crew):
    late = TUESDAY_NINE.replace(hour=7)  # still Monday in UTC
    order = factories.settled(crew)
    pay(order, crew, 100, at=late)
    assert CashShift.objects.get().day == TUESDAY_NINE.date()


def test_a_payment_lies_in_one_shift_or_is_a_deposit(crew):
    order = factories.settled(crew)
    paid = pay(order, crew, 100)
    values = {"settlement": paid.settlement, "amount_fen": 1, "received_fen": 1, "by": crew.cashier, "at": TUESDAY_NINE}
    for wrong in ({"method": "cash"}, {"method": "deposit"}, {"method": "deposit", "shift": paid.shift}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.create(request_key=uuid4(), **values, **wrong)
    values |= {"received_fen": 2, "change_fen": 1}
    with pytest.raises(IntegrityError), transaction.atomic():  # only cash gives change
        Payment.objects.create(request_key=uuid4(), method="card", shift=paid.shift, **values)


def claimed(crew):
    order = factories.handed_over(crew)
    order.labour_lines.update(payer="manufacturer", warranty="in")
    order.part_lines.update(payer="customer", agreed_fen=4900)
    factories.settle(WorkOrder.objects.get(pk=order.pk), crew)
    return order.settlements.get(payer="manufacturer")


def receive(sheet, crew, fen, key=None, by=None, **other):
    values = {"reference": "BK-1", "received_on": TUESDAY_NINE.date()} | other
    return receipts.enter(
        sheet, amount_fen=fen, request_key=key or uuid4(), by=by or crew.claims, at=TUESDAY_NINE, **values
    )


def test_what_a_manufacturer_owes_comes_in_part_by_part(crew):
    sheet = claimed(crew)
    assert list(queries.money.open_claims(crew.store)) == [sheet]
    key = uuid4()
    assert receive(sheet, crew, 10000, key) == receive(sheet, crew, 10000, key)
    with pytest.raises(NotAllowed, match=r"Only ¥50.00 is open"):
        receive(sheet, crew, 5001)
    receive(sheet, crew, 5000)
    assert not queries.money.open_claims(crew.store)
    assert ClaimReceipt.objects.count() == 2


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"fen": 0}, "what came in"), ({"reference": " "}, "reference"),
    ({"received_on": TUESDAY_NINE.date() + DAY}, "between the day"),
    ({"received_on": TUESDAY_NINE.date() - DAY}, "between the day"),
])  # fmt: skip
def test_a_receipt_that_is_none_is_refused(crew, wrong, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        receive(claimed(crew), crew, **{"fen": 100} | wrong)


def test_receipts_are_the_claims_clerks_and_only_for_claims(crew):
    sheet = claimed(crew)
    with pytest.raises(NotAllowed, match="role"):
        receive(sheet, crew, 100, by=crew.cashier)
    with pytest.raises(NotAllowed, match="Nothing is claimed"):
        receive(queries.money.sheet_of(sheet.order), crew, 100)
