"""Twenty people move one appointment, or want one slot, at once: one wins, the others read a sentence."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, ForemanNotice, Reminder, Reschedule
from appointments.operations import SlotTaken, changing
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import BayQuarter, BayReservation
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once, look_together

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.clause("3.1.3.8")]
PEOPLE = 20
QUARTER = timedelta(minutes=15)
FRIDAY = TUESDAY_NINE + timedelta(days=3)


@pytest.fixture
def crew(transactional_db):
    made = factories.Crew(factories.store())
    for number in range(3):
        workshop.add_bay(made.store, name=f"{number + 1}号", kind="general", by=CLOCK)
    return made


def slots(crew, day):
    calendar, rules = workshop.queries.calendar_of(crew.store), queries.rules_on(crew.store, day)
    return [slot.starts_at for slot in queries.slots_on(day, calendar, rules) if not slot.buffer]


def loaded(pk):
    return Appointment.objects.select_related("store", "advisor", "customer", "vehicle").get(pk=pk)


@pytest.fixture
def move(crew):
    """Return a press that gives an appointment another time; an error of the database is handed back."""
    by = crew.service_advisor

    def press(made, starts_at):
        try:
            return operations.reschedule(made, starts_at=starts_at, reason="来电", agreed=True, by=by, at=MONDAY)
        except IntegrityError as error:
            return error

    return press


@pytest.fixture
def copies(crew):
    made = factories.appointment(crew, job=factories.job("2"))
    return [loaded(made.pk) for _ in range(PEOPLE)]


def test_of_twenty_who_move_one_appointment_one_does(crew, copies, move):
    wanted = slots(crew, FRIDAY.date())
    brought = at_once(PEOPLE, lambda n: move(copies[n], wanted[n]))
    refused = [answer for answer in brought if isinstance(answer, NotAllowed)]
    assert (brought.count(None), len(refused)) == (1, PEOPLE - 1)
    told = f"{crew.service_advisor.full_name} moved this to “confirmed” 0 seconds ago."
    assert {str(refusal) for refusal in refused} == {told}
    made = Appointment.objects.get()
    assert (made.starts_at, made.sequence) == (wanted[brought.index(None)], 1)
    assert (Reschedule.objects.count(), BayReservation.objects.count()) == (1, 1)
    assert (made.reservation.starts_at, BayQuarter.objects.count() >= 8) == (made.starts_at + QUARTER, True)
    assert ForemanNotice.objects.filter(about="moved").count() == 1
    assert Reminder.objects.filter(sequence=1, state="open").count() == 2
    assert made.card.on == FRIDAY.date()


def test_control_without_the_number_of_the_change_nobody_is_refused(crew, copies, move, monkeypatch):
    """The state alone says nothing: it is confirmed before and after."""
    guarded = changing.workflow.move
    monkeypatch.setattr(changing.workflow, "move", lambda thing, step, seen_too, **rest: guarded(thing, step, **rest))
    monkeypatch.setattr(changing.reminding, "plan", lambda *args: None)
    wanted = slots(crew, FRIDAY.date())
    brought = at_once(PEOPLE, lambda n: move(copies[n], wanted[n]))
    assert brought == [None] * PEOPLE
    assert Reschedule.objects.count() == PEOPLE, "twenty customers' times were promised, nineteen of them are gone"
    assert Appointment.objects.get().sequence == 1


@pytest.fixture
def many(crew):
    """Twenty appointments on Tuesday, each with a page open."""
    made = [factories.appointment(crew, at, job=factories.job("0.25")) for at in slots(crew, TUESDAY_NINE.date())]
    return [loaded(one.pk) for one in made[:PEOPLE]]


@pytest.fixture
def everybody_looks_first(monkeypatch):
    look_together(monkeypatch, PEOPLE)


def test_of_twenty_appointments_that_want_one_slot_one_has_it(many, move, everybody_looks_first):
    brought = at_once(PEOPLE, lambda n: move(many[n], FRIDAY))
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert (brought.count(None), len(refused)) == (1, PEOPLE - 1)
    assert all(str(refusal).startswith("Somebody was faster") for refusal in refused)
    winner = many[brought.index(None)]
    assert Appointment.objects.get(starts_at=FRIDAY) == winner
    assert BayReservation.objects.count() == Appointment.objects.count()
    for one in many:
        there = loaded(one.pk)
        assert (there.starts_at, there.sequence) == ((FRIDAY, 1) if one == winner else (one.starts_at, 0))


def test_two_who_want_to_swap_their_times_are_both_told(many, move):
    first, second = many[0], many[1]
    for _turn in range(5):
        brought = at_once(2, lambda n: move([first, second][n], [second, first][n].starts_at))
        assert [type(answer) for answer in brought] == [SlotTaken, SlotTaken]
        assert all("already taken" in str(answer) for answer in brought)
    assert [loaded(one.pk).starts_at for one in (first, second)] == [first.starts_at, second.starts_at]


def test_booking_and_moving_into_one_slot_of_a_store_with_limits_never_wait_for_each_other(
    crew, many, move, everybody_looks_first
):
    """Both take the store's lock before the slot; the other order would be a deadlock."""
    BookingRules.objects.create(store=crew.store, most_per_advisor=100)
    cars = [factories.customer_with_car(crew.service_advisor) for _ in range(PEOPLE)]
    brought = at_once(
        PEOPLE, lambda n: move(many[n], FRIDAY) if n % 2 else factories.appointment(crew, FRIDAY, car=cars[n])
    )
    won = [answer for answer in brought if answer is None or isinstance(answer, Appointment)]
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert (len(won), len(refused)) == (1, PEOPLE - 1)
    assert Appointment.objects.filter(starts_at=FRIDAY).count() == 1
