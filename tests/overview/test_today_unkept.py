"""The first page lists the promises that cannot be kept any more, and asks the database no more for it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.overview.test_today import TODAY, lists, plate_of, text

TITLE = "Appointments that cannot be kept"
THURSDAY_NINE = TUESDAY_NINE + timedelta(days=2)


@pytest.fixture
def let_down(crew):
    """Return three appointments of a day that was closed afterwards."""
    made = [factories.appointment(crew, THURSDAY_NINE + timedelta(minutes=15 * n)) for n in range(3)]
    workshop.close_on(crew.store, THURSDAY_NINE.date(), name="盘点", by=CLOCK)
    return made


@pytest.mark.parametrize("role", ["service_advisor", "advisor_assistant", "after_sales_manager"])
def test_who_books_finds_them_with_the_way_to_another_time(tuesday, crew, let_down, role):
    tuesday.force_login(getattr(crew, role))
    rows = lists(tuesday.get(TODAY))[TITLE].rows
    assert [(row.plate, row.url) for row in rows] == [
        (plate_of(made), reverse("appointments:move", args=[made.pk])) for made in let_down
    ]
    assert all(row.urgency == "red" and "The store is closed at this time." in row.text for row in rows)


def test_nobody_else_is_bothered_and_an_empty_list_is_not_shown(tuesday, crew, let_down):
    tuesday.force_login(crew.foreman)
    assert TITLE not in lists(tuesday.get(TODAY))
    crew.store.closures.all().delete()
    tuesday.force_login(crew.service_advisor)
    assert TITLE not in lists(tuesday.get(TODAY))


def test_beyond_the_first_rows_the_whole_list_is_linked(tuesday, crew, let_down, monkeypatch):
    monkeypatch.setattr("dealership.overview.rows.MOST", 2)
    tuesday.force_login(crew.service_advisor)
    page = tuesday.get(TODAY)
    assert (len(lists(page)[TITLE].rows), lists(page)[TITLE].more) == (2, 1)
    assert f'href="{reverse("appointments:unkept")}"' in text(page)


def test_the_page_takes_no_more_queries_for_them(tuesday, crew, let_down, django_assert_max_num_queries):
    tuesday.force_login(crew.service_advisor)
    with django_assert_max_num_queries(17):
        assert len(lists(tuesday.get(TODAY))[TITLE].rows) == 3
