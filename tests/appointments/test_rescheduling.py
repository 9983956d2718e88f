"""Another time: slot, bay, card, notice and reminders go with the customer, the history stays (3.1.3.8)."""

from datetime import datetime, timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, ForemanNotice, Reminder
from appointments.models.reminders import ReminderState
from appointments.operations import SlotTaken
from appointments.states import Area, State
from dealership.staff.models import Absence
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
QUARTER = timedelta(minutes=15)
FRIDAY = TUESDAY_NINE + timedelta(days=3)


def move(made, crew, starts_at=FRIDAY, **details):
    wanted = {"reason": "客户来电", "agreed": True, "by": crew.service_advisor, "at": MONDAY}
    operations.reschedule(made, starts_at=starts_at, **wanted | details)


def refused(made, crew, *args, **details):
    """Return the sentence, and see that nothing happened, neither in the database nor to what is in hand."""
    before = Appointment.objects.filter(pk=made.pk).values().get(), made.moves.count()
    in_hand = (made.state, made.starts_at, made.advisor, made.sequence)
    with pytest.raises(NotAllowed) as refusal:
        move(made, crew, *args, **details)
    assert (Appointment.objects.filter(pk=made.pk).values().get(), made.moves.count()) == before
    assert (made.state, made.starts_at, made.advisor, made.sequence) == in_hand
    return str(refusal.value)


def reminders(made):
    return [(one.kind, one.sequence, one.state) for one in Reminder.objects.filter(appointment=made).order_by("pk")]


@pytest.mark.clause("3.1.3.8")
def test_the_old_time_is_free_and_the_history_kept(crew):
    made, second = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    move(made, crew, advisor=second)
    made.refresh_from_db()
    assert (made.state, made.starts_at, made.advisor, made.sequence) == (State.CONFIRMED, FRIDAY, second, 1)
    kept = made.reschedules.get()
    assert (kept.from_at, kept.to_at, kept.from_advisor, kept.to_advisor) == (
        TUESDAY_NINE, FRIDAY, crew.service_advisor, second,
    )  # fmt: skip
    assert (kept.reason, kept.by, kept.at) == ("客户来电", crew.service_advisor, MONDAY)
    assert [step.to_state for step in made.moves.all()] == ["requested", "confirmed", "confirmed"]
    assert factories.appointment(crew).starts_at == TUESDAY_NINE
    with pytest.raises(SlotTaken):
        factories.appointment(crew, FRIDAY, advisor=second)


@pytest.mark.clause("2.1.15", "2.1.8")
def test_card_and_notice_follow(crew):
    made = factories.appointment(crew)
    move(made, crew)
    made.card.refresh_from_db()
    assert (made.card.on, made.card.state) == (FRIDAY.date(), Area.BOOKED)
    assert [notice.about for notice in ForemanNotice.objects.order_by("pk")] == ["booked", "moved"]


@pytest.mark.clause("2.1.10", "3.1.3.7")
def test_reminders_are_those_of_the_new_time(crew):
    made = factories.appointment(crew, at=MONDAY - timedelta(days=3))
    move(made, crew)
    open_ones = Reminder.objects.filter(state=ReminderState.OPEN).order_by("due_at")
    assert [(one.kind, one.sequence) for one in open_ones] == [("day", 1), ("near", 1)]
    assert open_ones[0].due_at == FRIDAY - timedelta(days=1)
    assert {state for _kind, sequence, state in reminders(made) if sequence == 0} == {"withdrawn"}


def test_another_advisor_takes_over_at_the_same_time(crew):
    """The car's own appointment does not stand in its way."""
    made, second = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    move(made, crew, TUESDAY_NINE, advisor=second)
    made.refresh_from_db()
    assert (made.starts_at, made.advisor) == (TUESDAY_NINE, second)


