"""Several people at the shelf at once."""

import threading

import pytest
from django.db import connection
from django.db.models import Sum

from dealership.catalogue import operations
from dealership.catalogue.models import Stock, StockMovement
from dealership.staff import operations as staff
from dealership.workflow import CLOCK, NotAllowed
from tests.catalogue.conftest import NOW, make_part

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 8


def shelf():
    return staff.open_store(name="Jade Lake", code="JL"), make_part()


def all_at_once(act):
    """Let every person act in a thread of their own; return what each came to, "" for done."""
    gate, answers = threading.Barrier(PEOPLE), []

    def one(number):
        try:
            gate.wait()
            act(number)
            answers.append("")
        except NotAllowed as refusal:
            answers.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == PEOPLE
    return sorted(answers)


def ledger():
    return StockMovement.objects.aggregate(sum=Sum("change"))["sum"]


def test_three_units_go_to_three_of_eight():
    store, part = shelf()
    operations.receive_goods(store, part, 3, by=CLOCK, at=NOW, reference="DN-1")
    answers = all_at_once(lambda number: operations.issue(store, part, 1, reference=f"WO-{number}", by=CLOCK, at=NOW))
    assert answers == [""] * 3 + ["OutOfStock"] * 5
    assert Stock.objects.get().quantity == ledger() == 0


def test_without_the_condition_the_same_eight_take_more_than_there_is():
    """The control: who reads first and writes afterwards loses updates, so the test above proves something."""
    store, part = shelf()
    operations.receive_goods(store, part, 3, by=CLOCK, at=NOW, reference="DN-1")
    everybody_has_looked = threading.Barrier(PEOPLE)

    def issue_carelessly(number):
        stock = Stock.objects.get(store=store, part=part)
        everybody_has_looked.wait()
        if stock.quantity >= 1:
            Stock.objects.filter(pk=stock.pk).update(quantity=stock.quantity - 1)
            StockMovement.objects.create(
                store=store, part=part, change=-1, kind="issue", reference=f"WO-{number}", at=NOW
            )

    assert all_at_once(issue_carelessly) == [""] * PEOPLE
    assert Stock.objects.get().quantity != ledger()
    assert ledger() < 0


def test_first_deliveries_of_a_part_at_once_make_one_row_and_all_count():
    store, part = shelf()
    answers = all_at_once(
        lambda number: operations.receive_goods(store, part, 2, by=CLOCK, at=NOW, reference=f"DN-{number}")
    )
    assert answers == [""] * PEOPLE
    assert Stock.objects.get().quantity == ledger() == 2 * PEOPLE


def test_one_delivery_entered_eight_times_at_once_counts_once():
    store, part = shelf()
    answers = all_at_once(lambda number: operations.receive_goods(store, part, 2, by=CLOCK, at=NOW, reference="DN-1"))
    assert answers == [""] + ["NotAllowed"] * 7
    assert Stock.objects.get().quantity == ledger() == 2


def test_two_issued_units_come_back_twice_and_no_more():
    store, part = shelf()
    operations.receive_goods(store, part, 5, by=CLOCK, at=NOW, reference="DN-1")
    operations.issue(store, part, 2, reference="WO-1", by=CLOCK, at=NOW)
    answers = all_at_once(lambda number: operations.take_back(store, part, 1, reference="WO-1", by=CLOCK, at=NOW))
    assert answers == [""] * 2 + ["NotAllowed"] * 6
    assert Stock.objects.get().quantity == ledger() == 5
