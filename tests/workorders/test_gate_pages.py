"""The guard's page and the desk's card of the gate pass: what they show, open and refuse."""

import re
from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from dealership.staff.roles import PERMISSIONS, Role
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import REASON, all_but_paid, pass_of, pay, scan
from tests.workorders.sheets import HOUR, address, state_of, text, wrong
from workorders.models import GatePass
from workorders.operations import gate

GATE, HOME, DEBTS = reverse("workorders:gate"), reverse("overview:today"), reverse("workorders:debts")


def of(one):
    return reverse("workorders:gate_pass", args=[one.code])


@pytest.fixture
def guard(tuesday, crew):
    tuesday.force_login(crew.guard)
    return tuesday


@pytest.fixture
def paid(crew):
    return factories.paid(crew)


@pytest.mark.clause("2.6.5.2")
def test_a_look_shows_the_car_and_opens_nothing(guard, paid):
    page = guard.get(of(pass_of(paid)))
    assert page.status_code == 200
    for shown in paid.visit.vehicle.plate_shown, "帕萨特", "Is it this car?", "Release this car":
        assert shown in text(page)
    assert state_of(paid) == "paid"


@pytest.mark.clause("2.6.5.2")
def test_a_press_opens_the_gate_once_and_a_reload_does_not_ask_again(guard, paid, crew):
    answer = guard.post(of(pass_of(paid)))
    assert (answer.status_code, answer["Location"]) == (302, GATE)
    page = text(guard.get(GATE))
    assert "Open the gate" in page
    assert page.count(paid.visit.vehicle.plate_shown) == 2  # in green, and among today's
    assert state_of(paid) == "closed"
    assert "Open the gate" not in text(guard.get(GATE))  # said once
    for again in guard.post(of(pass_of(paid))), guard.get(of(pass_of(paid))):
        assert f"{crew.guard.full_name} released this car at 10:00." in text(again)
        assert "Release this car" not in text(again)
    assert guard.post(of(pass_of(paid))).status_code == 409


def test_the_guard_sees_no_customer_no_number_and_no_price(guard, crew):
    order = all_but_paid(crew)
    visit = order.visit
    for page in guard.get(of(pass_of(order))), guard.post(of(pass_of(order))), guard.get(GATE):
        for secret in visit.customer.name, visit.customer.phone.number, "199", "¥", visit.complaints.get().words:
            assert secret not in text(page)


def test_why_the_gate_stays_closed_is_said_in_red(guard, crew):
    order = all_but_paid(crew)
    answer = guard.post(of(pass_of(order)))
    assert answer.status_code == 409
    assert "Keep the gate closed" in text(answer)
    assert f"Order {order.number} is not paid yet." in text(answer)
    assert pass_of(order).used_at is None


@pytest.mark.parametrize("typed", ["{code}", " {upper} ", "{groups}", "{address}"])
def test_a_typed_code_shows_its_car_without_scripts(guard, paid, typed):
    one = pass_of(paid)
    content = one.paper.content["code"]
    said = typed.format(code=one.code, upper=one.code.upper(), groups=content["text"], address=content["address"])
    page = guard.get(GATE, {"code": said}, follow=True)
    assert page.redirect_chain == [(of(one), 302)]
    assert "Is it this car?" in text(page)


def test_a_code_sent_to_the_page_itself_opens_too(tuesday, paid):
    page = tuesday.post(GATE, {"code": pass_of(paid).code.upper()}, follow=True)
    assert "Open the gate" in text(page)
    assert state_of(paid) == "closed"


@pytest.mark.parametrize("typed", ["abc", "-", "../..", "%", "\u3000门"])
def test_what_is_no_code_of_ours_opens_nothing(guard, paid, typed):
    page = guard.get(GATE, {"code": typed}, follow=True)
    assert page.status_code == 404
    assert "No gate pass of this store has this code." in text(page)
    assert "No gate pass of this store" in wrong(guard.post(GATE, {"code": typed}), "form")["code"][0]
    assert guard.post(reverse("workorders:gate_pass", args=["abc"])).status_code == 404


def test_a_sign_no_database_keeps_is_refused_as_typed(guard):
    assert guard.get(GATE, {"code": "a\0b"}).status_code == 422
    assert guard.get(GATE + "/a%00b").status_code == 404


def test_a_pass_of_another_store_is_none(guard, crew):
    theirs = pass_of(factories.paid(factories.Crew(factories.store("分店"))))
    assert guard.get(of(theirs)).status_code == guard.post(of(theirs)).status_code == 404
    assert wrong(guard.post(GATE, {"code": theirs.code}), "form")
    assert GatePass.objects.get().used_at is None


def test_the_guard_begins_at_the_gate_and_goes_nowhere_else(guard, paid):
    assert guard.get(HOME)["Location"] == GATE
    assert PERMISSIONS[Role.GUARD] == {"workorders.release_car"}
    elsewhere = ["workorders:board", "reception:lane", "appointments:grid", "customers:search", "workorders:debts"]
    assert {guard.get(reverse(name)).status_code for name in elsewhere} == {403}
    one = pass_of(paid)
    for url in address("order", paid), reverse("paperwork:document", args=[one.paper_id]), address("pay", paid):
        assert guard.get(url).status_code == 403
    page = text(guard.get(GATE))
    assert re.findall(r'class="desk-tab[^"]*" href="([^"]*)"', page) == [HOME]


def test_others_begin_where_they_did(tuesday, crew):
    for role in "service_advisor", "cashier", "technician", "after_sales_manager":
        tuesday.force_login(getattr(crew, role))
        assert tuesday.get(HOME).status_code == 200


