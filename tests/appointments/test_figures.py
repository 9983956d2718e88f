"""How promised times are kept: each figure reckoned a second time from the rows themselves."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from appointments import figures, operations
from appointments.figures import Figure, Period, Tally
from appointments.models import Appointment, AppointmentMove, BufferUse, ForemanNotice, Reminder
from appointments.models.reminders import Outcome
from dealership.staff.roles import Role
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)
SATURDAY = TUESDAY_NINE - timedelta(days=3)
SLOTS = [0, 15, 30, 60, 75, 90, 120, 135, 150, 240, 255, 270]  # minutes after nine; no buffers


def at(slot, day=TUESDAY_NINE):
    return day + timedelta(minutes=SLOTS[slot])


def november(store, now=LATER):
    return Period(store, date(2026, 11, 1), date(2026, 11, 30), now)


def booked(crew, slot, booked_at=SATURDAY, **details):
    return factories.appointment(crew, at(slot), at=booked_at, **details)


def here(crew, made, minutes=0):
    operations.mark_arrived(made, by=crew.service_advisor, at=made.starts_at + timedelta(minutes=minutes))
    return made


def cancelled(crew, made, moment):
    operations.cancel(made, reason="生病", by=crew.service_advisor, at=moment)
    return made


def missed(made):
    operations.mark_no_show(made, by=None, at=made.starts_at + timedelta(minutes=30))
    return made


def moved(crew, made, starts_at, moment):
    operations.reschedule(made, starts_at=starts_at, reason="改期", agreed=True, by=crew.service_advisor, at=moment)
    return made


def by_name(found):
    return {figure.label: figure for figure in found}


@pytest.fixture
def month(crew):
    """Let a month have times of every fate, of both kinds, in two stores."""
    here(crew, booked(crew, 0))
    here(crew, booked(crew, 1, kind="proactive"), 11)
    here(crew, booked(crew, 2, kind="proactive"), -20)
    missed(booked(crew, 3))
    moved(crew, missed(booked(crew, 4)), at(4) + timedelta(days=2), at(4) + timedelta(hours=1))
    cancelled(crew, booked(crew, 5), TUESDAY_NINE.replace(hour=0))
    cancelled(crew, booked(crew, 6), TUESDAY_NINE.replace(hour=0) - timedelta(microseconds=1))
    here(crew, moved(crew, moved(crew, booked(crew, 7), at(8), MONDAY), at(9), MONDAY), 10)
    hurried = {"by": crew.after_sales_manager, "short_notice_reason": "熟客"}
    here(crew, factories.appointment(crew, at(10), at=TUESDAY_NINE, **hurried))
    cancelled(crew, factories.held(crew, at(11), at=MONDAY), MONDAY)  # nobody ever agreed
    elsewhere = factories.Crew(factories.store("分店"))
    here(elsewhere, booked(elsewhere, 0))
    return crew


def recomputed(store, now):
    """Reckon the shares of the month by going through the rows one by one."""
    due = came = late = 0
    rows = list(Appointment.objects.filter(store=store).exclude(agreed_at=None))
    for one in rows:
        local = one.starts_at.astimezone(store.zone).date()
        ended = [move.at.astimezone(store.zone).date() for move in one.moves.all() if move.to_state == "cancelled"]
        misses = [move for move in one.moves.all() if move.to_state == "no_show"]
        due += len(misses) if one.state != "no_show" else len(misses) - 1
        if not (ended and ended[0] < local) and (one.starts_at <= now or one.state == "arrived"):
            due += 1
        came += one.state == "arrived"
        late += one.state == "arrived" and one.arrived_at - one.starts_at > timedelta(minutes=10)
    return Fraction(came, due), Fraction(late, came), len(rows)


@pytest.mark.clause("3.1.1.1")
def test_the_kept_rate_is_what_the_rows_say(month):
    found = figures.kept(november(month.store))
    kept, late, rows = recomputed(month.store, LATER)
    assert Fraction(found.whole.kept, found.whole.due) == kept
    assert (found.whole.kept, found.whole.due, found.whole.promised, rows) == (5, 9, 9, 9)
    assert found.figures[0].shown == "55.6 %"
    assert Fraction(by_name(found.figures)["Late"].numerator, by_name(found.figures)["Late"].denominator) == late
    kinds = {label: (tally.kept, tally.due) for label, tally in found.by_kind}
    assert kinds == {"customer asked": (3, 7), "we called": (2, 2)}
    tallies = [found.whole, sum((tally for _kind, tally in found.by_kind), Tally())]
    assert tallies[0] == tallies[1] == sum(found.by_hour.values(), Tally())


def test_a_promise_is_due_once_its_time_has_come(crew):
    made = booked(crew, 1)
    for seconds, due in [(-1, 0), (0, 1)]:
        found = figures.kept(november(crew.store, made.starts_at + timedelta(seconds=seconds)))
        assert (found.whole.due, found.whole.kept) == (due, 0)
    here(crew, made, -5)
    early = figures.kept(november(crew.store, made.starts_at - timedelta(minutes=5)))
    assert (early.whole.due, early.whole.kept) == (1, 1), "who came before his time has come"


def test_promises_are_counted_by_weekday_and_hour(month):
    found = figures.kept(november(month.store)).by_hour
    assert {place: tally.promised for place, tally in found.items() if tally.promised} == {
        (1, 9): 3, (1, 10): 2, (1, 11): 1, (1, 13): 2, (3, 10): 1,
    }  # fmt: skip
    assert found[1, 10].moved == 1, "where it was missed"


def test_changes_and_short_notice_are_what_the_rows_say(month):
    found = by_name(figures.kept(november(month.store)).figures)
    rows = Appointment.objects.filter(store=month.store).exclude(agreed_at=None)
    changes = [one.reschedules.count() for one in rows]
    assert (found["Moved"].numerator, found["Moved"].denominator) == (sum(map(bool, changes)), len(changes)) == (2, 9)
    assert (found["Changes of time"].numerator, found["Changes of time"].shown) == (sum(changes), "0.3")
    assert (found["Cancelled"].numerator, found["Cancelled"].denominator) == (2, 9)
    assert (found["At short notice"].numerator, found["At short notice"].shown) == (1, "11.1 %")


def test_a_figure_of_nothing_is_not_nought():
    assert Figure("x", "y", 0, 0).shown == "–"
    assert Figure("x", "y", 1, 3).shown == "33.3 %"
    assert Figure("x", "y", 1, 3, unit="").shown == "0.3"


@pytest.mark.clause("2.1.8")
def test_notices_seen_on_their_day_are_what_the_rows_say(crew):
    made = [booked(crew, slot, booked_at=SATURDAY).notices.get() for slot in range(4)]
    midnight = SATURDAY.replace(hour=0) + timedelta(days=1)
    for notice, moment in zip(made, [SATURDAY, midnight - timedelta(seconds=1), midnight], strict=False):
        operations.see_notice(notice, by=crew.foreman, at=moment)
    for now, counts in [(midnight - timedelta(seconds=1), (2, 3)), (midnight, (2, 4))]:
        found = figures.notices_seen(november(crew.store, now))
        assert (found.numerator, found.denominator) == counts
    raw = [notice.seen_at is not None and notice.seen_at <= notice.due_at for notice in ForemanNotice.objects.all()]
    assert (sum(raw), len(raw)) == (2, 4)


def reminded(crew, slot, kind, minutes, outcome=Outcome.TOLD):
    """Make the call of that kind so many minutes after its limit."""
    made = booked(crew, slot)
    call = made.reminders.get(kind=kind)
    operations.record_call(
        call, outcome=outcome, note="", by=crew.service_advisor, at=call.limit_at + timedelta(minutes=minutes)
    )
    return made


@pytest.mark.clause("2.1.10", "3.1.3.7")
def test_reminders_in_time_are_those_done_by_their_limit(crew):
    reminded(crew, 0, "day", 0)
    reminded(crew, 1, "day", 1)
    booked(crew, 2)  # never called
    cancelled(crew, booked(crew, 3), SATURDAY)  # not owed any more
    moved(crew, booked(crew, 4), at(4) + timedelta(days=30), SATURDAY)  # owed in another month
    here(crew, booked(crew, 5))  # came without having been called
    missed(booked(crew, 6))
    raw = {kind: [] for kind in ["day", "near"]}
    for one in Reminder.objects.filter(limit_at__lt=LATER, kind__in=raw):
        made = one.appointment
        owed = one.state != "withdrawn" or (made.state in ("arrived", "no_show") and one.sequence == made.sequence)
        raw[one.kind] += [one.state == "done" and one.done_at <= one.limit_at] if owed else []
    day, half_day, near = figures.reminders_in_time(november(crew.store))
    assert (day.numerator, day.denominator) == (sum(raw["day"]), len(raw["day"])) == (1, 5)
    assert (near.numerator, near.denominator) == (sum(raw["near"]), len(raw["near"])) == (0, 5)
    assert half_day.shown == "–"


def test_a_reminder_whose_limit_is_ahead_is_not_owed_yet(crew):
    made = booked(crew, 0)
    limit = made.reminders.get(kind="day").limit_at
    for seconds, owed in [(0, 0), (1, 1)]:
        day, *_others = figures.reminders_in_time(november(crew.store, limit + timedelta(seconds=seconds)))
        assert day.denominator == owed


@pytest.mark.clause("3.1.2.12")
def test_six_of_ten_buffers_used_are_sixty_per_cent_by_what_for(crew):
    """One advisor has seven buffers on Tuesday and three on Wednesday morning."""
    use = [("walk_in", 3), ("emergency", 1), ("overrun", 2)]
    causes = [cause for cause, count in use for _one in range(count)]
    assert crew.service_advisor
    tuesday = [TUESDAY_NINE + timedelta(minutes=minutes) for minutes in [45, 105, 165, 285, 345, 405]]
    for cause, moment in zip(causes, tuesday, strict=True):
        operations.use_buffer(
            store=crew.store, advisor=crew.service_advisor, starts_at=moment, cause=cause, by=None, at=moment
        )
    days = Period(crew.store, TUESDAY_NINE.date(), TUESDAY_NINE.date() + timedelta(days=30), now_after_ten())
    found = figures.buffers(days)
    assert (found.figure.numerator, found.figure.denominator, found.figure.shown) == (6, 10, "60.0 %")
    assert {figure.label: figure.shown for figure in found.causes} == {
        "Customer without appointment": "30.0 %", "Emergency": "10.0 %", "A reception took longer": "20.0 %",
        "Unused": "40.0 %",
    }  # fmt: skip
    assert BufferUse.objects.count() == 6


def now_after_ten():
    """Return when ten of one advisor's buffers have gone by since Tuesday morning."""
    return TUESDAY_NINE + timedelta(days=1, hours=3)


