"""The month's figures across the desks, each reckoned a second time from the rows themselves."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest
from django.urls import reverse
from django.utils import translation

from appointments.figures import Period
from dealership.overview import figures
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.overview import promises
from workorders.models import WorkOrder
from workorders.operations import dispatch, work, writeup

pytestmark = pytest.mark.django_db
FIGURES, HOUSE = reverse("overview:booking_figures"), reverse("overview:house_figures")
NEXT_MONTH = datetime(2026, 12, 1, 8, tzinfo=factories.SHANGHAI)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def november(store, now=NEXT_MONTH):
    return Period(store, date(2026, 11, 1), date(2026, 11, 30), now)


def test_the_appointment_rate_is_orders_of_booked_customers_of_all_orders(crew):
    for _one in range(3):
        factories.draft(crew)
    made = factories.appointment(crew, promises.at(9), at=promises.SATURDAY)
    factories.draft(crew, promises.at(9), car=(made.customer, made.vehicle))
    gone = factories.draft(crew)
    writeup.cancel(gone, reason="不修了", by=crew.service_advisor, at=TUESDAY_NINE)
    factories.draft(factories.Crew(factories.store()))
    found = figures.appointment_rate(november(crew.store))
    orders = [one for one in WorkOrder.objects.filter(store=crew.store) if one.state != "cancelled"]
    from_booking = [one for one in orders if one.visit.appointment_id]
    assert (found.numerator, found.denominator) == (len(from_booking), len(orders)) == (1, 4)
    assert found.shown == "25.0 %"
    assert figures.appointment_rate(Period(crew.store, date(2026, 12, 1), date(2026, 12, 31), NEXT_MONTH)).value is None


@pytest.mark.clause("3.1.5.3")
def test_a_bay_worked_in_for_six_of_eight_hours_is_used_by_three_quarters(crew):
    """The day has seven opening hours; work over the lunch break counts its working time alone."""
    bay, other = crew.store.bays.create(name="1"), crew.store.bays.create(name="2")
    monday = MONDAY.replace(hour=9)
    worked_in(crew, bay, monday, monday + timedelta(hours=4))  # nine to one: three hours
    worked_in(crew, bay, monday + timedelta(hours=6), monday + timedelta(hours=8, minutes=15))  # two and a quarter
    day = Period(crew.store, MONDAY.date(), MONDAY.date(), NEXT_MONTH)
    whole, first, second = figures.bay_use(day)
    assert (first.label, first.numerator, first.denominator) == ("1", Decimal("5.0"), Decimal("7.0"))
    assert first.shown == "71.4 %"
    assert (second.numerator, whole.numerator, whole.denominator) == (Decimal("0.0"), Decimal("5.0"), Decimal("14.0"))
    assert other.name == second.label


def worked_in(crew, bay, since, until=None):
    order = factories.signed(crew, since)
    given = dispatch.dispatch(order, team=crew.team(), bay=bay, by=crew.foreman, at=since, reason="试")
    dispatch.accept(given, by=crew.team_leader, at=since)
    factories.clock_on(order, crew.technician, at=since)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=since)
    if until:
        work.finish(order, by=crew.technician, at=until)
    return order


@pytest.mark.clause("3.1.5.3")
def test_work_that_lasts_counts_in_every_day_until_now(crew):
    bay = crew.store.bays.create(name="1")
    worked_in(crew, bay, MONDAY.replace(hour=15))
    now = TUESDAY_NINE + timedelta(hours=2)
    for day, numerator, denominator in [(MONDAY, "2.0", "7.0"), (TUESDAY_NINE, "2.0", "2.0")]:
        _whole, found = figures.bay_use(Period(crew.store, day.date(), day.date(), now))
        assert (found.numerator, found.denominator) == (Decimal(numerator), Decimal(denominator))


@pytest.mark.clause("3.1.5.3")
def test_work_begun_the_day_before_counts_from_the_opening_on(crew):
    bay = crew.store.bays.create(name="1")
    worked_in(crew, bay, MONDAY.replace(hour=15), TUESDAY_NINE + timedelta(hours=1))
    for day, numerator in [(MONDAY, "2.0"), (TUESDAY_NINE, "1.0")]:
        _whole, found = figures.bay_use(Period(crew.store, day.date(), day.date(), NEXT_MONTH))
        assert (found.numerator, found.denominator) == (Decimal(numerator), Decimal("7.0"))


@pytest.mark.clause("3.1.5.1")
def test_the_load_is_shown_by_hour_and_weekday(tuesday, crew, time_machine):
    promises.every_fate(crew)  # three at nine, three at ten of which one was cancelled, two at eleven, one cancelled
    factories.appointment(crew, TUESDAY_NINE + timedelta(days=2))  # not on a day up to today
    time_machine.move_to(TUESDAY_NINE.replace(hour=20).timestamp(), tick=False)
    tuesday.force_login(crew.after_sales_manager)
    chart = tuesday.get(FIGURES).context["chart"]
    rows = dict(chart.rows)
    tuesdays = 4  # the 3rd, 10th, 17th and 24th
    assert (rows["09:00"][1].taken, rows["09:00"][1].offered) == (3, 3 * tuesdays)
    assert (rows["10:00"][1].taken, rows["10:00"][1].percent) == (2, 17)
    assert sum(load.taken for loads in rows.values() for load in loads) == 6
    days = dict(chart.days)
    assert (days["Tuesday"].taken, days["Tuesday"].offered) == (6, 21 * tuesdays)
    assert days["Friday"].offered == 21 * 3, "the 27th is still to come"


@pytest.mark.clause("3.1.5.1")
def test_whoever_is_away_can_promise_nothing(crew):
    crew.service_advisor.absences.create(first_on=date(2026, 11, 1), last_on=date(2026, 11, 26))
    chart = figures.load_chart(november(crew.store), {})
    assert {name: load.offered // 21 for name, load in chart.days if load.offered} == {
        "Friday": 1, "Saturday": 1, "Sunday": 1, "Monday": 1,
    }  # fmt: skip


def test_the_page_shows_every_figure_with_what_it_was_reckoned_from(tuesday, crew, time_machine):
    promises.every_fate(crew)
    promises.rebooked(crew)
    time_machine.move_to(NEXT_MONTH.timestamp(), tick=False)
    tuesday.force_login(crew.after_sales_manager)
    for address, tables in [(HOUSE, ["reception", "bays"]), (FIGURES, ["promises", "told"])]:
        page = tuesday.get(address, {"month": "2026-11"})
        text = page.content.decode()
        for figure in chain.from_iterable(page.context[table] for table in tables):
            assert figure.label in text
            assert f"{figure.numerator} / {figure.denominator}" in text
        assert f"{HOUSE}?month=2026-11" in text, "the month stays with who turns to the other page"
    assert page.context["promises"][1].shown == "44.4 %"
    assert "month=2026-10" in text
    assert "month=2026-12" in text
    assert tuesday.get(FIGURES, {"month": "2026-10"}).context["kept"].whole.promised == 0
    for nonsense in ["x", "9999-13", "0001-01"]:
        assert tuesday.get(FIGURES, {"month": nonsense}).context["first"] == date(2026, 12, 1)


@pytest.mark.parametrize("count", [1, 3, 1000])
def test_the_figures_take_the_same_queries_however_many_appointments(tuesday, crew, count, django_assert_num_queries):
    promises.many(crew, count)
    crew.store.bays.create(name="1")
    tuesday.force_login(crew.after_sales_manager)
    with django_assert_num_queries(11):
        tuesday.get(HOUSE)
    with django_assert_num_queries(12):
        page = tuesday.get(FIGURES)
    assert page.context["kept"].whole.promised == count
