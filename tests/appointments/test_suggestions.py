"""When can I come? Times across advisor, bay, skill, parts and limits, each of which can really be had."""

import random
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from appointments import operations, queries
from appointments.models import Appointment, BookingRules
from appointments.queries import Outlook, Wish
from appointments.states import HOLDS_SLOT
from dealership.staff.models import Absence
from dealership.staff.roles import Role
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

TODAY = MONDAY.date()
AFTER = MONDAY + timedelta(hours=24)
QUARTER = timedelta(minutes=15)
HOUR = Wish(Decimal(1))


def on(crew, days, clock="09:00"):
    return datetime.combine(TODAY + timedelta(days=days), time.fromisoformat(clock), tzinfo=crew.store.zone)


def offered(crew, wish=HOUR, after=AFTER, day=None):
    return queries.offers(crew.store, wish, after, day, today=TODAY)


def times(found):
    return [one.starts_at for one in found]


def bay(crew, name="1号", skills=""):
    made = workshop.add_bay(crew.store, name=name, kind="general", by=CLOCK)
    Bay.objects.filter(pk=made.pk).update(skills=skills)
    return made


def fill(crew, days, percent, clock="09:00"):
    """Load a day of ten hours in per cent."""
    factories.appointment(crew, on(crew, days, clock), job=factories.job(Decimal(percent) / 10))


@pytest.fixture(autouse=True)
def _an_advisor(crew):
    assert crew.service_advisor


@pytest.fixture
def rules(crew):
    return BookingRules.objects.create(store=crew.store, workshop_hours=10)


def test_the_next_times_are_the_earliest_with_some_choice(crew):
    found = offered(crew).soonest
    assert times(found) == [on(crew, 1), on(crew, 1, "11:00"), on(crew, 2)]
    assert {one.advisor for one in found} == {crew.service_advisor}
    assert found[0].percent is None
    assert found[0].value == f"{crew.service_advisor.pk}|2026-11-24T01:00:00+00:00"


@pytest.mark.clause("2.1.1")
def test_nothing_is_offered_before_the_notice_is_over(crew):
    found = offered(crew, after=TUESDAY_NINE + timedelta(minutes=1))
    assert found.soonest[0].starts_at == TUESDAY_NINE + QUARTER


@pytest.mark.clause("3.1.1.6")
def test_days_with_little_to_do_are_proposed_first(crew, rules):
    for days, percent in [(1, 70), (2, 60), (3, 68), (4, 28), (5, 66), (6, 65)]:
        fill(crew, days, percent)
    workshop.set_hours(crew.store, 0, [], by=None)
    quiet = Outlook(crew.store, HOUR, AFTER, horizon=6, today=TODAY).quietest()
    assert [one.starts_at.astimezone(crew.store.zone).strftime("%a") for one in quiet] == ["Fri", "Wed", "Sun"]
    assert quiet[0].percent == 38, "with this job"


@pytest.mark.clause("3.1.5.2", "3.1.1.6")
def test_booking_proposes_the_empty_saturday_before_a_full_monday(crew, rules):
    for days in (1, 2, 3, 4):
        fill(crew, days, 69)
    fill(crew, 7, 69)
    fill(crew, 5, 20)
    quiet = Outlook(crew.store, HOUR, AFTER, horizon=6, today=TODAY).quietest(count=7)
    order = [one.starts_at.astimezone(crew.store.zone).strftime("%a") for one in quiet]
    assert order[:2] == ["Sun", "Sat"]
    assert order.index("Sat") < order.index("Mon")


@pytest.mark.clause("3.1.5.4")
def test_booking_proposes_the_empty_afternoon_before_the_busy_morning(crew, rules):
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    for hour in ("09:00", "10:00", "11:00", "13:00", "14:00", "16:00"):
        factories.appointment(crew, on(crew, 1, hour), job=factories.job("0.5"), advisor=second)
    workshop.close_on(crew.store, TODAY + timedelta(days=2), name="盘点", by=None)
    quiet = Outlook(crew.store, HOUR, AFTER, horizon=1, today=TODAY).quietest()
    assert [one.starts_at.astimezone(crew.store.zone).strftime("%H:%M") for one in quiet] == ["15:00"]
    everything = offered(crew, day=TODAY + timedelta(days=3)).soonest
    assert everything[0].starts_at == on(crew, 3), "whoever asks for a day sees all of it"


