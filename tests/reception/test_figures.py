"""How long customers wait and how long receptions take, counted over some days."""

from datetime import timedelta

import pytest

from appointments.models import BookingRules
from reception import figures
from reception.models import Visit
from tests import factories
from tests.reception.morning import MINUTE, at, came, receive, walked_in

TODAY = at(0).date()
DAY = timedelta(days=1)


def times(crew):
    return figures.reception_times(crew.store, TODAY, TODAY)


@pytest.mark.clause("3.1.4.2")
def test_booked_customers_and_the_others_are_counted_apart(crew):
    advisor = crew.service_advisor
    for slot, waited in [(0, 2), (15, 4)]:
        receive(came(crew, slot), slot + waited, advisor)
    for minutes, waited in [(60, 9), (75, 12), (90, 0)]:
        receive(walked_in(crew, minutes), minutes + waited, advisor)
    walked_in(crew, 100)  # still waits
    found = times(crew)
    assert (found.booked.received, found.booked.mean, found.booked.long) == (2, 3 * MINUTE, 0)
    assert (found.walk_in.received, found.walk_in.mean, found.walk_in.long) == (3, 7 * MINUTE, 2)


@pytest.mark.clause("3.1.2.6")
@pytest.mark.parametrize(("seconds", "long"), [(0, 0), (1, 1)])
def test_a_wait_of_eight_minutes_is_not_long_and_a_second_more_is(crew, seconds, long):
    visit = receive(walked_in(crew, 0), 8, crew.service_advisor)
    Visit.objects.update(received_at=at(8) + timedelta(seconds=seconds))
    assert (times(crew).walk_in.long, visit.advisor) == (long, crew.service_advisor)


@pytest.mark.clause("3.1.2.1", "3.1.2.7")
def test_receptions_on_target_and_beyond_their_slot_are_counted(crew):
    for number, took in enumerate([11, 12, 14, 15, 16, 20, None]):
        visit = receive(walked_in(crew, number), number, crew.service_advisor)
        if took is not None:
            Visit.objects.filter(pk=visit.pk).update(taken_in_at=at(number + took))
    found = times(crew)
    assert (found.ended, found.on_target, found.overran, found.overrun) == (6, 2, 2, 6 * MINUTE)
    assert found.took == 88 * MINUTE
    BookingRules.objects.create(store=crew.store, saving_percent=5, slot_minutes=20, patience_minutes=3)
    assert (times(crew).on_target, times(crew).overran) == (5, 0)


def test_other_days_and_other_stores_are_not_counted(crew):
    elsewhere = factories.Crew(factories.store())
    receive(walked_in(elsewhere, 0), 1, elsewhere.service_advisor)
    receive(walked_in(crew, 0), 1, crew.service_advisor)
    for shift, count in [(-1, 0), (0, 1), (1, 0)]:
        day = TODAY + shift * DAY
        assert figures.reception_times(crew.store, day, day).walk_in.received == count
    assert figures.reception_times(crew.store, TODAY, TODAY).booked.mean is None


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_two_queries(crew, count, django_assert_num_queries):
    for number in range(count):
        receive(walked_in(crew, number), number, crew.service_advisor)
    with django_assert_num_queries(2):
        assert times(crew).walk_in.received == count
