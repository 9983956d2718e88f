"""Customers without appointment: their places between the booked ones, and who may go before whom."""

from datetime import date, timedelta

import pytest

from appointments.models import BookingRules, BufferUse
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from reception import operations, queries
from reception.models import Visit
from reception.operations import ReasonMissing
from reception.states import State
from tests import factories
from tests.reception.morning import at, came, receive, sign, two_quick_ones, walked_in

pytestmark = pytest.mark.usefixtures("english")
BUFFER = at(45)


@pytest.fixture
def advisor(crew):
    return crew.service_advisor


def places(crew, minutes):
    """Return {visit: (kind, minutes after nine)} of the queue by arrival, as the advisor sees it."""
    found = queries.forecast(queries.lane(crew.store, at(minutes))).walk_ins(crew.service_advisor)
    return {one.row.visit: (one.place.kind, (one.place.at - at(0)).seconds // 60) for one in found}


def refused(visit, minutes, by, **how):
    with pytest.raises(NotAllowed) as refusal:
        operations.receive(visit, by=by, at=at(minutes), **how)
    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.state, stored.buffer) == (State.WAITING, None)
    return str(refusal.value)


@pytest.mark.clause("3.1.2.10", "3.1.2.11")
def test_maintenance_is_offered_the_gap_and_a_problem_the_next_buffer(crew):
    two_quick_ones(crew)
    problem, service = walked_in(crew, 20, "large"), walked_in(crew, 21, "small")
    assert places(crew, 24) == {problem: ("buffer", 45), service: ("gap", 24)}


@pytest.mark.clause("3.1.2.8", "3.1.2.10")
@pytest.mark.parametrize(("minutes", "gap"), [(24, 6), (26, 4), (30, 0)])
def test_the_gap_is_what_is_left_before_the_next_booked_customer(crew, advisor, minutes, gap):
    two_quick_ones(crew)
    stream = queries.forecast(queries.lane(crew.store, at(minutes))).streams[advisor.pk]
    assert stream.gap.seconds // 60 == gap


def test_a_small_job_is_taken_in_the_gap(crew, advisor):
    two_quick_ones(crew)
    visit = walked_in(crew, 20, "small")
    receive(visit, 24, advisor, place="gap")
    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.state, stored.advisor, stored.received_at, stored.buffer) == (
        State.RECEIVING, advisor, at(24), None,
    )  # fmt: skip
    assert visit.moves.last().reason == ""
    assert not BufferUse.objects.exists()


def test_a_gap_too_short_is_refused(crew, advisor):
    two_quick_ones(crew)
    small, large = walked_in(crew, 20, "small"), walked_in(crew, 21, "large")
    assert "no gap long enough" in refused(small, 25, advisor, place="gap")
    assert "no gap long enough" in refused(large, 24, advisor, place="gap"), "six minutes do not hold a problem"
    BookingRules.objects.create(store=crew.store, small_gap_minutes=5)
    receive(small, 25, advisor, place="gap")


@pytest.mark.clause("3.1.2.3")
def test_a_walk_in_of_9_40_is_taken_in_the_buffer_of_9_45(crew, advisor):
    visit = walked_in(crew, 40, "large")
    receive(visit, 40, advisor, place="buffer", buffer=BUFFER)
    use = BufferUse.objects.get()
    assert (use.advisor, use.starts_at, use.cause, use.by, use.visit) == (advisor, BUFFER, "walk_in", advisor, visit)
    assert Visit.objects.get(pk=visit.pk).buffer == use


def test_a_buffer_is_used_once_and_only_in_its_turn(crew, advisor):
    first, second = walked_in(crew, 40, "large"), walked_in(crew, 41, "large")
    receive(first, 40, advisor, place="buffer", buffer=BUFFER)
    assert "used already" in refused(second, 44, advisor, place="buffer", buffer=BUFFER)
    assert "not one of the buffers" in refused(second, 44, advisor, place="buffer", buffer=at(60))
    assert "is over" in refused(second, 120, advisor, place="buffer", buffer=at(105))
    assert "is over" in refused(second, 44, advisor, place="buffer")
    factories.appointment(crew, at(75))
    assert "come first" in refused(second, 70, advisor, place="buffer", buffer=at(105))
    assert BufferUse.objects.count() == 1


