"""The advisors' grid of the demo: slots as the store's rules cut them, a bay for each, none given out twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from appointments import operations as appointments
from appointments import queries
from appointments.models import Appointment, Reminder
from dealership.catalogue.operations import OutOfStock
from dealership.demo.house import House
from dealership.demo.jobs import JOBS
from dealership.workshop import queries as workshop

NOTICE = timedelta(days=2)
LONGEST = timedelta(days=7)  # no job of the demo keeps a bay for longer
POINTS = ["file", "forms", "tools", "parts", "bay"]


def book(
    house: House, guest: str, job: str, advisor: str, starts_at: datetime, booked_at: datetime, **more: Any
) -> Appointment:
    customer, vehicle = house.guests[guest]
    make = appointments.book_on_call if "call" in more else appointments.book
    return make(
        store=house.store,
        advisor=house.people[advisor],
        customer=customer,
        vehicle=vehicle,
        starts_at=starts_at,
        cause=JOBS[job].cause,
        reason="；".join(JOBS[job].words),
        job=work_of(house, job),
        waits=JOBS[job].waits,
        agreed=True,
        by=house.people["assistant"],
        at=booked_at,
        channel=house.random.choice(["phone", "phone", "wechat", "desk"]),
        **more,
    )


def work_of(house: House, job: str) -> appointments.Job:
    operations = [house.labour[code] for code in JOBS[job].labour]
    return appointments.Job(operations, parts=[(house.parts[number], count) for number, count in JOBS[job].parts])


def book_near(
    house: House, guest: str, job: str, advisor: str, wanted: datetime, booked_at: datetime, **more: Any
) -> Appointment | None:
    """Book the time nearest to the wanted one that is not over and has a bay; none where the day has no such time."""
    times = [time for time in free_times(house, job, advisor, wanted.date()) if time > max(house.day.now, booked_at)]
    if not times:
        return None
    return book(house, guest, job, advisor, nearest(times, wanted), booked_at, **more)


def nearest(times: list[datetime], wanted: datetime) -> datetime:
    return min(times, key=lambda starts_at: abs(starts_at - wanted))


def book_for_arrival(house: House, guest: str, job: str, advisor: str, arrives_at: datetime) -> Appointment | None:
    """Book the slot somebody who arrives then had: the free one of that day nearest to it, made ready a day before."""
    times = free_times(house, job, advisor, arrives_at.date())
    if not times:
        return None
    starts_at = nearest(times, arrives_at)
    made = book(house, guest, job, advisor, starts_at, starts_at - NOTICE)
    make_ready(house, made, starts_at - timedelta(days=1))
    call(house, made, arrives_at)
    return made


def free_times(house: House, job: str, advisor: str, day: date) -> list[datetime]:
    """Return the advisor's bookable times of a day that nobody has and for which a bay is free, the earliest first."""
    rules, calendar = queries.rules_on(house.store, day), house.day.calendar
    held = queries.held_on(house.store, day).filter(advisor=house.people[advisor])
    taken = set(held.values_list("starts_at", flat=True))
    start, end = queries.day_bounds(house.store, day)
    bays, work = workshop.BayPlan(house.store, start, end + LONGEST), work_of(house, job)
    hours = queries.hours_of(work.takes(rules.usual_hours))
    return [
        slot.starts_at.astimezone(house.store.zone)
        for slot in queries.slots_on(day, calendar, rules)
        if not slot.buffer
        and slot.starts_at.astimezone(UTC) not in taken
        and bays.room(*queries.bay_time(slot.starts_at, hours, calendar, rules), work.skills)
    ]


def make_ready(house: House, made: Appointment, at: datetime, points: list[str] = POINTS) -> None:
    """Put the parts aside, as far as they are there, and tick what is ready (3.1.1.8)."""
    there = put_aside(house, made, at)
    for point in points:
        if there or point != "parts":
            appointments.tick(made, point, by=house.people["assistant"], at=at)


def put_aside(house: House, made: Appointment, at: datetime) -> bool:
    """Keep the parts of a car, or note when those come that are missing; say whether all are there."""
    there = True
    for wanted in made.parts.select_related("part").order_by("part"):
        try:
            appointments.put_aside(wanted, by=house.people["parts"], at=at)
        except OutOfStock:
            there = False
            comes_on = max(made.starts_at.date() - timedelta(days=1), at.date())
            appointments.expect_delivery(wanted, on=comes_on, by=house.people["parts"], at=at)
    return there


def call(house: House, made: Appointment, until: datetime) -> None:
    """Make the calls about an appointment that were due before a moment (2.1.10, 3.1.3.7)."""
    for reminder in Reminder.objects.filter(appointment=made, state="open", due_at__lt=until).order_by("due_at"):
        at = min(reminder.due_at + timedelta(minutes=12), until)
        appointments.record_call(reminder, outcome="can_come", by=house.people["assistant"], at=at)
