"""Somebody pressing whatever comes on one order: each run in a transaction that is undone."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from dealership.workflow import NotAllowed
from tests.factories import TUESDAY_NINE
from workorders.models import WorkOrder


class Pressing(RuleBasedStateMachine):
    """One order in the hands of a house; `house` is put there by the test, `pressed` counts what was tried."""

    house = None
    pressed: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.crew, self.pk, self.at = self.house["crew"], self.house["order"], TUESDAY_NINE

    def teardown(self):
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    @property
    def order(self):
        return WorkOrder.objects.get(pk=self.pk)

    def press(self, name, act):
        """Let somebody press; a refusal is a sentence, and changes nothing."""
        self.at += timedelta(minutes=7)
        try:
            with transaction.atomic():
                act()
        except NotAllowed:
            self.pressed[f"{name} refused"] += 1
        else:
            self.pressed[name] += 1

    def one(self, rows, place):
        rows = list(rows)
        return rows[place % len(rows)] if rows else None

    def on(self, name, row, act):
        if row is not None:
            self.press(name, lambda: act(row))
