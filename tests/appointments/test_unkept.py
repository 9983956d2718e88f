"""A closed day, other hours or an absence entered after customers were booked: told at once, listed until settled."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from dealership.staff.models import Absence
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from dealership.workshop import queries as hours
from dealership.workshop.models import Closure, OpeningHours
from tests import factories
from tests.appointments.desk import book, text, to
from tests.factories import MONDAY, TUESDAY_NINE

LIST = reverse("appointments:unkept")
TUESDAY = TUESDAY_NINE.date()
WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


@pytest.fixture
def office(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


def close(crew, on=TUESDAY):
    return workshop.close_on(crew.store, on, name="盘点", by=CLOCK)


def listed(crew):
    return [(made, queries.why_unkept(made)) for made in queries.unkept(crew.store)]


def add(model, office, **posted):
    return office.post(reverse(f"admin:{model}_add"), posted, follow=True)


@pytest.mark.usefixtures("english")
def test_a_promise_is_listed_while_the_store_is_closed_then(crew):
    made = book(crew)
    book(crew, WEDNESDAY_NINE)
    assert listed(crew) == []
    close(crew)
    assert listed(crew) == [(made, "The store is closed at this time.")]
    Closure.objects.all().delete()
    assert listed(crew) == [], "the closure was lifted"


@pytest.mark.usefixtures("english")
def test_a_promise_is_listed_until_it_is_moved_or_cancelled(crew):
    first, second = book(crew), book(crew, TUESDAY_NINE + timedelta(minutes=15))
    close(crew)
    assert [made for made, _why in listed(crew)] == [first, second]
    operations.reschedule(
        first, starts_at=WEDNESDAY_NINE, reason="盘点", agreed=True, by=crew.service_advisor, at=MONDAY
    )
    operations.cancel(second, reason="盘点", by=crew.service_advisor, at=MONDAY)
    assert listed(crew) == []


@pytest.mark.usefixtures("english")
def test_other_hours_are_counted_by_the_clock_of_the_store(crew):
    at_noon = book(crew, TUESDAY_NINE.replace(hour=11, minute=30))
    book(crew, TUESDAY_NINE.replace(hour=13))
    workshop.set_hours(crew.store, 1, [(time(9), time(11, 30)), (time(13), time(17))], by=CLOCK)
    assert listed(crew) == [(at_noon, "The store is closed at this time.")], "at the closing minute it is closed"
    workshop.set_day(crew.store, TUESDAY, [(time(11), time(12))], name="短班", by=CLOCK)
    assert [made.starts_at.astimezone(crew.store.zone).hour for made, _why in listed(crew)] == [13]


@pytest.mark.usefixtures("english")
def test_an_absence_lists_the_advisors_own_customers_alone(crew):
    made, other = book(crew), factories.person(crew.service_advisor.roles[0], crew.store)
    book(crew, advisor=other)
    book(crew, WEDNESDAY_NINE)
    away = Absence.objects.create(user=crew.service_advisor, first_on=TUESDAY, last_on=TUESDAY)
    assert listed(crew) == [(made, f"{crew.service_advisor.full_name} is away on this day.")]
    away.delete()
    assert listed(crew) == []


@pytest.mark.usefixtures("english")
def test_the_customers_of_an_advisor_who_left_are_listed(crew):
    advisor, other = crew.service_advisor, factories.person(crew.service_advisor.roles[0], crew.store)
    made = book(crew)
    book(crew, advisor=other)
    advisor.is_active = False
    advisor.save()
    assert listed(crew) == [(made, f"{advisor.full_name} does not work here any more.")]
    advisor.is_active = True
    advisor.save()
    assert listed(crew) == []
    advisor.stores.set([factories.store("分店")])
    assert listed(crew) == [(made, f"{advisor.full_name} does not work here any more.")]
    operations.reschedule(
        made, starts_at=TUESDAY_NINE + timedelta(minutes=15), reason="换顾问", agreed=True, by=other, at=MONDAY,
        advisor=other,
    )  # fmt: skip
    assert listed(crew) == []


@pytest.mark.usefixtures("english")
def test_the_customers_of_who_is_no_advisor_any_more_are_listed(crew):
    made = book(crew)
    crew.service_advisor.groups.set(crew.cashier.groups.all())
    assert listed(crew) == [(made, f"{crew.service_advisor.full_name} is not a service advisor any more.")]
    crew.service_advisor.groups.add(*crew.advisor_assistant.groups.all())
    assert len(listed(crew)) == 1


def test_the_condition_agrees_with_the_calendar_on_a_day_the_clocks_change(db):
    crew = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    zone = crew.store.zone
    early = datetime(2026, 10, 23, 8, tzinfo=zone)
    made = [
        book(crew, datetime(2026, 10, day, hour, tzinfo=zone), at=early) for day in (24, 25, 26) for hour in (9, 16)
    ]
    workshop.set_hours(crew.store, 6, [(time(9), time(10))], by=CLOCK)
    workshop.close_on(crew.store, date(2026, 10, 26), name="Feiertag", by=CLOCK)
    calendar = hours.calendar_of(crew.store)
    shut = [one for one in made if not calendar.is_open(one.starts_at)]
    assert len(shut) == 3
    assert list(queries.unkept(crew.store)) == shut


def test_a_store_without_hours_can_keep_nothing(crew):
    made = book(crew)
    OpeningHours.objects.all().delete()
    assert list(queries.unkept(crew.store)) == [made]


def test_who_closes_a_day_reads_how_many_it_lets_down(office, crew):
    book(crew)
    posted = {"store": crew.store.pk, "on": "2026-11-24", "name": "盘点"}
    answer = add("workshop_closure", office, **posted)
    assert "1 booked customer cannot be received as agreed any more." in text(answer)
    assert f'href="{LIST}"' in text(answer)
    assert Closure.objects.count() == 1, "a closure is a fact and never refused"
    assert "cannot be received" not in text(add("workshop_closure", office, **posted | {"on": "2026-11-26"}))


def test_who_enters_an_absence_reads_how_many_it_lets_down(office, crew):
    book(crew)
    book(crew, WEDNESDAY_NINE)
    posted = {"user": crew.service_advisor.pk, "first_on": "2026-11-24", "last_on": "2026-11-25"}
    answer = add("staff_absence", office, **posted)
    assert "2 booked customers cannot be received as agreed any more." in text(answer)
    assert "cannot be received" not in text(add("staff_absence", office, **posted)), "nobody is let down twice"


def test_who_takes_opening_hours_out_reads_how_many_it_lets_down(office, crew):
    book(crew)
    span = OpeningHours.objects.get(weekday=1, opens=time(9))
    answer = office.post(reverse("admin:workshop_openinghours_delete", args=[span.pk]), {"post": "yes"}, follow=True)
    assert "1 booked customer cannot be received as agreed any more." in text(answer)


def test_customers_of_another_store_are_told_by_its_name(office, crew):
    other = factories.store("分店")
    there = factories.Crew(other)
    crew.after_sales_manager.stores.add(other)
    book(there)
    answer = add("workshop_closure", office, store=other.pk, on="2026-11-24", name="盘点")
    assert "分店: 1 booked customer cannot be received" in text(answer)
    assert f'href="{LIST}"' not in text(answer), "the list is the current store's"


def test_the_list_leads_to_another_time(desk, crew):
    assert "Every appointment can be kept." in text(desk.get(LIST))
    made = book(crew)
    close(crew)
    page = text(desk.get(LIST))
    assert to("move", made) in page
    assert "The store is closed at this time." in page
    assert desk.get(to("move", made)).status_code == 200


def test_the_list_is_closed_to_who_does_not_book(client, crew, monday):
    client.force_login(crew.technician)
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_eight_queries(desk, crew, count, django_assert_num_queries):
    for number in range(count):
        book(crew, TUESDAY_NINE + number * timedelta(minutes=15))
    close(crew)
    with django_assert_num_queries(8):
        assert len(desk.get(LIST).context["rows"]) == count
