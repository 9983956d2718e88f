"""How long customers wait and how long receptions take, reckoned a second time from the visits themselves."""

from datetime import date, datetime, timedelta
from statistics import mean

import pytest

from appointments.figures import Period
from appointments.models import BookingRules
from reception import figures
from reception.models import Visit
from tests import factories
from tests.reception.morning import MINUTE, at, came, receive, walked_in

TODAY = at(0).date()
DAY = timedelta(days=1)
NEXT_MONTH = datetime(2026, 12, 1, 8, tzinfo=factories.SHANGHAI)
pytestmark = pytest.mark.usefixtures("english")


def november(crew):
    return Period(crew.store, date(2026, 11, 1), date(2026, 11, 30), NEXT_MONTH)


def waiting(crew, period=None):
    period = period or november(crew)
    return figures.waiting(figures.receptions(period), period)


def durations(crew):
    period = november(crew)
    return figures.durations(figures.receptions(period), period)


def taken_in(crew, *lengths):
    """Receive one customer after the other at once, each for so many minutes; None is not signed yet."""
    for number, took in enumerate(lengths):
        visit = receive(walked_in(crew, number), number, crew.service_advisor)
        if took is not None:
            Visit.objects.filter(pk=visit.pk).update(taken_in_at=at(number + took))


@pytest.mark.clause("3.1.4.2")
def test_waiting_is_compared_between_booked_customers_and_the_others(crew):
    for slot, waited in [(0, 2), (15, 5)]:
        receive(came(crew, slot), slot + waited, crew.service_advisor)
    for minutes, waited in [(60, 9), (75, 12), (90, 20)]:
        receive(walked_in(crew, minutes), minutes + waited, crew.service_advisor)
    walked_in(crew, 100)  # still waits
    *found, long = waiting(crew)
    raw = list(Visit.objects.exclude(received_at=None))
    for booked, figure in zip([True, False], found, strict=True):
        waits = [(v.received_at - v.arrived_at).seconds / 60 for v in raw if (v.appointment_id is not None) is booked]
        assert figure.denominator == len(waits)
        assert float(figure.value) == pytest.approx(mean(waits), abs=0.05)
    assert [figure.shown for figure in found] == ["3.5 min", "13.7 min"]
    assert (long.numerator, long.denominator) == (3, 5)


@pytest.mark.clause("3.1.2.6")
@pytest.mark.parametrize(("early", "after", "long"), [(30, 8, 0), (30, 9, 1), (0, 9, 1)])
def test_who_is_booked_and_comes_early_waits_for_us_from_his_time(crew, early, after, long):
    """As the lane counts it; the mean is from arrival all the same."""
    receive(came(crew, 60, early=early), 60 + after, crew.service_advisor)
    mean_booked, _others, beyond = waiting(crew)
    assert beyond.numerator == long
    assert mean_booked.shown == f"{early + after}.0 min"


@pytest.mark.clause("3.1.2.6")
@pytest.mark.parametrize(("seconds", "long"), [(0, 0), (1, 1)])
def test_a_wait_of_eight_minutes_is_not_long_and_a_second_more_is(crew, seconds, long):
    receive(walked_in(crew, 0), 8, crew.service_advisor)
    Visit.objects.update(received_at=at(8) + timedelta(seconds=seconds))
    assert waiting(crew)[-1].numerator == long


def test_patience_is_that_of_the_day(crew):
    BookingRules.objects.create(store=crew.store, patience_minutes=3, valid_from=TODAY)
    BookingRules.objects.create(store=crew.store, patience_minutes=30, valid_from=TODAY + DAY)
    receive(walked_in(crew, 0), 4, crew.service_advisor)
    assert waiting(crew)[-1].numerator == 1


@pytest.mark.clause("3.1.2.1", "3.1.2.7")
def test_receptions_of_11_12_and_14_minutes_are_two_of_three_on_target(crew):
    taken_in(crew, 11, 12, 14, None)
    lengths, saved, overruns, _overrun = durations(crew)
    assert (saved.numerator, saved.denominator) == (2, 3)
    assert lengths.shown == "12.3 min"
    assert (overruns.numerator, overruns.denominator) == (0, 3)


@pytest.mark.clause("3.1.2.1")
def test_a_reception_longer_than_a_slot_is_an_overrun(crew):
    taken_in(crew, 15, 16, 20)
    _lengths, saved, overruns, overrun = durations(crew)
    assert (overruns.numerator, overruns.denominator, saved.numerator) == (2, 3, 0)
    assert overrun.shown == "3.0 min"


def test_slot_and_time_to_save_are_those_of_the_day(crew):
    BookingRules.objects.create(store=crew.store, slot_minutes=20, saving_percent=30, valid_from=TODAY)
    taken_in(crew, 14, 15, 21)
    _lengths, saved, overruns, _overrun = durations(crew)
    assert (saved.numerator, overruns.numerator) == (1, 1)


def test_other_days_and_other_stores_are_not_counted(crew):
    elsewhere = factories.Crew(factories.store())
    receive(walked_in(elsewhere, 0), 1, elsewhere.service_advisor)
    receive(walked_in(crew, 0), 1, crew.service_advisor)
    for shift, count in [(-1, 0), (0, 1), (1, 0)]:
        day = TODAY + shift * DAY
        booked, walk_in, _long = waiting(crew, Period(crew.store, day, day, NEXT_MONTH))
        assert (walk_in.denominator, booked.value) == (count, None)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_two_queries(crew, count, django_assert_num_queries):
    for number in range(count):
        receive(walked_in(crew, number), number, crew.service_advisor)
    period = november(crew)
    with django_assert_num_queries(2):
        assert waiting(crew, period)[1].denominator == count
    assert figures.receptions(period)[0].received_at - at(0) == 0 * MINUTE
