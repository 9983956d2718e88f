"""A workbook of the statistics sheet holds days and times a spreadsheet can sort and reckon with."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from django.urls import reverse

from appointments import operations as appointments
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.overview.test_sheet import cells

XLSX = reverse("overview:sheet_xlsx")
BERLIN_SUNDAY = date(2026, 10, 25)  # the clock goes back: three in the morning comes twice


def row_of(client, day):
    answer = client.get(XLSX, {"first": day, "last": day})
    [found] = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return {head.value: cell for head, cell in zip(found[1], found[2], strict=True)}


@pytest.mark.clause("F1")
def test_days_times_and_moments_are_real_ones_in_the_stores_own_time(tuesday, crew):
    made = factories.appointment(crew, TUESDAY_NINE, at=MONDAY)
    appointments.see_notice(made.notices.get(), by=crew.foreman, at=MONDAY + timedelta(minutes=5))
    appointments.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=3))
    tuesday.force_login(crew.service_advisor)
    row = row_of(tuesday, "2026-11-24")
    monday = MONDAY.astimezone(crew.store.zone).replace(tzinfo=None)
    assert (row["Date"].value.isoformat(), row["Date"].number_format) == ("2026-11-24T00:00:00", "yyyy-mm-dd")
    assert (row["Time"].value, row["Time"].number_format) == (time(9, 0), "hh:mm")
    moments = ["Foreman told", "Foreman has seen", "Arrived at"]
    came = (TUESDAY_NINE + timedelta(minutes=3)).replace(tzinfo=None)
    assert [row[head].value for head in moments] == [monday, monday + timedelta(minutes=5), came]
    assert {row[head].number_format for head in moments} == {"yyyy-mm-dd hh:mm"}
    assert all(row[head].data_type == "d" for head in ["Date", "Time", *moments])
    [line] = cells(tuesday)
    assert (line["Date"], line["Time"], line["Arrived at"]) == ("2026-11-24", "09:00", "09:03"), "texts in the CSV"


def test_what_did_not_happen_stays_empty(tuesday, crew):
    factories.appointment(crew, TUESDAY_NINE, at=MONDAY)
    tuesday.force_login(crew.service_advisor)
    row = row_of(tuesday, "2026-11-24")
    assert [row[head].value for head in ["Foreman has seen", "Arrived at"]] == [None, None]


def test_on_the_day_of_a_clock_change_the_workbook_shows_the_clock_on_the_wall(tuesday, time_machine):
    crew = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    starts_at = datetime(2026, 10, 25, 10, 15, tzinfo=crew.store.zone)
    factories.appointment(crew, starts_at, at=starts_at - timedelta(days=2))
    tuesday.force_login(crew.service_advisor)
    row = row_of(tuesday, BERLIN_SUNDAY)
    assert (row["Date"].value.date(), row["Time"].value) == (BERLIN_SUNDAY, time(10, 15))
