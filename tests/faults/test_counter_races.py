"""Many hands at one shelf: the last part goes to one car, a slip posts once, and no stock falls below nothing."""

import threading

import pytest
from django.db import IntegrityError
from django.db.models import F

from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import Stock, StockMovement, StockReservation
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE, hands
from tests.faults.crowd import at_once
from tests.workorders.counter import drawn_of
from workorders import queries
from workorders.models import IssueSlip, IssueSlipLine, PartLine, WorkOrder
from workorders.operations import parts, writeup

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 6


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


def of_one_part(crew, count, stock):
    """Return orders with a team that want the same part, of which nothing is put aside for anybody."""
    orders = [factories.dispatched(crew, part_stock=0) for _n in range(count)]
    part = factories.part(crew.store, stock=stock)
    PartLine.objects.all().update(part=part)
    assert Stock.objects.get(part=part).reserved == 0
    return orders, part


def agrees(part):
    for shelf in Stock.objects.filter(part=part):
        rows = StockMovement.objects.filter(part=part, store=shelf.store)
        assert sum(row.change for row in rows) == shelf.quantity >= 0
        open_rows = StockReservation.objects.filter(part=part, store=shelf.store, ended_at=None)
        assert sum(row.quantity for row in open_rows) == shelf.reserved


def draw(crew, order, to):
    return parts.issue(WorkOrder.objects.get(pk=order.pk), hands(to), by=crew.parts, at=TUESDAY_NINE)


@pytest.mark.clause("2.4.3.5")
def test_the_last_part_goes_to_one_car_and_the_others_get_a_sentence(crew):
    orders, part = of_one_part(crew, CROWD, 1)
    storekeeper, technician = crew.parts, crew.technician
    brought = at_once(CROWD, lambda n: draw(crew, orders[n], technician))
    assert storekeeper == crew.parts
    refused = [one for one in brought if isinstance(one, NotAllowed)]
    assert len(refused) == CROWD - 1
    assert all("Only 0" in str(one) for one in refused)
    assert IssueSlip.objects.count() == PartLine.objects.exclude(issued_at=None).count() == 1
    assert Stock.objects.get(part=part).quantity == 0
    agrees(part)


def test_control_who_only_looks_hands_the_last_part_out_six_times(crew):
    orders, part = of_one_part(crew, CROWD, CROWD)  # so many that the database's own floor is not met
    Stock.objects.filter(part=part).update(quantity=1)
    looked = threading.Barrier(CROWD)

    def naive(n):
        enough = Stock.objects.get(part=part).quantity >= 1
        looked.wait(60)
        if enough:
            PartLine.objects.filter(order=orders[n]).update(issued_at=TUESDAY_NINE, issued_to=None)

    at_once(CROWD, naive)
    assert PartLine.objects.exclude(issued_at=None).count() == CROWD


def test_one_slip_posted_by_many_presses_is_posted_once(crew):
    [order], part = of_one_part(crew, 1, 9)
    storekeeper, technician = crew.parts, crew.technician
    brought = at_once(CROWD, lambda _n: draw(crew, order, technician))
    assert storekeeper == crew.parts
    assert sum(isinstance(one, NotAllowed) for one in brought) == CROWD - 1
    assert IssueSlip.objects.get().paper.number.endswith("000001")
    assert Stock.objects.get(part=part).quantity == 8
    agrees(part)


def test_a_return_sent_by_many_presses_never_brings_more_back_than_went_out(crew):
    order = factories.dispatched(crew, part_stock=9)
    PartLine.objects.filter(order=order).update(quantity=4)
    factories.issue_parts(order, to=crew.technician, by=crew.parts)
    drawn, by = drawn_of(order.part_lines.get()), crew.parts

    def back(_n):
        mine = IssueSlipLine.objects.select_related("slip__order", "slip__paper", "part").get(pk=drawn.pk)
        return parts.take_back(mine, 1, reason="多领", needed=False, by=by, at=TUESDAY_NINE)

    brought = at_once(CROWD, back)
    assert sum(isinstance(one, NotAllowed) for one in brought) == CROWD - 4
    assert IssueSlipLine.objects.get().returned == 4
    agrees(drawn.part)


def test_parts_leave_or_the_order_is_cancelled_never_both(crew):
    order = factories.dispatched(crew, part_stock=3)
    part = order.part_lines.get().part
    storekeeper, advisor, technician = crew.parts, crew.service_advisor, crew.technician

    def act(n):
        mine = WorkOrder.objects.get(pk=order.pk)
        if n:
            return parts.issue(mine, hands(technician), by=storekeeper, at=TUESDAY_NINE)
        return writeup.cancel(mine, reason="改天", by=advisor, at=TUESDAY_NINE)

    brought = at_once(2, act)
    assert sum(isinstance(one, NotAllowed) for one in brought) == 1
    order.refresh_from_db()
    assert (order.state == "cancelled") != (order.part_lines.get().issued_at is not None)
    agrees(part)
    assert Stock.objects.get(part=part).reserved == 0


