"""Whatever people press in the workshop, in whatever order: what must always hold, holds after every press.

A run begins with a signed order whose key the foreman has, and presses what comes: some presses are refused, none
breaks anything. `PROPERTY_RUNS=2000` is the thorough run, about half an hour.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from dealership.catalogue.models import Stock, StockMovement, StockReservation
from dealership.workshop.models import Bay, BayReservation
from tests import factories
from tests.workorders.machine import Pressing
from workorders import queries
from workorders.models import (
    AdditionalItem,
    Clock,
    Decision,
    IssueSlipLine,
    LabourLine,
    PartLine,
    Stop,
    WorkOrder,
)
from workorders.operations import (
    additional,
    alerts,
    custody,
    dispatch,
    parts,
    quality,
    slips,
    work,
    writeup,
)
from workorders.states import WITH_TEAM, Hold, ItemState, State

RUNS = int(os.environ.get("PROPERTY_RUNS", "75"))
STEPS = 14
PLACES = st.integers(0, 3)


class Workshop(Pressing):
    """One order in the hands of a workshop; `house` is put there by the test."""

    @initialize(far=st.integers(0, 5))
    def begin(self, far):
        """Begin where a day may stand: waiting, with the team, in work, more work priced, agreed to, nearly done."""
        crew, order = self.crew, self.order
        if far == 0:
            return
        given = dispatch.dispatch(order, team=self.house["teams"][0], bay=None, by=crew.foreman, at=self.at)
        dispatch.accept(given, by=crew.team_leader, at=self.at)
        if far == 1:
            return
        factories.clock_on(order, crew.technician)
        if far == 2:
            return
        if far == 5:
            parts.issue(self.order, self.house["hands"], by=crew.parts, at=self.at)
            work.close_line(order.labour_lines.last(), reason="一并", by=crew.technician, at=self.at)
            return
        item = additional.report(order, words="刹车片薄", photos=[self.house["photo"]], by=crew.technician, at=self.at)
        self.quote(item)
        if far == 4:
            self.say(item, "agreed", told=True)

    def quote(self, item):
        additional.quote(
            item, operation=self.house["operation"], parts=[(self.house["part"], 1)], delay_minutes=30,
            by=self.crew.service_advisor, at=self.at,
        )  # fmt: skip

    def say(self, item, result, *, told):
        additional.contact(
            item, channel="phone", result=result, spoke_to="王建国", words="考虑", delay_told=told,
            version=item.version, by=self.crew.service_advisor, at=self.at,
        )  # fmt: skip

    # key, teams and plans

    @rule(place=PLACES, with_bay=st.booleans())
    def give_to_a_team(self, place, with_bay):
        team, bay = self.house["teams"][place % 2], self.house["bay"] if with_bay else None
        self.press("dispatch", lambda: dispatch.dispatch(
            self.order, team=team, bay=bay, by=self.crew.foreman, at=self.at, reason="试"))  # fmt: skip

    @rule(place=PLACES, differs=st.booleans())
    def take_over(self, place, differs):
        given = self.one(queries.current(self.order), place)
        difference = "右后门凹陷" if differs and place == 0 else ""
        self.on("accept", given, lambda one: dispatch.accept(
            one, difference=difference, by=self.crew.team_leader, at=self.at))  # fmt: skip

    @rule()
    def answer_the_difference(self):
        open_one = self.order.differences.filter(answered_at=None).first()
        self.on("answer", open_one, lambda one: custody.answer_difference(
            one, answer="车主知情", by=self.crew.service_advisor, at=self.at))  # fmt: skip

    @rule()
    def take_back_from_the_team(self):
        self.press("recall", lambda: dispatch.recall(self.order, by=self.crew.foreman, at=self.at))

    @rule(place=PLACES)
    def split(self, place):
        chosen = [line for line in [self.one(self.order.labour_lines.all(), place)] if line]
        self.press("split", lambda: dispatch.split(
            self.order, chosen, team=self.house["teams"][1], bay=None, starts_at=self.at, by=self.crew.foreman,
            at=self.at))  # fmt: skip

    @rule(place=PLACES, hours=st.integers(0, 30), with_bay=st.booleans())
    def move_the_plan(self, place, hours, with_bay):
        bay = self.house["bay"] if with_bay else None
        self.on("replan", self.one(self.order.assignments.all(), place), lambda one: dispatch.replan(
            one, starts_at=self.at + timedelta(hours=hours), bay=bay, by=self.crew.foreman, at=self.at))  # fmt: skip

    @rule()
    def take_the_key(self):
        self.on("take", self.order.handovers.filter(taken_at=None, withdrawn_at=None).first(), lambda one: custody.take(
            one, by=self.crew.foreman, at=self.at))  # fmt: skip

    # clocks

    @rule(place=PLACES, who=st.integers(0, 1))
    def clock_on(self, place, who):
        technician = self.house["technicians"][who]
        self.on("clock on", self.one(self.order.labour_lines.all(), place), lambda line: work.clock_on(
            line, technician=technician, rules_read=True, by=technician, at=self.at))  # fmt: skip

    @rule(stop=st.sampled_from([stop for stop in Stop if stop != Stop.FORGOTTEN]), who=st.integers(0, 1))
    def clock_off(self, stop, who):
        technician = self.house["technicians"][who]
        self.on("clock off", queries.running(technician), lambda clock: work.clock_off(
            clock, stop=stop, by=technician, at=self.at))  # fmt: skip

    @rule(place=PLACES)
    def close_a_line(self, place):
        self.on("close", self.one(self.order.labour_lines.all(), place), lambda line: work.close_line(
            line, reason="一并完成", by=self.crew.technician, at=self.at))  # fmt: skip

    @rule(why=st.sampled_from(Hold))
    def put_on_hold(self, why):
        self.press("hold", lambda: work.put_on_hold(self.order, held_for=why, by=self.crew.foreman, at=self.at))

    @rule()
    def go_on(self):
        self.press("resume", lambda: work.resume(self.order, by=self.crew.foreman, at=self.at))

    @rule()
    def finish(self):
        self.press("finish", lambda: work.finish(self.order, by=self.crew.technician, at=self.at))

    @rule(passed=st.booleans())
    def inspect(self, passed):
        self.press("inspect", lambda: factories.inspect(
            self.order, self.crew, "" if passed else "渗油", at=self.at))  # fmt: skip

    @rule(place=PLACES)
    def put_right(self, place):
        again = self.one(self.order.rework_items.filter(done_at=None), place)
        self.on("put right", again, lambda item: quality.put_right(
            item, words="已重做", by=self.crew.technician, at=self.at))  # fmt: skip

    # parts

    @rule()
    def ask_for_parts(self):
        self.press("request", lambda: parts.request(self.order, by=self.crew.technician, at=self.at))

    @rule(place=PLACES, every=st.booleans())
    def hand_out(self, place, every):
        line = self.one(self.order.part_lines.all(), place)
        chosen = None if every or line is None else [line.pk]
        self.press("issue", lambda: parts.issue(
            self.order, self.house["hands"], lines=chosen, by=self.crew.parts, at=self.at))  # fmt: skip

    @rule(place=PLACES, needed=st.booleans())
    def bring_back(self, place, needed):
        drawn = IssueSlipLine.objects.filter(slip__order=self.pk)
        self.on("return", self.one(drawn, place), lambda one: parts.take_back(
            one, 1, reason="多领", needed=needed, by=self.crew.parts, at=self.at))  # fmt: skip

    # more work

    @rule()
    def find_more(self):
        photos = [self.house["photo"]]
        self.press("found", lambda: additional.report(
            self.order, words="刹车片薄", photos=photos, by=self.crew.technician, at=self.at))  # fmt: skip

    @rule(place=PLACES)
    def price(self, place):
        self.on("quote", self.one(self.order.additional_items.all(), place), self.quote)

    @rule(place=PLACES, result=st.sampled_from(["not_reached", "thinks", "agreed", "refused"]), told=st.booleans())
    def call_the_customer(self, place, result, told):
        self.on("call", self.one(self.order.additional_items.all(), place), lambda item: self.say(
            item, result, told=told))  # fmt: skip

    @rule()
    def issue_the_slip(self):
        self.press("slip", lambda: slips.issue(self.order, by=self.crew.service_advisor, at=self.at))

    @rule()
    def take_the_slip(self):
        self.press("take slip", lambda: slips.take(self.order, by=self.crew.foreman, at=self.at))

    @rule(place=PLACES)
    def withdraw_what_was_found(self, place):
        self.on("withdraw", self.one(self.order.additional_items.all(), place), lambda item: additional.withdraw(
            item, reason="看错", by=self.crew.foreman, at=self.at))  # fmt: skip

    @rule(place=PLACES)
    def tell_the_workshop(self, place):
        self.on("tell", self.one(self.order.additional_items.all(), place), lambda item: additional.tell_workshop(
            item, receiver=self.crew.foreman, by=self.crew.service_advisor, at=self.at))  # fmt: skip

    # the rest

    @rule()
    def call_off(self):
        self.press("cancel", lambda: writeup.cancel(
            self.order, reason="客户改变主意", by=self.crew.service_advisor, at=self.at))  # fmt: skip

    @rule()
    def see(self):
        self.on("see", self.order.alerts.filter(desk="advisor", seen_at=None).first(), lambda one: alerts.see(
            one, by=self.crew.service_advisor, at=self.at))  # fmt: skip

    # what always holds

    @invariant()
    def the_state_is_that_of_the_last_move(self):
        order = self.order
        assert order.moves.last().to_state == order.state
        assert (order.state == State.ON_HOLD) == bool(order.held_for)

    @invariant()
    def clocks_run_one_for_each_technician_and_only_while_the_car_is_in_work(self):
        running = list(Clock.objects.filter(stopped_at=None).select_related("line__order"))
        assert len({clock.technician_id for clock in running}) == len(running)
        assert all(clock.line.order.state == State.IN_PROGRESS for clock in running)

    @invariant()
    def nothing_is_worked_on_or_handed_out_before_its_slip_is_handed_over(self):
        shut = AdditionalItem.objects.filter(order=self.pk, line__isnull=False).exclude(state=ItemState.HANDED)
        closed = list(shut.values_list("line", flat=True))
        assert not Clock.objects.filter(line__in=closed).exists()
        assert not PartLine.objects.filter(labour__in=closed, issued_at__isnull=False).exists()
        out = PartLine.objects.filter(order=self.pk, issued_at__isnull=False)
        assert set(out.values_list("decision", flat=True)) <= {Decision.ACCEPTED}

    @invariant()
    def the_shelf_is_the_sum_of_its_ledger_and_what_is_kept_is_kept_for_somebody(self):
        for stock in Stock.objects.all():
            moved = StockMovement.objects.filter(part=stock.part_id, store=stock.store_id)
            kept = StockReservation.objects.filter(part=stock.part_id, store=stock.store_id, ended_at=None)
            assert stock.quantity == (moved.aggregate(sum=Sum("change"))["sum"] or 0) >= 0
            assert stock.reserved == (kept.aggregate(sum=Sum("quantity"))["sum"] or 0) <= stock.quantity

    @invariant()
    def what_the_slips_say_is_out_is_out(self):
        drawn = IssueSlipLine.objects.filter(slip__order=self.pk)
        by_slip = drawn.aggregate(sum=Sum(F("quantity") - F("returned")))["sum"] or 0
        out = PartLine.objects.filter(order=self.pk, issued_at__isnull=False).aggregate(sum=Sum("quantity"))["sum"] or 0
        assert by_slip == out

    @invariant()
    def one_team_leads_while_a_team_has_the_car_and_bays_are_kept_for_nobody_else(self):
        order = self.order
        given = queries.current(order)
        assert [one.lead for one in given].count(True) == (order.state in WITH_TEAM or order.state in AFTER)
        if order.state not in WITH_TEAM:
            assert not BayReservation.objects.exists()
        assert BayReservation.objects.count() == sum(one.reservation_id is not None for one in given)

    @invariant()
    def the_key_is_in_one_place(self):
        order = self.order
        assert order.handovers.filter(taken_at=None, withdrawn_at=None).count() <= 1
        assert queries.custody(order).holder is not None

    @invariant()
    def finished_work_is_done_its_parts_are_out_and_nothing_waits_for_an_answer(self):
        order = self.order
        if order.state not in AFTER:
            return
        assert not LabourLine.objects.wanted().filter(order=order, done_at=None).exists()
        wanted = PartLine.objects.filter(order=order, decision=Decision.ACCEPTED)
        assert not wanted.filter(issued_at=None).exists()
        settled = [ItemState.HANDED, ItemState.WORKSHOP_TOLD, ItemState.WITHDRAWN]
        assert not order.additional_items.exclude(state__in=settled).exists()

    @invariant()
    def what_it_costs_is_the_sum_of_what_was_agreed_to(self):
        order = queries.whole(WorkOrder.objects.filter(pk=self.pk)).get()
        lines = [*order.labour_lines.all(), *order.part_lines.all()]
        agreed = sum(line.amount_fen for line in lines if line.decision == Decision.ACCEPTED)
        total = queries.totals(order)
        assert total.total_fen == agreed == sum(fen for _payer, fen in total.shares or [("", agreed)])

    @invariant()
    def no_promise_moves_without_a_word_of_it(self):
        order = self.order
        if order.promised_at != order.first_promised_at:
            assert order.head_changes.filter(field="promised_at").exists()


AFTER = [State.FINISHED, State.PASSED, State.READY]


@pytest.fixture
def house(db):
    crew = factories.Crew(factories.store())
    teams = [crew.team("一班"), crew.team("二班")]
    helper = factories.person(crew.technician.roles[0], crew.store)
    teams[1].members.add(helper)
    order = factories.signed_with(crew, "四轮定位", hours="2.00")
    for role in ("parts", "quality_inspector", "foreman", "team_leader"):
        getattr(crew, role)
    return {
        "crew": crew,
        "teams": teams,
        "technicians": [crew.technician, helper],
        "order": order.pk,
        "bay": Bay.objects.create(store=crew.store, name="1号工位"),
        "operation": factories.operation(name="更换刹车片"),
        "part": factories.part(crew.store, name="刹车片", stock=2),
        "photo": factories.photo((40, 30)),
        "hands": factories.hands(crew.technician),
    }


@pytest.mark.clause("2.4.3.3")
@pytest.mark.clause("2.4.3.4")
@pytest.mark.clause("2.4.4.8")
def test_what_must_hold_holds_whatever_is_pressed(house, monkeypatch):
    monkeypatch.setattr(Workshop, "house", house)
    monkeypatch.setattr(Workshop, "pressed", Counter())
    thorough = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True, print_blob=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Workshop, settings=thorough)
    missed = {"clock on", "clock off", "issue", "found", "quote", "call"} - set(Workshop.pressed)
    assert not missed, f"never got so far: {missed}"
