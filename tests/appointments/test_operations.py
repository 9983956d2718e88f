"""Booking and taking back: each rule through the operation that keeps it."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, ManagementCard
from appointments.models.reminders import ReminderState
from appointments.operations import SlotTaken
from appointments.states import Area, State
from dealership.customers import operations as customers
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.appointments.desk import QUARTER, book, refused
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")


def test_booking_writes_down_what_was_promised(crew):
    made = book(crew, kind="proactive", channel="wechat")
    made.refresh_from_db()
    assert (made.state, made.starts_at, made.reason) == (State.CONFIRMED, TUESDAY_NINE, "刹车有异响")
    assert (made.kind, made.channel, made.cause) == ("proactive", "wechat", "fault")
    assert (made.booked_by, made.booked_at, made.agreed_at) == (crew.service_advisor, MONDAY, MONDAY)
    assert (made.agreed_by, made.held_until) == (made.customer.name, None)
    steps = [(move.from_state, move.to_state, move.by, move.at) for move in made.moves.all()]
    by, at = crew.service_advisor, MONDAY
    assert steps == [("", "requested", by, at), ("requested", "confirmed", by, at)]


@pytest.mark.clause("2.1.1", "C30")
def test_booking_needs_twenty_four_hours(crew):
    now = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
    assert "24" in refused(crew, TUESDAY_NINE + 2 * QUARTER, at=now)
    made = book(crew, datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI), at=now)
    assert made.channel == "phone"


def test_the_hours_of_notice_are_the_stores(crew):
    BookingRules.objects.create(store=crew.store, lead_hours=2)
    assert "2" in refused(crew, MONDAY + timedelta(hours=1))
    assert book(crew, MONDAY + timedelta(hours=2)).pk


@pytest.mark.clause("C30")
def test_a_manager_books_at_short_notice_with_a_reason(crew):
    soon = MONDAY + timedelta(hours=2)
    assert refused(crew, soon, by=crew.after_sales_manager)
    assert refused(crew, soon, by=crew.after_sales_manager, short_notice_reason="  ")
    made = book(crew, soon, by=crew.after_sales_manager, short_notice_reason="车在路上抛锚")
    assert made.short_notice_reason == "车在路上抛锚"
    assert refused(crew, soon + QUARTER, short_notice_reason="车在路上抛锚"), "an advisor may not"


@pytest.mark.clause("2.1.3")
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_booking_needs_the_reason_of_the_visit(crew, reason):
    assert refused(crew, reason=reason)


def test_the_database_keeps_no_appointment_without_a_reason(crew):
    made = book(crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(reason="")


@pytest.mark.clause("2.1.4")
def test_booking_needs_the_customers_agreement(crew):
    assert refused(crew, agreed=False)
    made = book(crew, agreed=True, at=MONDAY + timedelta(minutes=7))
    assert made.agreed_at == MONDAY + timedelta(minutes=7)


@pytest.mark.clause("2.1.5")
@pytest.mark.parametrize(
    "clock", [time(0, 0), time(9, 7), time(9, 0, 30), time(8, 45), time(12, 0), time(12, 30), time(17, 0)]
)
def test_booking_takes_only_starts_of_slots(crew, clock):
    assert "slot" in refused(crew, datetime.combine(TUESDAY_NINE.date(), clock, tzinfo=SHANGHAI))


@pytest.mark.clause("3.1.2.2")
def test_every_fourth_slot_cannot_be_booked_and_the_next_free_one_is_named(crew):
    for number in range(3):
        book(crew, TUESDAY_NINE + number * QUARTER)
    assert queries.next_free(crew.store, crew.service_advisor, TUESDAY_NINE) == TUESDAY_NINE + timedelta(hours=1)
    sentence = refused(crew, TUESDAY_NINE + 3 * QUARTER)
    assert sentence.endswith("10:00.")
    assert crew.service_advisor.full_name in sentence


def test_the_named_free_slot_can_really_be_booked(crew):
    """On the very minute of the lead, too."""
    now = TUESDAY_NINE - timedelta(days=1)
    named = queries.next_free(crew.store, crew.service_advisor, now + timedelta(hours=24))
    assert named == TUESDAY_NINE
    assert book(crew, named, at=now).starts_at == TUESDAY_NINE


def test_one_slot_of_one_advisor_is_booked_once(crew):
    book(crew)
    with pytest.raises(SlotTaken) as refusal:
        book(crew)
    assert "9:15" in str(refusal.value)
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    assert book(crew, advisor=second).advisor == second


def test_one_car_is_not_in_two_places(crew):
    car = factories.customer_with_car(crew.service_advisor)
    book(crew, car=car)
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    with pytest.raises(NotAllowed):
        book(crew, car=car, advisor=second)
    assert book(crew, TUESDAY_NINE + timedelta(days=1), car=car).vehicle == car[1]


def test_a_slot_taken_between_look_and_write_is_refused_by_the_database(crew, monkeypatch):
    """As if somebody booked after the check: the unique constraint answers with the same kind sentence."""
    book(crew)
    monkeypatch.setattr(queries, "obstacles", lambda *args: [])
    monkeypatch.setattr(operations.booking, "require_free", lambda *args: None)
    with pytest.raises(SlotTaken) as refusal:
        book(crew)
    assert "9:15" in str(refusal.value)
    assert Appointment.objects.count() == 1


def test_a_full_fortnight_is_refused_without_a_next_time(crew):
    for weekday in range(7):
        workshop.set_hours(crew.store, weekday, [], by=None)
    assert queries.next_free(crew.store, crew.service_advisor, MONDAY) is None
    assert "Next free" not in refused(crew)


def test_a_time_that_is_over_is_not_booked(crew):
    with pytest.raises(SlotTaken):
        book(crew, TUESDAY_NINE, by=crew.after_sales_manager, short_notice_reason="补录", at=TUESDAY_NINE + QUARTER)


def test_a_closed_day_is_not_booked(crew):
    workshop.close_on(crew.store, TUESDAY_NINE.date(), name="盘点", by=None)
    assert "slot" in refused(crew)


@pytest.mark.parametrize("role", ["foreman", "technician", "cashier", "claims", "director", "salesperson"])
def test_booking_is_refused_to_other_roles(crew, role):
    assert refused(crew, by=getattr(crew, role))


@pytest.mark.clause("3.1.1.1")
@pytest.mark.parametrize("kind", ["", "unknown", None])
def test_the_database_keeps_only_known_kinds_of_appointment(crew, kind):
    made = book(crew, kind="passive")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(kind=kind)


def test_cancelling_frees_the_slot_and_keeps_the_reason(crew):
    made = book(crew)
    operations.cancel(made, reason="客户出差", by=crew.service_advisor, at=MONDAY)
    assert made.state == State.CANCELLED
    assert made.moves.last().reason == "客户出差"
    assert book(crew).starts_at == TUESDAY_NINE


@pytest.mark.parametrize("reason", ["", "  "])
def test_cancelling_needs_a_reason(crew, reason):
    made = book(crew)
    with pytest.raises(NotAllowed):
        operations.cancel(made, reason=reason, by=crew.service_advisor, at=MONDAY)
    assert Appointment.objects.get().state == State.CONFIRMED


def test_nobody_has_missed_an_appointment_before_it_begins(crew):
    made = book(crew)
    with pytest.raises(NotAllowed):
        operations.mark_no_show(made, by=crew.service_advisor, at=TUESDAY_NINE - timedelta(seconds=1))
    operations.mark_no_show(made, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Appointment.objects.get().state == State.NO_SHOW


def test_arriving_belongs_to_the_day_of_the_appointment(crew):
    made = book(crew)
    for wrong in [timedelta(days=-1), timedelta(days=1)]:
        with pytest.raises(NotAllowed):
            operations.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE + wrong)
    operations.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(hours=8))
    assert Appointment.objects.get().state == State.ARRIVED


def test_the_day_of_the_appointment_is_the_stores_day(db):
    """At nine in Honolulu it is the next day already where the server stands."""
    crew = factories.Crew(factories.store(time_zone="Pacific/Honolulu"))
    nine = datetime(2026, 11, 24, 9, 0, tzinfo=crew.store.zone)
    made = book(crew, nine)
    operations.mark_arrived(made, by=crew.service_advisor, at=datetime(2026, 11, 24, 23, 0, tzinfo=crew.store.zone))
    assert made.state == State.ARRIVED


@pytest.mark.clause("C11")
def test_who_was_noted_as_missing_can_still_come_on_his_day(crew):
    """His slot is over, so nobody else can have it; the card is with the jobs again, and nobody calls him."""
    made = book(crew)
    operations.sweep(TUESDAY_NINE + 2 * QUARTER)
    made.refresh_from_db()
    with pytest.raises(NotAllowed, match="another day"):
        operations.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(days=1))
    at = TUESDAY_NINE + 3 * QUARTER
    operations.mark_arrived(made, by=crew.service_advisor, at=at)
    assert [move.to_state for move in made.moves.all()] == ["requested", "confirmed", "no_show", "arrived"]
    assert (made.arrived_at, ManagementCard.objects.get().state) == (at, Area.ACTIVE)
    assert made.reminders.get(kind="missed").state == ReminderState.WITHDRAWN
    assert made.reservation is None


def test_an_advisor_of_another_store_is_not_booked(crew):
    stranger = factories.Crew(factories.store()).service_advisor
    with pytest.raises(NotAllowed, match=stranger.full_name):
        book(crew, advisor=stranger)
    assert not Appointment.objects.exists()


def test_a_time_is_promised_to_the_one_who_keeps_the_car(crew):
    _someone, vehicle = factories.customer_with_car(crew.service_advisor)
    other, _car = factories.customer_with_car(crew.service_advisor)
    with pytest.raises(NotAllowed):
        factories.appointment(crew, car=(other, vehicle))


def test_appointments_follow_a_merged_customer(crew):
    made = book(crew)
    other = customers.register(name="王建国", by=crew.service_advisor, at=MONDAY)
    customers.merge(other, made.customer, by=crew.after_sales_manager, at=MONDAY)
    assert Appointment.objects.get().customer == other
