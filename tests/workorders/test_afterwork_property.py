"""Whatever is pressed between the check and the customer: a car is ready when it is, and nobody hears before."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from tests import factories
from tests.workorders.machine import Pressing
from workorders import queries
from workorders.operations import delivery, quality, ready, work
from workorders.states import State

RUNS = int(os.environ.get("PROPERTY_RUNS", "60"))
STEPS = 14
PLACES = st.integers(0, 3)


class Afterwork(Pressing):
    """One order from the finished work to the car shown to its customer."""

    @initialize(far=st.integers(0, 6))
    def begin(self, far):
        if far:
            factories.inspect(self.order, self.crew, at=self.at)
            factories.bring_back(self.order, self.crew, at=self.at)
        if far in (2, 3, 4):
            ready.wash(self.order, by=self.crew.technician, at=self.at)
        if far in (3, 4):
            ready.make_ready(self.order, factories.looked(), by=self.crew.service_advisor, at=self.at)
        if far == 4:
            factories.tell_ready(self.order, self.crew, self.at)
        if far == 5:
            ready.send_to_workshop(self.order, words="异响", by=self.crew.service_advisor, at=self.at)
            factories.put_right(self.order, self.crew, at=self.at)
        if far == 6:
            ready.send_to_workshop(self.order, words="异响", by=self.crew.service_advisor, at=self.at)
            factories.clock_on(self.order, self.crew.technician, at=self.at)

    @rule()
    def go_on(self):
        """Do what comes next, so that a day gets on between the presses that are refused."""
        order = self.order
        check = order.checks.order_by("round").last()
        if order.state == State.FINISHED:
            self.inspect(passed=True)
        elif order.state == State.REWORK:
            self.work_again()
        elif order.state == State.IN_PROGRESS:
            self.finish() if not order.rework_items.filter(done_at=None) else self.put_right(place=0)
        elif order.state == State.READY:
            self.show_it() if queries.ready.told(order.visit) else self.tell_the_customer()
        elif order.state == State.PASSED:
            if check.to_countersign:
                self.countersign()
            elif queries.custody(order).leg != "to_reception":
                self.bring_the_key_back()
            else:
                self.look_at_it(dust=False) if queries.ready.wash_of(order) else self.wash()

    @rule(passed=st.booleans())
    def inspect(self, passed):
        self.press("inspect", lambda: factories.inspect(
            self.order, self.crew, "" if passed else "渗油", at=self.at))  # fmt: skip

    @rule()
    def work_again(self):
        self.press("work", lambda: factories.clock_on(self.order, self.crew.technician, at=self.at))

    @rule()
    def finish(self):
        self.press("finish", lambda: work.finish(self.order, by=self.crew.technician, at=self.at))

    @rule()
    def show_it(self):
        self.press("show", lambda: delivery.hand_over(
            self.order, **factories.shown(self.order), by=self.crew.service_advisor, at=self.at))  # fmt: skip

    @rule(place=PLACES)
    def put_right(self, place):
        again = self.one(self.order.rework_items.filter(done_at=None), place)
        self.on("put right", again, lambda item: quality.put_right(
            item, words="已重做", by=self.crew.technician, at=self.at))  # fmt: skip

    @rule()
    def countersign(self):
        check = self.order.checks.order_by("round").last()
        self.on("countersign", check, lambda one: quality.countersign(one, by=self.crew.foreman, at=self.at))

    @rule()
    def bring_the_key_back(self):
        if self.order.checks.exists():
            self.press("back", lambda: factories.bring_back(self.order, self.crew, at=self.at))

    @rule()
    def drive(self):
        self.press("drive", lambda: factories.drive_it(self.order, self.crew.quality_inspector, self.at))

    @rule()
    def wash(self):
        self.press("wash", lambda: ready.wash(self.order, by=self.crew.technician, at=self.at))

    @rule(dust=st.booleans())
    def look_at_it(self, dust):
        self.press("ready", lambda: ready.make_ready(
            self.order, factories.looked(no_dust=not dust), by=self.crew.service_advisor, at=self.at))  # fmt: skip

    @rule()
    def find_it_wrong(self):
        self.press("send back", lambda: ready.send_to_workshop(
            self.order, words="异响", by=self.crew.service_advisor, at=self.at))  # fmt: skip

    @rule()
    def tell_the_customer(self):
        self.press("tell", lambda: factories.tell_ready(self.order, self.crew, self.at))

    @invariant()
    def a_ready_car_was_checked_is_clean_and_its_key_is_at_the_desk(self):
        order = self.order
        if order.state != State.READY:
            return
        assert order.checks.order_by("round").last().passed
        assert not order.rework_items.filter(done_at=None).exists()
        assert queries.ready.wash_of(order) is not None
        assert queries.custody(order).leg == "to_reception"
        assert not any(check.to_countersign for check in order.checks.all()[order.checks.count() - 1 :])

    @invariant()
    def nobody_is_told_of_a_car_that_is_not_ready(self):
        order = self.order
        if queries.ready.told(order.visit) is not None:
            assert order.state in (State.READY, State.HANDED_OVER)

    @invariant()
    def nothing_is_charged_for_what_is_done_again(self):
        assert queries.totals(self.order).total_fen == 19900

    @invariant()
    def only_a_car_whose_customer_knows_is_shown(self):
        order = self.order
        if order.state == State.HANDED_OVER:
            assert order.visit.ready_notices.filter(result="told").exists()
            assert order.walks.exists()


@pytest.fixture
def house(db):
    crew = factories.Crew(factories.store())
    order = factories.finished(crew)
    for role in ("quality_inspector", "foreman", "team_leader"):
        getattr(crew, role)
    return {"crew": crew, "order": order.pk}


@pytest.mark.clause("C19", "2.5.3", "2.6.3.1")
def test_a_car_is_ready_when_it_is_and_nobody_hears_before(house, monkeypatch):
    monkeypatch.setattr(Afterwork, "house", house)
    monkeypatch.setattr(Afterwork, "pressed", Counter())
    thorough = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True, print_blob=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Afterwork, settings=thorough)
    missed = {"wash", "ready", "send back", "tell", "show", "finish", "put right", "countersign"} - set(
        Afterwork.pressed
    )
    assert not missed, f"never got so far: {missed}"
