"""预约统计表: every promise with what became of it, its totals, on paper and as a file."""

import csv
import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.urls import reverse

from appointments import operations as appointments
from appointments.models import BookingRules, Reminder
from appointments.models.reminders import Outcome
from dealership.customers.models import Customer
from dealership.overview import sheet
from dealership.staff.roles import Role
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.overview import promises
from tests.overview.promises import at

pytestmark = pytest.mark.django_db
SHEET = reverse("overview:sheet")
CSV, XLSX = reverse("overview:sheet_csv"), reverse("overview:sheet_xlsx")
TUESDAY = {"first": "2026-11-24", "last": "2026-11-24"}
EVENING = TUESDAY_NINE.replace(hour=20)


@pytest.fixture
def desk(tuesday, crew, time_machine):
    """Return the browser of the advisor on Tuesday evening, when everything has come due."""
    time_machine.move_to(EVENING.timestamp(), tick=False)
    tuesday.force_login(crew.service_advisor)
    return tuesday


def shown(desk, **asked):
    answer = desk.get(SHEET, TUESDAY | asked)
    assert answer.status_code == 200
    return answer.context["sheet"]


def plates(found):
    return {line.made.vehicle.plate for line in found.lines}


def text(answer):
    return answer.content.decode()


@pytest.mark.clause("2.1.7", "F1")
def test_a_confirmed_booking_stands_on_the_sheet_at_once(desk, crew):
    assert shown(desk).lines == []
    made = factories.held(crew, at(0), at=MONDAY)
    assert shown(desk).lines == [], "nobody has agreed"
    appointments.confirm(made, by=crew.service_advisor, at=MONDAY)
    assert [line.made for line in shown(desk).lines] == [made]


@pytest.mark.clause("F1")
def test_a_row_says_everything_about_a_promise(desk, crew, time_machine):
    advisor = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="李娜")
    costly = factories.part(crew.store, name="变速箱总成", price_fen=380_000, at=promises.SATURDAY)
    cheap = factories.part(crew.store, name="机油", price_fen=4_900, at=promises.SATURDAY)
    bay = crew.store.bays.create(name="3")
    made = factories.appointment(
        crew, at(0), at=promises.SATURDAY, advisor=advisor, kind="proactive", cause="fault", reason="变速箱异响",
        car=factories.customer_with_car(advisor, name="赵敏", plate="京B12345", phones=["13800138000"]),
        job=factories.job(operations=[factories.operation(name="检查变速箱")], parts=[(costly, 2), (cheap, 1)]),
    )  # fmt: skip
    appointments.see_notice(made.notices.get(), by=crew.foreman, at=promises.SATURDAY + timedelta(hours=1))
    for kind, outcome, hours in [("day", Outcome.CAN_COME, -24), ("near", Outcome.TOLD, -1)]:
        call = made.reminders.get(kind=kind)
        appointments.record_call(
            call, outcome=outcome, note="", by=crew.service_advisor, at=at(0) + timedelta(hours=hours)
        )
    order = factories.draft(crew, at(0) + timedelta(minutes=5), car=(made.customer, made.vehicle))
    [line] = shown(desk).lines
    assert line.made == made
    assert (line.day, line.time, line.advisor, line.customer) == ("2026-11-24", "09:00", "李娜", "赵敏")
    assert (line.phone, line.plate, line.model) == ("138 0013 8000", "京B·12345", "大众 帕萨特")
    assert (line.kind, line.cause, line.reason, line.items) == ("we called", "fault", "变速箱异响", "检查变速箱")
    assert line.parts == "变速箱总成 × 2 ¥7,600.00"
    assert (line.bay, line.told, line.seen) == (bay.name, "11-21 09:00", "11-21 10:00")
    assert (line.reminder, line.call) == ("will come 11-23 09:00", "told 08:00")
    assert (line.arrived, line.state, line.punctuality, line.order) == ("09:05", "arrived", "on time", order.number)
    page = text(desk.get(SHEET, TUESDAY))
    for cell in sheet.COLUMNS:
        assert getattr(line, cell).replace("\n", "") in page.replace("&#x27;", "'"), cell


