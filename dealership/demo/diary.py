"""The advisors' grid of the demo: slots as the store's rules cut them, none given out twice."""

from datetime import date, datetime, timedelta

from appointments import operations as appointments
from appointments import queries
from appointments.models import Appointment
from dealership.demo.house import House
from dealership.demo.jobs import JOBS

NOTICE = timedelta(days=2)


def book(house: House, guest: str, job: str, advisor: str, starts_at: datetime, booked_at: datetime) -> Appointment:
    customer, vehicle = house.guests[guest]
    return appointments.book(
        store=house.store,
        advisor=house.people[advisor],
        customer=customer,
        vehicle=vehicle,
        starts_at=starts_at,
        cause=JOBS[job].cause,
        reason="；".join(JOBS[job].words),
        agreed=True,
        by=house.people["assistant"],
        at=booked_at,
        channel=house.random.choice(["phone", "phone", "wechat", "desk"]),
    )


def book_for_arrival(house: House, guest: str, job: str, advisor: str, arrives_at: datetime) -> Appointment:
    """Book the slot somebody who arrives then had: the free one of that day nearest to it."""
    starts_at = slot_near(house, advisor, arrives_at)
    return book(house, guest, job, advisor, starts_at, starts_at - NOTICE)


def slot_near(house: House, advisor: str, moment: datetime) -> datetime:
    free = free_slots(house, advisor, moment.date())
    return min(free, key=lambda starts_at: abs(starts_at - moment))


def free_slots(house: House, advisor: str, day: date) -> list[datetime]:
    """Return the advisor's bookable times of a day that nobody has, the earliest first."""
    rules = queries.rules_of(house.store)
    held = queries.held_on(house.store, day).filter(advisor=house.people[advisor])
    taken = set(held.values_list("starts_at", flat=True))
    slots = queries.slots_on(day, house.day.calendar, rules)
    return [slot.starts_at for slot in slots if not slot.buffer and slot.starts_at not in taken]
