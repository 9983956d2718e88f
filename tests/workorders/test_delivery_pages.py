"""Hand-over, settlement, payment: what the forms do, keep and refuse."""

from datetime import date, time
from uuid import uuid4

import pytest

from tests import factories
from tests.workorders.sheets import address, paying, settling, showing, state_of, text, wrong
from workorders.models import Payment


@pytest.mark.clause("2.6.4.3", "2.6.4.7", "2.6.4.10")
@pytest.mark.parametrize("left_out", [name for name in showing() if name != "advice"])
def test_no_step_of_the_hand_over_is_left_out(sent, crew, left_out):
    order = factories.passed(crew)
    answer = sent(order, "hand_over", **{name: value for name, value in showing().items() if name != left_out})
    assert list(wrong(answer)) == [left_out]
    assert "前轮胎" in text(answer)
    assert state_of(order) == "passed"


def test_the_hand_over_keeps_the_next_service_and_the_advice(sent, crew):
    order = factories.passed(crew)
    assert sent(order, "hand_over", **showing())["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.advice) == ("handed_over", "前轮胎")
    assert (order.next_service_on, order.next_service_km) == (date(2027, 5, 24), 22000)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_next_service_is_offered_in_the_form_browsers_read(tuesday, crew, language):
    order = factories.passed(crew)
    page = tuesday.get(address("order", order), headers={"Accept-Language": language})
    assert 'value="2027-05-25"' in text(page)
    assert f'value="{order.visit.mileage + 10000}"' in text(page)


@pytest.mark.clause("2.6.6.3")
@pytest.mark.parametrize(("opens", "ends"), [("19:00", ""), ("", "20:00"), ("20:00", "19:00"), ("19:00", "19:00")])
def test_a_window_for_calls_is_filled_in_whole(sent, crew, opens, ends):
    order = factories.handed_over(crew)
    answer = sent(order, "settle", **settling(call_from=opens, call_until=ends))
    assert list(wrong(answer)) == ["call_until"]
    assert 'value="王小二"' in text(answer)
    assert state_of(order) == "handed_over"


@pytest.mark.clause("2.6.7.2")
def test_the_settlement_is_signed_with_its_window_for_calls(sent, crew):
    order = factories.handed_over(crew)
    assert list(wrong(sent(order, "settle", signer_name="王小二"))) == ["explained", "signature"]
    assert sent(order, "settle", **settling(call_from="19:00", call_until="20:00")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.settlement.total_fen) == ("settled", 19900)
    assert (order.settlement.call_from, order.settlement.call_until) == (time(19), time(20))


@pytest.mark.clause("2.6.8.2")
def test_cash_is_taken_in_yuan_with_cents_and_gives_change(sent, crew):
    order = factories.settled(crew)
    answer = sent(order, "pay", crew.cashier, **paying("99.55"))
    assert answer["Location"] == address("order", order)
    assert (Payment.objects.get().amount_fen, state_of(order)) == (9955, "settled")
    page = sent(order, "pay", **paying("200"))
    assert page.status_code == 302
    assert Payment.objects.last().change_fen == 10055
    assert state_of(order) == "paid"


def test_the_cashier_reads_the_change_first(tuesday, crew):
    tuesday.force_login(crew.cashier)
    order = factories.settled(crew)
    assert 'value="199.00"' in text(tuesday.get(address("order", order)))
    page = tuesday.post(address("pay", order), paying("200.50"), follow=True)
    assert "Taken: ¥199.00. Change: ¥1.50." in text(page)


def test_a_part_payment_says_what_is_still_due(tuesday, crew):
    tuesday.force_login(crew.cashier)
    page = tuesday.post(address("pay", factories.settled(crew)), paying("180"), follow=True)
    assert "Taken: ¥180.00. Still due: ¥19.00." in text(page)


@pytest.mark.parametrize("received", ["", "0", "-1", "1.005", "很多", "99999999999"])
def test_an_amount_that_is_none_is_refused_beside_its_field(sent, crew, received):
    answer = sent(factories.settled(crew), "pay", crew.cashier, **paying(received))
    assert list(wrong(answer)) == ["received_fen"]
    assert not Payment.objects.exists()


def test_a_card_pays_no_more_than_is_due(sent, crew):
    key = uuid4()
    answer = sent(factories.settled(crew), "pay", crew.cashier, **paying("199.01", "card", key))
    assert "Only ¥199.00 is due." in wrong(answer)["received_fen"][0]
    assert 'value="199.01"' in text(answer)
    assert f'value="{key}"' in text(answer)  # sent again it is still the same payment
    assert not Payment.objects.exists()


@pytest.mark.parametrize("received", ["50", "199"])
def test_a_payment_sent_twice_is_one_payment(sent, crew, received):
    order, values = factories.settled(crew), paying(received)
    first, second = sent(order, "pay", crew.cashier, **values), sent(order, "pay", **values)
    assert first.status_code == second.status_code == 302
    assert Payment.objects.count() == 1


def test_nothing_is_paid_before_the_settlement(sent, crew):
    answer = sent(factories.handed_over(crew), "pay", crew.cashier, **paying("199"))
    assert answer.status_code == 409
    assert "the settlement is not signed" in text(answer)
