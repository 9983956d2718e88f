"""Every promise keeps a bay for its real duration, and no two cars share one (2.1.9)."""

import itertools
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from appointments import operations, queries
from appointments.models import Appointment, BookingRules
from appointments.operations import SlotTaken
from dealership.demo.house import BAYS
from dealership.staff.roles import Role
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay, BayQuarter, BayReservation
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = [pytest.mark.clause("2.1.9"), pytest.mark.usefixtures("english")]
QUARTER = timedelta(minutes=15)


def add_bay(store, name="1号", skills=""):
    made = workshop.add_bay(store, name=name, kind="general", by=CLOCK)
    Bay.objects.filter(pk=made.pk).update(skills=skills)
    made.refresh_from_db()
    return made


def on(crew, clock, days=0):
    day = TUESDAY_NINE.date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=crew.store.zone)


def kept(made):
    return made.reservation.starts_at, made.reservation.ends_at


@pytest.fixture
def bay(crew):
    return add_bay(crew.store)


@pytest.fixture
def second(crew):
    return factories.person(Role.SERVICE_ADVISOR, crew.store)


def test_a_store_without_bays_promises_without_one(crew):
    assert factories.appointment(crew).reservation is None
    assert not BayReservation.objects.exists()


def test_a_three_hour_job_keeps_its_bay_over_the_lunch_break(crew, bay):
    made = factories.appointment(crew, on(crew, "11:00"), job=factories.job("3"))
    assert kept(made) == (on(crew, "11:15"), on(crew, "15:15"))
    assert made.reservation.bay == bay
    assert BayQuarter.objects.filter(bay=bay).count() == 16


def test_a_job_that_is_not_done_in_the_evening_stays_in_its_bay_overnight(crew, bay):
    made = factories.appointment(crew, on(crew, "16:00"), job=factories.job("3"))
    assert kept(made) == (on(crew, "16:15"), on(crew, "11:15", days=1))
    with pytest.raises(SlotTaken) as refusal:
        factories.appointment(crew, on(crew, "10:00", days=1))
    assert str(refusal.value).endswith("11:00.")


def test_all_bays_taken_is_refused_with_the_next_free_time(crew, bay, second):
    factories.appointment(crew, on(crew, "11:00"), job=factories.job("3"))
    before = Appointment.objects.count(), BayReservation.objects.count()
    with pytest.raises(SlotTaken) as refusal:
        factories.appointment(crew, on(crew, "14:00"), advisor=second)
    sentence = str(refusal.value)
    assert sentence.startswith("No bay for this work is free at this time.")
    assert sentence.endswith(f"Next free with {second.full_name}: 2026-11-24 15:00."), sentence
    assert (Appointment.objects.count(), BayReservation.objects.count()) == before
    assert factories.appointment(crew, on(crew, "15:00"), advisor=second).reservation.bay == bay


def test_a_short_job_before_a_long_one_fits_to_the_minute(crew, bay, second):
    factories.appointment(crew, on(crew, "11:00"), job=factories.job("3"))
    made = factories.appointment(crew, on(crew, "10:00"), advisor=second, job=factories.job("1"))
    assert kept(made) == (on(crew, "10:15"), on(crew, "11:15"))


def test_work_is_promised_where_it_can_be_done(crew):
    any_work = add_bay(crew.store, "0号")
    body, engine = add_bay(crew.store, "1号", "钣喷"), add_bay(crew.store, "2号", "机修 电器")
    work = factories.operation()
    work.skill = "机修"
    work.save()
    job = factories.job("2", operations=[work])
    assert factories.appointment(crew, job=job).reservation.bay == engine, "not the one that can do everything"
    assert factories.appointment(crew, TUESDAY_NINE + QUARTER, job=job).reservation.bay == any_work
    with pytest.raises(SlotTaken):
        factories.appointment(crew, TUESDAY_NINE + 2 * QUARTER, job=job)
    assert factories.appointment(crew, TUESDAY_NINE + 4 * QUARTER).reservation.bay == body


