"""Hand-over and settlement: what the forms do, keep and refuse."""

from datetime import date, time

import pytest

from tests import factories
from tests.workorders.sheets import address, settling, showing, state_of, text, wrong
from workorders import queries


@pytest.mark.clause("2.6.4.3", "2.6.4.7", "2.6.4.10")
@pytest.mark.parametrize("left_out", [name for name in showing() if name != "advice"])
def test_no_step_of_the_hand_over_is_left_out(sent, crew, left_out):
    order = factories.told(crew)
    said = showing(order=order)
    answer = sent(order, "hand_over", **{name: value for name, value in said.items() if name != left_out})
    assert list(wrong(answer, "form")) == [left_out]
    assert "前轮胎" in text(answer)
    assert state_of(order) == "ready"


@pytest.mark.clause("2.6.4.2")
def test_a_line_that_is_not_explained_keeps_the_car_here(sent, crew):
    order = factories.told(crew)
    answer = sent(order, "hand_over", **showing())
    assert wrong(answer, "form")["work_explained"] == ["Explain every line at the car, and tick it."]
    assert state_of(order) == "ready"


def test_the_hand_over_keeps_the_next_service_and_the_advice(sent, crew):
    order = factories.told(crew)
    assert sent(order, "hand_over", **showing(order=order))["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.advice) == ("handed_over", "前轮胎")
    assert (order.next_service_on, order.next_service_km) == (date(2027, 5, 24), 22000)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_next_service_is_offered_in_the_form_browsers_read(tuesday, crew, language):
    order = factories.told(crew)
    page = tuesday.get(address("hand_over", order), headers={"Accept-Language": language})
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
    assert (order.state, queries.money.sheet_of(order).total_fen) == ("settled", 19900)
    assert (queries.money.sheet_of(order).call_from, queries.money.sheet_of(order).call_until) == (time(19), time(20))