@pytest.mark.clause("3.1.2.12")
def test_buffers_of_whoever_is_away_do_not_count_but_a_used_one_does(crew):
    crew.service_advisor.absences.create(first_on=TUESDAY_NINE.date(), last_on=TUESDAY_NINE.date())
    day = Period(crew.store, TUESDAY_NINE.date(), TUESDAY_NINE.date(), LATER)
    assert figures.buffers(day).figure.denominator == 0
    moment = TUESDAY_NINE + timedelta(minutes=45)
    operations.use_buffer(
        store=crew.store, advisor=crew.service_advisor, starts_at=moment, cause="walk_in", by=None, at=moment
    )
    found = figures.buffers(day).figure
    assert (found.numerator, found.denominator) == (1, 1)


def test_the_twenty_five_hours_of_a_clock_change_are_one_day(english):
    """In Berlin 25 October 2026 ends an hour later; a time cancelled in its first hour was cancelled on the day."""
    crew = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    zone = crew.store.zone
    nine = datetime(2026, 10, 25, 9, 0, tzinfo=zone)
    for slot, moment in enumerate(
        [datetime(2026, 10, 24, 23, 59, tzinfo=zone), datetime(2026, 10, 25, 0, 1, tzinfo=zone)]
    ):
        made = factories.appointment(crew, at(slot, nine), at=nine - timedelta(days=3))
        cancelled(crew, made, moment)
    found = figures.kept(Period(crew.store, nine.date(), nine.date(), LATER))
    assert (found.whole.promised, found.whole.due) == (2, 1)
    assert list(found.by_hour) == [(6, 9)]
    assert AppointmentMove.objects.filter(to_state="cancelled").count() == 2


