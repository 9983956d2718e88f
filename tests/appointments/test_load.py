"""How full a day is: what was promised and what stays over, against the hours there are."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import operations, queries
from appointments.models import BookingRules
from appointments.queries.load import Held
from appointments.signals import Work, work_in_house
from dealership.staff.models import Absence, Team
from dealership.staff.roles import Role
from dealership.workshop import operations as workshop
from dealership.workshop import queries as hours
from dealership.workshop.calendar import WorkingCalendar
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

TODAY, TUESDAY, WEDNESDAY = (MONDAY.date() + timedelta(days=number) for number in range(3))
THURSDAY, FRIDAY, SATURDAY = (MONDAY.date() + timedelta(days=number) for number in range(3, 6))
QUARTER = timedelta(minutes=15)


def loads(store, first=TODAY, last=SATURDAY, today=TODAY):
    return queries.Loads.of(store, first, last, hours.calendar_of(store), queries.RuleBook(store), today=today).days


def fill(crew, day, wanted, skill=""):
    """Promise so many hours on a day, one job after the other."""
    at = datetime.combine(day, time(9), tzinfo=crew.store.zone)
    for number, one in enumerate(wanted):
        work = factories.operation(hours=one)
        work.skill = skill
        work.save()
        factories.appointment(crew, at + QUARTER * (number + number // 3), job=factories.job(operations=[work]))


@pytest.fixture
def rules(crew):
    """Fourteen hours on a full day of seven."""
    return BookingRules.objects.create(store=crew.store, workshop_hours=14)


@pytest.mark.clause("3.1.1.6", "3.1.5.1")
def test_a_day_is_as_full_as_what_was_promised_of_its_hours(crew, rules):
    fill(crew, TUESDAY, ["2.00", "1.50"])
    day = loads(crew.store)[TUESDAY]
    assert (day.capacity, day.booked, day.in_house, day.hours) == (14, Decimal("3.50"), 0, Decimal("3.50"))
    assert (day.percent, day.standing) == (25, "")


def test_held_times_count_and_cancelled_and_missed_ones_do_not(crew, rules):
    factories.held(crew, job=factories.job("2"))
    gone = factories.appointment(crew, TUESDAY_NINE + QUARTER, job=factories.job("3"))
    missing = factories.appointment(crew, TUESDAY_NINE + 2 * QUARTER, job=factories.job("4"))
    assert loads(crew.store)[TUESDAY].booked == 9
    operations.cancel(gone, reason="出差", by=crew.service_advisor, at=MONDAY)
    operations.mark_no_show(missing, by=crew.service_advisor, at=missing.starts_at)
    assert loads(crew.store)[TUESDAY].booked == 2


def test_a_job_nobody_estimated_takes_the_stores_usual_hours(crew, rules):
    BookingRules.objects.update(usual_hours=Decimal("1.25"))
    factories.appointment(crew)
    assert loads(crew.store)[TUESDAY].booked == Decimal("1.25")


def test_a_shorter_day_has_hours_in_proportion(crew, rules):
    workshop.set_hours(crew.store, 5, [(time(9), time(12, 30))], by=None)
    workshop.close_on(crew.store, FRIDAY, name="盘点", by=None)
    workshop.set_day(crew.store, THURSDAY, [(time(8), time(18, 30))], name="加班", by=None)
    found = loads(crew.store)
    assert [found[day].capacity for day in (WEDNESDAY, THURSDAY, FRIDAY, SATURDAY)] == [14, 21, 0, 7]
    assert (found[FRIDAY].open, found[FRIDAY].percent) == (False, None)


def test_hours_nobody_entered_are_people_times_opening_hours(crew):
    team = crew.team()
    for number in range(2):
        team.members.add(factories.person(crew.technician.roles[0], crew.store, username=f"t{number}"))
    assert loads(crew.store)[TUESDAY].capacity == 21
    crew.technician.is_active = False
    crew.technician.save()
    assert loads(crew.store)[TUESDAY].capacity == 14, "who left works no more"


def test_who_works_in_two_teams_works_once_with_the_skills_of_both(crew):
    team = crew.team()
    Team.objects.filter(pk=team.pk).update(skills="general paint")
    other = Team.objects.create(store=crew.store, name="夜班", leader=team.leader, skills="general electric")
    other.members.add(crew.technician)
    day = loads(crew.store)[TUESDAY]
    assert day.capacity == 7
    assert day.skills == dict.fromkeys(["general", "paint", "electric"], (0, 7))


def test_who_is_away_adds_no_hours_and_no_skill_on_these_days(crew):
    team = crew.team()
    Team.objects.filter(pk=team.pk).update(skills="paint")
    other = Team.objects.create(store=crew.store, name="夜班", leader=team.leader, skills="paint electric")
    other.members.add(crew.technician, factories.person(Role.TECHNICIAN, crew.store, username="second"))
    Absence.objects.create(user=crew.technician, first_on=WEDNESDAY, last_on=THURSDAY, reason="年假")
    found = loads(crew.store)
    assert [found[day].capacity for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)] == [14, 7, 7, 14]
    assert [found[day].skills["paint"][1] for day in (TUESDAY, WEDNESDAY)] == [14, 7]


def test_a_day_on_which_nobody_is_at_work_has_no_room(crew):
    assert crew.service_advisor
    crew.team()
    Absence.objects.create(user=crew.technician, first_on=TUESDAY, last_on=WEDNESDAY)
    day = loads(crew.store)[TUESDAY]
    assert (day.open, day.capacity, day.percent) == (True, 0, None)
    wish = queries.Wish(Decimal(1))
    offered = queries.offers(crew.store, wish, TUESDAY_NINE, today=MONDAY.date()).soonest
    assert offered[0].starts_at.date() == THURSDAY


def test_where_nothing_is_known_no_percentage_is_made_up(crew):
    fill(crew, TUESDAY, ["5.00"])
    day = loads(crew.store)[TUESDAY]
    assert (day.capacity, day.booked, day.percent, day.standing, day.quieter) == (None, 5, None, "", None)


@pytest.mark.clause("3.1.5.1")
def test_a_day_is_full_from_the_stores_limit_on(crew, rules):
    BookingRules.objects.update(full_percent=75)
    fill(crew, TUESDAY, ["6.00", "4.00"])
    assert (loads(crew.store)[TUESDAY].percent, loads(crew.store)[TUESDAY].standing) == (71, "uneven")
    fill(crew, WEDNESDAY, ["6.00", "4.50"])
    assert (loads(crew.store)[WEDNESDAY].percent, loads(crew.store)[WEDNESDAY].standing) == (75, "full")


@pytest.mark.clause("3.1.5.1")
def test_an_uneven_day_names_the_quieter_neighbour_over_closed_days(crew, rules):
    workshop.close_on(crew.store, THURSDAY, name="盘点", by=None)
    fill(crew, WEDNESDAY, ["5.00", "4.80"])
    fill(crew, TUESDAY, ["5.00", "4.00"])
    found = loads(crew.store)
    assert (found[WEDNESDAY].standing, found[WEDNESDAY].quieter) == ("uneven", FRIDAY)
    fill(crew, FRIDAY, ["5.70"])  # 41 %, not 30 points below 70 %
    assert (loads(crew.store)[WEDNESDAY].standing, loads(crew.store)[WEDNESDAY].quieter) == ("", None)


def test_nobody_is_asked_to_move_to_a_day_that_is_over(crew, rules):
    fill(crew, TUESDAY, ["7.00"])
    assert loads(crew.store)[TUESDAY].quieter == TODAY
    assert loads(crew.store, today=TUESDAY)[TUESDAY].quieter == WEDNESDAY
    fill(crew, WEDNESDAY, ["7.00"])
    assert loads(crew.store, today=TUESDAY)[TUESDAY].quieter is None


def test_skills_have_hours_of_their_own(crew, rules):
    BookingRules.objects.update(skill_hours={"钣喷": "4", "机修": "8"})
    fill(crew, TUESDAY, ["3.00"], "钣喷")
    workshop.set_hours(crew.store, 5, [(time(9), time(12, 30))], by=None)
    found = loads(crew.store)
    assert found[TUESDAY].skills == {"钣喷": (3, 4), "机修": (0, 8)}
    assert found[SATURDAY].skills == {"钣喷": (0, 2), "机修": (0, 4)}


def test_skills_nobody_entered_hours_for_are_the_teams(crew):
    team = crew.team()
    team.skills = "机修 电器"
    team.save()
    fill(crew, TUESDAY, ["2.00"], "电器")
    assert loads(crew.store)[TUESDAY].skills == {"机修": (0, 7), "电器": (2, 7)}
    BookingRules.objects.create(store=crew.store, workshop_hours=14)
    assert loads(crew.store)[TUESDAY].skills == {}, "the store's hours, but nobody said of which skill"


def test_several_skills_share_the_hours_of_a_job(crew, rules):
    BookingRules.objects.update(skill_hours={"钣喷": "4", "机修": "8"})
    work = [factories.operation(hours="1.00"), factories.operation(hours="3.00")]
    for one, skill in zip(work, ["机修", "钣喷"], strict=True):
        one.skill = skill
        one.save()
    factories.appointment(crew, job=factories.job(operations=work))
    day = loads(crew.store)[TUESDAY]
    assert sum(used for used, _there in day.skills.values()) == day.booked == 4


def test_a_long_job_goes_on_over_the_days_it_takes(crew, rules):
    workshop.close_on(crew.store, THURSDAY, name="盘点", by=None)
    at = datetime.combine(TUESDAY, time(15), tzinfo=crew.store.zone)
    factories.appointment(crew, at, job=factories.job("12.50"))
    found = loads(crew.store)
    assert [found[day].booked for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)] == [2, 7, 0, Decimal("3.50")]


def test_a_job_that_began_weeks_ago_still_fills_the_day(crew, rules):
    factories.appointment(crew, TUESDAY_NINE, job=factories.job("120"))
    then = TUESDAY + timedelta(days=16)
    assert loads(crew.store, then, then + timedelta(days=2))[then].booked == 7
    assert loads(crew.store, then, then + timedelta(days=2))[then + timedelta(days=2)].booked == 0


def test_each_day_keeps_the_rules_in_force_on_it(crew, rules):
    BookingRules.objects.create(store=crew.store, workshop_hours=20, full_percent=50, valid_from=THURSDAY)
    fill(crew, WEDNESDAY, ["7.00", "4.00"])
    fill(crew, THURSDAY, ["7.00", "4.00"])
    found = loads(crew.store)
    assert [found[day].capacity for day in (WEDNESDAY, THURSDAY)] == [14, 20]
    assert [found[day].standing for day in (WEDNESDAY, THURSDAY)] == ["uneven", "full"]


def test_work_in_the_house_counts_and_replaces_its_appointment(crew, rules):
    made = factories.appointment(crew, job=factories.job("2"))
    asked = []

    def carried(sender, store, first, last, today, **kwargs):
        asked.append((store, first, last, today))
        return [
            Work(TUESDAY, Decimal(3), "机修", None),
            Work(WEDNESDAY, Decimal(5), "", made.pk),
            Work(date(2020, 1, 1), Decimal(9)),
        ]

    work_in_house.connect(carried)
    try:
        found = loads(crew.store)
    finally:
        work_in_house.disconnect(carried)
    assert (found[TUESDAY].in_house, found[TUESDAY].booked, found[TUESDAY].percent) == (3, 0, 21)
    assert (found[WEDNESDAY].in_house, found[WEDNESDAY].booked) == (0, 5)
    assert asked == [(crew.store, TODAY, SATURDAY, TODAY)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_load_takes_a_fixed_number_of_queries(crew, rules, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, TUESDAY_NINE + number * QUARTER)
    calendar, book = hours.calendar_of(crew.store), queries.RuleBook(crew.store)
    with django_assert_num_queries(2):
        queries.Loads.of(crew.store, TODAY, SATURDAY, calendar, book, today=TODAY)


@st.composite
def jobs(draw):
    zone = ZoneInfo(draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"])))
    spans = st.sampled_from(
        [[], [(time(9), time(12)), (time(13), time(17))], [(time(9), time(9, 20))], [(time(1), time(5))]]
    )
    weekly = dict(enumerate(draw(st.lists(spans, min_size=7, max_size=7).filter(any))))
    day = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    clock = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30, 45])))
    worked = Decimal(draw(st.integers(1, 300))) / 100
    return WorkingCalendar(zone, weekly), datetime.combine(day, clock, tzinfo=zone), worked


@given(jobs())
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_the_days_of_a_job_add_up_to_its_hours(case):
    calendar, starts_at, worked = case
    first = starts_at.date() - timedelta(days=1)
    found = queries.Loads(None, first, first + timedelta(days=70), calendar, None, first)
    found.add(Held(1, 1, starts_at, worked, "机修 电器", False, 1))
    assert sum(day.booked for day in found.days.values()) == worked
    for day, load in found.days.items():
        assert load.booked >= 0
        assert queries.hours_of(load.booked) <= calendar.hours_on(day) + timedelta(seconds=36), "a hundredth, rounded"