def test_today_lists_the_cars_of_today_the_last_first_in_a_fixed_number_of_queries(
    guard, crew, time_machine, django_assert_num_queries
):
    scan(factories.paid(crew, at=TUESDAY_NINE - timedelta(days=1)), crew.guard, TUESDAY_NINE - timedelta(days=1))
    gone = [factories.paid(crew)]
    scan(gone[0], crew.after_sales_manager)
    guard.get(GATE)
    with django_assert_num_queries(6):
        guard.get(GATE)
    gone += [factories.paid(crew) for _n in range(2)]  # and the guard himself the others
    for minute, order in enumerate(gone[1:], start=1):
        scan(order, crew.guard, TUESDAY_NINE + timedelta(minutes=minute))
    with django_assert_num_queries(6):
        page = text(guard.get(GATE))
    shown = re.findall(r'class="plate">([^<]*)<', page)
    assert shown == [order.visit.vehicle.plate_shown for order in reversed(gone)]
    assert crew.after_sales_manager.full_name in page


def test_no_browser_keeps_the_page(guard, paid):
    assert "no-store" in guard.get(of(pass_of(paid)))["Cache-Control"]


# The card on the order's page


def test_the_desk_prints_a_new_pass_where_the_old_one_has_ended(tuesday, paid, time_machine):
    old, order_page = pass_of(paid), address("order", paid)
    assert "Print a new gate pass" not in text(tuesday.get(order_page))
    time_machine.move_to((TUESDAY_NINE + 24 * HOUR).astimezone(UTC), tick=False)
    tuesday.force_login(paid.advisor)
    page = text(tuesday.get(order_page))
    assert "was valid until 2026-11-25 09:00" in page
    assert "Release the car" not in page
    page = text(tuesday.post(address("renew_pass", paid), follow=True))
    assert f"Gate pass {pass_of(paid).paper.number} is printed." in page
    assert pass_of(paid) != old
    assert "Release the car" in page
    assert tuesday.post(address("renew_pass", paid)).status_code == 409


def test_a_pass_is_made_void_with_its_reason_and_what_was_typed_is_kept(tuesday, paid):
    assert list(wrong(tuesday.post(address("void_pass", paid), {"why": ""}), "void_form")) == ["why"]
    page = text(tuesday.post(address("void_pass", paid), {"why": "车牌写错"}, follow=True))
    assert "The gate pass is void." in page
    assert "There is no valid gate pass." in page
    assert "Release the car" not in page
    assert tuesday.post(address("void_pass", paid), {"why": "x"}).status_code == 409


def test_the_advisor_releases_from_the_order(tuesday, paid):
    page = text(tuesday.get(address("order", paid)))
    assert f'action="{of(pass_of(paid))}"' in page
    assert "may leave" in page


def test_where_a_guard_keeps_the_gate_the_advisor_reads_so_and_presses_nothing(tuesday, crew, paid):
    assert crew.guard
    answers = [tuesday.get(of(pass_of(paid))), tuesday.get(address("order", paid))]
    for page in map(text, answers):
        assert "The guard opens the gate with the pass." in page
        assert "Release this car" not in page
        assert "Release the car" not in page
    tuesday.force_login(crew.after_sales_manager)
    assert "Release this car" in text(tuesday.get(of(pass_of(paid))))


def test_what_keeps_the_car_stands_on_the_order_and_no_release(tuesday, crew):
    order = all_but_paid(crew)
    page = text(tuesday.get(address("order", order)))
    assert f"Order {order.number} is not paid: ¥199.00." in page
    assert of(pass_of(order)) not in page
    assert "Let the car go unpaid" not in page  # an advisor has no word in this


def test_the_manager_lets_a_car_go_and_finds_it_among_the_debts(tuesday, crew):
    order = all_but_paid(crew)
    tuesday.force_login(crew.after_sales_manager)
    assert "Let the car go unpaid" in text(tuesday.get(address("order", order)))
    assert list(wrong(tuesday.post(address("let_go_unpaid", order), {"reason": " "}), "unpaid_form")) == ["reason"]
    page = text(tuesday.post(address("let_go_unpaid", order), {"reason": REASON}, follow=True))
    assert "The car may leave. What is owed stays open." in page
    assert REASON in page
    assert "Every car that left is paid." in text(tuesday.get(DEBTS))  # it has not left
    scan(order, crew.guard)
    page = text(tuesday.get(DEBTS))
    for shown in order.number, "¥199.00", REASON, crew.after_sales_manager.full_name:
        assert shown in page
    pay(order, crew)
    assert "Every car that left is paid." in text(tuesday.get(DEBTS))
    assert tuesday.post(address("let_go_unpaid", order), {"reason": "x"}).status_code == 409


def test_the_list_of_debts_is_the_managers_of_the_store(tuesday, crew, django_assert_num_queries):
    assert tuesday.get(DEBTS).status_code == 403
    tuesday.force_login(factories.Crew(factories.store("分店")).after_sales_manager)
    leave_unpaid(crew)
    assert "Every car that left is paid." in text(tuesday.get(DEBTS))
    tuesday.force_login(crew.after_sales_manager)
    tuesday.get(DEBTS)
    with django_assert_num_queries(7):
        tuesday.get(DEBTS)
    leave_unpaid(crew)
    leave_unpaid(crew)
    with django_assert_num_queries(7):
        assert text(tuesday.get(DEBTS)).count(REASON) == 3


def leave_unpaid(crew):
    order = all_but_paid(crew)
    gate.let_go_unpaid(order.visit, REASON, by=crew.after_sales_manager, at=TUESDAY_NINE)
    scan(order, crew.guard)
