"""What the clock does: cards of the day, holds that run out, customers who did not come, old promises adopted."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, CardMove, ForemanNotice, ManagementCard, Reminder
from appointments.models.reminders import ReminderState
from appointments.operations import clock
from appointments.states import Area, State
from dealership.customers.models import Vehicle
from dealership.outbox.models import Message
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import BayReservation
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
QUARTER = timedelta(minutes=15)
NOTHING = {"cards": 0, "missed": 0, "holds": 0, "messages": 0, "adopted": 0}


def sweep(at):
    """Return what there was to do; what nobody had to do is left out."""
    return {name: count for name, count in operations.sweep(at).items() if count}


def state(made):
    return Appointment.objects.get(pk=made.pk).state


@pytest.mark.clause("2.1.9", "2.1.4")
def test_a_held_time_is_held_and_runs_out(crew):
    workshop.add_bay(crew.store, name="1号", kind="general", by=CLOCK)
    made = factories.held(crew, job=factories.job("2"))
    assert (made.state, made.held_until, made.agreed_at) == (State.REQUESTED, MONDAY + timedelta(hours=2), None)
    assert BayReservation.objects.count() == 1
    with pytest.raises(operations.SlotTaken):
        factories.appointment(crew)
    assert sweep(MONDAY + timedelta(minutes=119, seconds=59)) == {}
    assert sweep(MONDAY + timedelta(hours=2)) == {"holds": 1}
    assert state(made) == State.CANCELLED
    assert made.moves.last().by is None
    assert not BayReservation.objects.exists()
    assert factories.appointment(crew).starts_at == TUESDAY_NINE
    with pytest.raises(NotAllowed):
        operations.confirm(made, by=crew.service_advisor, at=MONDAY + timedelta(hours=2))
    assert state(made) == State.CANCELLED


@pytest.mark.clause("2.1.7", "2.1.8", "2.1.11")
def test_nobody_hears_of_a_held_time_before_or_after(crew):
    car = factories.customer_with_car(crew.service_advisor, email="wang@example.com")
    car[0].preferred_channel = "email"
    car[0].save()
    for ends in [
        lambda made: operations.cancel(made, reason="另找", by=crew.service_advisor, at=MONDAY),
        lambda made: operations.sweep(made.held_until),
    ]:
        made = factories.held(crew, car=car)
        ends(made)
        assert state(made) == State.CANCELLED
    assert not any(kind.objects.exists() for kind in [ForemanNotice, ManagementCard, Reminder, Message])
    made = factories.appointment(crew, car=car)
    operations.cancel(made, reason="出差", by=crew.service_advisor, at=MONDAY)
    assert [notice.about for notice in ForemanNotice.objects.order_by("pk")] == ["booked", "cancelled"]
    assert Message.objects.filter(dedupe_key__endswith="cancelled:0").count() == 1


@pytest.mark.clause("2.1.4")
def test_who_agrees_in_time_has_it(crew):
    made = factories.held(crew)
    operations.confirm(made, agreed_by="王太太", by=crew.service_advisor, at=MONDAY + timedelta(minutes=90))
    made.refresh_from_db()
    assert (made.state, made.agreed_by, made.held_until) == (State.CONFIRMED, "王太太", None)
    assert made.agreed_at == MONDAY + timedelta(minutes=90)
    assert sweep(MONDAY + timedelta(hours=3)) == {}
    assert state(made) == State.CONFIRMED


def test_no_time_is_held_longer_than_until_it_comes(crew):
    """Otherwise he would agree in the afternoon to come at nine."""
    BookingRules.objects.create(store=crew.store, lead_hours=0, hold_minutes=600)
    made = factories.held(crew, at=TUESDAY_NINE - timedelta(hours=1))
    assert made.held_until == TUESDAY_NINE
    with pytest.raises(NotAllowed, match="is over"):
        operations.confirm(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=1))
    assert sweep(TUESDAY_NINE) == {"holds": 1}


@pytest.mark.clause("3.1.3.7")
def test_who_has_not_come_is_missing_after_half_an_hour_and_is_called(crew):
    made = factories.appointment(crew)
    sweep(TUESDAY_NINE)
    assert sweep(TUESDAY_NINE + timedelta(minutes=29)) == {}
    at = TUESDAY_NINE + timedelta(minutes=30)
    assert sweep(at) == {"missed": 1}
    assert state(made) == State.NO_SHOW
    assert made.moves.last().by is None
    [call] = queries.calls_due(crew.store, at)
    assert (call.kind, call.channel, call.due_at, call.limit_at) == ("missed", "call", at, at + timedelta(minutes=30))
    assert ManagementCard.objects.get().state == Area.REMOVED
    assert {one.state for one in Reminder.objects.exclude(pk=call.pk)} == {ReminderState.WITHDRAWN}


def test_the_minutes_are_the_stores(crew):
    BookingRules.objects.create(store=crew.store, grace_minutes=5, no_show_minutes=45, call_back_minutes=20)
    factories.appointment(crew)
    sweep(TUESDAY_NINE + timedelta(minutes=44))
    assert state(Appointment.objects.get()) == State.CONFIRMED
    at = TUESDAY_NINE + timedelta(minutes=45)
    assert sweep(at) == {"missed": 1}
    assert Reminder.objects.get(kind="missed").limit_at == at + timedelta(minutes=20)


def test_who_is_here_or_agreed_to_nothing_is_not_missing(crew):
    here, held = factories.appointment(crew), factories.held(crew, TUESDAY_NINE + QUARTER)
    operations.mark_arrived(here, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=10))
    sweep(TUESDAY_NINE + timedelta(hours=2))
    assert (state(here), state(held)) == (State.ARRIVED, State.CANCELLED)
    assert not Reminder.objects.filter(kind="missed").exists()


def test_after_an_outage_nobody_is_called_about_what_was_long_ago(crew):
    long_ago = factories.appointment(crew)
    late = TUESDAY_NINE + timedelta(days=2)
    recent = factories.appointment(crew, late)
    at = late + timedelta(hours=1)
    assert sweep(at) == {"cards": 2, "missed": 2}
    assert (state(long_ago), state(recent)) == (State.NO_SHOW, State.NO_SHOW)
    assert [call.appointment for call in queries.calls_due(crew.store, at)] == [recent]


@pytest.mark.clause("2.1.15")
def test_a_card_moves_on_its_day_in_the_stores_zone(db):
    crew = factories.Crew(factories.store(time_zone="America/Los_Angeles"))
    nine = datetime(2026, 11, 27, 9, 0, tzinfo=crew.store.zone)
    factories.appointment(crew, nine)
    midnight = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert sweep(midnight - timedelta(seconds=1)) == {}, "in Shanghai it is the day already"
    assert sweep(midnight + timedelta(minutes=5)) == {"cards": 1}
    assert ManagementCard.objects.get().state == Area.ACTIVE
    move = CardMove.objects.last()
    assert (move.from_state, move.to_state, move.by) == (Area.BOOKED, Area.ACTIVE, None)


def test_swept_twice_is_swept_once(crew):
    factories.appointment(crew)
    factories.held(crew, TUESDAY_NINE + QUARTER)
    old_promise(crew, TUESDAY_NINE + timedelta(days=3))
    at = TUESDAY_NINE + timedelta(minutes=30)
    first = operations.sweep(at)
    assert first == {"cards": 1, "missed": 1, "holds": 1, "messages": 0, "adopted": 1}
    counts = [kind.objects.count() for kind in (CardMove, Reminder, ManagementCard, ForemanNotice)]
    assert operations.sweep(at) == operations.sweep(at + timedelta(seconds=1)) == NOTHING
    assert [kind.objects.count() for kind in (CardMove, Reminder, ManagementCard, ForemanNotice)] == counts


def old_promise(crew, starts_at):
    """A promise made before the desk knew of cards and reminders."""
    made = factories.appointment(crew, starts_at)
    ManagementCard.objects.filter(appointment=made).delete()
    Reminder.objects.filter(appointment=made).delete()
    ForemanNotice.objects.filter(appointment=made).delete()
    return made


@pytest.mark.clause("2.1.11", "2.1.10")
def test_old_promises_get_their_card_and_reminders(crew):
    made = old_promise(crew, TUESDAY_NINE + timedelta(days=3))
    nameless = old_promise(crew, TUESDAY_NINE + timedelta(days=3, minutes=15))
    Vehicle.objects.filter(pk=nameless.vehicle_id).update(model_name="")
    over = old_promise(crew, TUESDAY_NINE)
    at = TUESDAY_NINE + timedelta(minutes=5)
    assert sweep(at) == {"adopted": 1}
    assert ManagementCard.objects.get().appointment == made
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["day", "near"]
    assert not ForemanNotice.objects.exists()
    assert state(over) == State.CONFIRMED
    Vehicle.objects.filter(pk=nameless.vehicle_id).update(model_name="帕萨特")
    assert sweep(at) == {"adopted": 1}, "once somebody entered the model"


def test_a_promise_adopted_or_cancelled_by_another_sweep_is_left_alone(crew):
    made = old_promise(crew, TUESDAY_NINE + timedelta(days=3))
    assert clock.take_over(made, MONDAY)
    assert not clock.take_over(made, MONDAY)
    assert ManagementCard.objects.count() == 1
    other = old_promise(crew, TUESDAY_NINE + timedelta(days=4))
    operations.cancel(Appointment.objects.get(pk=other.pk), reason="出差", by=crew.service_advisor, at=MONDAY)
    assert not clock.take_over(other, MONDAY)


def test_more_than_one_batch_is_done_in_the_end(crew, monkeypatch):
    monkeypatch.setattr(clock, "BATCH", 2)
    for number in range(3):
        factories.appointment(crew, TUESDAY_NINE + number * QUARTER)
    at = TUESDAY_NINE + timedelta(hours=2)
    assert [sweep(at)["missed"], sweep(at)["missed"], sweep(at)] == [2, 1, {}]