@pytest.mark.clause("F1")
def test_a_reminder_nobody_made_is_overdue_or_to_do(desk, crew, time_machine):
    made = factories.appointment(crew, at(0), at=promises.SATURDAY)
    near = made.reminders.get(kind="near")
    for moment, words in [(near.limit_at, "to do"), (near.limit_at + timedelta(seconds=1), "overdue")]:
        time_machine.move_to(moment.timestamp(), tick=False)
        assert shown(desk).lines[0].call == words


def test_reminders_of_an_earlier_time_are_not_those_of_this_one(desk, crew):
    made = factories.appointment(crew, at(0), at=promises.SATURDAY)
    call = made.reminders.get(kind="day")
    appointments.record_call(call, outcome=Outcome.TOLD, note="", by=crew.service_advisor, at=call.due_at)
    made.refresh_from_db()
    appointments.reschedule(
        made, starts_at=at(1) + timedelta(days=2), reason="改期", agreed=True, by=crew.service_advisor, at=call.due_at
    )
    [line] = shown(desk, last="2026-11-26").lines
    assert (line.day, line.reminder) == ("2026-11-26", "to do")


@pytest.mark.clause("F1")
def test_late_and_early_begin_beyond_the_grace_of_the_day(desk, crew):
    made = promises.every_fate(crew)
    assert {line.made.pk: line.standing for line in shown(desk).lines} == {
        made.on_time.pk: "on_time", made.just_in_time.pk: "on_time", made.late.pk: "late", made.early.pk: "early",
        made.missed.pk: "no_show", made.cancelled_on_the_day.pk: "cancelled", made.cancelled_before.pk: "cancelled",
        made.ahead.pk: "expected",
    }  # fmt: skip


def test_each_day_is_judged_by_its_own_rules(desk, crew):
    """From Tuesday on only five minutes are no delay; on Monday ten were."""
    BookingRules.objects.create(store=crew.store, grace_minutes=10, valid_from=MONDAY.date() - timedelta(days=5))
    BookingRules.objects.create(store=crew.store, grace_minutes=5, valid_from=TUESDAY_NINE.date())
    standing = {}
    for day in [MONDAY.replace(hour=9), TUESDAY_NINE]:
        made = factories.appointment(crew, day, at=promises.SATURDAY)
        appointments.mark_arrived(made, by=crew.service_advisor, at=day + timedelta(minutes=7))
        standing[made.pk] = "on_time" if day < TUESDAY_NINE else "late"
    assert {line.made.pk: line.standing for line in shown(desk, first="2026-11-23").lines} == standing


@pytest.mark.clause("F1", "3.1.1.1")
def test_the_totals_count_the_whole_answer_by_day_and_kind(desk, crew):
    promises.every_fate(crew)
    promises.rebooked(crew)
    factories.appointment(crew, MONDAY.replace(hour=9), at=promises.SATURDAY, kind="proactive")
    found = shown(desk, first="2026-11-23", last="2026-11-26").totals
    whole = found.whole
    assert (whole.promised, whole.on_time, whole.late, whole.early, whole.no_show, whole.cancelled) == (
        10,
        2,
        1,
        1,
        1,
        2,
    )
    # Four came. Not due: cancelled the day before, and Thursday. Due: 4 + 1 missed + 1 given another time + cancelled
    # on the day + the two nobody has noted as missed yet.
    assert (whole.kept, whole.due, whole.moved) == (4, 9, 1)
    assert whole.kept_rate.shown == "44.4 %"
    assert {str(day): (tally.promised, tally.kept, tally.due) for day, tally in found.by_day} == {
        "2026-11-23": (1, 0, 1), "2026-11-24": (8, 4, 8), "2026-11-26": (1, 0, 0),
    }  # fmt: skip
    assert {kind: (tally.promised, tally.due) for kind, tally in found.by_kind} == {
        "customer asked": (9, 8), "we called": (1, 1),
    }  # fmt: skip


