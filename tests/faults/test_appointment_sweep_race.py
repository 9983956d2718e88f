"""The clock of the booking desk on several machines at once: everything is done once."""

from datetime import timedelta

import pytest

from appointments import operations
from appointments.models import AppointmentMove, CardMove, ForemanNotice, ManagementCard, Reminder
from appointments.operations import cards
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
SWEEPS = 8


def day_of_work(crew):
    """Two cards to move, one of them of a customer who did not come; a hold that ran out; an old promise."""
    factories.appointment(crew, TUESDAY_NINE)
    factories.appointment(crew, TUESDAY_NINE + timedelta(hours=5))
    factories.held(crew, TUESDAY_NINE + timedelta(minutes=15))
    old = factories.appointment(crew, TUESDAY_NINE + timedelta(days=3))
    ManagementCard.objects.filter(appointment=old).delete()
    Reminder.objects.filter(appointment=old).delete()
    ForemanNotice.objects.filter(appointment=old).delete()


@pytest.mark.clause("2.1.15", "2.1.10")
def test_eight_sweeps_at_once_do_everything_once(transactional_db):
    day_of_work(factories.Crew(factories.store()))
    at = TUESDAY_NINE + timedelta(minutes=30)
    brought = at_once(SWEEPS, lambda n: operations.sweep(at))
    done = {name: sum(answer[name] for answer in brought) for name in brought[0]}
    assert done == {"cards": 2, "missed": 1, "holds": 1, "messages": 0, "adopted": 1}
    assert CardMove.objects.filter(to_state="active").count() == 2
    assert AppointmentMove.objects.filter(by=None).count() == 2
    assert Reminder.objects.filter(kind="missed").count() == 1
    assert ManagementCard.objects.count() == 3


def test_control_cards_looked_for_before_the_lock_are_moved_by_all(transactional_db, monkeypatch):
    crew = factories.Crew(factories.store())
    factories.appointment(crew, TUESDAY_NINE)
    card = ManagementCard.objects.get()
    copies = [ManagementCard.objects.get() for _ in range(SWEEPS)]
    at_once(SWEEPS, lambda n: cards.shift(copies[n], "active", by=None, at=TUESDAY_NINE))
    assert CardMove.objects.filter(thing=card, to_state="active").count() == SWEEPS
