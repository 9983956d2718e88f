"""An older desk's appointments under the tables of this one."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from appointments import operations
from appointments.models import Appointment
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import without_constraint

QUARTER = timedelta(minutes=15)
booking_desk = importlib.import_module("appointments.migrations.0002_booking_desk")


@pytest.mark.django_db(transaction=True)
def test_the_moment_of_each_arrival_comes_from_the_history():
    """The step of the migration alone: all tables back and forth take minutes."""
    crew = factories.Crew(factories.store())
    here, lost, due = (factories.appointment(crew, TUESDAY_NINE + number * QUARTER) for number in range(3))
    for made, minutes in [(here, 7), (lost, 20)]:
        operations.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=minutes))
    lost.moves.filter(to_state="arrived").delete()  # a row entered by hand, without history

    with without_constraint(Appointment, "appointment_arrived_when"):
        Appointment.objects.update(arrived_at=None)
        with connection.schema_editor() as editor:
            booking_desk.note_arrivals(apps, editor)
        assert list(Appointment.objects.order_by("pk").values_list("pk", "state", "arrived_at")) == [
            (here.pk, "arrived", TUESDAY_NINE + timedelta(minutes=7)),
            (lost.pk, "arrived", TUESDAY_NINE + QUARTER),
            (due.pk, "confirmed", None),
        ]