def work(**hours):
    """Make a job of one operation for each skill."""
    made = [factories.operation(hours=taken) for taken in hours.values()]
    for one, skill in zip(made, hours, strict=True):
        one.skill = skill
        one.save()
    return factories.job(operations=made)


def test_the_work_that_takes_most_hours_decides_on_the_bay(crew):
    engine, body = add_bay(crew.store, "1号", "机修"), add_bay(crew.store, "2号", "钣喷")
    made = factories.appointment(crew, job=work(机修="1.00", 钣喷="2.00"))
    assert (made.skills, made.reservation.bay) == ("钣喷 机修", body)
    made = factories.appointment(crew, TUESDAY_NINE + QUARTER, job=work(机修="2.00", 钣喷="1.00"))
    assert (made.skills, made.reservation.bay) == ("机修 钣喷", engine)
    with pytest.raises(SlotTaken):
        factories.appointment(crew, TUESDAY_NINE + 2 * QUARTER, job=work(机修="1.00", 钣喷="2.00"))


def test_a_bay_for_all_of_the_work_comes_before_one_for_most_of_it(crew):
    add_bay(crew.store, "1号", "钣喷")
    both = add_bay(crew.store, "2号", "钣喷 机修")
    assert factories.appointment(crew, job=work(机修="1.00", 钣喷="2.00")).reservation.bay == both


def test_work_for_which_no_bay_is_set_up_is_promised_without_one(crew):
    add_bay(crew.store, "1号", "机修")
    made = factories.appointment(crew, job=work(空调="1.00"))
    assert made.reservation is None
    assert queries.placeless(made, list(Bay.objects.all())) == "空调"
    assert queries.placeless(made, []) == "", "a store that enters no bays keeps none"
    other = factories.appointment(crew, TUESDAY_NINE + QUARTER, job=work(机修="1.00"))
    assert queries.placeless(other, list(Bay.objects.all())) == ""
    operations.cancel(made, reason="出差", by=crew.service_advisor, at=MONDAY)
    assert queries.placeless(made, list(Bay.objects.all())) == "", "nobody comes any more"


@pytest.mark.parametrize("skills", list(itertools.permutations(["保养", "钣喷", "机修", "空调"], 2)))
def test_mixed_work_can_be_booked_in_the_bays_of_the_demo(crew, skills):
    for name, kind, done in BAYS:
        Bay.objects.create(store=crew.store, name=name, kind=kind, skills=done)
    made = factories.appointment(crew, job=work(**dict(zip(skills, ["2.00", "1.00"], strict=True))))
    assert (made.reservation is None) == (skills[0] == "空调")
    assert queries.offers(crew.store, queries.wish_of(made), TUESDAY_NINE).all


def test_a_bay_out_of_use_is_not_promised(crew, bay):
    Bay.objects.update(active=False)
    assert factories.appointment(crew).reservation is None


def test_odd_slots_and_odd_jobs_keep_whole_quarters_of_an_hour(crew, bay, second):
    """A job that ends at 10:10 keeps the quarter until 10:15, and the desk offers nothing else."""
    BookingRules.objects.create(store=crew.store, slot_minutes=20)
    factories.appointment(crew, job=factories.job("0.83"))  # 9:20 to 10:10
    with pytest.raises(SlotTaken) as refusal:
        factories.appointment(crew, on(crew, "09:40"), advisor=second)
    assert "10:20" in str(refusal.value)
    assert factories.appointment(crew, on(crew, "10:20"), advisor=second)


def give_back(made, how, crew):
    by = crew.service_advisor
    if how == "cancel":
        operations.cancel(made, reason="出差", by=by, at=MONDAY)
    if how == "no_show":
        operations.mark_no_show(made, by=by, at=TUESDAY_NINE)
    if how == "clock":
        operations.sweep(TUESDAY_NINE + timedelta(minutes=31))
    if how == "finish":
        operations.mark_arrived(made, by=by, at=TUESDAY_NINE)
        assert BayReservation.objects.count() == 1, "the car is here and needs it"
        operations.finish(made, by=by, at=TUESDAY_NINE + timedelta(hours=2))


