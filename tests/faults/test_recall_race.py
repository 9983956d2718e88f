"""Several people note at once that a recalled car was put right, or take in the same list."""

import threading

import pytest

from dealership.customers import operations
from dealership.customers.models import Recall, RecalledVehicle
from dealership.workflow import CLOCK
from tests import factories
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 8
AT = factories.TUESDAY_NINE


@pytest.fixture
def recall(transactional_db):
    return Recall.objects.create(number="R-1", title="气囊", todo="更换", published_on=AT.date())


@pytest.fixture
def recalled(recall):
    operations.list_recalled(recall, [factories.vin(1)], by=CLOCK, at=AT)
    return recall.vehicles.get()


def close(recalled, n):
    own = RecalledVehicle.objects.get(pk=recalled.pk)
    return operations.close_recall(own, by=CLOCK, at=AT, reference=f"W-{n}")


def test_of_eight_who_note_it_as_done_one_is_noted(recalled):
    brought = at_once(PEOPLE, lambda n: close(recalled, n))
    assert sorted(brought) == [False] * (PEOPLE - 1) + [True]
    recalled.refresh_from_db()
    assert recalled.reference == f"W-{brought.index(True)}"


def test_who_looks_first_and_writes_afterwards_overwrites_the_first(recalled):
    """The control: without the condition in the update all eight believe they were the first."""
    everybody_has_looked = threading.Barrier(PEOPLE)

    def close_carelessly(n):
        own = RecalledVehicle.objects.get(pk=recalled.pk)
        everybody_has_looked.wait(60)
        if own.done_on is not None:
            return False
        changes = {"done_on": AT.date(), "done_at": AT, "reference": f"W-{n}"}
        return bool(RecalledVehicle.objects.filter(pk=own.pk).update(**changes))

    assert at_once(PEOPLE, close_carelessly) == [True] * PEOPLE


def test_one_list_taken_in_by_eight_at_once_names_each_car_once(recall):
    listed = [factories.vin(n) for n in range(20)]
    at_once(PEOPLE, lambda n: operations.list_recalled(recall, listed, by=CLOCK, at=AT))
    assert sorted(recall.vehicles.values_list("vin", flat=True)) == sorted(listed)
