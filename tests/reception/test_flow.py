"""The course of an advisor's day: what pushes whom, what a buffer takes up, where a gap is."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import BookingRules
from appointments.queries import Slot, slots_on
from dealership.workshop.calendar import WorkingCalendar
from reception import flow
from reception.flow import Pace, Place, Places, Promise, Reception, Stream, Walker

MINUTE = timedelta(minutes=1)
SLOT = 15 * MINUTE
NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
DAY = [Slot(NINE + n * SLOT, buffer=n % 4 == 3) for n in range(12)]  # nine to twelve
BUFFER = NINE + 45 * MINUTE


def at(minutes):
    return NINE + minutes * MINUTE


def booked(*minutes, here=()):
    """Return who is booked so many minutes after nine; those `here` came on their time."""
    return [Promise(m, at(m), at(m) if m in here else None) for m in minutes]


def stream(now, **day):
    return Stream(now, Pace(), DAY, **day)


def clock(expected):
    """Return {minutes after nine booked: minutes after nine expected}."""
    return {key: (one.expected_at - NINE) / MINUTE for key, one in expected.items()}


@pytest.mark.clause("3.1.2.4")
@pytest.mark.parametrize("ended", [True, False], ids=["has ended", "goes on"])
def test_five_minutes_too_long_push_the_second_and_the_third_and_not_the_fourth(ended):
    first = Reception(NINE, at(20) if ended else None)
    day = stream(at(20), promises=booked(15, 30, 60, here=[15]), receptions=[first])
    assert clock(day.expected) == {15: 20, 30: 35, 60: 60}
    assert {key: one.wait for key, one in day.expected.items()} == {15: 5 * MINUTE, 30: 5 * MINUTE, 60: 0 * MINUTE}


@pytest.mark.clause("3.1.2.4")
def test_a_buffer_somebody_was_promised_takes_nothing_up():
    day = stream(
        at(20),
        promises=booked(15, 30, 60, here=[15]),
        receptions=[Reception(NINE, at(20))],
        used={BUFFER},
        ahead={BUFFER},
    )
    assert clock(day.expected) == {15: 20, 30: 35, 60: 65}


@pytest.mark.clause("3.1.2.4")
def test_whose_buffer_was_used_up_is_pushed_by_what_really_happens():
    """The walk-in in the buffer began at 9:50, the third customer having taken too long."""
    taken = [Reception(at(30), at(50)), Reception(at(50))]
    assert clock(stream(at(52), promises=booked(60), receptions=taken, used={BUFFER}).expected) == {60: 65}


@pytest.mark.clause("C23", "3.1.2.6")
@pytest.mark.parametrize(("seconds", "long"), [(0, False), (1, True)])
def test_a_wait_to_come_beyond_patience_is_announced_to_the_second_and_the_third(seconds, long):
    """Eight minutes are no alert, a second more is."""
    now = at(23) + timedelta(seconds=seconds)
    day = stream(now, promises=booked(15, 30, 60, here=[15]), receptions=[Reception(NINE)])
    assert [day.expected[key].long for key in (15, 30, 60)] == [long, long, False]


def test_nobody_waits_who_is_not_here():
    day = stream(at(9), promises=booked(0, 15))
    assert day.expected[0].wait == 0 * MINUTE
    assert clock(day.expected) == {0: 9, 15: 15}, "and who is late keeps nobody waiting"


@pytest.mark.clause("C11")
def test_whoever_is_later_than_the_grace_has_no_time_any_more():
    assert set(stream(at(10), promises=booked(0, 15)).expected) == {0, 15}
    assert set(stream(at(10) + timedelta(seconds=1), promises=booked(0, 15)).expected) == {15}


def test_one_advisor_receives_two_one_after_the_other():
    """An emergency that comes into a reception takes its own time: the third customer waits for both."""
    day = stream(at(5), promises=booked(15, 30, 60), receptions=[Reception(NINE), Reception(at(5))])
    assert day.free_at == at(30)
    assert clock(day.expected) == {15: 30, 30: 45, 60: 60}


@pytest.mark.clause("3.1.2.8")
def test_two_receptions_of_twelve_minutes_leave_a_gap_of_six():
    quick = [Reception(NINE, at(12)), Reception(at(12), at(24))]
    day = stream(at(24), promises=booked(30), receptions=quick)
    assert (day.gap, day.saved) == (6 * MINUTE, 6 * MINUTE)


@pytest.mark.clause("C24")
def test_three_receptions_save_nine_minutes_before_the_buffer():
    quick = [Reception(at(n), at(n + 12)) for n in (0, 12, 24)]
    day = stream(at(36), promises=booked(60), receptions=quick)
    assert (day.gap, day.saved, day.next_buffer) == (9 * MINUTE, 9 * MINUTE, BUFFER)


@pytest.mark.clause("3.1.2.8", "C24")
def test_what_was_saved_is_reckoned_from_real_times():
    """The second customer came on his time: the three minutes before it are over."""
    quick = [Reception(NINE, at(12)), Reception(at(15), at(26))]
    day = stream(at(26), promises=booked(30), receptions=quick)
    assert (day.gap, day.saved) == (4 * MINUTE, 7 * MINUTE)


def test_what_the_block_before_has_saved_is_not_counted_again():
    day = stream(at(73), receptions=[Reception(at(30), at(40)), Reception(at(60), at(72))])
    assert day.saved == 3 * MINUTE


@pytest.mark.parametrize(
    "day",
    [
        {"receptions": [Reception(at(20))]},
        {"promises": booked(30, here=[30])},
        {"promises": booked(15)},
        {"used": {at(45)}, "ahead": {at(15)}},
    ],
    ids=["receives", "the next is early", "the last may come any moment", "a place is promised"],
)
def test_there_is_no_gap_while_somebody_has_a_right_to_the_advisor(day):
    assert stream(at(24), **day).gap == 0 * MINUTE


@pytest.mark.parametrize("minutes", [-1, 180, 400])
def test_there_is_no_gap_outside_the_opening_hours(minutes):
    assert stream(at(minutes)).gap == 0 * MINUTE


def test_a_gap_ends_where_the_store_closes():
    assert stream(at(170), promises=booked(240), used={at(165)}).gap == 10 * MINUTE


def test_a_buffer_that_has_begun_is_offered_whole_and_later_as_a_gap():
    assert (stream(at(50)).gap, stream(at(50)).next_buffer) == (0 * MINUTE, BUFFER)
    late = stream(at(54), promises=booked(60))
    assert (late.gap, late.next_buffer) == (6 * MINUTE, at(105))


@pytest.mark.clause("3.1.2.11")
def test_the_next_buffer_is_one_nobody_used_and_no_overrun_has_eaten_up():
    assert stream(at(5)).next_buffer == BUFFER
    assert stream(at(5), used={BUFFER}).next_buffer == at(105)
    assert stream(at(38), promises=booked(30, here=[30])).next_buffer == BUFFER
    assert stream(at(39), promises=booked(30, here=[30])).next_buffer == at(105)
    assert stream(at(181)).next_buffer is None


def test_a_buffer_can_be_begun_when_its_turn_has_come():
    assert not stream(at(5), promises=booked(15)).can_begin(BUFFER)
    assert not stream(at(30)).can_begin(BUFFER)
    assert stream(at(31), promises=booked(60)).can_begin(BUFFER)


def test_who_finds_no_place_comes_after_the_booked_customers():
    everything = {slot.starts_at for slot in DAY if slot.buffer}
    full = [Promise(n, slot.starts_at) for n, slot in enumerate(DAY) if not slot.buffer]
    assert stream(NINE, promises=full[1:], used=everything).next_opening == NINE
    assert stream(at(1), promises=full[2:], used=everything).next_opening == at(1)
    assert stream(NINE, promises=full, used=everything).next_opening == at(165)


def places(*walkers, **streams):
    days = {1: stream(at(24), **streams)} if streams else {}
    return Places(days).give([Walker(*one) for one in walkers])


QUICK = [Reception(NINE, at(12)), Reception(at(12), at(24))]


@pytest.mark.clause("3.1.2.10", "3.1.2.11")
def test_maintenance_goes_into_the_gap_and_a_problem_into_the_buffer():
    given_places = places((10, False), (11, True), promises=booked(30), receptions=QUICK)
    assert given_places == {10: Place("buffer", BUFFER, 1), 11: Place("gap", at(24), 1, 6 * MINUTE)}


@pytest.mark.clause("3.1.2.10")
def test_a_gap_too_short_sends_maintenance_to_the_next_buffer():
    late = places((11, True), promises=booked(29), receptions=QUICK)
    assert late == {11: Place("buffer", BUFFER, 1)}


def test_a_gap_is_one_customers():
    found = places((10, True), (11, True), promises=booked(30), receptions=QUICK)
    assert [found[10].kind, found[11].kind] == ["gap", "buffer"]


def test_nobody_gets_anothers_place():
    buffers = [at(45), at(105), at(165)]
    found = places(*((n, False) for n in range(5)), promises=booked(30), receptions=QUICK)
    assert [found[n].at for n in range(3)] == buffers
    assert {found[n].kind for n in (3, 4)} == {"later"}


@pytest.mark.clause("3.1.2.9", "C11")
def test_a_late_booked_customer_is_offered_neither_gap_nor_buffer():
    [place] = places((10, True, True), promises=booked(30), receptions=QUICK).values()
    assert place.kind == "later"


def test_the_shortest_gap_that_is_long_enough_and_the_first_buffer_are_given():
    days = {
        1: stream(at(24), promises=booked(40), used={BUFFER}),
        2: stream(at(24), promises=booked(30), used={BUFFER}),
        3: stream(at(24), promises=booked(25)),
    }
    assert Places(dict(days)).give([Walker(10, small=True)])[10].advisor == 2
    assert Places(dict(days)).give([Walker(10, small=False)])[10].advisor == 1, "sixteen minutes hold a whole slot"
    del days[1]
    assert Places(dict(days)).give([Walker(10, small=False)])[10] == Place("buffer", BUFFER, 3)


def test_without_advisors_there_is_no_place():
    assert places((10, True)) == {}


@pytest.mark.clause("3.1.2.1")
@pytest.mark.parametrize(("took", "over"), [(14, 0), (15, 0), (16, 1)])
def test_sixteen_minutes_are_an_overrun_of_one(took, over):
    ended = SimpleNamespace(received_at=NINE, taken_in_at=at(took))
    goes_on = SimpleNamespace(received_at=NINE, taken_in_at=None)
    assert flow.overrun(ended, 15) == over * MINUTE
    assert flow.overrun(goes_on, 15, at(took)) == over * MINUTE
    assert flow.overrun(goes_on, 15) == flow.overrun(SimpleNamespace(received_at=None, taken_in_at=None), 15, NINE)


@pytest.mark.parametrize(
    ("began", "ended", "eaten"), [(30, 46, True), (30, 45.9, False), (5, 50, True), (46, 62, False), (50, 106, True)]
)
def test_a_reception_eats_the_buffer_of_its_block(began, ended, eaten):
    found = flow.buffer_eaten(DAY, at(began), at(ended))
    assert (found is not None) is eaten


# Any day at all: bookings, receptions that have begun, a moment.
moments = st.integers(-30, 200).map(at)
regular = st.sampled_from([n * 15 for n in range(12) if n % 4 != 3])


@st.composite
def days(draw):
    now = draw(moments)
    promises = [
        Promise(m, at(m), draw(st.none() | st.just(min(now, at(m + draw(st.integers(-20, 10)))))))
        for m in draw(st.sets(regular))
    ]
    begun = draw(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 40)), max_size=4))
    receptions = [
        Reception(now - ago * MINUTE, None if length is None else min(now, now + (length - ago) * MINUTE))
        for ago, length in begun
    ]
    used = draw(st.sets(st.sampled_from([at(45), at(105), at(165)])))
    ahead = {one for one in used if draw(st.booleans())}
    return stream(now, promises=promises, receptions=receptions, used=used, ahead=ahead)


@given(days())
def test_whatever_the_day_nobody_waits_a_negative_time_and_nobody_comes_before_his_time(day):
    for promise in day.kept:
        one = day.expected[promise.key]
        assert one.wait >= 0 * MINUTE
        assert one.expected_at >= max(promise.starts_at, day.now)
    assert day.gap >= 0 * MINUTE
    assert day.saved >= 0 * MINUTE


@given(days())
def test_whatever_the_day_the_order_is_kept(day):
    starts = [day.expected[promise.key].expected_at for promise in day.kept]
    assert starts == sorted(starts)


@given(days())
def test_whatever_the_day_what_is_offered_is_nobodys(day):
    promised = {promise.starts_at for promise in day.kept}
    assert day.next_buffer is None or day.next_buffer not in {*day.used, *promised}
    if day.gap:
        assert not any(day.now <= starts_at < day.now + day.gap for starts_at in promised)
    assert day.next_opening >= day.now


@pytest.mark.clause("3.1.2.4")
@given(st.lists(st.integers(0, 15), min_size=3, max_size=3).filter(lambda over: sum(over) <= 15))
def test_the_fourth_customer_is_unaffected_as_long_as_the_overruns_fit_the_buffer(over):
    free, receptions = NINE, []
    for n, more in enumerate(over):
        begins = max(at(15 * n), free)
        free = begins + (15 + more) * MINUTE
        receptions.append(Reception(begins, free))
    day = stream(free, promises=booked(60), receptions=receptions)
    assert clock(day.expected) == {60: 60}


@given(st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)]), st.integers(0, 90))
def test_on_the_days_the_clocks_change_a_slot_is_a_quarter_of_an_hour(day, number):
    """Berlin has 23 and 25 hours on these days; what is pushed moves by the clock that never jumps."""
    calendar = WorkingCalendar(ZoneInfo("Europe/Berlin"), {6: [(time(0), time(23, 45))]})
    slots = list(slots_on(day, calendar, BookingRules()))
    assert len(slots) == {3: 91, 10: 99}[day.month]
    block = number % (len(slots) // 4 - 1) * 4
    first, second, third, _buffer, fourth = (slot.starts_at for slot in slots[block : block + 5])
    three = [Promise(n, starts_at, starts_at) for n, starts_at in enumerate((second, third, fourth))]
    late = Stream(first + 20 * MINUTE, Pace(), slots, three, [Reception(first)])
    assert [one.expected_at - first for one in late.expected.values()] == [20 * MINUTE, 35 * MINUTE, 60 * MINUTE]
    assert late.closes == slots[-1].starts_at + SLOT