def test_an_empty_day_is_offered_after_noon(crew, rules):
    quiet = Outlook(crew.store, HOUR, AFTER, horizon=0, today=TODAY).quietest()
    assert times(quiet) == [on(crew, 1, "13:00")]


@pytest.mark.clause("3.1.5.1")
def test_a_full_day_is_passed_over_unless_it_was_asked_for(crew, rules):
    fill(crew, 1, 70)
    fill(crew, 1, 25, "10:00")
    assert offered(crew).soonest[0].starts_at == on(crew, 2)
    asked = offered(crew, day=TODAY + timedelta(days=1))
    assert asked.soonest[0].starts_at == on(crew, 1, "09:15")
    assert asked.load.percent == 95
    assert asked.soonest[0].percent == 105, "the page warns with this"


def test_a_job_longer_than_a_day_begins_on_an_empty_one(crew, rules):
    fill(crew, 1, 10)
    assert offered(crew, Wish(Decimal(30))).soonest[0].starts_at == on(crew, 2)


def test_the_least_busy_advisor_is_offered(crew):
    second = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="乙")
    factories.appointment(crew, on(crew, 1, "16:00"))
    assert offered(crew).soonest[0].advisor == second
    mine = offered(crew, Wish(Decimal(1), advisor=crew.service_advisor)).soonest
    assert {one.advisor for one in mine} == {crew.service_advisor}


def test_who_is_away_is_not_offered(crew):
    tuesday = TODAY + timedelta(days=1)
    Absence.objects.create(user=crew.service_advisor, first_on=tuesday, last_on=tuesday)
    assert offered(crew).soonest[0].starts_at == on(crew, 2)
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    first = offered(crew).soonest[0]
    assert (first.starts_at, first.advisor) == (on(crew, 1), second)
    asked = offered(crew, Wish(Decimal(1), advisor=crew.service_advisor))
    assert asked.soonest[0].starts_at == on(crew, 2)


def test_who_is_promised_in_another_store_is_not_offered(crew):
    elsewhere = factories.store("分店")
    crew.service_advisor.stores.add(elsewhere)
    car = factories.customer_with_car(crew.service_advisor)
    factories.appointment(factories.Crew(elsewhere), TUESDAY_NINE, car=car, advisor=crew.service_advisor,
                          by=crew.service_advisor)  # fmt: skip
    assert offered(crew).soonest[0].starts_at == TUESDAY_NINE + QUARTER
    assert Outlook(crew.store, HOUR, AFTER, today=TODAY).loads.days[TUESDAY_NINE.date()].booked == 0


@pytest.mark.clause("2.1.9")
def test_a_time_needs_a_bay_for_the_whole_job(crew):
    bay(crew)
    factories.appointment(crew, on(crew, 1, "11:00"), job=factories.job("3"))  # in the bay from 11:15 to 15:15
    assert times(offered(crew, Wish(Decimal(2))).soonest)[0] == on(crew, 1)
    assert times(offered(crew, Wish(Decimal("2.5"))).soonest)[0] == on(crew, 1, "15:00")
    bay(crew, "2号")
    assert times(offered(crew, Wish(Decimal("2.5"))).soonest)[0] == on(crew, 1)


@pytest.mark.clause("2.1.9")
def test_a_time_needs_a_bay_for_this_kind_of_work(crew):
    bay(crew, skills="钣喷")
    bay(crew, "2号", skills="机修 电器")
    factories.appointment(crew, on(crew, 1), job=factories.job("7", operations=[skilled("机修")]))
    assert times(offered(crew, Wish(Decimal(1), ("钣喷",))).soonest)[0] == on(crew, 1, "09:15")
    assert times(offered(crew, Wish(Decimal(1), ("电器",))).soonest)[0] == on(crew, 2)
    assert times(offered(crew, Wish(Decimal(1), ("电器", "钣喷"))).soonest)[0] == on(crew, 2), "the main work decides"
    assert times(offered(crew, Wish(Decimal(1), ("钣喷", "电器"))).soonest)[0] == on(crew, 1, "09:15")
    assert times(offered(crew, Wish(Decimal(1), ("空调", "钣喷"))).soonest)[0] == on(crew, 1, "09:15"), "no bay for it"


def skilled(skill, hours="1.00"):
    made = factories.operation(hours=hours)
    made.skill = skill
    made.save()
    return made


