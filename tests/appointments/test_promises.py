"""What follows from a promise, in one transaction: agreement, card, notice, reminders, bay, parts, limits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from appointments import operations, queries
from appointments.models import (
    Appointment,
    AppointmentItem,
    AppointmentPart,
    BookingRules,
    CardMove,
    ForemanNotice,
    ManagementCard,
    Reminder,
)
from appointments.operations import ModelMissing
from appointments.states import State
from dealership.outbox.models import Message
from dealership.staff.models import Absence
from dealership.staff.roles import Role
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import BayQuarter, BayReservation
from tests import factories
from tests.appointments.desk import QUARTER, book, refused
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.clause("2.1.4")
def test_who_agreed_is_written_down_with_when(crew):
    made = book(crew, agreed_by="王太太", at=MONDAY + timedelta(minutes=3))
    made.refresh_from_db()
    assert (made.agreed_by, made.agreed_at) == ("王太太", MONDAY + timedelta(minutes=3))


@pytest.mark.clause("2.1.4")
@pytest.mark.parametrize("state", ["confirmed", "no_show"])
def test_the_database_keeps_no_promise_nobody_agreed_to(crew, state):
    made = factories.held(crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(state=state)
    Appointment.objects.filter(pk=made.pk).update(state=state, agreed_at=MONDAY)


@pytest.mark.clause("2.1.4")
def test_a_held_time_is_confirmed_once(crew):
    made = factories.held(crew)
    stale = Appointment.objects.get()
    operations.confirm(made, by=crew.service_advisor, at=MONDAY)
    with pytest.raises(NotAllowed, match="moved this to “confirmed”"):
        operations.confirm(stale, by=crew.service_advisor, at=MONDAY)
    assert (ManagementCard.objects.count(), ForemanNotice.objects.count()) == (1, 1)


@pytest.mark.parametrize("role", ["foreman", "technician", "cashier", "claims", "director"])
def test_holding_and_confirming_are_refused_to_other_roles(crew, role):
    made, by = factories.held(crew), getattr(crew, role)
    with pytest.raises(NotAllowed):
        operations.confirm(made, by=by, at=MONDAY)
    with pytest.raises(NotAllowed):
        factories.held(crew, TUESDAY_NINE + QUARTER, by=by)
    assert Appointment.objects.get().state == State.REQUESTED


def everything():
    kinds = [Appointment, AppointmentItem, AppointmentPart, ManagementCard, ForemanNotice, Reminder, BayReservation]
    return {kind.__name__: kind.objects.count() for kind in [*kinds, BayQuarter, CardMove, Message]}


@pytest.fixture
def by_mail(crew):
    """A customer who wishes e-mail, so that every kind of row is written."""
    customer, vehicle = factories.customer_with_car(crew.service_advisor, email="wang@example.com")
    customer.preferred_channel = "email"
    customer.save()
    workshop.add_bay(crew.store, name="1号", kind="general", by=CLOCK)
    return customer, vehicle


@pytest.mark.clause("2.1.7", "2.1.8", "2.1.9", "2.1.10", "2.1.11", "3.1.3.7")
def test_everything_that_follows_is_written_with_the_promise(crew, by_mail):
    job = factories.job(operations=[factories.operation()], parts=[(factories.part(crew.store), 2)])
    made = book(crew, TUESDAY_NINE + timedelta(days=1), car=by_mail, job=job)
    assert everything() == {
        "Appointment": 1, "AppointmentItem": 1, "AppointmentPart": 1, "ManagementCard": 1, "ForemanNotice": 1,
        "Reminder": 2, "BayReservation": 1, "BayQuarter": 4, "CardMove": 1, "Message": 2,
    }  # fmt: skip
    assert list(queries.held_on(crew.store, made.starts_at.date())) == [made]
    assert (made.card.on, made.card.state) == (made.starts_at.date(), "booked")
    notice = made.notices.get()
    assert (notice.notified_at, notice.due_at.astimezone(SHANGHAI).date()) == (MONDAY, MONDAY.date())
    assert {one.kind for one in made.reminders.all()} == {"day", "near"}


@pytest.mark.clause("2.1.7", "2.1.8", "2.1.10", "2.1.11")
@pytest.mark.parametrize(
    "broken", ["cards.place", "cards.tell_foreman", "reminding.plan", "reminding.tell_booked", "booking.reserve"]
)
def test_whatever_fails_nothing_of_the_promise_is_left(crew, by_mail, monkeypatch, broken):
    def fail(*args, **kwargs):
        raise RuntimeError(broken)

    module, name = broken.split(".")
    monkeypatch.setattr(f"appointments.operations.{module}.{name}", fail)
    job = factories.job(operations=[factories.operation()], parts=[(factories.part(crew.store), 2)])
    with pytest.raises(RuntimeError, match=broken):
        book(crew, TUESDAY_NINE + timedelta(days=1), car=by_mail, job=job)
    assert set(everything().values()) == {0}


@pytest.mark.clause("2.1.8", "2.1.10", "2.1.11")
@pytest.mark.parametrize("broken", ["cards.place", "cards.tell_foreman", "reminding.plan", "reminding.tell_booked"])
def test_a_confirmation_that_fails_leaves_the_time_held(crew, monkeypatch, broken):
    def fail(*args, **kwargs):
        raise RuntimeError(broken)

    made = factories.held(crew)
    module, name = broken.split(".")
    monkeypatch.setattr(f"appointments.operations.{module}.{name}", fail)
    with pytest.raises(RuntimeError, match=broken):
        operations.confirm(made, by=crew.service_advisor, at=MONDAY)
    assert Appointment.objects.get().state == State.REQUESTED
    assert not any(kind.objects.exists() for kind in [ManagementCard, ForemanNotice, Reminder])


@pytest.mark.clause("2.1.13")
def test_the_card_says_who_which_car_and_what(crew):
    job = factories.job(operations=[factories.operation(name="四轮定位")], other=["检查空调"])
    card = book(crew, job=job).card
    assert (card.customer_name, card.model_name) == ("王建国", "大众 帕萨特")
    assert card.wishes == "四轮定位\n检查空调\n刹车有异响"


@pytest.mark.clause("2.1.13")
@pytest.mark.parametrize("model", ["", "  "])
def test_a_car_without_a_model_is_held_but_not_confirmed(crew, model):
    car = factories.customer_with_car(crew.service_advisor, model_name="")
    car[1].model_name = model
    assert "model" in refused(crew, car=car)
    made = factories.held(crew, car=car)
    with pytest.raises(ModelMissing):
        operations.confirm(made, by=crew.service_advisor, at=MONDAY)
    assert not ManagementCard.objects.exists()


@pytest.mark.clause("2.1.13")
def test_the_model_is_entered_with_the_booking_or_not_at_all(crew):
    customer, vehicle = factories.customer_with_car(crew.service_advisor, model_name="")
    wanted = {
        "store": crew.store, "advisor": crew.service_advisor, "customer": customer, "vehicle": vehicle,
        "starts_at": TUESDAY_NINE, "cause": "maintenance", "reason": "保养", "by": crew.service_advisor,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        operations.book_with_model(model_name="途观", agreed=True, at=TUESDAY_NINE, **wanted)
    vehicle.refresh_from_db()
    assert vehicle.model_name == ""
    made = operations.book_with_model(model_name="途观", agreed=True, at=MONDAY, **wanted)
    assert made.card.model_name.endswith("途观")


@pytest.mark.clause("2.1.13")
@pytest.mark.parametrize("gap", ["customer_name", "model_name", "wishes"])
def test_the_database_keeps_no_card_with_a_gap(crew, gap):
    made = book(crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManagementCard.objects.filter(pk=made.card.pk).update(**{gap: ""})


@pytest.mark.clause("3.1.1.7")
def test_a_fault_needs_the_words_of_the_customer_even_with_items(crew):
    job = factories.job(operations=[factories.operation(name="更换刹车片")])
    assert "notices" in refused(crew, cause="fault", reason=" ", job=job)
    assert book(crew, cause="maintenance", reason=" ", job=job).reason == "更换刹车片"


@pytest.mark.clause("3.1.1.1")
@pytest.mark.parametrize("kind", ["", None])
def test_booking_without_its_kind_is_refused(crew, kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        book(crew, kind=kind)
    assert not Appointment.objects.exists()


@pytest.mark.clause("3.1.2.2", "3.1.2.3", "3.1.2.9")
def test_a_buffer_is_for_a_walk_in_and_never_for_a_booking(crew):
    buffer = TUESDAY_NINE + 3 * QUARTER
    assert "emergencies" in refused(crew, buffer)
    assert "emergencies" in refused(crew, buffer, by=crew.after_sales_manager, short_notice_reason="急")
    with pytest.raises(NotAllowed):
        factories.held(crew, buffer)
    used = operations.use_buffer(
        store=crew.store, advisor=crew.service_advisor, starts_at=buffer, cause="walk_in",
        by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=40),
    )  # fmt: skip
    assert used.starts_at == buffer


def test_hours_and_skills_are_those_of_the_work(crew):
    BookingRules.objects.create(store=crew.store, usual_hours=Decimal("1.50"))
    work = [factories.operation(hours="0.60"), factories.operation(hours="2.40"), factories.operation(hours="1.00")]
    for one, skill in zip(work, ["机修", "钣喷", ""], strict=True):
        one.skill = skill
        one.save()
    made = book(crew, job=factories.job(operations=work, other=["检查空调"]))
    assert (made.hours, made.skills.split()) == (Decimal("4.00"), ["钣喷", "机修"]), "the main work first"
    assert [(item.description, item.hours) for item in made.items.all()][-1] == ("检查空调", 0)
    assert book(crew, TUESDAY_NINE + QUARTER, job=factories.job("2.5", operations=work)).hours == Decimal("2.50")
    assert book(crew, TUESDAY_NINE + 2 * QUARTER).hours == Decimal("1.50")


@pytest.mark.clause("2.1.6")
def test_parts_of_high_value_are_flagged_by_what_they_cost_together(crew):
    cheap, dear = factories.part(crew.store, price_fen=40_000), factories.part(crew.store, price_fen=380_000)
    made = book(crew, job=factories.job(parts=[(cheap, 2), (dear, 1)]))
    assert [(one.part, one.high_value, one.amount_fen) for one in made.parts.all()] == [
        (cheap, False, 80_000),
        (dear, True, 380_000),
    ]
    assert book(crew, TUESDAY_NINE + QUARTER, job=factories.job(parts=[(cheap, 3)])).parts.get().high_value


def test_an_advisor_has_no_more_than_the_store_lets_him(crew):
    BookingRules.objects.create(store=crew.store, most_per_advisor=2)
    factories.held(crew)
    book(crew, TUESDAY_NINE + QUARTER)
    sentence = refused(crew, TUESDAY_NINE + 2 * QUARTER)
    assert sentence == f"{crew.service_advisor.full_name} has 2 appointments on this day, and no more are taken."
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    assert book(crew, TUESDAY_NINE + 2 * QUARTER, advisor=second)
    assert book(crew, TUESDAY_NINE + timedelta(days=1))
    operations.cancel(Appointment.objects.first(), reason="出差", by=crew.service_advisor, at=MONDAY)
    assert book(crew, TUESDAY_NINE + 2 * QUARTER)


def test_no_more_customers_wait_than_the_store_has_room_for(crew):
    BookingRules.objects.create(store=crew.store, most_waiting=1)
    second = factories.person(Role.SERVICE_ADVISOR, crew.store)
    book(crew, waits=True)
    sentence = refused(crew, TUESDAY_NINE + QUARTER, waits=True, advisor=second)
    assert sentence == "1 customer waits for the car on this day, and there is no room for more."
    assert book(crew, TUESDAY_NINE + QUARTER, waits=False)
    assert book(crew, TUESDAY_NINE + timedelta(days=1), waits=True)


@pytest.mark.clause("2.1.1")
def test_limits_and_notice_are_those_of_the_day_that_is_booked(crew):
    later = (TUESDAY_NINE + timedelta(days=2)).date()
    BookingRules.objects.create(store=crew.store, lead_hours=2)
    BookingRules.objects.create(store=crew.store, lead_hours=200, most_per_advisor=1, valid_from=later)
    assert book(crew, MONDAY + timedelta(hours=2))
    assert "200" in refused(crew, TUESDAY_NINE + timedelta(days=3))
    day = TUESDAY_NINE + timedelta(days=14)
    assert book(crew, day)
    assert "no more" in refused(crew, day + QUARTER)


def test_who_is_away_is_not_booked(crew):
    Absence.objects.create(user=crew.service_advisor, first_on=TUESDAY_NINE.date(), last_on=TUESDAY_NINE.date())
    sentence = refused(crew)
    assert f"{crew.service_advisor.full_name} is away on this day." in sentence
    assert sentence.endswith("2026-11-25 09:00.")


def test_a_deposit_is_noted_once(crew):
    made = book(crew)
    operations.take_deposit(made, amount_fen=20_000, by=crew.service_advisor, at=MONDAY)
    assert (made.deposit_fen, made.deposit_at, made.deposit_by) == (20_000, MONDAY, crew.service_advisor)
    for amount in (20_000, 0, -1):
        with pytest.raises(NotAllowed):
            operations.take_deposit(made, amount_fen=amount, by=crew.service_advisor, at=MONDAY)
    other = book(crew, TUESDAY_NINE + QUARTER)
    operations.cancel(other, reason="出差", by=crew.service_advisor, at=MONDAY)
    with pytest.raises(NotAllowed):
        operations.take_deposit(other, amount_fen=100, by=crew.service_advisor, at=MONDAY)
