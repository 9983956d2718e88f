"""Promised times of every fate on one Tuesday, and a thousand of them; rows tests reckon figures from."""

from datetime import timedelta
from types import SimpleNamespace

from appointments import operations as appointments
from appointments.models import Appointment, AppointmentMove, ForemanNotice, ManagementCard, Reminder
from reception import operations as reception
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

SATURDAY = TUESDAY_NINE - timedelta(days=3)
SLOTS = [0, 15, 30, 60, 75, 90, 120, 135, 150, 240, 255, 270, 300, 315, 330]  # minutes after nine; no buffers


def at(slot):
    return TUESDAY_NINE + timedelta(minutes=SLOTS[slot])


def every_fate(crew, **details):
    """Return times of Tuesday by what became of them; two of the day before stand there or stood there."""
    by = crew.service_advisor
    made = {
        name: factories.appointment(crew, at(slot), at=SATURDAY, **details)
        for slot, name in enumerate(
            ["on_time", "late", "early", "just_in_time", "missed", "cancelled_on_the_day", "cancelled_before", "ahead"]
        )
    }
    for name, minutes in [("on_time", 0), ("late", 11), ("early", -11), ("just_in_time", 10)]:
        one = made[name]
        reception.receive_appointment(one, by=by, at=one.starts_at + timedelta(minutes=minutes))
    appointments.mark_no_show(made["missed"], by=None, at=made["missed"].starts_at + timedelta(minutes=30))
    for name, moment in [("cancelled_on_the_day", TUESDAY_NINE), ("cancelled_before", MONDAY)]:
        appointments.cancel(made[name], reason="生病", by=by, at=moment)
    return SimpleNamespace(**made)


def rebooked(crew):
    """Return a time of Tuesday that was missed and given another time, on Thursday."""
    made = factories.appointment(crew, at(8), at=SATURDAY)
    appointments.mark_no_show(made, by=None, at=at(8) + timedelta(minutes=30))
    appointments.reschedule(
        made, starts_at=TUESDAY_NINE + timedelta(days=2), reason="忘了", agreed=True, by=crew.service_advisor,
        at=at(8) + timedelta(minutes=40),
    )  # fmt: skip
    return made


def many(crew, count, day=TUESDAY_NINE):
    """Write `count` confirmed times of one day with cards, notices, reminders and moves."""
    first = factories.appointment(crew, day, at=day - timedelta(days=2))
    copies = [copy_of(first, day + timedelta(seconds=20 * number)) for number in range(1, count)]
    made = Appointment.objects.bulk_create(copies)
    ManagementCard.objects.bulk_create(
        ManagementCard(
            appointment=one, store=one.store, customer_name="王建国", model_name="大众 帕萨特", wishes=one.reason,
            on=day.date(), made_at=one.booked_at,
        )
        for one in made
    )  # fmt: skip
    told = first.notices.get()
    ForemanNotice.objects.bulk_create(
        ForemanNotice(appointment=one, store=one.store, notified_at=told.notified_at, due_at=told.due_at)
        for one in made
    )
    Reminder.objects.bulk_create(
        Reminder(appointment=one, store=one.store, kind=kind, channel="call", due_at=day, limit_at=one.starts_at)
        for one in made
        for kind in ["day", "near"]
    )
    AppointmentMove.objects.bulk_create(
        AppointmentMove(thing=one, from_state="requested", to_state="confirmed", at=one.booked_at) for one in made
    )


def copy_of(first, starts_at):
    names = [
        "store",
        "advisor",
        "customer",
        "vehicle",
        "cause",
        "reason",
        "agreed_at",
        "booked_by",
        "booked_at",
        "state",
    ]
    return Appointment(starts_at=starts_at, **{name: getattr(first, name) for name in names})
