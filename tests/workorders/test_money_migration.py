"""What an older desk had settled, signed and taken, under the tables of this one."""

import importlib
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection

from tests import factories
from workorders import queries
from workorders.models import Balance, CashShift, Payment, Settlement, SettlementLine, WorkOrder

desk = importlib.import_module("workorders.migrations.0007_money")


@pytest.fixture
def older(transactional_db, monkeypatch):
    """Let the steps of the migration find the one column they read that is gone by now, and no trigger."""
    monkeypatch.setattr(Settlement, "paid_fen", 10000, raising=False)
    crew = factories.Crew(factories.store())
    with connection.schema_editor() as editor:
        desk.lift(apps, editor)
    yield crew
    with connection.schema_editor() as editor:
        desk.install(apps, editor)


def forget(model):
    model._base_manager.all().delete()


def test_the_one_sheet_becomes_the_customers_with_the_orders_lines(older):
    order = factories.settled(older)
    order.labour_lines.update(payer="manufacturer", warranty="in")  # it was charged to the customer all the same
    forget(SettlementLine)
    forget(Balance)
    with connection.schema_editor() as editor:
        desk.post_what_was_settled(apps, editor)
    sheet = queries.money.sheet_of(order)
    assert (sheet.payer, sheet.round, sheet.posted_by) == ("customer", 1, older.service_advisor)
    assert (sheet.balance.charged_fen, sheet.balance.paid_fen, sheet.due_fen) == (19900, 10000, 9900)
    found = [(line.kind, line.quantity, line.unit_fen, line.net_fen) for line in sheet.lines.all()]
    assert found == [("labour", Decimal("1.00"), 15000, 15000), ("part", Decimal(1), 4900, 4900)]


def test_what_was_signed_is_what_was_agreed_to(older):
    signed, draft = factories.signed(older), factories.draft(older)
    for order in (signed, draft):
        order.labour_lines.update(payer="manufacturer", warranty="in", share_fen=14000, agreed_fen=None)
        order.part_lines.update(payer="customer", agreed_fen=None)
    with connection.schema_editor() as editor:
        desk.keep_what_was_agreed(apps, editor)
    signed, draft = (WorkOrder.objects.get(pk=order.pk) for order in (signed, draft))
    assert queries.money.agreed_fen(signed) == 1000 + 4900 == queries.money.draft(signed)[0].total_fen
    assert queries.money.agreed_fen(draft) == 0


def test_payments_lie_in_their_cashiers_days(older):
    factories.paid(older)
    early = factories.TUESDAY_NINE.replace(hour=1)  # still Monday in UTC
    factories.paid(older, at=early)
    Payment._base_manager.update(shift=CashShift.objects.order_by("pk").first())
    with connection.schema_editor() as editor:
        desk.put_payments_into_shifts(apps, editor)
    assert {(one.shift.day, one.shift.cashier) for one in Payment.objects.all()} == {
        (factories.TUESDAY_NINE.date(), older.cashier)
    }
