"""What each payer would owe, known before the customer is called (C18)."""

import pytest

from tests import factories
from workorders import queries
from workorders.models import WorkOrder


def drafts(order):
    return {one.payer: one for one in queries.money.draft(WorkOrder.objects.get(pk=order.pk))}


@pytest.mark.clause("3.5.1.1", "C18")
def test_the_amount_is_known_before_the_call(crew):
    only = drafts(factories.passed(crew))
    assert list(only) == ["customer"]
    mine = only["customer"]
    assert (mine.labour_fen, mine.parts_fen, mine.discount_fen, mine.total_fen) == (15000, 4900, 0, 19900)
    assert [(charge.labour, charge.net_fen) for charge in mine.lines] == [(True, 15000), (False, 4900)]


def test_a_work_approved_in_part_stands_on_both_sheets(crew):
    order = factories.passed(crew)
    order.labour_lines.update(payer="manufacturer", warranty="in", share_fen=16000)
    order.part_lines.update(labour=order.labour_lines.get())
    found = drafts(order)
    assert {payer: (one.labour_fen, one.parts_fen) for payer, one in found.items()} == {
        "customer": (0, 3900),
        "manufacturer": (15000, 1000),
    }


def test_a_customer_who_pays_nothing_has_a_draft_all_the_same(crew):
    order = factories.passed(crew)
    order.labour_lines.update(payer="goodwill")
    order.part_lines.update(payer="goodwill")
    found = drafts(order)
    assert (found["customer"].total_fen, found["customer"].lines) == (0, [])
    assert found["goodwill"].total_fen == 19900