@pytest.mark.clause("3.1.3.8")
@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"reason": "  "}, "why the time is changed"),
        ({"agreed": False}, "ask the customer"),
        ({"starts_at": TUESDAY_NINE}, "has already"),
        ({"starts_at": FRIDAY + 3 * QUARTER}, "stays free"),
        ({"starts_at": FRIDAY + timedelta(minutes=1)}, "does not start a slot"),
        ({"starts_at": MONDAY + timedelta(hours=2)}, "24 hours of notice"),
        ({"starts_at": MONDAY - timedelta(hours=23)}, "is over"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_move_keeps_every_rule_of_booking(crew, details, words):
    assert words in refused(factories.appointment(crew), crew, **details)


@pytest.mark.clause("C30")
def test_short_notice_is_a_managers_with_a_reason(crew):
    made, soon = factories.appointment(crew), MONDAY + timedelta(hours=2)
    assert "short notice" in refused(made, crew, soon, by=crew.after_sales_manager)
    move(made, crew, soon, by=crew.after_sales_manager, short_notice_reason="客户出差")
    made.refresh_from_db()
    assert (made.starts_at, made.short_notice_reason) == (soon, "客户出差")


def test_a_taken_time_names_the_next_one(crew):
    made = factories.appointment(crew)
    factories.appointment(crew, FRIDAY)
    assert refused(made, crew).endswith("09:15.")


def test_a_time_taken_between_look_and_write_is_refused_by_the_database(crew, monkeypatch):
    made = factories.appointment(crew)
    factories.appointment(crew, FRIDAY)
    monkeypatch.setattr(queries, "obstacles", lambda *args, **kwargs: [])
    assert refused(made, crew).startswith("Somebody was faster")


def test_who_is_away_and_who_works_elsewhere_are_not_chosen(crew):
    made, second = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    Absence.objects.create(user=second, first_on=FRIDAY.date(), last_on=FRIDAY.date())
    assert "is away" in refused(made, crew, advisor=second)
    assert "does not work" in refused(made, crew, advisor=factories.Crew(factories.store()).service_advisor)


@pytest.mark.parametrize("role", ["foreman", "technician", "cashier", "claims", "director"])
def test_other_roles_move_nothing(crew, role):
    assert refused(factories.appointment(crew), crew, by=getattr(crew, role)) == "Your role does not allow this."


def test_two_who_move_it_the_second_reads_who_was_first(crew):
    made = factories.appointment(crew)
    stale = Appointment.objects.get()
    move(made, crew)
    sentence = refused(stale, crew, FRIDAY + QUARTER, at=MONDAY + timedelta(seconds=4))
    assert sentence == f"{crew.service_advisor.full_name} moved this to “confirmed” 4 seconds ago."


@pytest.mark.clause("2.1.4")
def test_a_held_time_is_not_moved_nobody_agreed_to_it(crew):
    assert refused(factories.held(crew), crew)


def test_a_cancelled_one_and_one_who_is_here_are_not_moved(crew):
    gone, here = factories.appointment(crew), factories.appointment(crew, TUESDAY_NINE + QUARTER)
    operations.cancel(gone, reason="出差", by=crew.service_advisor, at=MONDAY)
    operations.mark_arrived(here, by=crew.service_advisor, at=TUESDAY_NINE)
    assert refused(gone, crew)
    assert refused(here, crew)


@pytest.mark.clause("2.1.15")
def test_who_did_not_come_gets_a_new_time_and_everything_with_it(crew):
    made = factories.appointment(crew)
    operations.mark_no_show(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=31))
    made.card.refresh_from_db()
    assert made.card.state == Area.REMOVED
    move(made, crew, at=TUESDAY_NINE + timedelta(hours=1))
    made.refresh_from_db()
    made.card.refresh_from_db()
    assert (made.state, made.starts_at, made.card.state, made.card.on) == (
        State.CONFIRMED, FRIDAY, Area.BOOKED, FRIDAY.date(),
    )  # fmt: skip
    assert ("missed", 0, "withdrawn") in reminders(made), "he was reached"
    assert [kind for kind, _sequence, state in reminders(made) if state == "open"] == ["day", "near"]


def test_who_did_not_come_may_have_the_very_same_advisor_and_another_time(crew):
    """Nor does his own lost slot stand in his way, which somebody else has by now."""
    made = factories.appointment(crew)
    operations.mark_no_show(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=31))
    late = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)
    move(
        made, crew, late, by=crew.after_sales_manager, short_notice_reason="堵车", at=TUESDAY_NINE + timedelta(hours=1)
    )
    assert made.starts_at == late


def test_limits_count_the_day_moved_to_and_not_oneself(crew):
    BookingRules.objects.create(store=crew.store, most_per_advisor=2, most_waiting=1)
    made = factories.appointment(crew, waits=True)
    factories.appointment(crew, TUESDAY_NINE + QUARTER)
    move(made, crew, TUESDAY_NINE + 2 * QUARTER)
    factories.appointment(crew, FRIDAY, waits=True)
    assert "waits for the car on this day" in refused(made, crew, FRIDAY + QUARTER)
    factories.appointment(crew, FRIDAY + QUARTER)
    assert "no more are taken" in refused(made, crew, FRIDAY + 2 * QUARTER)
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    assert "waits for the car on this day" in refused(made, crew, FRIDAY + 2 * QUARTER, advisor=second)
