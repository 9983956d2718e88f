"""Thousands of random days at one gate: a car leaves only when nothing is due or a manager said so, and once (R14).

A day is up to eight presses, undone after it; its number is its seed. `PROPERTY_RUNS=5000` takes some minutes.
"""

import os
import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import time_machine

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import DUE, REASON, all_but_paid, give_back, pay
from tests.worlds import built_once, undone
from workorders import queries
from workorders.models import Balance, GatePass, Payment
from workorders.operations import gate

pytestmark = pytest.mark.django_db
DAYS = int(os.environ.get("PROPERTY_RUNS", "300"))
HOURS = timedelta(hours=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One settled order, nothing paid, its pass printed; and everybody who may press."""
    with built_once(django_db_blocker), time_machine.travel(TUESDAY_NINE, tick=False):
        crew = factories.Crew(factories.store())
        order = all_but_paid(crew)
        for role in "guard", "cashier", "service_advisor", "after_sales_manager":
            getattr(crew, role).get_all_permissions()  # asked for once, kept by the person
        yield crew, order


@dataclass
class Day:
    """What should be true, kept beside the desk and in other words."""

    crew: factories.Crew
    order: object
    dice: random.Random
    now: object = TUESDAY_NINE
    paid: int = 0
    left: bool = False
    word: int = 0  # what the manager let go, on the pass that counts
    ends: dict = field(default_factory=dict)  # the passes that count, by code: until when
    codes: list = field(default_factory=list)  # all there ever were
    done: list = field(default_factory=list)

    def press(self, name):
        self.done.append(name)
        return getattr(self, name)()

    def see_passes(self):
        """Look which passes the desk holds for alive, after a press that prints or voids."""
        rows = GatePass.objects.filter(visit=self.order.visit_id).values_list("code", "voided_at", "valid_until")
        alive = {code: until for code, voided, until in rows if voided is None}
        if set(alive) != set(self.ends):
            self.word = 0  # said on a pass that does not count any more
        self.ends, self.codes = alive, [code for code, _voided, _until in rows]
        assert len(alive) <= 1

    def wait(self):
        self.now += self.dice.choice([1, 5, 30]) * HOURS

    def pay(self):
        due = DUE - self.paid
        amount = self.dice.choice([due, due, 5000])
        if tried(lambda: pay(self.order, self.crew, amount, at=self.now)):
            self.paid += amount
        self.see_passes()

    def refund(self):
        """A manager gives back of the last payment, all or a little, as long as the order waits or is paid."""
        last = Payment.objects.filter(settlement__order=self.order).order_by("pk").last()
        left = queries.money.refundable_fen(last) if last else 0
        amount = self.dice.choice([left, min(100, left)])
        if left and tried(lambda: give_back(self.order, self.crew, amount, at=self.now)):
            self.paid -= amount
            self.see_passes()

    def renew(self):
        tried(lambda: gate.renew(self.order.visit, by=self.crew.service_advisor, at=self.now))
        self.see_passes()

    def void(self):
        one = GatePass.objects.filter(visit=self.order.visit_id).order_by("?").first()
        tried(lambda: gate.void(one, "写错", by=self.crew.service_advisor, at=self.now))
        self.see_passes()

    def speak(self):
        who = self.dice.choice([self.crew.after_sales_manager, self.crew.service_advisor])
        spoken = tried(lambda: gate.let_go_unpaid(self.order.visit, REASON, by=who, at=self.now))
        assert not spoken or who == self.crew.after_sales_manager
        self.see_passes()
        if spoken:
            self.word = DUE - self.paid

    def scan(self):
        code = self.dice.choice(self.codes)
        should = not self.left and self.ends.get(code, self.now) > self.now and DUE - self.paid <= self.word
        opened = tried(lambda: gate.release(code, by=self.crew.guard, at=self.now))
        assert bool(opened) == should
        self.left = self.left or opened


def tried(act):
    """Say whether it was allowed; a refusal leaves nothing behind, as the request's transaction would."""
    try:
        act()
    except NotAllowed:
        return False
    return True


PRESSES = ["wait", "pay", "pay", "refund", "renew", "void", "speak", "scan", "scan", "scan"]


def test_no_day_lets_a_car_out_that_owes_unless_a_manager_said_so_and_none_twice(world):
    crew, order = world
    outcomes = {"left paid": 0, "left by a word": 0, "stayed": 0}
    for seed in range(DAYS):
        day = Day(crew, order, random.Random(seed))
        with undone():
            day.see_passes()
            for _n in range(day.dice.randint(2, 8)):
                day.press(day.dice.choice(PRESSES))
            used = GatePass.objects.filter(visit=order.visit_id).exclude(used_at=None)
            assert used.count() == day.left, (seed, day.done)
            assert Balance.objects.get(order=order, payer="customer").paid_fen == day.paid, (seed, day.done)
            spoken = day.left and used.get().unpaid_fen is not None
        outcomes["stayed" if not day.left else "left by a word" if spoken else "left paid"] += 1
    assert min(outcomes.values()) > DAYS / 100, outcomes  # each happens, or the test shows little
