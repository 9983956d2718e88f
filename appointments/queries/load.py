"""How full the workshop is: hours promised and carried over against the hours it has (3.1.1.6, 3.1.5)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from appointments.models import BookingRules
from appointments.queries.rules import RuleBook
from appointments.queries.slots import day_bounds, held_between
from appointments.signals import Work, work_in_house
from dealership.staff import queries as staff
from dealership.staff.models import Store
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar

NONE = Decimal(0)
LONGEST_JOB = 60  # days over which one job's hours are spread at most
LOOK_BACK = timedelta(days=7)  # a job may have begun before the days asked for
NEIGHBOURS = timedelta(days=4)  # so far a neighbour may lie behind closed days
LONG_JOB, LONG_LOOK_BACK = 8, timedelta(days=LONGEST_JOB)  # hours; a long one may have begun long before


class Held(NamedTuple):
    """What the load and the free times need of an appointment; a row of a tuple each, for days with a thousand."""

    pk: int
    advisor_id: int
    starts_at: datetime
    hours: Decimal
    skills: str
    waits: bool
    store_id: int


def held_rows(store: Store, first: date, last: date, *, elsewhere: bool = False) -> list[Held]:
    """Load the appointments of these days, and those that may reach into them.

    With `elsewhere` also what advisors who work here have promised in other stores.
    """
    near = day_bounds(store, first - LOOK_BACK)[0]
    held = held_between(store, first - LONG_LOOK_BACK, last, elsewhere=elsewhere)
    held = held.filter(Q(starts_at__gte=near) | Q(hours__gt=LONG_JOB))
    return [Held(*row) for row in held.values_list(*Held._fields)]


@dataclass
class DayLoad:
    """One day of the workshop in hours; `capacity` is None where nobody knows it.

    `booked` came by appointment, `in_house` is carried over or simply came; `skills` has (hours, capacity).
    `standing` is '', 'full' from the store's limit on, or 'uneven' where a neighbour has much more room.
    """

    day: date
    open: bool
    capacity: Decimal | None
    booked: Decimal = NONE
    in_house: Decimal = NONE
    skills: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    standing: str = ""
    quieter: date | None = None

    @property
    def hours(self) -> Decimal:
        return self.booked + self.in_house

    @property
    def percent(self) -> int | None:
        """Return the load in per cent of the hours there are, None where they are not known."""
        return self.percent_of(self.hours)

    def percent_of(self, hours: Decimal) -> int | None:
        if not self.capacity:
            return None
        return int((100 * hours / self.capacity).quantize(Decimal(1), ROUND_HALF_UP))


class Loads:
    """The load of a span of days of one store; every day is added up once."""

    def __init__(
        self, store: Store, first: date, last: date, calendar: WorkingCalendar, book: RuleBook, today: date
    ) -> None:
        self.calendar, self.book, self.today = calendar, book, today
        self.days = {day: DayLoad(day, calendar.open_on(day), None) for day in days(first, last)}
        self.first, self.last = first, last
        self.skill_hours: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.spans: dict[date, list[tuple[datetime, datetime]]] = {}
        self.store = store

    @classmethod
    def of(
        cls,
        store: Store,
        first: date,
        last: date,
        calendar: WorkingCalendar,
        book: RuleBook,
        held: list[Held] | None = None,
        *,
        today: date,
    ) -> "Loads":
        """Add up the days; `held` spares a query where the caller has loaded `held_rows` of the same days.

        `today` is the store's day now, on which everything lies that should have been done before.
        """
        loads = cls(store, first, last, calendar, book, today)
        work = carried(store, first, last, today)
        # An order says better than the estimate how long its car takes; it is counted where it is promised.
        known = {job.appointment_id for job in work}
        for row in held_rows(store, first, last) if held is None else held:
            if row.pk not in known:
                loads.add(row)
        for job in work:
            loads.put(job.day, job.hours, job.skill.split(), in_house=job.appointment_id is None)
        loads.weigh()
        return loads

    def add(self, row: Held) -> None:
        """Spread an appointment's hours over the days its work takes, to the hundredth of an hour."""
        whole, done = hours_of(row.hours), timedelta(0)
        day = row.starts_at.astimezone(self.calendar.zone).date()
        room = self.remaining(day, row.starts_at)
        for _day in range(LONGEST_JOB):
            before, done = done, min(whole, done + room)
            self.put(day, in_hours(done) - in_hours(before), row.skills.split(), in_house=False)
            if done >= whole:
                return
            day += timedelta(days=1)
            room = self.calendar.hours_on(day)

    def remaining(self, day: date, since: datetime) -> timedelta:
        """Return the working time of a day from a moment on."""
        if day not in self.spans:
            spans = self.calendar.spans(day)
            self.spans[day] = [(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in spans]
        since = since.astimezone(UTC)
        left = (closes - max(opens, since) for opens, closes in self.spans[day] if closes > since)
        return sum(left, timedelta(0))

    def put(self, day: date, hours: Decimal, skills: list[str], *, in_house: bool) -> None:
        """Add hours to a day; several skills share them, which says less than the items but never too much."""
        load = self.days.get(day)
        if load is None:
            return
        if in_house:
            load.in_house += hours
        else:
            load.booked += hours
        for skill in skills:
            self.skill_hours[day][skill] += hours / len(skills)

    def weigh(self) -> None:
        """Fill in what each day can take, and which days stand out (3.1.5.1)."""
        for day, load in self.days.items():
            load.capacity = self.capacity(day)
            limits = self.skill_capacity(day)
            load.skills = {skill: (self.skill_hours[day][skill], hours) for skill, hours in limits.items()}
        for day, load in self.days.items():
            rules, percent = self.book.on(day), load.percent
            if percent is None:
                continue
            load.quieter = self.quieter_neighbour(day, percent, rules)
            full = percent >= rules.full_percent
            load.standing = "full" if full else "uneven" if load.quieter else ""

    def quieter_neighbour(self, day: date, percent: int, rules: BookingRules) -> date | None:
        """Return the open day beside this one that has much more room and is not over, if any."""
        beside = [load for load in (self.beside(day, -1), self.beside(day, 1)) if load and load.day >= self.today]
        known = [(load.percent, load.day) for load in beside if load.percent is not None]
        quiet = [(other, there) for other, there in known if percent - other >= rules.level_points]
        return min(quiet)[1] if quiet else None

    def beside(self, day: date, step: int) -> DayLoad | None:
        load = self.days.get(day + timedelta(days=step))
        while load is not None and not load.open:
            load = self.days.get(load.day + timedelta(days=step))
        return load

    def capacity(self, day: date) -> Decimal | None:
        """Return the hours of a day: as entered, in proportion on a shorter day; else people times opening hours."""
        rules = self.book.on(day)
        if not self.days[day].open:
            return NONE
        if rules.workshop_hours is not None:
            return (rules.workshop_hours * self.share(day)).quantize(Decimal("0.1"))
        if not self.hands[0]:
            return None
        return in_hours(self.calendar.hours_on(day)) * len(self.people(day))

    def skill_capacity(self, day: date) -> dict[str, Decimal]:
        rules = self.book.on(day)
        if rules.skill_hours:
            return {
                skill: (Decimal(hours) * self.share(day)).quantize(Decimal("0.1"))
                for skill, hours in rules.skill_hours.items()
            }
        if rules.workshop_hours is not None:
            return {}
        hours = in_hours(self.calendar.hours_on(day))
        found = {}
        for skill in set().union(*self.hands[0].values()):
            found[skill] = hours * sum(skill in skills for skills in self.people(day))
        return found

    def share(self, day: date) -> Decimal:
        """Return how long this day is, measured by the longest ordinary one."""
        whole = self.calendar.full_day
        return in_hours(self.calendar.hours_on(day)) / in_hours(whole) if whole else NONE

    @cached_property
    def hands(self) -> tuple[dict[int, frozenset[str]], staff.Absences]:
        return staff.hands(self.store, self.first, self.last)

    def people(self, day: date) -> list[frozenset[str]]:
        """Return the skills of everybody who is at work on a day."""
        skills, away = self.hands
        return [known for member, known in skills.items() if not any(a <= day <= b for a, b in away.get(member, []))]


def load_on(store: Store, day: date, today: date) -> DayLoad:
    """Return the load of one day, without its neighbours."""
    return Loads.of(store, day, day, workshop.calendar_of(store), RuleBook(store), today=today).days[day]


def carried(store: Store, first: date, last: date, today: date) -> list[Work]:
    """Ask the desks above for the work that is in the house without or beyond an appointment."""
    answers: list[tuple[Any, Any]] = work_in_house.send(sender=Loads, store=store, first=first, last=last, today=today)
    return [job for _receiver, jobs in answers for job in jobs]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def hours_of(hours: Decimal) -> timedelta:
    return timedelta(seconds=round(float(hours) * 3600))


def in_hours(duration: timedelta) -> Decimal:
    return (Decimal(round(duration.total_seconds())) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)