def test_a_reception_that_does_not_begin_uses_no_buffer(crew, advisor):
    visit = walked_in(crew, 40, "large")
    stale = Visit.objects.get(pk=visit.pk)
    receive(visit, 40, crew.after_sales_manager)
    with pytest.raises(NotAllowed, match="being received"):
        operations.receive(stale, by=advisor, at=at(44), place="buffer", buffer=BUFFER)
    assert not BufferUse.objects.exists()


@pytest.mark.clause("3.1.2.9")
@pytest.mark.parametrize("arrives", [-5, 0, 30], ids=["early", "in time", "late"])
@pytest.mark.parametrize("place", ["gap", "buffer", "emergency"])
def test_a_booked_customer_gets_neither_gap_nor_buffer(crew, advisor, place, arrives):
    made = factories.appointment(crew)
    visit = operations.receive_appointment(made, by=advisor, at=at(arrives))
    buffer = BUFFER if place == "buffer" else None
    assert "without appointment" in refused(visit, 40, advisor, place=place, buffer=buffer, reason="急")
    assert not BufferUse.objects.exists()
    receive(visit, 40)


def test_whoever_is_received_while_a_buffer_runs_has_used_it(crew, advisor):
    receive(walked_in(crew, 40), 47, advisor)
    receive(walked_in(crew, 48), 50, advisor)
    receive(came(crew, 60, early=12), 51)
    assert [(use.starts_at, use.cause) for use in BufferUse.objects.all()] == [(BUFFER, "walk_in")]


def test_an_emergency_takes_the_next_buffer_before_everybody_else(crew, advisor):
    came(crew, 0)
    walked_in(crew, 0, "small")
    visit = walked_in(crew, 5, "large")
    with pytest.raises(ReasonMissing, match="emergency"):
        operations.receive(visit, by=advisor, at=at(5), place="emergency", reason=" ")
    receive(visit, 5, advisor, place="emergency", reason="拖车进店，制动失灵")
    use = BufferUse.objects.get()
    assert (use.starts_at, use.cause, use.visit, visit.moves.last().reason) == (
        BUFFER, "emergency", visit, "拖车进店，制动失灵",
    )  # fmt: skip


def test_an_emergency_is_received_although_no_buffer_is_left(crew, advisor):
    visit = walked_in(crew, 478, "large")
    receive(visit, 480, advisor, place="emergency", reason="拖车进店")
    assert (visit.state, visit.buffer) == (State.RECEIVING, None)


@pytest.mark.clause("C12", "2.2.11.4")
def test_a_small_job_in_the_gap_overtakes_a_problem_and_says_so(crew, advisor):
    two_quick_ones(crew)
    walked_in(crew, 20, "large")
    service = walked_in(crew, 21, "small")
    receive(service, 24, advisor, place="gap")
    assert service.moves.last().reason == "TRIAGE"


@pytest.mark.clause("C12")
def test_a_problem_in_the_buffer_overtakes_maintenance_and_says_so(crew, advisor):
    walked_in(crew, 30, "small")
    problem = walked_in(crew, 40, "large")
    receive(problem, 44, advisor, place="buffer", buffer=BUFFER, reason="发动机异响")
    assert problem.moves.last().reason == "TRIAGE 发动机异响"


@pytest.mark.clause("C12", "2.2.11.4")
def test_nobody_overtakes_a_customer_of_the_same_size_without_a_reason(crew, advisor):
    two_quick_ones(crew)
    first, second = walked_in(crew, 20, "small"), walked_in(crew, 21, "small")
    assert str(first.vehicle) in refused(second, 24, advisor, place="gap")
    receive(second, 24, advisor, place="gap", reason="只取钥匙")
    assert second.moves.last().reason == "只取钥匙", "this is no triage"


@pytest.mark.clause("C12")
def test_without_a_place_the_other_size_is_overtaken_only_with_a_reason(crew, advisor):
    walked_in(crew, 20, "large")
    second = walked_in(crew, 21, "small")
    with pytest.raises(ReasonMissing, match="came earlier"):
        operations.receive(second, by=advisor, at=at(22))
    receive(second, 22, advisor, reason="只取钥匙")


