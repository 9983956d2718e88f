"""What the cashier sees and presses: no more than he needs, and the change first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import paying, state_of, text, wrong
from workorders import queries
from workorders.models import CashShift, DayClose, Discount, Invoice, Payment, PriceApproval, Refund, WorkOrder
from workorders.operations import settlement, till

DESK, DAY = reverse("workorders:cashier"), reverse("workorders:day")


def page(name, thing):
    return reverse(f"workorders:{name}", args=[thing.pk])


@pytest.fixture
def cashier(tuesday, crew):
    tuesday.force_login(crew.cashier)
    return tuesday


@pytest.fixture
def sheet(crew):
    return queries.money.sheet_of(factories.settled(crew))


@pytest.mark.clause("2.6.8.1")
def test_the_list_shows_plate_name_as_wished_and_the_sum(cashier, crew, sheet):
    visit = sheet.order.visit
    customer = visit.customer
    seen = text(cashier.get(DESK))
    assert visit.vehicle.plate_shown in seen
    assert "¥199.00" in seen
    for hidden in (
        customer.name,
        customer.phone.shown,
        customer.phone.number,
        "刹车有异响",
        page("order", sheet.order),
    ):
        assert hidden not in seen
    theirs = queries.money.sheet_of(factories.settled(factories.Crew(factories.store("分店"))))
    assert page("pay", theirs) not in text(cashier.get(DESK))


def test_a_customer_who_wishes_to_be_a_plate_is_a_plate(cashier, crew, sheet):
    type(sheet.order.visit.customer).objects.update(board_display="plate")
    for seen in (text(cashier.get(DESK)), text(cashier.get(page("pay", sheet)))):
        assert "王" not in seen


def test_the_order_is_not_the_cashiers(cashier, sheet):
    assert cashier.get(page("order", sheet.order)).status_code == 403
    assert cashier.get(reverse("paperwork:document", args=[sheet.sheet_id])).status_code == 404


@pytest.mark.clause("2.6.8.2", "2.6.8.3")
def test_the_cashier_reads_the_change_first_and_says_good_bye(cashier, sheet):
    assert 'value="199.00"' in text(cashier.get(page("pay", sheet)))
    seen = text(cashier.post(page("pay", sheet), paying("250.50"), follow=True))
    assert "Taken: ¥199.00. Change: ¥51.50." in seen
    assert "with both hands" in seen
    assert "Thank you for coming" in seen
    gate_pass = sheet.order.visit.gate_passes.get()
    assert cashier.get(reverse("paperwork:document", args=[gate_pass.paper_id])).status_code == 200


def test_a_part_payment_says_what_is_still_due(cashier, sheet):
    seen = text(cashier.post(page("pay", sheet), paying("180", "wechat"), follow=True))
    assert "Taken: ¥180.00. Still due: ¥19.00." in seen
    assert 'value="19.00"' in seen


@pytest.mark.parametrize("received", ["", "0", "-1", "1.005", "很多", "99999999999"])
def test_an_amount_that_is_none_is_refused_beside_its_field(cashier, sheet, received):
    answer = cashier.post(page("pay", sheet), paying(received))
    assert list(wrong(answer, "pay_form")) == ["received_fen"]
    assert not Payment.objects.exists()


def test_a_card_pays_no_more_than_is_due(cashier, sheet):
    key = uuid4()
    answer = cashier.post(page("pay", sheet), paying("199.01", "card", key))
    assert "Only ¥199.00 is due." in wrong(answer, "pay_form")["received_fen"][0]
    assert 'value="199.01"' in text(answer)
    assert f'value="{key}"' in text(answer)  # sent again it is still the same payment


@pytest.mark.parametrize("received", ["50", "199"])
def test_a_payment_sent_twice_is_one_payment(cashier, sheet, received):
    values = paying(received)
    first, second = (cashier.post(page("pay", sheet), values) for _again in range(2))
    assert first.status_code == second.status_code == 302
    assert Payment.objects.count() == 1


def test_a_sheet_somebody_else_took_is_said_so(cashier, sheet):
    cashier.post(page("pay", sheet), paying("199"))
    assert cashier.post(page("pay", sheet), paying("199")).status_code == 409


def test_money_paid_too_much_is_listed_and_given_back(cashier, crew):
    order = factories.paid(crew)
    settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    back = page("refund", Payment.objects.get())
    assert back in text(cashier.get(DESK))
    values = {"amount_fen": "199", "method": "cash", "reason": "重新结算", "request_key": str(uuid4())}
    assert "is left" in wrong(cashier.post(back, values | {"amount_fen": "199.01"}), "form")["amount_fen"][0]
    assert "Given back: ¥199.00." in text(cashier.post(back, values, follow=True))
    cashier.post(back, values)
    assert Refund.objects.count() == 1
    assert back not in text(cashier.get(DESK))


@pytest.mark.clause("F18")
def test_the_invoice_is_noted_and_corrected_on_the_sheet(cashier, sheet):
    assert set(wrong(cashier.post(page("invoice", sheet), {}), "invoice_form")) == {"number", "title"}
    for title in ("王建国", "某某公司"):
        cashier.post(page("invoice", sheet), {"number": "04412345", "title": title, "tax_number": ""})
    assert Invoice.objects.count() == 2
    assert "某某公司" in text(cashier.get(page("pay", sheet)))


def test_the_day_is_counted_and_its_paper_printed(cashier, crew, sheet):
    wrong = cashier.post(reverse("workorders:float"), {"float_fen": "-5"})
    assert (wrong.status_code, wrong.context["float_form"]["float_fen"].value()) == (422, "-5")
    assert list(wrong.context["float_form"].errors) == ["float_fen"]
    cashier.post(reverse("workorders:float"), {"float_fen": "500"})
    cashier.post(page("pay", sheet), paying("199"))
    assert "¥699.00" in text(cashier.get(DAY))
    close = page("close_day", CashShift.objects.get())
    answer = cashier.post(close, {"counted_fen": "698", "reason": ""})
    assert answer.status_code == 422
    assert "Write down why" in text(answer)
    assert 'value="698"' in text(answer)
    done = cashier.post(close, {"counted_fen": "698", "reason": "找错一元"}, follow=True)
    assert "-¥1.00" in text(done)
    assert cashier.post(close, {"counted_fen": "698", "reason": "x"}).status_code == 409
    assert DayClose.objects.count() == 1


def test_a_paid_sheet_is_found_again_by_plate_or_number(cashier, crew):
    order = factories.paid(crew)
    sheet = queries.money.sheet_of(order)
    paid_before = factories.paid(crew, at=TUESDAY_NINE - timedelta(days=1))
    desk = text(cashier.get(DESK))
    assert page("pay", sheet) in desk
    assert page("pay", queries.money.sheet_of(paid_before)) not in desk  # yesterday's are found, not listed
    plate = paid_before.visit.vehicle.plate
    for words in [f"{plate[:2]}·{plate[2:]}", queries.money.sheet_of(paid_before).sheet.number.lower()]:
        found = text(cashier.get(DESK, {"q": words}))
        assert page("pay", queries.money.sheet_of(paid_before)) in found
        assert page("pay", sheet) not in found
    assert "No paid sheet has this plate" in text(cashier.get(DESK, {"q": "没有\0"}))


def test_the_manager_reaches_the_days_from_the_board(tuesday, crew):
    tuesday.force_login(crew.after_sales_manager)
    assert DAY in text(tuesday.get(reverse("workorders:board")))
    tuesday.force_login(crew.service_advisor)
    assert DAY not in text(tuesday.get(reverse("workorders:board")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_a_fixed_number_of_queries(cashier, crew, count, django_assert_num_queries):
    for _n in range(count):
        factories.settled(crew)
        order = factories.paid(crew)
        settlement.reverse(queries.money.sheet_of(order), reason="x", by=crew.after_sales_manager, at=TUESDAY_NINE)
    cashier.get(DESK)
    with django_assert_num_queries(9):
        cashier.get(DESK)


@pytest.mark.parametrize("count", [1, 3])
def test_the_days_take_a_fixed_number_of_queries(cashier, crew, count, django_assert_num_queries):
    for n in range(count):
        till.set_float(crew.store, float_fen=0, by=crew.cashier, at=TUESDAY_NINE - timedelta(days=n))
    cashier.get(DAY)
    with django_assert_num_queries(7):
        cashier.get(DAY)


def test_a_discount_is_given_and_taken_back_on_the_order(tuesday, crew):
    order = factories.handed_over(crew)
    give = page("give_discount", order)
    values = {"on": "labour", "percent": "5", "reason": "老客户"}
    assert (
        "You may give up to 5 %" in wrong(tuesday.post(give, values | {"percent": "6"}), "discount_form")["percent"][0]
    )
    assert list(wrong(tuesday.post(give, values | {"amount_fen": "3"}), "discount_form")) == ["percent"]
    tuesday.post(give, values)
    seen = text(tuesday.get(page("order", order)))
    assert "¥191.50" in seen
    assert "老客户" in seen
    tuesday.post(page("take_discount_back", Discount.objects.get()))
    assert "¥191.50" not in text(tuesday.get(page("order", order)))


@pytest.mark.clause("3.5.2.1")
def test_the_manager_approves_a_price_on_the_order(tuesday, crew):
    order = factories.handed_over(crew)
    order.labour_lines.update(amount_fen=20000)
    assert "The customer agreed to ¥199.00" in text(tuesday.get(page("order", order)))
    tuesday.force_login(crew.after_sales_manager)
    assert 'value="249.00"' in text(tuesday.get(page("order", order)))
    approve = page("approve_price", order)
    assert list(wrong(tuesday.post(approve, {"total_fen": "100", "reason": "x"}), "approve_form")) == ["total_fen"]
    tuesday.post(approve, {"total_fen": "249", "reason": "客户同意"})
    assert PriceApproval.objects.get().by == crew.after_sales_manager
    assert "The customer agreed to" not in text(tuesday.get(page("order", order)))


def test_the_manager_reverses_on_the_order(tuesday, crew, sheet):
    tuesday.force_login(crew.after_sales_manager)
    back = page("reverse", sheet.order)
    assert list(wrong(tuesday.post(back, {}), "reverse_form")) == ["why_reversed"]
    tuesday.post(back, {"why_reversed": "写错"})
    assert state_of(sheet.order) == "handed_over"
    assert "reverses" in text(tuesday.get(page("order", sheet.order)))
    assert tuesday.post(back, {"why_reversed": "写错"}).status_code == 409


def test_the_claims_clerk_enters_what_came_in(tuesday, crew):
    order = factories.handed_over(crew)
    order.labour_lines.update(payer="manufacturer", warranty="in")
    order.part_lines.update(payer="customer", agreed_fen=4900)
    factories.settle(WorkOrder.objects.get(pk=order.pk), crew)
    theirs = order.settlements.get(payer="manufacturer")
    tuesday.force_login(crew.claims)
    assert page("claim", theirs) in text(tuesday.get(reverse("workorders:cases")))
    assert 'value="2026-11-24"' in text(tuesday.get(page("claim", theirs)))  # today, unless he says otherwise
    values = {"amount_fen": "150", "reference": "BK-7", "received_on": "2026-11-24", "request_key": str(uuid4())}
    assert list(wrong(tuesday.post(page("claim", theirs), values | {"amount_fen": "151"}), "form")) == ["amount_fen"]
    tuesday.post(page("claim", theirs), values)
    assert page("claim", theirs) not in text(tuesday.get(reverse("workorders:cases")))
    assert "BK-7" in text(tuesday.get(page("claim", theirs)))
    late = tuesday.post(page("claim", theirs), values | {"request_key": str(uuid4())})  # a colleague was faster
    assert (late.status_code, "Only ¥0.00 is open on this sheet." in text(late)) == (422, True)
