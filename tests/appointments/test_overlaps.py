"""Nobody is in two places: slots that overlap without one start, and one car on one day."""

from datetime import time, timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment, BookingRules
from appointments.queries import Outlook, Wish
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.appointments.desk import QUARTER, book, refused
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
WEDNESDAY = TUESDAY_NINE + timedelta(days=1)
FIVE = timedelta(minutes=5)
DAY = WEDNESDAY.date()


@pytest.fixture
def recut(crew):
    """Nine fifteen on Wednesday is promised; then the day is cut into slots of twenty minutes."""
    made = book(crew, WEDNESDAY + QUARTER)
    BookingRules.objects.create(store=crew.store, valid_from=DAY, slot_minutes=20)
    return made


@pytest.fixture
def branch(crew):
    """Another store of the same advisor, which opens at twenty to nine."""
    made = factories.store("分店")
    for weekday in range(7):
        workshop.set_hours(made, weekday, [(time(8, 40), time(17))], by=None)
    crew.service_advisor.stores.add(made)
    return made


def cells(store):
    """Return how the only advisor stands at each time of the grid."""
    rows = queries.grid(store, DAY, MONDAY).rows
    return {f"{slot.starts_at.astimezone(store.zone):%H:%M}": found[0].standing for slot, found in rows}


def offered(store):
    outlook = Outlook(store, Wish(1), TUESDAY_NINE, today=MONDAY.date())
    return {f"{one.starts_at.astimezone(store.zone):%H:%M}" for one in outlook.times(DAY)}


@pytest.mark.clause("3.1.2.2")
def test_new_slots_do_not_cut_into_what_was_promised_under_the_old_ones(crew, recut):
    for minutes in (0, 20):  # each reaches into 9:15 to 9:35
        assert "This time is already taken." in refused(crew, WEDNESDAY + timedelta(minutes=minutes))
    assert book(crew, WEDNESDAY + timedelta(minutes=40)).starts_at == WEDNESDAY + timedelta(minutes=40)


def test_the_grid_and_the_offers_know_it_too(crew, recut):
    standing = cells(crew.store)
    assert (standing["09:00"], standing["09:15"], standing["09:20"]) == ("taken", "booked", "taken")
    assert standing["09:40"] == "free"
    assert offered(crew.store) & {"09:00", "09:20", "09:40"} == {"09:40"}


def test_a_time_cannot_be_moved_into_another_either(crew, recut):
    mine = book(crew, WEDNESDAY + timedelta(hours=2))
    move = {"reason": "来电", "agreed": True, "by": crew.service_advisor, "at": MONDAY}
    with pytest.raises(NotAllowed, match="already taken"):
        operations.reschedule(mine, starts_at=WEDNESDAY + timedelta(minutes=20), **move)
    operations.reschedule(recut, starts_at=WEDNESDAY + timedelta(minutes=20), **move)
    assert recut.starts_at == WEDNESDAY + timedelta(minutes=20), "its own time is free for it"


def test_an_advisor_of_two_stores_is_in_one_of_them(crew, branch):
    book(crew, WEDNESDAY)
    assert "This time is already taken." in refused(crew, WEDNESDAY - FIVE, store=branch)
    assert cells(branch)["08:55"] == cells(branch)["09:10"] == "elsewhere"
    assert offered(branch) & {"08:40", "08:55", "09:10"} == {"08:40"}


def test_another_store_has_slots_of_its_own_length(crew, branch):
    BookingRules.objects.create(store=branch, slot_minutes=40)
    book(crew, WEDNESDAY - 4 * FIVE, store=branch)  # until 9:20
    assert "This time is already taken." in refused(crew, WEDNESDAY + QUARTER)
    assert (cells(crew.store)["09:15"], cells(crew.store)["09:30"]) == ("elsewhere", "free")


def test_what_was_taken_since_the_look_is_seen_under_the_lock(crew, recut, monkeypatch):
    monkeypatch.setattr(queries, "obstacles", lambda *args, **kwargs: [])
    mine = book(crew, WEDNESDAY + timedelta(hours=2))
    told = refused(crew, WEDNESDAY + timedelta(minutes=20))
    assert told.startswith("Somebody was faster: this time was just taken. Next free with")
    with pytest.raises(NotAllowed, match="Somebody was faster"):
        operations.reschedule(mine, starts_at=WEDNESDAY, reason="来电", agreed=True, by=crew.service_advisor, at=MONDAY)
    assert mine.starts_at == Appointment.objects.get(pk=mine.pk).starts_at == WEDNESDAY + timedelta(hours=2)


def test_one_car_has_one_time_a_day(crew):
    car = factories.customer_with_car(crew.service_advisor)
    first = book(crew, car=car)
    other = factories.person(Role.SERVICE_ADVISOR, crew.store)
    told = refused(crew, TUESDAY_NINE + QUARTER, car=car, advisor=other)
    assert told == "This car has an appointment at 9:00 already. Move that one instead."
    operations.reschedule(
        first, starts_at=TUESDAY_NINE + QUARTER, reason="来电", agreed=True, by=crew.service_advisor, at=MONDAY
    )
    second = book(crew, WEDNESDAY, car=car)
    with pytest.raises(NotAllowed, match="at 9:15 already"):
        operations.reschedule(
            second, starts_at=TUESDAY_NINE, reason="来电", agreed=True, by=crew.service_advisor, at=MONDAY
        )


def test_the_other_store_is_named(crew, branch):
    car = factories.customer_with_car(crew.service_advisor)
    book(crew, WEDNESDAY - 4 * FIVE, store=branch, car=car)
    told = refused(crew, WEDNESDAY + timedelta(hours=1), car=car)
    assert told == "This car has an appointment at 8:40 in 分店 already. Move that one instead."


def test_a_car_that_was_here_may_come_back_the_same_day(crew):
    car = factories.customer_with_car(crew.service_advisor)
    operations.mark_arrived(book(crew, car=car), by=crew.service_advisor, at=TUESDAY_NINE)
    manager = crew.after_sales_manager
    again = book(
        crew, TUESDAY_NINE + timedelta(hours=5), car=car, by=manager, at=TUESDAY_NINE + timedelta(hours=1),
        short_notice_reason="又有异响",
    )  # fmt: skip
    assert again.vehicle == car[1]


def test_two_promises_of_one_car_at_once_are_seen_under_the_lock(crew, monkeypatch):
    """As if both had looked before the first one wrote."""
    car = factories.customer_with_car(crew.service_advisor)
    book(crew, WEDNESDAY, car=car)
    looked, look = [], queries.second_visit

    def second_visit(*args):
        looked.append(args)
        return look(*args) if len(looked) > 1 else None

    monkeypatch.setattr(queries, "second_visit", second_visit)
    assert "at 9:00 already" in refused(crew, WEDNESDAY + QUARTER, car=car)