@pytest.mark.clause("C11", "C12")
@pytest.mark.parametrize(("cause", "triage"), [("maintenance", False), ("fault", True)])
def test_a_late_booked_customer_counts_by_what_he_is_booked_for(crew, advisor, cause, triage):
    made = factories.appointment(crew, cause=cause)
    operations.receive_appointment(made, by=advisor, at=at(15))
    service = walked_in(crew, 16, "small")
    if triage:
        receive(service, 18, advisor, place="gap")
        assert service.moves.last().reason == "TRIAGE"
    else:
        assert "came earlier" in refused(service, 18, advisor, place="gap")


@pytest.mark.clause("3.1.4.1")
def test_a_booked_customer_whose_time_has_come_is_not_passed_over(crew, advisor):
    walk_in, booked = walked_in(crew, -10, "small"), came(crew, 0)
    with pytest.raises(ReasonMissing, match="is booked and waits for you"):
        operations.receive(walk_in, by=advisor, at=at(1))
    receive(walk_in, 1, factories.person(Role.SERVICE_ADVISOR, crew.store))
    receive(booked, 1)


@pytest.mark.clause("3.1.4.1", "C11")
def test_booked_customers_are_received_by_their_times_whoever_comes_first(crew, advisor):
    later, sooner = came(crew, 15, early=20), came(crew, 0, early=1)
    lane = queries.lane(crew.store, at(0))
    assert [row.visit for row in lane.waiting] == [sooner, later]
    assert str(sooner.vehicle) in refused(later, 0, advisor)
    colleague = factories.person(Role.SERVICE_ADVISOR, crew.store)
    receive(came(crew, 30, early=35, advisor=colleague), 0)
    receive(sooner, 0)


@pytest.mark.clause("C11")
def test_the_grace_is_the_stores(crew):
    BookingRules.objects.create(store=crew.store, grace_minutes=20)
    made = factories.appointment(crew)
    operations.receive_appointment(made, by=crew.service_advisor, at=at(20))
    assert [row.booked for row in queries.lane(crew.store, at(21)).waiting] == [True]
    BookingRules.objects.update(grace_minutes=19)
    assert [row.booked for row in queries.lane(crew.store, at(21)).waiting] == [False]


@pytest.mark.clause("C13")
def test_loyalty_never_changes_the_order(crew, advisor):
    two_quick_ones(crew)
    first, loyal = walked_in(crew, 20, "small"), walked_in(crew, 21, "small")
    before = places(crew, 24)
    type(loyal.customer).objects.filter(pk=loyal.customer_id).update(key_account=True)
    assert places(crew, 24) == before
    assert [row.visit for row in queries.lane(crew.store, at(24)).waiting if not row.booked] == [first, loyal]
    assert "came earlier" in refused(loyal, 24, advisor, place="gap")


@pytest.mark.clause("3.1.2.1")
def test_the_length_of_a_reception_is_kept(crew):
    visit = sign(receive(came(crew, 0), 0), 16)
    stored = Visit.objects.get(pk=visit.pk)
    assert (stored.received_at, stored.taken_in_at) == (at(0), at(16))


@pytest.mark.clause("3.1.4.3")
def test_a_reception_ends_with_the_inspection_done(crew, advisor):
    """Its duration includes the walk-round: without one nothing is signed and no time is kept."""
    visit = receive(came(crew, 0), 0)
    with pytest.raises(NotAllowed):
        operations.sign_intake(visit, outcome=factories.drawn(), by=advisor, at=at(10))
    assert Visit.objects.get(pk=visit.pk).taken_in_at is None


@pytest.mark.clause("3.1.2.3", "3.1.2.12")
@pytest.mark.parametrize(
    ("booked", "began", "ended", "uses"),
    [
        (True, 30, 50, ["overrun"]),
        (True, 30, 45, []),
        (False, 5, 50, ["overrun"]),
        (False, 40, 52, ["walk_in"]),
        (False, 46, 62, ["walk_in"]),
    ],
    ids=["into the buffer", "until the buffer", "walk-in took longer", "walk-in fitted in", "began in it"],
)
def test_a_reception_that_ran_into_the_buffer_has_used_it(crew, advisor, booked, began, ended, uses):
    visit = came(crew, 30) if booked else walked_in(crew, began)
    sign(receive(visit, began, advisor), ended)
    assert [use.cause for use in BufferUse.objects.all()] == uses
    assert all((use.advisor, use.starts_at) == (advisor, BUFFER) for use in BufferUse.objects.all())