def test_a_skill_without_hours_left_waits_for_another_day(crew, rules):
    BookingRules.objects.update(skill_hours={"钣喷": "3"})
    factories.appointment(crew, on(crew, 1), job=factories.job(operations=[skilled("钣喷", "2.50")]))
    assert times(offered(crew, Wish(Decimal(1), ("钣喷",))).soonest)[0] == on(crew, 2)
    assert times(offered(crew, Wish(Decimal(1), ("机修",))).soonest)[0] == on(crew, 1, "09:15")


@pytest.mark.clause("2.1.6")
def test_a_part_that_is_missing_has_to_come_first(crew):
    there, slow = factories.part(crew.store, stock=2), factories.part(crew.store, stock=0)
    assert offered(crew, Wish(Decimal(1), parts=((there, 2),))).parts_on is None
    found = offered(crew, Wish(Decimal(1), parts=((there, 3),)))
    assert (found.parts_on, found.soonest[0].starts_at) == (TODAY + timedelta(days=3), on(crew, 3))
    slow.lead_days = 6
    slow.save()
    assert offered(crew, Wish(Decimal(1), parts=((there, 3), (slow, 1)))).soonest[0].starts_at == on(crew, 6)
    asked = offered(crew, Wish(Decimal(1), parts=((slow, 1),)), day=TODAY + timedelta(days=5))
    assert asked.soonest == []
    assert offered(crew, Wish(Decimal(1), parts=((slow, 1),)), day=TODAY + timedelta(days=6)).soonest


def test_an_advisor_with_all_he_may_have_is_passed_over(crew, rules):
    BookingRules.objects.update(most_per_advisor=1)
    factories.appointment(crew, on(crew, 1, "16:00"), job=factories.job("0.5"))
    assert offered(crew).soonest[0].starts_at == on(crew, 2)
    assert offered(crew, day=TODAY + timedelta(days=1)).soonest == []


def test_the_lounge_has_so_many_seats(crew, rules):
    BookingRules.objects.update(most_waiting=1)
    factories.appointment(crew, on(crew, 1, "16:00"), job=factories.job("0.5"), waits=True)
    waiting = Wish(Decimal(1), waits=True)
    assert offered(crew, waiting).soonest[0].starts_at == on(crew, 2)
    assert offered(crew, waiting, day=TODAY + timedelta(days=1)).soonest == [], "not even on the day asked for"
    assert offered(crew).soonest[0].starts_at == on(crew, 1)


def test_a_closed_store_and_a_day_gone_by_offer_nothing(crew):
    for weekday in range(7):
        workshop.set_hours(crew.store, weekday, [], by=None)
    assert offered(crew).all == []
    assert offered(crew, day=TODAY + timedelta(days=2)).all == []
    assert offered(crew, day=TODAY - timedelta(days=30)).all == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_offers_take_a_fixed_number_of_queries(crew, rules, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, TUESDAY_NINE + number * QUARTER)
        bay(crew, f"{number}号")
    with django_assert_num_queries(6):
        offered(crew)


@pytest.mark.clause("2.1.9", "3.1.1.6")
@pytest.mark.parametrize("seed", range(4))
def test_every_time_offered_can_be_booked_until_nothing_is_left(crew, seed):
    """Odd slots, odd jobs, limits, absences, skills and parts: nothing that is offered is refused."""
    dice = random.Random(seed)
    store = crew.store
    BookingRules.objects.create(
        store=store, workshop_hours=20, slot_minutes=dice.choice([10, 15, 20]), buffer_every=dice.choice([3, 4]),
        most_per_advisor=7, most_waiting=3, skill_hours={"机修": "12", "钣喷": "6"}, full_percent=120,
    )  # fmt: skip
    advisors = [crew.service_advisor, factories.person(Role.SERVICE_ADVISOR, store)]
    Absence.objects.create(user=advisors[1], first_on=TODAY + timedelta(days=2), last_on=TODAY + timedelta(days=2))
    for name, skills in [("1号", ""), ("2号", "机修"), ("3号", "钣喷 机修")]:
        bay(crew, name, skills)
    if seed % 2:
        Bay.objects.filter(name="1号").update(skills="保养")  # then no bay does all a mixed job needs, and none 空调
    part = factories.part(store, stock=0)
    works = [skilled("机修", "0.70"), skilled("钣喷", "2.25"), skilled("", "1.10"), skilled("空调", "1.00")]
    for _number in range(60):
        job = operations.Job(
            operations=dice.sample(works, dice.randint(1, 2)),
            parts=[(part, 1)] if dice.random() < 0.2 else [],
            hours=dice.choice([None, None, Decimal("4.40"), Decimal("9.00")]),
        )
        waits = dice.random() < 0.3
        wish = Wish(job.takes(Decimal(1)), job.skills, tuple(job.parts), dice.choice([None, *advisors]), waits)
        day = dice.choice([None, None, TODAY + timedelta(days=dice.randint(1, 3))])
        if day is None:
            outlook = Outlook(store, wish, AFTER, horizon=3, today=TODAY)
            found = dice.choice([outlook.soonest, outlook.quietest])()
        else:
            found = offered(crew, wish, day=day).soonest
        if found:
            one = dice.choice(found)
            factories.appointment(crew, one.starts_at, advisor=one.advisor, job=job, waits=waits)
    assert Appointment.objects.filter(state__in=HOLDS_SLOT).count() >= 15
    assert Outlook(store, Wish(Decimal(6)), AFTER, horizon=1, today=TODAY).soonest() == []


