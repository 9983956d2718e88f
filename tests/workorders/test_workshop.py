"""Dispatch, parts, work and the quality check."""

from datetime import timedelta

import pytest

from dealership.catalogue import queries as catalogue
from dealership.catalogue.operations import OutOfStock
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.operations import dispatch, parts, work


@pytest.mark.clause("2.3.6")
def test_passing_over_the_next_in_line_needs_a_reason(crew):
    first = factories.signed(crew, promised_at=TUESDAY_NINE + timedelta(hours=5))
    second = factories.signed(crew, promised_at=TUESDAY_NINE + timedelta(hours=9))
    with pytest.raises(NotAllowed, match=first.visit.vehicle.plate_shown):
        dispatch.dispatch(second, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.dispatch(second, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE, reason="配件先到")
    dispatch.dispatch(first, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    assert second.moves.last().reason == "配件先到"


@pytest.mark.clause("2.2.11.15")
def test_an_unsigned_order_is_not_dispatched(crew):
    with pytest.raises(NotAllowed):
        dispatch.dispatch(factories.draft(crew), team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)


@pytest.mark.clause("3.3.1.1")
def test_the_advisor_does_not_dispatch(crew):
    with pytest.raises(NotAllowed):
        dispatch.dispatch(factories.signed(crew), team=crew.team(), bay=None, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.4.3.4")
def test_parts_are_handed_out_only_on_a_dispatched_order(crew):
    order = factories.signed(crew)
    with pytest.raises(NotAllowed):
        factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)


def test_handing_out_takes_the_parts_off_the_stock_once(crew):
    order = factories.dispatched(crew, part_stock=3)
    part = order.part_lines.get().part
    assert factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE).lines.count() == 1
    assert queries.issuable(order) == []
    assert catalogue.availability(crew.store, [part]) == {part.pk: 2}


def test_too_small_a_stock_hands_out_nothing(crew):
    order = factories.dispatched(crew, part_stock=0)
    with pytest.raises(OutOfStock):
        factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert order.part_lines.get().issued_at is None


def test_work_is_not_finished_while_parts_wait(crew):
    order = factories.dispatched(crew)
    factories.clock_on(order, crew.technician)
    with pytest.raises(NotAllowed, match=order.part_lines.get().description):
        work.finish(order, by=crew.technician, at=TUESDAY_NINE)


@pytest.mark.clause("3.4.1.1")
def test_whoever_worked_on_the_car_does_not_check_it(crew):
    both = factories.person(Role.TECHNICIAN, crew.store)
    both.groups.add(*crew.quality_inspector.groups.all())
    order = factories.dispatched(crew)
    factories.clock_on(order, both)
    factories.issue_parts(order, to=both, by=crew.parts, at=TUESDAY_NINE)
    work.finish(order, by=both, at=TUESDAY_NINE)
    both = type(both).objects.get(pk=both.pk)
    with pytest.raises(NotAllowed, match="您参与了该车的维修"):
        factories.inspect(order, crew, by=both, at=TUESDAY_NINE)


@pytest.mark.clause("2.5.3")
def test_a_failed_check_needs_findings_rework_and_a_second_round(crew):
    order = factories.finished(crew)
    with pytest.raises(NotAllowed):
        factories.inspect(order, crew, " ", at=TUESDAY_NINE)
    factories.inspect(order, crew, "异响仍在", at=TUESDAY_NINE)
    assert order.state == "rework"
    with pytest.raises(NotAllowed):
        factories.inspect(order, crew, at=TUESDAY_NINE)
    factories.clock_on(order, crew.technician)
    with pytest.raises(NotAllowed, match="异响仍在"):
        work.finish(order, by=crew.technician, at=TUESDAY_NINE)
    factories.put_right(order, crew)
    factories.inspect(order, crew, at=TUESDAY_NINE)
    assert [(check.round, check.passed) for check in order.checks.all()] == [(1, False), (2, True)]


@pytest.mark.parametrize(("minutes", "urgency"), [(-31, ""), (-30, "amber"), (0, "amber"), (1, "red")])
def test_the_promise_turns_amber_and_red(crew, minutes, urgency):
    order = factories.signed(crew)
    assert queries.urgency(order, order.promised_at + timedelta(minutes=minutes)) == urgency


def test_a_ready_car_is_no_longer_urgent(crew):
    order = factories.made_ready(crew)
    assert queries.urgency(order, order.promised_at + timedelta(days=1)) == ""


@pytest.mark.clause("2.3.5")
def test_the_board_shows_each_car_once_in_board_order(crew):
    late = factories.signed(crew, promised_at=TUESDAY_NINE + timedelta(hours=9))
    soon = factories.signed(crew, promised_at=TUESDAY_NINE + timedelta(hours=5))
    working = factories.in_progress(crew)
    columns = [[card.order for card in column.cards] for column in queries.board(crew.store, TUESDAY_NINE)]
    assert columns == [[], [soon, late], [], [working], [], [], []]


def test_an_order_taken_back_from_a_team_goes_to_another(crew):
    order = factories.dispatched(crew)
    with pytest.raises(NotAllowed):
        dispatch.recall(order, by=crew.technician, at=TUESDAY_NINE)
    dispatch.recall(order, by=crew.foreman, at=TUESDAY_NINE)
    assert (order.state, order.team, order.bay) == ("signed", None, None)
    dispatch.dispatch(order, team=crew.team("二班"), bay=None, by=crew.foreman, at=TUESDAY_NINE)


def test_a_team_or_technician_of_another_store_gets_nothing(crew):
    there = factories.Crew(factories.store())
    with pytest.raises(NotAllowed):
        dispatch.dispatch(factories.signed(crew), team=there.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        factories.clock_on(factories.dispatched(crew), there.technician, by=crew.technician)


@pytest.mark.clause("3.4.1.1")
def test_who_worked_in_an_earlier_round_does_not_check_the_next(crew):
    first, leader = factories.person(Role.TECHNICIAN, crew.store), crew.team_leader
    first.groups.add(*crew.quality_inspector.groups.all())
    order = factories.dispatched(crew)
    factories.clock_on(order, first, by=leader)
    factories.issue_parts(order, to=first, by=crew.parts, at=TUESDAY_NINE)
    work.finish(order, by=leader, at=TUESDAY_NINE)
    factories.inspect(order, crew, "异响仍在", at=TUESDAY_NINE)
    factories.put_right(order, crew)
    with pytest.raises(NotAllowed, match="您参与了该车的维修"):
        factories.inspect(
            order, crew, drive=False, not_driven="雨", by=type(first).objects.get(pk=first.pk), at=TUESDAY_NINE
        )


def test_parts_of_an_order_taken_back_from_its_team_can_go_back_too(crew):
    order = factories.dispatched(crew, part_stock=2)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    dispatch.recall(order, by=crew.foreman, at=TUESDAY_NINE)
    assert parts.take_all_back(order, reason="收回", by=crew.parts, at=TUESDAY_NINE) == 1
    part = order.part_lines.get().part
    assert catalogue.availability(crew.store, [part], kept_for=queries.kept_for(order)) == {part.pk: 2}


def test_a_stale_page_does_not_finish_what_is_already_checked(crew):
    stale = factories.in_progress(crew)
    fresh = type(stale).objects.get(pk=stale.pk)
    work.finish(fresh, by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match=crew.technician.full_name):
        work.finish(stale, by=crew.technician, at=TUESDAY_NINE)
