"""Gate passes of an older desk, which belonged to settlements, under the tables of this one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import copied, owing, pass_of, scan
from workorders.models import GatePass, Settlement
from workorders.operations import gate

MONTH, HOUR = timedelta(days=30), timedelta(hours=1)


@pytest.fixture
def step(settings):
    """Return the steps of the migration that concern passes, and the tables before them.

    The others are left out: on SQLite they would write the rules anew without what later migrations put there.
    """
    settings.MIGRATION_MODULES = {}  # there, however the test database was made
    loader = MigrationLoader(None)
    whole = loader.get_migration("workorders", "0008_gate")
    mine = type(whole)(whole.name, whole.app_label)
    mine.operations = [one for one in whole.operations if getattr(one, "model_name", "gatepass") == "gatepass"]
    mine.operations = [one for one in mine.operations if getattr(one, "name", "gatepass") != "workshoprules"]
    return mine, loader.project_state([("workorders", "0007_money")])


@pytest.mark.django_db(transaction=True)
def test_each_pass_goes_to_the_visit_of_its_order_and_a_car_keeps_one(step):
    migration, before = step
    crew = factories.Crew(factories.store())
    paid, gone, voided, twice = [factories.paid(crew) for _n in range(4)]
    other = owing(twice, crew)
    scan(gone, crew.service_advisor, TUESDAY_NINE + HOUR)
    gate.void(pass_of(voided), "写错", by=crew.service_advisor, at=TUESDAY_NINE)
    numbers = {order.pk: order.visit.gate_passes.get().pk for order in (paid, gone, voided, twice)}
    newer_paper = copied(pass_of(twice).paper)

    with connection.schema_editor() as editor:
        migration.unapply(before.clone(), editor)
    old = before.apps.get_model("workorders", "GatePass").objects
    assert dict(old.values_list("pk", "settlement__order")) == {pk: order for order, pk in numbers.items()}
    newer = old.create(
        settlement_id=Settlement.objects.get(order=other).pk, paper_id=newer_paper.pk, code="0123456789abcdef",
        issued_at=TUESDAY_NINE + HOUR,
    )  # fmt: skip
    with connection.schema_editor() as editor:
        migration.apply(before.clone(), editor)

    assert pass_of(paid).pk == numbers[paid.pk]
    assert pass_of(paid).valid_until == TUESDAY_NINE + MONTH
    assert (pass_of(gone).used_by, pass_of(gone).used_at) == (crew.service_advisor, TUESDAY_NINE + HOUR)
    assert [one.void_reason for one in GatePass.objects.filter(visit=voided.visit_id)] == ["作废"]
    assert pass_of(twice).pk == newer.pk
    assert [one.void_reason for one in GatePass.objects.filter(visit=twice.visit_id, pk=numbers[twice.pk])] == [
        "另有出门证"
    ]
    scan(paid, crew.service_advisor, TUESDAY_NINE + MONTH - HOUR)  # a paper without an end still opens
    with pytest.raises(NotAllowed):
        scan(gone, crew.service_advisor, TUESDAY_NINE + 2 * HOUR)
