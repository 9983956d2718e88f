"""From 10,000 yuan on the after-sales manager takes part: exactly so much counts, a fen less does not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from appointments.operations import change_rules
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, call
from workorders import queries
from workorders.models import Alert, ManagerPart, PartLine, WorkOrder, WorkshopRules
from workorders.operations import large, settlement, slips, writeup
from workorders.queries.rules import rules_on

THRESHOLD = 1_000_000
REST = 15000 + 4900  # what the factories put on an order


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def costing(crew, fen, made=factories.handed_over):
    """An order that costs so much; the difference is made up by one dear part."""
    order = made(crew)
    dear = factories.part(crew.store, name="变速箱", price_fen=fen - REST)
    order.part_lines.create(
        part=dear, description=dear.name, quantity=1, unit_price_fen=fen - REST, amount_fen=fen - REST,
        agreed_fen=fen - REST,
        issued_at=TUESDAY_NINE,
    )  # fmt: skip
    return WorkOrder.objects.get(pk=order.pk)


def settle(order, crew, at=FOUND_AT):
    return settlement.settle(
        order, signer_name="王建国", image=factories.signature_png(), call_from=None, call_until=None,
        by=crew.service_advisor, at=at,
    )  # fmt: skip


def mode(crew, name, at=TUESDAY_NINE):
    made = WorkshopRules(store=crew.store, valid_from=at.date(), manager_mode=name, reason="试")
    return change_rules(made, by=crew.after_sales_manager, at=at)


@pytest.mark.clause("6.2.3")
@pytest.mark.clause("C25")
def test_ten_thousand_exactly_waits_for_the_manager_and_a_fen_less_does_not(crew):
    settle(costing(crew, THRESHOLD - 1), crew)
    order = costing(crew, THRESHOLD)
    with pytest.raises(NotAllowed, match="has to take part first"):
        settle(order, crew)
    for name in ("service_advisor", "foreman", "cashier"):
        with pytest.raises(NotAllowed, match="role"):
            large.join(order, approved=True, words="x", by=getattr(crew, name), at=FOUND_AT)
    with pytest.raises(NotAllowed, match="what was agreed"):
        large.join(order, approved=True, words=" ", by=crew.after_sales_manager, at=FOUND_AT)
    part = large.join(order, approved=True, words="已与客户面谈", by=crew.after_sales_manager, at=FOUND_AT)
    assert (part.joined_by, part.joined_at, part.total_fen) == (crew.after_sales_manager, FOUND_AT, THRESHOLD)
    settle(order, crew)
    with pytest.raises(NotAllowed, match="already"):
        large.join(order, approved=False, words="x", by=crew.after_sales_manager, at=FOUND_AT)


@pytest.mark.clause("C25")
def test_to_be_told_is_enough_where_the_store_says_so(crew):
    mode(crew, "notify")
    settle(costing(crew, THRESHOLD), crew)


@pytest.mark.clause("C25")
def test_where_the_manager_approves_his_no_blocks_until_his_yes(crew):
    mode(crew, "approve")
    order = costing(crew, THRESHOLD)
    with pytest.raises(NotAllowed, match="has to approve"):
        settle(order, crew)
    large.join(order, approved=False, words="先看配件价", by=crew.after_sales_manager, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="has to approve"):
        settle(order, crew)
    large.join(order, approved=True, words="同意", by=crew.after_sales_manager, at=FOUND_AT)
    settle(order, crew)


@pytest.mark.clause("C25")
def test_all_orders_of_the_visit_count_whoever_pays(crew):
    first = costing(crew, THRESHOLD - 1, made=factories.signed)
    assert not queries.large.is_large(first, FOUND_AT)
    second = WorkOrder.objects.create(
        store=crew.store, visit=first.visit, number="X-2", advisor=crew.service_advisor, opened_at=FOUND_AT
    )
    part = factories.part(crew.store)
    line = PartLine(order=second, part=part, description="x", quantity=1, payer="manufacturer")
    line.unit_price_fen = line.amount_fen = 1
    line.save()
    assert queries.large.visit_total(first.visit) == THRESHOLD
    assert queries.large.is_large(first, FOUND_AT)
    writeup.cancel(second, reason="x", by=crew.service_advisor, at=FOUND_AT)
    assert not queries.large.is_large(first, FOUND_AT)


def test_the_manager_is_called_in_once_as_soon_as_what_is_asked_makes_it_large(crew):
    item = extras.found(crew)
    rest = queries.large.visit_total(item.order.visit)
    extras.price(item, crew, hours="1.00", rate_fen=100, each=THRESHOLD - rest - 101)
    assert not ManagerPart.objects.exists()
    extras.price(item, crew, hours="1.00", rate_fen=100, each=THRESHOLD - rest - 100)
    extras.price(item, crew, hours="1.00", rate_fen=100, each=THRESHOLD)
    assert ManagerPart.objects.get().total_fen == THRESHOLD
    assert Alert.objects.filter(about="large", desk="manager", words="¥10,000.00").count() == 1
    call(item, crew, "refused")
    assert queries.large.obstacles_to_settling(item.order, FOUND_AT) == []


def test_agreed_additional_work_counts_at_the_settlement(crew):
    item = extras.found(crew)
    extras.price(item, crew, each=THRESHOLD)
    call(item, crew, "agreed")
    slips.issue(item.order, by=crew.service_advisor, at=FOUND_AT)
    assert queries.large.obstacles_to_settling(item.order, FOUND_AT)


def test_a_large_order_calls_the_manager_in_when_it_is_signed(crew):
    order = factories.draft(crew)
    writeup.add_part(
        order, part=factories.part(crew.store, price_fen=THRESHOLD), quantity=1, by=crew.service_advisor,
        at=TUESDAY_NINE,
    )  # fmt: skip
    order.part_lines.update(confirmed_at=TUESDAY_NINE)
    factories.sign(order, crew.service_advisor)
    assert ManagerPart.objects.get().called_at == TUESDAY_NINE
    assert set(queries.unseen(crew.store, crew.after_sales_manager)) == set(Alert.objects.filter(about="large"))


def test_an_ordinary_visit_needs_no_manager(crew):
    with pytest.raises(NotAllowed, match="does not cost as much"):
        large.join(factories.signed(crew), approved=True, words="x", by=crew.after_sales_manager, at=FOUND_AT)


def test_the_managers_page_takes_his_part(client, crew):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    order = costing(crew, THRESHOLD)
    large.watch(order, by=crew.service_advisor, at=FOUND_AT)
    client.force_login(crew.service_advisor)
    page = reverse("workorders:order", args=[order.pk])
    assert "the after-sales manager is called in" in client.get(page).content.decode()
    client.force_login(crew.after_sales_manager)
    assert "I take part" in client.get(page).content.decode()
    join = reverse("workorders:join_large", args=[order.pk])
    assert client.post(join, {"approved": "yes", "words": ""}).status_code == 422
    assert client.post(join, {"approved": "yes", "words": "已面谈"}).status_code == 302
    assert "已面谈" in client.get(page).content.decode()


def test_rules_are_added_with_a_reason_from_today_on(crew):
    by = crew.after_sales_manager
    with pytest.raises(NotAllowed, match="role"):
        mode_by(crew, crew.foreman)
    with pytest.raises(NotAllowed, match="Write down why"):
        change_rules(WorkshopRules(store=crew.store), by=by, at=FOUND_AT)
    with pytest.raises(ValidationError):
        change_rules(WorkshopRules(store=crew.store, reason="x", call_minutes=0), by=by, at=FOUND_AT)
    first = change_rules(WorkshopRules(store=crew.store, reason="x", call_minutes=20), by=by, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="in force already"):
        change_rules(first, by=by, at=FOUND_AT)
    yesterday = FOUND_AT.date() - timedelta(days=1)
    with pytest.raises(NotAllowed, match="today at the earliest"):
        change_rules(WorkshopRules(store=crew.store, reason="x", valid_from=yesterday), by=by, at=FOUND_AT)
    tomorrow = FOUND_AT.date() + timedelta(days=1)
    coming = WorkshopRules(store=crew.store, reason="y", valid_from=tomorrow, call_minutes=10)
    change_rules(coming, by=by, at=FOUND_AT)
    assert rules_on(crew.store, FOUND_AT.date()).call_minutes == 20
    assert rules_on(crew.store, tomorrow).call_minutes == 10


def mode_by(crew, by):
    return change_rules(WorkshopRules(store=crew.store, reason="x"), by=by, at=FOUND_AT)
