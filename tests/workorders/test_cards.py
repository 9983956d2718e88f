"""The management card on the board: made with the promise, in its day's column, among the jobs from the day on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import operations as appointments
from appointments.models import Appointment, CardMove, ManagementCard
from appointments.operations import ModelMissing
from appointments.states import Area
from reception import operations as reception
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, text
from workorders import queries
from workorders.queries import booked as booked_cards

BOARD = reverse("workorders:board")
DAY = timedelta(days=1)
TUESDAY = TUESDAY_NINE.date()


def booked(crew, starts_at=TUESDAY_NINE + 2 * DAY, **details):
    """An appointment made on Tuesday at ten, with the car it is for."""
    return factories.appointment(crew, starts_at=starts_at, at=details.pop("at", TUESDAY_NINE + HOUR), **details)


def columns(crew, now=TUESDAY_NINE + HOUR):
    """Return {day: appointments in its column} and the appointments expected today."""
    found = queries.promises(crew.store, now)
    days = {day.day: [one.card.appointment for one in day.cards] for day in found.days}
    return days, [one.card.appointment for one in found.expected]


@pytest.mark.clause("2.1.11", "2.1.12", "2.1.14", "F3", "F4")
def test_a_promise_is_on_the_board_at_once_in_the_column_of_its_day(tuesday, crew):
    later, sooner = booked(crew, TUESDAY_NINE + 3 * DAY), booked(crew)
    assert columns(crew) == ({TUESDAY + 2 * DAY: [sooner], TUESDAY + 3 * DAY: [later]}, [])
    page = text(tuesday.get(BOARD))
    assert page.index("11-26 Thu") < page.index(sooner.vehicle.plate_shown) < page.index("11-27 Fri")
    assert page.index("11-27 Fri") < page.index(later.vehicle.plate_shown) < page.index("Expected today")
    for made in sooner, later:
        assert f'href="{reverse("appointments:appointment", args=[made.pk])}"' in page


@pytest.mark.clause("2.1.11")
def test_a_time_nobody_agreed_to_has_no_card(crew):
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    held = appointments.hold(
        store=crew.store, advisor=crew.service_advisor, customer=customer, vehicle=vehicle,
        starts_at=TUESDAY_NINE + 2 * DAY, cause="other", reason="保养", by=crew.service_advisor, at=TUESDAY_NINE,
    )  # fmt: skip
    assert columns(crew) == ({}, [])
    appointments.confirm(held, by=crew.service_advisor, at=TUESDAY_NINE)
    assert columns(crew) == ({TUESDAY + 2 * DAY: [held]}, [])


@pytest.mark.clause("2.1.13")
def test_the_card_says_who_comes_with_which_model_and_what_for(tuesday, crew):
    oil = factories.operation(name="换机油")
    crew_car = factories.customer_with_car(crew.service_advisor, name="欧阳明", make="红旗", model_name="H5")
    made = booked(crew, car=crew_car, reason="空调有异味", job=factories.job(operations=[oil]))
    card = ManagementCard.objects.get(appointment=made)
    assert (card.customer_name, card.model_name) == ("欧阳明", "红旗 H5")
    assert card.wishes.split("\n") == ["换机油", "空调有异味"]
    page = text(tuesday.get(BOARD))
    for words in ["红旗 H5", made.customer.salutation, "换机油", "09:00", crew.service_advisor.full_name]:
        assert words in page


@pytest.mark.clause("2.1.13")
def test_without_a_model_nothing_is_promised(crew):
    car = factories.customer_with_car(crew.service_advisor, model_name="")
    with pytest.raises(ModelMissing, match=r"型号|车型|model"):
        booked(crew, car=car)
    assert not Appointment.objects.exists()
    assert not ManagementCard.objects.exists()
    assert columns(crew) == ({}, [])


@pytest.mark.clause("2.1.15", "F4")
def test_a_card_moves_to_the_jobs_on_its_day_and_not_before(crew):
    made = booked(crew)
    midnight = (TUESDAY_NINE + 2 * DAY).replace(hour=0)
    appointments.sweep(midnight - timedelta(minutes=1))
    assert columns(crew, midnight) == ({TUESDAY + 2 * DAY: [made]}, [])
    appointments.sweep(midnight + timedelta(minutes=5))
    assert columns(crew, midnight) == ({}, [made])
    moves = made.card.moves.values_list("from_state", "to_state", "by")
    assert list(moves) == [("", Area.BOOKED, crew.service_advisor.pk), (Area.BOOKED, Area.ACTIVE, None)]
    appointments.sweep(midnight + timedelta(minutes=6))
    assert made.card.moves.count() == 2


@pytest.mark.clause("2.1.15")
@pytest.mark.parametrize(
    ("zone", "day", "midnight"),
    [
        ("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),  # 23 hours long
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),  # 25 hours long
        ("America/Los_Angeles", date(2026, 11, 26), datetime(2026, 11, 26, 8, 0, tzinfo=UTC)),
        ("Asia/Shanghai", date(2026, 11, 26), datetime(2026, 11, 25, 16, 0, tzinfo=UTC)),
    ],
    ids=["clocks go forward", "clocks go back", "far west", "home"],
)
def test_the_day_of_a_card_begins_at_midnight_where_the_store_is(db, zone, day, midnight):
    crew = factories.Crew(factories.store(time_zone=zone))
    nine = datetime(day.year, day.month, day.day, 9, 0, tzinfo=crew.store.zone)
    made = booked(crew, nine, at=nine - 3 * DAY)
    tokyo = factories.Crew(factories.store(time_zone="Asia/Tokyo"))
    elsewhere = booked(tokyo, nine.replace(tzinfo=tokyo.store.zone) + 20 * DAY, at=nine - 3 * DAY)
    appointments.sweep(midnight - timedelta(seconds=1))
    assert columns(crew, midnight) == ({day: [made]}, [])
    appointments.sweep(midnight)
    assert columns(crew, midnight) == ({}, [made])
    assert ManagementCard.objects.get(appointment=elsewhere).state == Area.BOOKED


@pytest.mark.clause("2.1.15", "3.1.3.8")
def test_another_time_puts_the_card_back_into_the_column_of_the_new_day(crew):
    made, at = booked(crew), TUESDAY_NINE + 2 * DAY - HOUR
    appointments.sweep(at)
    assert columns(crew, at) == ({}, [made])
    friday = TUESDAY_NINE + 3 * DAY + 6 * HOUR
    appointments.reschedule(made, starts_at=friday, reason="客户来不了", agreed=True, by=crew.service_advisor, at=at)
    assert columns(crew, at) == ({friday.date(): [made]}, [])


@pytest.mark.clause("2.1.15")
@pytest.mark.parametrize("end", ["cancel", "mark_no_show"])
def test_who_cancels_or_does_not_come_is_taken_off_the_board(crew, end):
    made, at = booked(crew), TUESDAY_NINE + 2 * DAY + HOUR
    appointments.sweep(TUESDAY_NINE + 2 * DAY)
    more = {"reason": "客户取消"} if end == "cancel" else {}
    getattr(appointments, end)(made, by=crew.service_advisor, at=at, **more)
    assert columns(crew, at) == ({}, [])
    assert ManagementCard.objects.get(appointment=made).state == Area.REMOVED


@pytest.mark.clause("2.1.15")
def test_the_card_of_a_car_that_came_is_done_when_the_car_leaves(tuesday, crew):
    car = factories.customer_with_car(crew.service_advisor)
    made = factories.appointment(crew, car=car)
    visit = factories.taken_in(crew, car=car)
    card = ManagementCard.objects.get(appointment=made)
    assert card.state == Area.ACTIVE
    assert columns(crew) == ({}, [])  # here: from now on the work order stands for it
    reception.decline(visit, reason="改天再修", by=crew.service_advisor, at=TUESDAY_NINE + HOUR)
    card.refresh_from_db()
    assert card.state == Area.DONE


@pytest.mark.clause("F3", "F4")
def test_a_card_is_marked_when_its_customer_is_later_than_the_stores_grace(tuesday, crew):
    made = factories.appointment(crew, starts_at=TUESDAY_NINE + HOUR)
    appointments.sweep(TUESDAY_NINE)
    at = TUESDAY_NINE + HOUR + timedelta(minutes=10)
    assert [one.late for one in queries.promises(crew.store, at).expected] == [False]
    assert [one.late for one in queries.promises(crew.store, at + timedelta(seconds=1)).expected] == [True]
    assert 'class="promise">10:00<' in text(tuesday.get(BOARD))
    made.starts_at -= HOUR / 2
    made.save()
    assert 'class="promise amber">09:30<' in text(tuesday.get(BOARD))


def test_three_days_are_shown_and_the_others_counted(tuesday, crew):
    for number, days in enumerate([2, 2, 3, 5, 6, 7]):
        booked(crew, TUESDAY_NINE + days * DAY + number * HOUR / 4 * (number < 3))
    found = queries.promises(crew.store, TUESDAY_NINE + HOUR)
    assert [(day.day, day.count) for day in found.days] == [
        (TUESDAY + 2 * DAY, 2), (TUESDAY + 3 * DAY, 1), (TUESDAY + 5 * DAY, 1),
    ]  # fmt: skip
    assert (found.later, found.later_on, found.count) == (2, TUESDAY + 6 * DAY, 6)
    assert f'{reverse("appointments:grid")}?day=2026-11-30">later: 2<' in text(tuesday.get(BOARD))


def test_a_column_nobody_could_read_to_its_end_is_cut_and_still_counted(crew, monkeypatch):
    monkeypatch.setattr(booked_cards, "MOST_SHOWN", 2)
    for number in range(3):
        factories.appointment(crew, starts_at=TUESDAY_NINE + (5 + number / 4) * HOUR)
        booked(crew, TUESDAY_NINE + 2 * DAY + number / 4 * HOUR)
    appointments.sweep(TUESDAY_NINE)
    found = queries.promises(crew.store, TUESDAY_NINE + HOUR)
    assert (len(found.expected), found.expected_count) == (2, 3)
    assert [(len(day.cards), day.count) for day in found.days] == [(2, 3)]


def test_whoever_may_not_open_appointments_sees_the_cards_without_links(tuesday, crew):
    made = booked(crew)
    tuesday.force_login(crew.technician)
    page = text(tuesday.get(BOARD))
    assert made.vehicle.plate_shown in page
    assert "/appointments/" not in page


def test_the_cards_of_another_store_stay_there(crew):
    booked(factories.Crew(factories.store("分店")))
    assert columns(crew) == ({}, [])


def test_the_mark_of_the_board_changes_whenever_a_card_moved(crew):
    there = factories.Crew(factories.store())
    marks = [queries.board_version(crew.store, TUESDAY_NINE)]

    def changed():
        marks.append(queries.board_version(crew.store, TUESDAY_NINE))
        return marks[-1] != marks[-2]

    made = booked(crew)
    assert changed()
    booked(there)
    factories.arrived(there)
    assert not changed()
    appointments.sweep(TUESDAY_NINE + 2 * DAY)
    assert changed()
    appointments.cancel(made, reason="客户取消", by=crew.service_advisor, at=TUESDAY_NINE + 2 * DAY)
    assert changed()
    factories.draft(crew)
    assert changed()
    assert CardMove.objects.filter(thing__store=crew.store).count() == 3