def test_who_was_noted_missing_and_came_after_all_is_late(crew):
    here(crew, missed(booked(crew, 0)), 35)
    whole = figures.kept(november(crew.store)).whole
    assert (whole.late, whole.no_show, whole.moved, whole.kept, whole.due) == (1, 0, 0, 1, 1)


def test_another_advisor_is_no_change_of_time(crew):
    """Nor is it one where it happens in the very moment in which a missed time was given another."""
    other, made = factories.person(Role.SERVICE_ADVISOR, crew.store), missed(booked(crew, 0))
    moment = made.starts_at + timedelta(hours=2)
    moved(crew, made, at(0, TUESDAY_NINE + timedelta(days=2)), moment)
    before = figures.kept(november(crew.store))
    operations.change_advisor(made, advisor=other, reason="培训", by=other, at=moment)
    after = figures.kept(november(crew.store))
    assert (after.whole, after.figures) == (before.whole, before.figures)
    assert (after.whole.due, after.whole.moved, by_name(after.figures)["Changes of time"].numerator) == (2, 1, 1)
    assert list(figures.given_another_time(november(crew.store)).values_list("from_at", flat=True)) == [at(0)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_promises_take_two_queries_besides_the_rules(crew, count, django_assert_num_queries):
    for slot in range(count):
        missed(booked(crew, slot))
    with django_assert_num_queries(3):
        assert figures.kept(november(crew.store)).whole.no_show == count