@pytest.mark.clause("3.1.3.8")
def test_a_time_that_is_to_be_changed_leaves_room_for_its_own_job(crew):
    """One bay, one advisor: what the old time keeps is free for the new one, and the old one is not offered."""
    bay(crew)
    made = factories.appointment(crew, TUESDAY_NINE, job=factories.job("3.00"))
    day, change = TUESDAY_NINE.date(), queries.wish_of(made)
    found = times(offered(crew, change, day=day).soonest)
    assert found[:2] == [TUESDAY_NINE + QUARTER, TUESDAY_NINE + 2 * QUARTER]
    operations.reschedule(made, starts_at=found[0], reason="晚一点", agreed=True, by=crew.service_advisor, at=MONDAY)
    another = times(offered(crew, Wish(Decimal(3)), day=day).soonest)
    assert min(another) > TUESDAY_NINE + timedelta(hours=3), "for anybody else the bay is kept"


def test_the_same_time_with_a_colleague_is_no_other_time(crew):
    """It is offered on its own, as a change of advisor; the first of the other times is marked and must be one."""
    factories.person(Role.SERVICE_ADVISOR, crew.store)
    made = factories.appointment(crew, TUESDAY_NINE)
    first = offered(crew, queries.wish_of(made), day=TUESDAY_NINE.date()).soonest[0]
    assert first.starts_at > TUESDAY_NINE


@pytest.mark.clause("2.1.6")
def test_the_day_the_parts_desk_expects_a_part_counts_more_than_its_usual_time(crew):
    part = factories.part(crew.store)
    made = factories.appointment(crew, TUESDAY_NINE)
    wanted = made.parts.create(part=part, quantity=99)
    assert queries.offers(crew.store, queries.wish_of(made), AFTER, today=TODAY).parts_on == TODAY + timedelta(days=3)
    operations.expect_delivery(wanted, on=TODAY + timedelta(days=9), by=crew.parts, at=MONDAY)
    found = queries.offers(crew.store, queries.wish_of(made), AFTER, today=TODAY)
    assert found.parts_on == TODAY + timedelta(days=9)
    assert min(times(found.soonest)).astimezone(crew.store.zone).date() == TODAY + timedelta(days=9)


@pytest.mark.clause("2.1.1")
def test_a_day_with_longer_notice_is_offered_when_that_is_over(crew):
    """New rules from Wednesday on want three days, Tuesday is still booked a day before."""
    BookingRules.objects.create(store=crew.store, lead_hours=24, valid_from=TODAY)
    BookingRules.objects.create(store=crew.store, lead_hours=72, valid_from=TODAY + timedelta(days=2))
    workshop.close_on(crew.store, TODAY + timedelta(days=1), name="盘点", by=None)
    found = queries.offers(crew.store, HOUR, AFTER, today=TODAY, notice_from=MONDAY).all
    assert min(times(found)) == on(crew, 3)
    for one in found:
        factories.appointment(crew, one.starts_at, advisor=one.advisor, job=factories.job("0.1"))
    assert offered(crew).soonest[0].starts_at == on(crew, 2), "a manager may ask for less"
    soon = queries.next_free(crew.store, crew.service_advisor, AFTER, today=TODAY, notice_from=MONDAY)
    assert soon >= on(crew, 3)
