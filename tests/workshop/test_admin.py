"""Bays and hours in the back office."""

from datetime import date, time

import pytest
from django.urls import reverse

from dealership.staff import operations as staff
from dealership.staff.roles import Role
from dealership.workflow import CLOCK
from dealership.workshop import operations
from dealership.workshop.models import Bay, Closure, OpeningHours

SUNDAY = date(2026, 11, 29)


@pytest.fixture
def ours(db):
    return staff.open_store(name="Jade Lake", code="JL")


@pytest.fixture
def theirs(db):
    store = staff.open_store(name="Red Bridge", code="RB")
    operations.set_hours(store, 0, [(time(6, 6), time(7, 7))], by=CLOCK)
    operations.close_on(store, SUNDAY, name="Their holiday", by=CLOCK)
    operations.add_bay(store, name="Their bay", kind=Bay.Kind.BODY, by=CLOCK)
    return store


@pytest.fixture
def office(client, ours):
    manager = staff.take_on(
        username="manager",
        password="long enough 1",
        full_name="Manager",
        roles=[Role.AFTER_SALES_MANAGER],
        stores=[ours],
    )
    client.force_login(manager)
    return client


def page(model, action, *args):
    return reverse(f"admin:workshop_{model._meta.model_name}_{action}", args=args)


@pytest.mark.parametrize("model", [Bay, OpeningHours, Closure])
def test_rows_of_other_stores_are_neither_listed_nor_opened(office, ours, theirs, model):
    assert office.get(page(model, "changelist")).context["cl"].result_count == 0
    assert office.get(page(model, "change", model.objects.get().pk)).status_code == 302
    text = office.get(page(model, "add")).content.decode()
    assert ours.name in text
    assert theirs.name not in text


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", [Bay, OpeningHours, Closure])
def test_lists_take_the_same_queries_for_one_row_and_for_three(
    office, ours, model, rows, django_assert_max_num_queries
):
    for number in range(rows):
        operations.add_bay(ours, name=f"Bay {number}", kind=Bay.Kind.QUICK, by=CLOCK)
        operations.set_hours(ours, number, [(time(8), time(12))], by=CLOCK)
        operations.close_on(ours, date(2026, 11, 1 + number), name="Holiday", by=CLOCK)
    # session, user, stores; permissions of the person and of the roles; stores to filter by; count, rows; dates twice
    with django_assert_max_num_queries(10):
        answer = office.get(page(model, "changelist"))
    assert answer.context["cl"].result_count == rows


def test_hours_are_added_and_taken_out(office, ours):
    posted = {"store": ours.pk, "weekday": 0, "opens": "08:30", "closes": "12:00"}
    assert office.post(page(OpeningHours, "add"), posted).status_code == 302
    hours = OpeningHours.objects.get()
    assert office.post(page(OpeningHours, "delete", hours.pk), {"post": "yes"}).status_code == 302
    assert not OpeningHours.objects.exists()


@pytest.mark.parametrize(("opens", "closes"), [("11:00", "13:00"), ("14:00", "13:00")])
def test_wrong_hours_are_shown_again(office, ours, opens, closes):
    operations.set_hours(ours, 0, [(time(8, 30), time(12))], by=CLOCK)
    posted = {"store": ours.pk, "weekday": 0, "opens": opens, "closes": closes}
    answer = office.post(page(OpeningHours, "add"), posted)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()
    assert OpeningHours.objects.count() == 1


def test_hours_are_not_entered_for_another_store(office, theirs):
    posted = {"store": theirs.pk, "weekday": 3, "opens": "08:30", "closes": "12:00"}
    answer = office.post(page(OpeningHours, "add"), posted)
    assert "store" in answer.context["adminform"].form.errors


def test_a_closed_day_has_no_hours(office, ours):
    posted = {"store": ours.pk, "on": "2026-11-29", "name": "Holiday", "opens": "08:00", "closes": "12:00"}
    assert office.post(page(Closure, "add"), posted).context["adminform"].form.non_field_errors()
    assert office.post(page(Closure, "add"), posted | {"opens": "", "closes": ""}).status_code == 302
    assert Closure.objects.get().open is False


def test_a_bay_stays_and_is_put_out_of_use(office, ours):
    bay = operations.add_bay(ours, name="1", kind=Bay.Kind.QUICK, by=CLOCK)
    assert office.post(page(Bay, "delete", bay.pk), {"post": "yes"}).status_code == 403
    posted = {"store": ours.pk, "name": "1", "kind": "quick"}
    assert office.post(page(Bay, "change", bay.pk), posted).status_code == 302
    bay.refresh_from_db()
    assert not bay.active
