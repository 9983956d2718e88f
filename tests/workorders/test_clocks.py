"""Clocks: one at a time, only on what the customer authorised, stopped for a reason, put right when forgotten."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import SHANGHAI, TUESDAY_NINE
from workorders import queries
from workorders.models import Clock, Decision, LabourLine, RulesRead, Stop
from workorders.operations import dispatch, work
from workorders.states import Hold

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(minutes=30)


def running(order):
    return Clock.objects.filter(line__order=order, stopped_at=None)


@pytest.mark.clause("2.4.3.3")
def test_clocking_on_puts_the_order_into_work_and_the_clock_runs(crew):
    order = factories.dispatched(crew)
    clock = factories.clock_on(order, crew.technician)
    order.refresh_from_db()
    assert (order.state, order.technician) == ("in_progress", crew.technician)
    assert (clock.started_at, clock.stopped_at) == (TUESDAY_NINE, None)
    assert queries.running(crew.technician) == clock


@pytest.mark.clause("2.4.3.3")
def test_only_authorised_work_is_clocked(crew):
    order = factories.dispatched(crew)
    line = order.labour_lines.get()
    for decision, reason, sentence in [(Decision.ASKED, "", "has not agreed"), (Decision.DECLINED, "贵", "declined")]:
        LabourLine.objects.filter(pk=line.pk).update(decision=decision, decision_reason=reason)
        with pytest.raises(NotAllowed, match=sentence):
            work.clock_on(line, technician=crew.technician, rules_read=True, by=crew.technician, at=TUESDAY_NINE)
    assert not Clock.objects.exists()


@pytest.mark.parametrize("state", ["signed", "finished", "passed"])
def test_nobody_clocks_on_while_no_team_has_the_car(crew, state):
    order = getattr(factories, state)(crew)
    with pytest.raises(NotAllowed, match="while a team has the car"):
        factories.clock_on(order, crew.technician)


def test_a_clock_that_runs_elsewhere_stops_as_another_job_first(crew):
    first, second = factories.in_progress(crew), factories.dispatched(crew)
    factories.clock_on(second, crew.technician, at=LATER)
    stopped = Clock.objects.get(line__order=first)
    assert (stopped.stopped_at, stopped.stop) == (LATER, Stop.OTHER_JOB)
    assert Clock.objects.filter(technician=crew.technician, stopped_at=None).count() == 1


@pytest.mark.clause("2.4.3.6")
def test_the_rules_are_read_once_for_each_job(crew):
    order = factories.dispatched(crew)
    line = order.labour_lines.get()
    who = {"technician": crew.technician, "by": crew.technician}
    with pytest.raises(NotAllowed, match="First read"):
        work.clock_on(line, **who, at=TUESDAY_NINE)
    clock = work.clock_on(line, rules_read=True, **who, at=TUESDAY_NINE)
    work.clock_off(clock, stop=Stop.BREAK, by=crew.technician, at=LATER)
    work.clock_on(line, **who, at=LATER)
    assert RulesRead.objects.filter(order=order, technician=crew.technician, at=TUESDAY_NINE).count() == 1


def test_done_ends_the_line_once_nobody_works_on_it_any_more(crew):
    order = factories.dispatched(crew)
    helper = factories.person(crew.technician.roles[0], crew.store)
    crew.team().members.add(helper)
    mine, his = factories.clock_on(order, crew.technician), factories.clock_on(order, helper)
    work.clock_off(mine, stop=Stop.DONE, by=crew.technician, at=LATER)
    line = order.labour_lines.get()
    assert line.done_at is None
    work.clock_off(his, stop=Stop.DONE, by=helper, at=LATER)
    line.refresh_from_db()
    assert (line.done_at, line.done_by) == (LATER, helper)


@pytest.mark.parametrize("stop", [Stop.PARTS, Stop.APPROVAL, Stop.MANUFACTURER, Stop.TOOL])
def test_waiting_for_something_puts_the_car_on_hold_and_the_next_clock_takes_it_off(crew, stop):
    order = factories.dispatched(crew)
    clock = factories.clock_on(order, crew.technician)
    work.clock_off(clock, stop=stop, note="等", by=crew.technician, at=LATER)
    order.refresh_from_db()
    assert (order.state, order.held_for, order.moves.last().reason) == ("on_hold", Hold(stop.value), "等")
    factories.clock_on(order, crew.technician, at=LATER)
    order.refresh_from_db()
    assert (order.state, order.held_for) == ("in_progress", "")


@pytest.mark.parametrize("stop", [Stop.BREAK, Stop.DAY_OVER, Stop.OTHER_JOB])
def test_a_pause_holds_nothing_up(crew, stop):
    order = factories.dispatched(crew)
    work.clock_off(factories.clock_on(order, crew.technician), stop=stop, by=crew.technician, at=LATER)
    order.refresh_from_db()
    assert (order.state, order.held_for) == ("in_progress", "")


def test_the_car_goes_on_while_others_work_on_it(crew):
    order = factories.dispatched(crew)
    helper = factories.person(crew.technician.roles[0], crew.store)
    mine, _his = factories.clock_on(order, crew.technician), factories.clock_on(order, helper)
    work.clock_off(mine, stop=Stop.PARTS, by=crew.technician, at=LATER)
    order.refresh_from_db()
    assert order.state == "in_progress"


@pytest.mark.parametrize("stop", ["", "nonsense", Stop.FORGOTTEN])
def test_a_clock_stops_for_a_known_reason(crew, stop):
    clock = factories.clock_on(factories.dispatched(crew), crew.technician)
    with pytest.raises(NotAllowed, match="Say why"):
        work.clock_off(clock, stop=stop, by=crew.technician, at=LATER)


def test_everybody_stops_his_own_clock_his_leader_and_the_foreman_stop_it_too(crew):
    for role in ["team_leader", "foreman"]:
        clock = factories.clock_on(factories.dispatched(crew), crew.technician)
        work.clock_off(clock, stop=Stop.BREAK, by=getattr(crew, role), at=LATER)
    clock = factories.clock_on(factories.dispatched(crew), crew.technician)
    stranger = factories.person(crew.technician.roles[0], crew.store)
    with pytest.raises(NotAllowed, match="clocks himself off"):
        work.clock_off(clock, stop=Stop.BREAK, by=stranger, at=LATER)
    with pytest.raises(NotAllowed, match="clocks himself on"):
        factories.clock_on(clock.line.order, crew.technician, by=stranger)
    work.clock_off(clock, stop=Stop.BREAK, by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="stopped already"):
        work.clock_off(clock, stop=Stop.BREAK, by=crew.technician, at=LATER)


def test_who_is_no_technician_is_not_clocked_on(crew):
    with pytest.raises(NotAllowed, match="is not a technician"):
        factories.clock_on(factories.dispatched(crew), crew.foreman)


EVENING = datetime(2026, 11, 24, 16, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("minutes", "found"),
    [(30, False), (150, False), (151, True), (16 * 60, True)],
    ids=["closing", "+2h", "late", "next"],
)
def test_a_clock_that_ran_on_after_closing_is_found(crew, minutes, found):
    """The store closes at five; two hours more are usual, longer is forgotten."""
    clock = factories.clock_on(factories.dispatched(crew), crew.technician, at=EVENING)
    forgotten = queries.forgotten(crew.store, EVENING + timedelta(minutes=minutes))
    assert [one.clock for one in forgotten] == [clock] * found
    assert all(one.closed_at == EVENING + timedelta(minutes=30) for one in forgotten)


def test_a_forgotten_clock_is_put_right_with_a_word(crew):
    clock = factories.clock_on(factories.dispatched(crew), crew.technician, at=EVENING)
    morning, really = EVENING + timedelta(hours=16), EVENING + timedelta(minutes=25)
    right = {"by": crew.technician, "at": morning}
    for stopped_at in [EVENING - timedelta(minutes=1), morning + timedelta(minutes=1)]:
        with pytest.raises(NotAllowed, match="between the start"):
            work.put_right(clock, stopped_at=stopped_at, note="忘记打卡", **right)
    with pytest.raises(NotAllowed, match="Write down why"):
        work.put_right(clock, stopped_at=really, note=" ", **right)
    stranger = factories.person(crew.team_leader.roles[0], crew.store)
    with pytest.raises(NotAllowed, match="not a technician of your team"):
        work.put_right(clock, stopped_at=really, note="忘记", by=stranger, at=morning)
    with pytest.raises(NotAllowed):
        work.put_right(clock, stopped_at=really, note="忘记", by=crew.service_advisor, at=morning)
    work.put_right(clock, stopped_at=really, note="忘记打卡", **right)
    assert (clock.stopped_at, clock.stop, clock.note) == (really, Stop.FORGOTTEN, "忘记打卡")
    assert queries.forgotten(crew.store, morning) == []


@pytest.fixture
def two_lines(crew):
    order = factories.signed_with(crew, "四轮定位")
    given = dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.accept(given, by=crew.team_leader, at=TUESDAY_NINE)
    factories.clock_on(order, crew.technician)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    order.refresh_from_db()
    return order


def test_work_ends_when_every_line_was_clocked_or_closed_with_a_reason(crew, two_lines):
    other = two_lines.labour_lines.get(description="四轮定位")
    with pytest.raises(NotAllowed, match="四轮定位"):
        work.finish(two_lines, by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="no time of its own"):
        work.close_line(other, reason=" ", by=crew.technician, at=LATER)
    work.close_line(other, reason="与换油同时做", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="done already"):
        work.close_line(other, reason="再", by=crew.technician, at=LATER)
    work.finish(two_lines, by=crew.technician, at=LATER)
    assert not running(two_lines).exists()
    assert [line.done_at for line in two_lines.labour_lines.all()] == [LATER, LATER]
    assert Clock.objects.get(line__order=two_lines).stop == Stop.DONE


def test_work_done_again_is_not_done(crew, two_lines):
    line = two_lines.labour_lines.first()
    work.clock_off(queries.running(crew.technician), stop=Stop.DONE, by=crew.technician, at=LATER)
    work.clock_on(line, technician=crew.technician, by=crew.technician, at=LATER)
    line.refresh_from_db()
    assert line.done_at is None


def test_rework_begins_with_a_clock(crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "渗油", at=LATER)
    factories.clock_on(order, crew.technician, at=LATER)
    order.refresh_from_db()
    assert order.state == "in_progress"


def test_the_foreman_puts_a_car_on_hold_and_takes_it_off(crew):
    order = factories.in_progress(crew)
    with pytest.raises(NotAllowed, match="Say what the car waits for"):
        work.put_on_hold(order, held_for="weather", by=crew.foreman, at=LATER)
    work.put_on_hold(order, held_for=Hold.APPROVAL, note="电话未通", by=crew.foreman, at=LATER)
    assert (order.state, order.held_for) == ("on_hold", "approval")
    assert Clock.objects.get(line__order=order).stop == Stop.APPROVAL
    work.resume(order, by=crew.foreman, at=LATER)
    assert (order.state, order.held_for) == ("in_progress", "")
    with pytest.raises(NotAllowed):
        work.resume(order, by=crew.foreman, at=LATER)


def test_the_database_itself_refuses_half_stopped_clocks_and_two_that_run(crew):
    clock = factories.clock_on(factories.dispatched(crew), crew.technician)
    row = Clock.objects.filter(pk=clock.pk)
    early = TUESDAY_NINE - timedelta(minutes=1)
    for facts in [
        {"stop": Stop.DONE, "stopped_by": crew.technician},
        {"stopped_at": LATER, "stopped_by": crew.technician},
        {"stopped_at": early, "stop": Stop.DONE, "stopped_by": crew.technician},
        {"stopped_at": LATER, "stop": Stop.FORGOTTEN, "stopped_by": crew.technician},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.create(line=clock.line, technician=crew.technician, started_at=LATER)