@pytest.mark.parametrize("how", ["cancel", "no_show", "clock", "finish"])
def test_a_bay_is_free_again_once_nobody_needs_it(crew, bay, how):
    made = factories.appointment(crew, job=factories.job("5"))
    give_back(made, how, crew)
    made.refresh_from_db()
    assert made.reservation is None
    assert not BayReservation.objects.exists()
    assert not BayQuarter.objects.exists()


def test_another_time_takes_another_time_of_the_bay(crew, bay):
    made = factories.appointment(crew, job=factories.job("3"))
    operations.reschedule(
        made, starts_at=on(crew, "10:00"), reason="来电", agreed=True, by=crew.service_advisor, at=MONDAY
    )
    made.refresh_from_db()
    assert kept(made) == (on(crew, "10:15"), on(crew, "14:15")), "the old time does not stand in its own way"
    assert BayReservation.objects.count() == 1


def test_a_move_without_a_free_bay_leaves_everything_as_it_was(crew, bay, second):
    made = factories.appointment(crew, job=factories.job("1"))
    factories.appointment(crew, on(crew, "13:00"), job=factories.job("3"))
    with pytest.raises(SlotTaken, match="No bay"):
        operations.reschedule(
            made, starts_at=on(crew, "14:00"), advisor=second, reason="来电", agreed=True,
            by=crew.service_advisor, at=MONDAY,
        )  # fmt: skip
    assert (made.starts_at, made.advisor, made.sequence) == (TUESDAY_NINE, crew.service_advisor, 0), "in hand"
    assert kept(made) == (on(crew, "09:15"), on(crew, "10:15"))
    made.refresh_from_db()
    assert (made.starts_at, made.advisor, made.sequence) == (TUESDAY_NINE, crew.service_advisor, 0)
    assert kept(made) == (on(crew, "09:15"), on(crew, "10:15"))
    assert made.moves.count() == 2
    assert not made.reschedules.exists()


def test_the_foreman_gives_the_car_another_bay(crew, bay):
    other = add_bay(crew.store, "2号")
    made = factories.appointment(crew)
    operations.change_bay(made, bay=other, by=crew.foreman, at=MONDAY)
    made.refresh_from_db()
    assert (made.reservation.bay, kept(made)) == (other, (on(crew, "09:15"), on(crew, "10:15")))
    assert BayReservation.objects.count() == 1
    factories.appointment(crew, TUESDAY_NINE + QUARTER)  # takes the first
    with pytest.raises(NotAllowed, match="kept for another car"):
        operations.change_bay(made, bay=bay, by=crew.foreman, at=MONDAY)
    made.refresh_from_db()
    assert made.reservation.bay == other


def test_another_bay_is_refused_where_it_makes_no_sense(crew, bay):
    made = factories.appointment(crew)
    elsewhere = add_bay(factories.store(), "9号")
    for chosen, by in [(elsewhere, crew.foreman), (bay, crew.service_advisor)]:
        with pytest.raises(NotAllowed):
            operations.change_bay(made, bay=chosen, by=by, at=MONDAY)
    operations.cancel(made, reason="出差", by=crew.service_advisor, at=MONDAY)
    with pytest.raises(NotAllowed, match="No bay is kept"):
        operations.change_bay(made, bay=bay, by=crew.foreman, at=MONDAY)


def test_a_bay_changed_meanwhile_is_the_one_that_is_given_back(crew, bay):
    """The page was opened before the foreman chose another bay."""
    other = add_bay(crew.store, "2号")
    made = factories.appointment(crew)
    stale = Appointment.objects.select_related("reservation").get()
    operations.change_bay(made, bay=other, by=crew.foreman, at=MONDAY)
    operations.cancel(stale, reason="出差", by=crew.service_advisor, at=MONDAY)
    assert not BayReservation.objects.exists()


def test_the_database_keeps_a_quarter_of_a_bay_once(crew, bay):
    made = factories.appointment(crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        BayQuarter.objects.create(reservation=made.reservation, bay=bay, starts_at=on(crew, "10:00"))
    assert workshop.keep(bay, on(crew, "10:00"), on(crew, "11:00")) is None
    assert BayReservation.objects.count() == 1, "nothing is left of the refused one"
