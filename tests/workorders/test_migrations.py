"""Orders an older desk had signed, under the rules of this one."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import WorkOrder
from workorders.operations import signing

head = importlib.import_module("workorders.migrations.0003_head")
OTHER = TUESDAY_NINE - timedelta(days=1)
TOLD = ["methods_told_at", "delivery_told_at", "calls_told_at", "items_told_at", "phone_checked_at"]


@pytest.mark.django_db(transaction=True)
def test_what_was_signed_before_counts_as_explained_and_can_be_written_anew():
    """The step of the migration alone: all tables back and forth take minutes."""
    crew = factories.Crew(factories.store())
    signed, draft = factories.signed(crew), factories.draft(crew)
    signed.authorisations.all().delete()
    WorkOrder.objects.filter(pk=signed.pk).update(**dict.fromkeys(TOLD, OTHER))  # the rule holds: not even for a test
    with connection.schema_editor() as editor:
        head.what_signing_asked_for(apps, editor)
    assert WorkOrder.objects.values_list(*TOLD).get(pk=signed.pk) == (TUESDAY_NINE,) * 5
    assert WorkOrder.objects.values_list(*TOLD).get(pk=draft.pk) == (None,) * 5
    assert [answer.way for answer in signed.authorisations.all()] == ["signature"]
    signing.revise(signed, reason="x", by=crew.service_advisor, at=TUESDAY_NINE)
    assert factories.sign(signed, crew.service_advisor).number.endswith("-2")
