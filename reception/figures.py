"""What the reception answers for: how long customers wait, and how long receptions take (3.1.2.6, 3.1.2.7, 3.1.4.2)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from appointments.queries import RuleBook, day_bounds
from dealership.staff.models import Store
from reception.models import Visit

NONE = timedelta(0)


@dataclass
class Waits:
    """How many customers were received, how long they waited together, how many longer than they have patience."""

    received: int = 0
    waited: timedelta = NONE
    long: int = 0

    @property
    def mean(self) -> timedelta | None:
        return self.waited / self.received if self.received else None


@dataclass
class ReceptionTimes:
    """The waits of booked customers and of the others, and how many receptions saved or overran their time."""

    booked: Waits = field(default_factory=Waits)
    walk_in: Waits = field(default_factory=Waits)
    ended: int = 0
    took: timedelta = NONE
    on_target: int = 0
    overran: int = 0
    overrun: timedelta = NONE


def reception_times(store: Store, first: date, last: date) -> ReceptionTimes:
    """Count the receptions of the customers who arrived on these days, each by the rules of its day; two queries."""
    start, end = day_bounds(store, first)[0], day_bounds(store, last)[1]
    found = Visit.objects.filter(store=store, arrived_at__gte=start, arrived_at__lt=end, received_at__isnull=False)
    book, times = RuleBook(store), ReceptionTimes()
    for visit in found.only("appointment_id", "arrived_at", "received_at", "taken_in_at"):
        began = visit.received_at or visit.arrived_at
        rules = book.on(visit.arrived_at.astimezone(store.zone).date())
        waits = times.walk_in if visit.appointment_id is None else times.booked
        add_wait(waits, began - visit.arrived_at, rules.patience_minutes)
        if visit.taken_in_at is not None:
            add_reception(times, visit.taken_in_at - began, rules.slot_minutes, rules.saving_percent)
    return times


def add_wait(waits: Waits, waited: timedelta, patience_minutes: int) -> None:
    waits.received += 1
    waits.waited += waited
    waits.long += waited > timedelta(minutes=patience_minutes)


def add_reception(times: ReceptionTimes, took: timedelta, slot_minutes: int, saving_percent: int) -> None:
    """Add one that ended; on target is what saved the share of its slot that it should (3.1.2.7)."""
    slot = timedelta(minutes=slot_minutes)
    times.ended += 1
    times.took += took
    times.on_target += took <= slot * (100 - saving_percent) / 100
    times.overran += took > slot
    times.overrun += max(NONE, took - slot)