def test_the_day_is_the_stores_own(client, time_machine):
    """Half past eight in the evening in Los Angeles is the next day in London and in Shanghai."""
    crew = factories.Crew(factories.store("西岸店", time_zone="America/Los_Angeles"))
    nine = datetime(2026, 11, 24, 9, 0, tzinfo=crew.store.zone)
    made = factories.appointment(crew, nine, at=nine - timedelta(days=3))
    appointments.cancel(made, reason="x", by=crew.service_advisor, at=nine - timedelta(hours=12))
    time_machine.move_to(nine.replace(hour=20).timestamp(), tick=False)
    client.force_login(crew.service_advisor)
    found = shown(client)
    assert [line.time for line in found.lines] == ["09:00"]
    assert found.totals.whole.due == 0, "cancelled at nine in the evening before"
    assert [str(day) for day, _tally in found.totals.by_day] == ["2026-11-24"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"punctuality": "late"}, {"late"}),
        ({"punctuality": "on_time"}, {"on_time", "just_in_time"}),
        ({"punctuality": "expected"}, {"ahead"}),
        ({"state": "no_show"}, {"missed"}),
        ({"state": "arrived", "punctuality": "early"}, {"early"}),
        ({"kind": "proactive"}, set()),
        ({"cause": "fault"}, set()),
        ({"last": "", "first": "2026-11-23"}, None),
        ({"first": "", "last": "2026-11-23"}, set()),
    ],
)
def test_the_answer_is_what_was_asked(desk, crew, asked, names):
    made = vars(promises.every_fate(crew))
    wanted = {one.vehicle.plate for name, one in made.items() if names is None or name in names}
    found = shown(desk, **asked)
    assert plates(found) == wanted
    assert found.totals.whole.promised == len(wanted)


def test_a_row_is_found_by_plate_name_and_initials(desk, crew):
    car = factories.customer_with_car(crew.service_advisor, name="欧阳修", plate="沪C54321")
    made = factories.appointment(crew, at(0), car=car)
    factories.appointment(crew, at(1))
    for words in ["沪c·543", "54321", "欧阳", made.customer.initials.split()[0]]:
        assert plates(shown(desk, text=words)) == {made.vehicle.plate}, words
    assert shown(desk, text="没有").lines == []
    assert shown(desk, text="%").lines == []


def test_one_advisors_row(desk, crew):
    other = factories.person(Role.SERVICE_ADVISOR, crew.store)
    mine, theirs = factories.appointment(crew, at(0)), factories.appointment(crew, at(0), advisor=other)
    assert plates(shown(desk, advisor=other.pk)) == {theirs.vehicle.plate}
    assert plates(shown(desk)) == {mine.vehicle.plate, theirs.vehicle.plate}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"first": "2026-11-25"}, "The last day must not come before the first."),
        ({"first": "2025-11-23"}, "Please choose at most 366 days."),
        ({"first": "morgen"}, "Enter a valid date."),
        ({"last": "9999-12-31"}, "Please check the year."),
        ({"advisor": "999999999999999999999"}, "Select a valid choice."),
        ({"punctuality": "never"}, "Select a valid choice."),
    ],
)
def test_a_question_without_sense_is_answered_with_a_sentence(desk, crew, asked, sentence):
    for address in [SHEET, CSV, XLSX]:
        answer = desk.get(address, TUESDAY | asked)
        assert answer.status_code == 422
        assert sentence in text(answer)
        assert f'value="{asked.get("first", "2026-11-24")}"' in text(answer)
    assert desk.get(SHEET, TUESDAY | {"first": "2025-11-24"}).status_code == 200


def test_only_the_own_store_is_shown(desk, crew):
    elsewhere = factories.Crew(factories.store("分店"))
    theirs = factories.appointment(elsewhere, at(0))
    assert shown(desk).lines == []
    for address in [CSV, XLSX]:
        assert theirs.vehicle.plate not in str(desk.get(address, TUESDAY).content)


def test_long_answers_come_in_pages_with_the_totals_of_all(desk, crew, monkeypatch):
    monkeypatch.setattr(sheet, "PER_PAGE", 3)
    promises.every_fate(crew)
    first, last = shown(desk), shown(desk, page="3")
    assert (len(first.lines), len(last.lines), last.totals.whole.promised) == (3, 2, 8)
    assert 'href="?first=2026-11-24&amp;last=2026-11-24&amp;page=2"' in text(desk.get(SHEET, TUESDAY))