def test_a_buffer_used_before_does_not_hinder_the_signature(crew, advisor):
    third = receive(came(crew, 30), 30)
    receive(walked_in(crew, 44, "large"), 44, advisor, place="buffer", buffer=BUFFER)
    sign(third, 50)
    assert [use.cause for use in BufferUse.objects.all()] == ["walk_in"]


@pytest.mark.clause("3.1.2.4")
def test_the_lane_tells_how_an_overrun_moves_the_day(crew):
    due = {minutes: factories.appointment(crew, at(minutes)) for minutes in (15, 30, 60)}
    sign(receive(came(crew, 0), 0), 20)
    second = operations.receive_appointment(due[15], by=crew.service_advisor, at=at(15))
    forecast = queries.forecast(queries.lane(crew.store, at(20)))
    assert {minutes: forecast.expected[made.pk].expected_at for minutes, made in due.items()} == {
        15: at(20), 30: at(35), 60: at(60),
    }  # fmt: skip
    assert [(row.appointment, row.later) for row in forecast.due] == [(due[30], 5), (due[60], 0)]
    assert [(one.row.visit, one.later) for one in forecast.booked] == [(second, 5)]


@pytest.mark.clause("3.1.2.6", "C23")
def test_who_waits_too_long_and_who_will_are_counted(crew):
    walked_in(crew, 0)
    receive(came(crew, 0), 0, reason="预约")
    came(crew, 15)
    factories.appointment(crew, at(30))
    eight = queries.forecast(queries.lane(crew.store, at(8)))
    assert eight.long_waits == 0, "eight minutes are no alert"
    assert queries.forecast(queries.lane(crew.store, at(9))).long_waits == 1
    assert queries.forecast(queries.lane(crew.store, at(23))).long_waits == 1
    assert queries.forecast(queries.lane(crew.store, at(24))).long_waits == 3, "one waits, two will, at 9:24 and 9:39"


def test_who_has_left_or_went_home_unsigned_keeps_nobody_busy(crew, advisor):
    gone = receive(walked_in(crew, 0), 0, advisor)
    operations.leave(gone, reason="不修了", by=advisor, at=at(5))
    receive(walked_in(crew, -600), -600, advisor)  # yesterday's, never signed
    assert not queries.stream_of(advisor, crew.store, at(6)).busy


def test_whoever_is_away_has_no_room_for_anybody(crew, advisor):
    walked_in(crew, 0, "large")
    advisor.absences.create(first_on=at(0).date(), last_on=at(0).date())
    assert queries.forecast(queries.lane(crew.store, at(1))).advisors == []


@pytest.mark.clause("3.1.2.9")
@pytest.mark.parametrize("place", ["", "gap", "emergency"])
def test_a_buffer_sent_along_with_another_place_is_nobodys(crew, advisor, place):
    made = factories.appointment(crew)
    booked = operations.receive_appointment(made, by=advisor, at=at(0))
    ahead = BUFFER + timedelta(days=5)
    if place:
        assert "without appointment" in refused(booked, 0, advisor, place=place, buffer=ahead, reason="急")
    receive(booked, 0, buffer=ahead)
    assert not BufferUse.objects.exists()
    receive(walked_in(crew, 20, "small"), 20, crew.after_sales_manager, buffer=ahead)
    assert not BufferUse.objects.exists()


def test_a_buffer_of_another_day_is_not_given_away(crew, advisor):
    visit = walked_in(crew, 40, "large")
    assert "not one of today" in refused(visit, 40, advisor, place="buffer", buffer=BUFFER + timedelta(days=5))
    assert not BufferUse.objects.exists()


@pytest.mark.clause("3.1.2.9")
def test_a_buffer_booked_under_older_rules_is_not_free(crew, advisor):
    BookingRules.objects.create(store=crew.store, valid_from=date(2000, 1, 1), buffer_every=50)
    factories.appointment(crew, BUFFER)
    BookingRules.objects.create(store=crew.store, valid_from=BUFFER.date(), buffer_every=4)
    visit = walked_in(crew, 40, "large")
    assert places(crew, 41)[visit] != ("buffer", 45)
    assert "is booked in this buffer" in refused(visit, 44, advisor, place="buffer", buffer=BUFFER)
    receive(visit, 46, advisor, reason="没来")
    assert not BufferUse.objects.exists(), "nor is it used by whoever is received in it"
