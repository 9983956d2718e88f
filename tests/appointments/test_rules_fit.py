"""Who changes the slots reads what a day becomes, and how many are booked at times the new grid does not know."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from appointments import operations
from appointments.models import BookingRules
from dealership.staff.roles import Role
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from dealership.workshop.models import OpeningHours
from tests import factories
from tests.appointments.desk import book, text
from tests.appointments.test_rules_admin import ADD, TODAY, prefilled
from tests.factories import MONDAY, TUESDAY_NINE

MISFIT = "not begin with a slot of these rules"


@pytest.fixture
def office(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


def save(office, **figures):
    posted = prefilled(office) | {"reason": "trial"} | figures
    return text(office.post(ADD, posted, follow=True))


@pytest.mark.clause("3.1.2.2")
def test_the_day_is_written_out_on_saving(office, crew):
    page = save(office)
    assert "has 28 slots, 7 of them kept free, from 09:00 to 16:45." in page
    assert MISFIT not in page
    page = save(office, valid_from=TODAY + timedelta(days=3), slot_minutes=7)
    assert "has 59 slots, 14 of them kept free, from 09:00 to 16:51." in page


def test_the_day_is_the_first_one_the_store_works(office, crew):
    workshop.close_on(crew.store, TODAY, name="盘点", by=CLOCK)
    workshop.set_hours(crew.store, 1, [(time(9), time(10))], by=CLOCK)
    assert "24 November 2026 has 4 slots, 1 of them kept free, from 09:00 to 09:45." in save(office)


def test_who_is_booked_off_the_new_grid_is_counted(office, crew):
    book(crew)
    quarter_past = book(crew, TUESDAY_NINE + timedelta(minutes=15))
    other = factories.person(Role.SERVICE_ADVISOR, crew.store)
    book(crew, quarter_past.starts_at, advisor=other)
    cancelled = book(crew, TUESDAY_NINE + timedelta(minutes=75))
    operations.cancel(cancelled, reason="出差", by=crew.service_advisor, at=MONDAY)
    page = save(office, slot_minutes=20)
    assert f"2 booked appointments do {MISFIT}." in page
    assert BookingRules.objects.get().slot_minutes == 20, "told, not refused"


def test_a_promise_that_becomes_a_buffer_does_not_fit_either(office, crew):
    book(crew, TUESDAY_NINE + timedelta(minutes=15))
    assert f"1 booked appointment does {MISFIT}." in save(office, buffer_every=2)


def test_only_the_days_of_these_rules_count(office, crew):
    book(crew, TUESDAY_NINE + timedelta(minutes=15))
    save(office)
    assert MISFIT not in save(office, valid_from=TODAY + timedelta(days=2), slot_minutes=20), "booked before they begin"
    book(crew, TUESDAY_NINE + timedelta(days=2, minutes=20))
    page = save(office, valid_from=TODAY + timedelta(days=1), slot_minutes=25)
    assert f"1 booked appointment does {MISFIT}." in page, "on Thursday the later rules hold"


def test_hours_too_short_for_a_slot_are_told(office, crew):
    OpeningHours.objects.all().delete()
    workshop.set_hours(crew.store, 2, [(time(9), time(10))], by=CLOCK)
    page = save(office, slot_minutes=90)
    assert "no time can be booked" in page
    assert "kept free" not in page
    assert "no time can be booked" not in save(office, valid_from=TODAY + timedelta(days=1), slot_minutes=60)


def test_a_store_that_never_opens_is_told_so(office, crew):
    OpeningHours.objects.all().delete()
    assert "no time can be booked" in save(office)


def test_the_list_of_versions_still_opens(office, crew):
    save(office)
    assert office.get(reverse("admin:appointments_bookingrules_changelist")).status_code == 200