def cells(desk, **asked):
    """Return the lines of the CSV file, by heading."""
    answer = desk.get(CSV, TUESDAY | asked)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert 'filename="appointments-2026-11-24.csv"' in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def workbook(desk, **asked):
    answer = desk.get(XLSX, TUESDAY | asked)
    [found] = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return found


@pytest.mark.clause("F1")
def test_both_files_hold_the_rows_of_the_page(desk, crew):
    promises.every_fate(crew)
    lines = [[getattr(line, name) for name in sheet.COLUMNS] for line in shown(desk, punctuality="late").lines]
    assert [list(row.values()) for row in cells(desk, punctuality="late")] == lines
    book = workbook(desk, punctuality="late")
    rows = [[cell.value or "" for cell in row] for row in book.iter_rows()]
    dated = [sheet.COLUMNS.index(name) for name in ["day", "time", "told", "seen", "arrived"]]
    for row, line in zip(rows[1:], lines, strict=True):
        assert [text for n, text in enumerate(row) if n not in dated] == [
            text for n, text in enumerate(line) if n not in dated
        ]
    assert (rows[0][0], rows[0][4], book.freeze_panes) == ("Date", "Phone", "A2")
    assert len(rows[0]) == len(sheet.COLUMNS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_what_a_customer_typed_is_never_run_as_a_formula(desk, crew, start):
    made = factories.appointment(crew, at(0))
    words = f"{start}cmd|' /C calc'!A0"
    made.card.customer_name = words
    made.card.save()
    assert cells(desk)[0]["Customer"] == f"'{words}"
    cell = workbook(desk)["D2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == words.strip()  # reading takes a carriage return for the end of a line


@pytest.mark.parametrize("words", ["=1+1\n=2", "#N/A", "+1", "007"])
def test_what_is_no_day_and_no_time_is_text_in_a_workbook(desk, crew, words):
    made = factories.appointment(crew, at(0))
    made.card.customer_name = words
    made.card.save()
    cell = workbook(desk)["D2"]
    assert (cell.data_type, cell.value) == ("s", words)


def test_signs_no_workbook_can_hold_are_left_out(desk, crew):
    made = factories.appointment(crew, at(0), reason="灯\x0b亮")
    assert workbook(desk)["J2"].value == "灯亮"
    assert made.reason == "灯\x0b亮"


def test_phone_numbers_stay_text(desk, crew):
    car = factories.customer_with_car(crew.service_advisor, phones=["+4930901820"])
    factories.appointment(crew, at(0), car=car)
    assert cells(desk)[0]["Phone"] == "'+49 30 901820"
    assert (workbook(desk)["E2"].data_type, workbook(desk)["E2"].value) == ("s", "+49 30 901820")


def test_a_file_is_bounded_and_says_so(desk, crew, monkeypatch):
    promises.every_fate(crew)
    assert "Only the first" not in str(cells(desk))
    monkeypatch.setattr(sheet, "MOST_EXPORTED", 5)
    rows = cells(desk)
    assert len(rows) == 6
    assert rows[5]["Date"] == "Only the first 5 appointments are in this file. Please choose fewer days."
    assert workbook(desk).max_row == 7
    page = text(desk.get(SHEET, TUESDAY))
    monkeypatch.setattr(sheet, "MOST_EXPORTED", 8)
    assert len(cells(desk)) == 8
    assert "Please choose fewer days for it." in page
    assert "Please choose fewer days for it." not in text(desk.get(SHEET, TUESDAY))


@pytest.mark.parametrize("count", [1, 3, 1000])
def test_the_sheet_takes_the_same_queries_however_long_it_is(desk, crew, count, django_assert_num_queries):
    promises.many(crew, count)
    with django_assert_num_queries(11):
        found = shown(desk)
    assert found.totals.whole.promised == count
    assert len(found.lines) == min(count, 100)


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_takes_the_same_queries_however_long_it_is(desk, crew, count, django_assert_num_queries):
    promises.many(crew, count)
    with django_assert_num_queries(8):
        assert len(cells(desk)) == count
    assert Reminder.objects.exists()
    assert Customer.objects.count() == 1
