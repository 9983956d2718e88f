"""kill -9 of a process in the midst of posting: no gap, no twin, no half a sheet; the next process goes on."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests import factories
from workorders.models import Balance, Settlement, SettlementLine
from workorders.states import State

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
POINTS = ["issue before", "issue after", "frozen after", "sign before", "sign after", "remember_next_service after"]


def posting(orders, dies=""):
    """Run the process; return how it ended."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings"),
        "POSTING_DATABASE": str(connection.settings_dict["NAME"]),
        "POSTING_DIES": dies,
    }
    command = [sys.executable, "-m", "tests.faults.posting", *(str(order.pk) for order in orders)]
    ended = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, timeout=300)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode


@pytest.mark.parametrize("point", POINTS)
def test_who_is_killed_while_posting_leaves_no_gap_and_no_half_sheet(point):
    crew = factories.Crew(factories.store())
    orders = [factories.handed_over(crew) for _n in range(4)]
    for order in orders:
        order.labour_lines.update(payer="manufacturer", warranty="in")
    assert posting(orders, dies=point) == -signal.SIGKILL
    whole(orders)
    assert posting(orders) == 0
    for order in orders:
        order.refresh_from_db()
    assert {order.state for order in orders} <= {State.SETTLED, State.PAID}
    assert whole(orders) == 8  # the manufacturer's and the customer's of each


def whole(orders):
    """Every order has all its sheets or none, numbers are dense; return how many sheets there are."""
    posted = Settlement.objects.all()
    for order in orders:
        assert posted.filter(order=order).count() in (0, 2)
        assert Balance.objects.filter(order=order, sheet__isnull=False).count() == posted.filter(order=order).count()
    numbers = sorted(int(number[-6:]) for number in posted.values_list("sheet__number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    for sheet in posted:
        assert sum(line.net_fen for line in SettlementLine.objects.filter(settlement=sheet)) == sheet.total_fen
    return len(numbers)