def test_goods_that_come_while_parts_are_drawn_are_kept_for_somebody_or_free(crew):
    orders, part = of_one_part(crew, 3, 1)
    storekeeper, technician = crew.parts, crew.technician

    def act(n):
        if n < 3:
            return draw(crew, orders[n], technician)
        return catalogue.receive_goods(crew.store, part, 1, reference=f"D-{n}", by=storekeeper, at=TUESDAY_NINE)

    at_once(5, act)
    out = PartLine.objects.exclude(issued_at=None).count()
    assert Stock.objects.get(part=part).quantity == 3 - out
    agrees(part)


def siblings(crew, part, quantity):
    """Return a transfer of all there is of a part, agreed to by the crew's store, and who sends it."""
    there = factories.Crew(factories.store("分店"))
    asked = catalogue.transfers.ask_for(
        there.store, part, quantity, of=crew.store, wanted_on=MONDAY.date(), by=there.parts, at=MONDAY
    )
    return there, asked


def test_the_last_part_goes_to_the_car_or_to_the_other_store(crew):
    [order], part = of_one_part(crew, 1, 1)
    _there, asked = siblings(crew, part, 1)
    storekeeper, technician = crew.parts, crew.technician

    def act(n):
        if n:
            return draw(crew, order, technician)
        mine = type(asked).objects.get(pk=asked.pk)
        catalogue.transfers.agree(mine, by=storekeeper, at=TUESDAY_NINE)
        return catalogue.transfers.send(mine, by=storekeeper, at=TUESDAY_NINE)

    brought = at_once(2, act)
    assert sum(isinstance(one, NotAllowed) for one in brought) >= 1
    assert Stock.objects.get(part=part, store=crew.store).quantity == 0
    assert StockMovement.objects.filter(part=part, change__lt=0).count() == 1
    agrees(part)


def test_a_transfer_sent_off_by_many_presses_leaves_once(crew):
    part = factories.part(crew.store, stock=9)
    there, asked = siblings(crew, part, 2)
    catalogue.transfers.agree(asked, by=crew.parts, at=MONDAY)
    by = [crew.parts, factories.person(Role.PARTS, crew.store)]

    def press(n):
        mine = type(asked).objects.get(pk=asked.pk)
        return catalogue.transfers.send(mine, by=by[n % 2], at=MONDAY)

    brought = at_once(CROWD, press)
    assert sum(one is None for one in brought) == 1
    assert Stock.objects.get(part=part, store=crew.store).quantity == 7
    agrees(part)
    receiver = there.parts
    at_once(CROWD, lambda _n: catalogue.transfers.receive(type(asked).objects.get(pk=asked.pk), by=receiver, at=MONDAY))
    assert Stock.objects.get(part=part, store=there.store).quantity == 2
    agrees(part)


def test_a_count_does_not_overwrite_what_is_drawn_meanwhile(crew):
    [order], part = of_one_part(crew, 1, 5)
    storekeeper, technician = crew.parts, crew.technician

    def act(n):
        if n:
            return draw(crew, order, technician)
        sheet = [catalogue.Counted(part, seen=5, counted=4)]
        return catalogue.count(crew.store, sheet, reference="盘点", by=storekeeper, at=TUESDAY_NINE)

    counted, _slip = at_once(2, act)
    # Counted before: 4, and one drawn. Drawn before: the count is asked again.
    assert Stock.objects.get(part=part).quantity == (4 if isinstance(counted, NotAllowed) else 3)
    agrees(part)


def test_control_a_count_that_only_writes_its_figure_loses_what_was_drawn(crew):
    [order], part = of_one_part(crew, 1, 5)
    seen, storekeeper = Stock.objects.get(part=part).quantity, crew.parts
    factories.issue_parts(order, to=crew.technician, by=storekeeper)
    Stock.objects.filter(part=part).update(quantity=seen)  # the sheet from before
    ledger = StockMovement.objects.filter(part=part)
    assert sum(row.change for row in ledger) != Stock.objects.get(part=part).quantity


def test_the_database_itself_knows_no_stock_below_nothing(crew):
    part = factories.part(crew.store, stock=1)

    def take(_n):
        try:
            return Stock.objects.filter(part=part).update(quantity=F("quantity") - 1)
        except IntegrityError:
            return 0

    assert sum(at_once(CROWD, take)) == 1
    assert queries.places_of(crew.store, [part]) == {part.pk: ""}
