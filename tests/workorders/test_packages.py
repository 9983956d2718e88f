"""A whole package on an order with one tap: the express path of pure maintenance."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from dealership.catalogue import operations as catalogue
from dealership.customers import operations as customers
from dealership.customers.models import Recall
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from workorders import documents, queries
from workorders.models import WorkOrder
from workorders.operations import lines, writeup


@pytest.fixture
def order(crew):
    return opened(crew)


def opened(crew, purpose="maintenance", car=None):
    visit = factories.taken_in(crew, car=car)
    type(visit).objects.filter(pk=visit.pk).update(purpose=purpose)
    return writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.fixture
def package(crew):
    work = factories.operation(hours="0.50")
    oil, washer = factories.part(crew.store, price_fen=19900), factories.part(crew.store, price_fen=333)
    made = factories.package({work: None}, {oil: 1, washer: 3}, express=True)
    catalogue.set_package_price(made, 28000, TUESDAY_NINE.date(), by=crew.after_sales_manager, at=TUESDAY_NINE)
    return made


def fresh(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def test_a_package_brings_its_lines_at_its_price_to_the_fen(client, crew, order, package, time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    page = client.get(reverse("workorders:order", args=[order.pk])).content.decode()
    address = reverse("workorders:add_package", args=[order.pk, package.pk])
    assert address in page
    assert client.post(address).status_code == 302
    order = fresh(order)
    assert queries.totals(order).total_fen == 28000
    assert [line.complaint for line in order.labour_lines.all()] == [order.visit.complaints.get()]
    assert sorted(line.quantity for line in order.part_lines.all()) == [1, 3]
    assert address not in client.get(reverse("workorders:order", args=[order.pk])).content.decode()


@pytest.mark.parametrize(("purpose", "answers"), [("first_service", True), ("fault", False), ("other", False)])
def test_a_package_answers_words_that_ask_for_maintenance_and_no_fault(crew, package, purpose, answers):
    order = opened(crew, purpose)
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    assert (fresh(order).labour_lines.get().complaint is not None) == answers
    assert bool(queries.unanswered(fresh(order))) != answers


def test_a_package_answers_the_words_of_booked_maintenance_whatever_else_it_became(crew, package):
    car = factories.customer_with_car(crew.service_advisor)
    factories.appointment(crew, car=car, reason="刹车有异响", cause="maintenance")
    order = opened(crew, "fault", car)
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    assert fresh(order).labour_lines.get().complaint == order.visit.complaints.get()


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [("maintenance", "maintenance"), ("first_service", "first"), ("fault", "general"), ("accident", "accident"),
     ("recall", "warranty"), ("rework", "comeback"), ("other", "general"), ("", "maintenance")],
)  # fmt: skip
def test_an_order_begins_with_the_class_of_what_the_customer_came_for(crew, purpose, kind):
    assert fresh(opened(crew, purpose)).order_class == kind


def test_a_package_for_other_cars_or_with_a_line_nobody_priced_adds_nothing(client, crew, order, package, time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    client.force_login(crew.service_advisor)
    other = factories.package({factories.operation(): None}, make="丰田")
    unpriced = factories.package({beginnings.LabourOperation.objects.create(code="X", name="无价", hours=1): None})
    assert client.post(reverse("workorders:add_package", args=[order.pk, other.pk])).status_code == 409
    assert client.post(reverse("workorders:add_package", args=[order.pk, unpriced.pk])).status_code == 409
    assert not fresh(order).labour_lines.all()


def test_a_package_pressed_twice_is_one_and_an_order_with_work_takes_none(crew, order, package):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    assert queries.totals(fresh(order)).total_fen == 28000


@pytest.fixture
def advisor(client, crew, time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


ALONE = 15000 // 2 + 19900 + 3 * 333


@pytest.mark.parametrize("way", ["removed", "declined"])
def test_what_is_left_of_a_package_costs_its_own_price(advisor, crew, order, package, way):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    lines.confirm_all(fresh(order), by=crew.service_advisor, at=TUESDAY_NINE)
    washer = order.part_lines.get(quantity=3)
    if way == "removed":
        answer = advisor.post(reverse("workorders:remove_line", args=[order.pk, "part", washer.pk]), follow=True)
    else:
        where = reverse("workorders:say_part", args=[order.pk, washer.pk, "decision"])
        answer = advisor.post(where, {"decision": "declined", "reason": "不需要"}, follow=True)
    assert "is not complete any more" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("workorders:order", args=[order.pk]), "at the top, where it is said"
    order = fresh(order)
    assert queries.totals(order).total_fen == ALONE - 3 * 333
    assert not any(line.package or line.confirmed_at for line in [*order.labour_lines.all(), *order.part_lines.all()])
    if way == "declined":
        lines.decide(order.part_lines.get(quantity=3), accepted=True, by=crew.service_advisor, at=TUESDAY_NINE)
        assert queries.totals(fresh(order)).total_fen == ALONE, "taken again, nothing is cheaper than in the list"


def test_a_package_taken_off_line_by_line_can_be_taken_again(advisor, crew, order, package):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    for kind, line in [("part", one) for one in order.part_lines.all()] + [("labour", order.labour_lines.get())]:
        answer = advisor.post(reverse("workorders:remove_line", args=[order.pk, kind, line.pk]), follow=True)
    page = answer.content.decode()
    assert reverse("workorders:add_package", args=[order.pk, package.pk]) in page
    assert "280.00" in page, "what it costs stands on its button"
    writeup.add_package(fresh(order), package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    assert queries.totals(fresh(order)).total_fen == 28000


def test_a_package_that_costs_what_its_lines_cost_changes_no_price(crew, order):
    """Nothing of it gets dearer: nothing has to be read out again."""
    oil, washer = factories.part(crew.store), factories.part(crew.store)
    plain = factories.package({factories.operation(): None}, {oil: 1, washer: 2})
    writeup.add_package(order, package=plain, by=crew.service_advisor, at=TUESDAY_NINE)
    lines.confirm_all(fresh(order), by=crew.service_advisor, at=TUESDAY_NINE)
    assert writeup.remove_line(order.part_lines.get(part=washer), by=crew.service_advisor, at=TUESDAY_NINE) is None
    assert all(line.confirmed_at for line in [*order.labour_lines.all(), *order.part_lines.all()])


def test_a_line_of_its_own_leaves_the_package_whole(crew, order, package):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    wiper = writeup.add_part(
        order, part=factories.part(crew.store), quantity=1, by=crew.service_advisor, at=TUESDAY_NINE
    )
    assert writeup.remove_line(wiper, by=crew.service_advisor, at=TUESDAY_NINE) is None
    assert queries.totals(fresh(order)).total_fen == 28000


def test_the_paper_names_the_package_of_a_line(crew, order, package):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    [labour, parts] = documents.lines(fresh(order))
    assert all(package.name_shown in row[0] for row in [*labour["rows"], *parts["rows"]])


def test_a_package_says_of_which_class_the_order_is(crew, order, package):
    type(package).objects.filter(pk=package.pk).update(order_class="first")
    package.refresh_from_db()
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    assert fresh(order).order_class == "first"
    assert order.head_changes.get().after == "first"


def test_an_express_order_is_signed_after_one_tap_for_its_lines(crew, order, package):
    writeup.add_package(order, package=package, by=crew.service_advisor, at=TUESDAY_NINE)
    lines.confirm_all(fresh(order), by=crew.service_advisor, at=TUESDAY_NINE)
    factories.sign(fresh(order), crew.service_advisor)
    assert fresh(order).state == "signed"


@pytest.mark.clause("2.2.6.1")
def test_a_part_on_order_decides_when_the_car_can_be_ready(client, crew, order, time_machine):
    missing = factories.part(crew.store, stock=0)
    writeup.add_part(order, part=missing, quantity=2, by=crew.service_advisor, at=TUESDAY_NINE)
    assert queries.parts_expected(fresh(order)) == queries.NEVER
    day = (TUESDAY_NINE + timedelta(days=3)).date()
    catalogue.order_goods(crew.store, missing, 2, expected_on=day, reference="PO-1", by=crew.parts, at=TUESDAY_NINE)
    assert queries.parts_expected(fresh(order)) == day
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    client.force_login(crew.service_advisor)
    assert "11-27" in client.get(reverse("workorders:order", args=[order.pk])).content.decode()


def test_an_open_recall_stands_on_the_order(client, crew, time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    client.force_login(crew.service_advisor)
    visit = factories.taken_in(crew)
    order = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    recall = Recall.objects.create(number="R2026-07", title="安全气囊", todo="更换", published_on=TUESDAY_NINE.date())
    customers.list_recalled(recall, [visit.vehicle.vin], by=crew.after_sales_manager, at=TUESDAY_NINE)
    page = client.get(reverse("workorders:order", args=[order.pk])).content.decode()
    assert "R2026-07" in page
    assert "安全气囊" in page
