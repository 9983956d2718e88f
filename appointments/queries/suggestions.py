"""When can I come? The next times across advisor, bay, skill and parts (3.1.1.6, 3.1.5.2, 3.1.5.4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from appointments.models import Appointment, BookingRules
from appointments.queries.load import NEIGHBOURS, DayLoad, Held, Loads, days, held_rows, hours_of
from appointments.queries.rules import RuleBook
from appointments.queries.slots import Promised, Slot, bay_time, day_bounds, slots_on
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Part
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar

HORIZON = 30  # days ahead that are looked at


@dataclass(frozen=True)
class Wish:
    """What the customer wants: hours of work, skills, parts, an advisor or anybody, whether he waits for the car.

    The first of the `skills` is the one that takes most of the hours.
    `but` is the appointment this time is to replace: what it keeps is free for it. `parts_from` is the day on which
    the parts the parts desk has ordered will be there.
    """

    hours: Decimal
    skills: tuple[str, ...] = ()
    parts: tuple[tuple[Part, int], ...] = ()
    advisor: User | None = None
    waits: bool = False
    but: Appointment | None = None
    parts_from: date | None = None
    kept_from: datetime | None = None  # from here to the end of its day `but` may move without notice


@dataclass(frozen=True)
class Suggestion:
    """A time that can be had; `percent` is the load of its day with this job, None where unknown."""

    starts_at: datetime
    advisor: User
    percent: int | None = None

    @property
    def value(self) -> str:
        """Write advisor and time as one text, as forms send it back."""
        return f"{self.advisor.pk}|{self.starts_at.isoformat()}"


@dataclass
class Outlook:
    """Everything that decides on a time within the next weeks, loaded once in a fixed number of queries."""

    store: Store
    wish: Wish
    after: datetime
    horizon: int = HORIZON
    book: RuleBook | None = None  # spares a query where the caller has it
    today: date | None = None  # the store's day now, where `after` lies on another
    notice_from: datetime | None = None  # each day has its own notice from here on; None where a manager asks for less
    calendar: WorkingCalendar = field(init=False)

    def __post_init__(self) -> None:
        store, first = self.store, self.after.astimezone(self.store.zone).date()
        last = first + timedelta(days=self.horizon)
        if self.kept_from is not None and self.kept_from < self.after:
            first = self.kept_from.astimezone(store.zone).date()
        self.rules = self.book or RuleBook(store)
        self.calendar = workshop.calendar_of(store)
        moved = self.wish.but
        # With the days beside, so that a day knows a quieter one; what comes of it is not offered.
        before, beyond = first - NEIGHBOURS, last + NEIGHBOURS
        held = held_rows(store, before, beyond, elsewhere=True)
        everywhere = [row for row in held if moved is None or row.pk != moved.pk]
        held = [row for row in everywhere if row.store_id == store.pk]
        self.starts = {(row.advisor_id, row.starts_at) for row in everywhere}
        self.promised = Promised.by(everywhere, self.rules)
        self.counts, self.waiting = tally(held, store)
        self.loads = Loads.of(store, before, beyond, self.calendar, self.rules, held, today=self.today or first)
        # As far ahead as a job begun on the last day can last.
        kept = None if moved is None else moved.reservation_id
        self.bays = workshop.BayPlan(
            store,
            min(self.kept_from or self.after, self.after),
            day_bounds(store, last + timedelta(days=21))[1],
            but=kept,
        )
        self.advisors, self.away = staff.advisors_between(store, first, last)
        if self.wish.advisor is not None:
            self.advisors = [self.wish.advisor]
        there = parts_there(store, self.wish.parts, self.rules.on(first), self.today or first)
        self.parts_on = max(filter(None, [there, self.wish.parts_from]), default=None)
        self.days = [day for day in days(first, last) if self.parts_on is None or day >= self.parts_on]

    def times(self, day: date, *, full_too: bool = False) -> Iterator[Suggestion]:
        """Yield the day's times that can be had, the earliest first, each with the least busy advisor.

        A day without room in the workshop has none, unless it was asked for by name: then the page warns (3.1.5.1).
        """
        rules = self.rules.on(day)
        if not self.seat(day, rules) or not (full_too or self.room(day, rules)):
            return
        begins = self.begins(day, rules)
        for slot in slots_on(day, self.calendar, rules):
            if slot.buffer or slot.starts_at < begins or not self.bay_free(slot, rules):
                continue
            free = [advisor for advisor in self.advisors if self.free(advisor, slot, day, rules)]
            if free:
                advisor = min(free, key=lambda one: (self.counts[one.pk, day], one.full_name, one.pk))
                yield Suggestion(slot.starts_at, advisor, self.percent(day))

    @property
    def kept_from(self) -> datetime | None:
        return self.wish.kept_from

    def begins(self, day: date, rules: BookingRules) -> datetime:
        """Return from when on a day's times are offered: a later version of the rules may ask for more notice."""
        begins = self.after
        if self.notice_from is not None:
            begins = max(begins, self.notice_from + timedelta(hours=rules.lead_hours))
        if self.kept_from is not None and self.kept_from.astimezone(self.store.zone).date() == day:
            return min(begins, self.kept_from)
        return begins

    def seat(self, day: date, rules: BookingRules) -> bool:
        """Say whether another customer may wait for the car on the day, if this one wants to."""
        return not self.wish.waits or rules.most_waiting is None or self.waiting[day] < rules.most_waiting

    def room(self, day: date, rules: BookingRules) -> bool:
        """Say whether the workshop and each skill have room for this job on the day."""
        load, hours = self.loads.days[day], self.wish.hours
        if load.capacity == 0:
            return False  # closed, or nobody is at work
        if load.capacity is None:
            return load.open
        first_day = min(hours, load.capacity)  # a job longer than a day fills this one and goes on
        if load.hours and load.hours + first_day > load.capacity * rules.full_percent / 100:
            return False
        for skill in self.wish.skills:
            used, there = load.skills.get(skill, (Decimal(0), None))
            share = hours / len(self.wish.skills)
            if there is not None and used and used + min(share, there) > there * rules.full_percent / 100:
                return False
        return True

    def bay_free(self, slot: Slot, rules: BookingRules) -> bool:
        if not self.bays.bays:
            return True  # spares counting the working time of every slot
        start, end = bay_time(slot.starts_at, hours_of(self.wish.hours), self.calendar, rules)
        return self.bays.room(start, end, self.wish.skills)

    def free(self, advisor: User, slot: Slot, day: date, rules: BookingRules) -> bool:
        if self.promised.within(advisor, slot, day) is not None or self.had(slot):
            return False
        if rules.most_per_advisor is not None and self.counts[advisor.pk, day] >= rules.most_per_advisor:
            return False
        return not any(first <= day <= last for first, last in self.away.get(advisor.pk, []))

    def had(self, slot: Slot) -> bool:
        """Say whether this is the very time that is to be changed; also with a colleague it is no other."""
        moved = self.wish.but
        return moved is not None and moved.starts_at == slot.starts_at

    def percent(self, day: date) -> int | None:
        load = self.loads.days[day]
        return load.percent_of(load.hours + min(self.wish.hours, load.capacity)) if load.capacity else None

    def soonest(self, count: int = 3, per_day: int = 2) -> list[Suggestion]:
        """Return the next times, at most `per_day` on one day, so that the customer has a choice."""
        found: list[Suggestion] = []
        for day in self.days:
            if not self.calendar.open_on(day):
                continue
            found += apart(self.times(day), per_day)
            if len(found) >= count:
                break
        return found[:count]

    def quietest(self, count: int = 3, within: int = 10) -> list[Suggestion]:
        """Return a time on each of the emptiest days, at its emptiest hour, rather after noon (3.1.5.2, 3.1.5.4)."""
        near = [day for day in self.days if self.calendar.open_on(day)][:within]
        crowd = self.crowd()
        best = []
        for day in near:
            offered = list(self.times(day))
            if offered:
                best.append(
                    min(offered, key=lambda one: (crowd[self.hour_of(one.starts_at)], self.morning(one), one.starts_at))
                )
        return sorted(best, key=lambda one: (one.percent or 0, one.starts_at))[:count]

    def morning(self, one: Suggestion) -> bool:
        return one.starts_at.astimezone(self.store.zone).hour < 12

    def crowd(self) -> dict[datetime, int]:
        """Count what is booked in each hour of the store's clock."""
        counted: dict[datetime, int] = defaultdict(int)
        for _advisor, starts_at in self.starts:
            counted[self.hour_of(starts_at)] += 1
        return counted

    def hour_of(self, moment: datetime) -> datetime:
        return moment.astimezone(self.store.zone).replace(minute=0, second=0, microsecond=0)


def apart(offered: Iterable[Suggestion], count: int) -> list[Suggestion]:
    """Take the first time and others at least two hours apart."""
    chosen: list[Suggestion] = []
    for one in offered:
        if not chosen or one.starts_at - chosen[-1].starts_at >= timedelta(hours=2):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def tally(held: Iterable[Held], store: Store) -> tuple[dict[tuple[int, date], int], dict[date, int]]:
    """Count the appointments per advisor and day, and the customers who wait per day."""
    counts: dict[tuple[int, date], int] = defaultdict(int)
    waiting: dict[date, int] = defaultdict(int)
    for row in held:
        day = row.starts_at.astimezone(store.zone).date()
        counts[row.advisor_id, day] += 1
        waiting[day] += row.waits
    return counts, waiting


def parts_there(store: Store, parts: Iterable[tuple[Part, int]], rules: BookingRules, today: date) -> date | None:
    """Return the day on which all parts will be there; None where they are (2.1.6)."""
    wanted = list(parts)
    free = {part.pk: part.free_here for part, _quantity in wanted if hasattr(part, "free_here")}
    if asked := [part for part, _quantity in wanted if part.pk not in free]:
        free |= catalogue.availability(store, asked)
    short = [part for part, quantity in wanted if free[part.pk] < quantity]
    if not short:
        return None
    lead = max(rules.part_lead_days if part.lead_days is None else part.lead_days for part in short)
    return today + timedelta(days=lead)


def next_free(
    store: Store,
    advisor: User,
    after: datetime,
    wish: Wish | None = None,
    *,
    today: date | None = None,
    notice_from: datetime | None = None,
) -> datetime | None:
    """Return the advisor's first time from a moment on, within two weeks, as far as the wish lets us know."""
    wish = wish or Wish(Decimal(0))
    mine = replace(wish, advisor=advisor)
    found = Outlook(store, mine, after, horizon=14, today=today, notice_from=notice_from).soonest(count=1)
    return found[0].starts_at if found else None


@dataclass(frozen=True)
class Offers:
    """What the page offers: the next times and the quiet ones, or all times of the day that was asked for.

    `load` is that of the day that was asked for, or of the day a time on the grid was chosen on.
    """

    soonest: list[Suggestion]
    quietest: list[Suggestion]
    day: date | None = None
    parts_on: date | None = None
    load: DayLoad | None = None
    begins: datetime | None = None  # the earlier times of that day lack this many hours of notice
    notice_hours: int = 0

    @property
    def all(self) -> list[Suggestion]:
        return [*self.soonest, *self.quietest]


def offers(
    store: Store,
    wish: Wish,
    after: datetime,
    day: date | None = None,
    book: RuleBook | None = None,
    *,
    today: date | None = None,
    notice_from: datetime | None = None,
    about: date | None = None,
) -> Offers:
    """Answer "when can I come?" from a moment on: soon or quietly, or on a certain day.

    `about` is the day of a time that was chosen already, whose load is told.
    """
    if day is None:
        outlook = Outlook(store, wish, after, book=book, today=today, notice_from=notice_from)
        soon = outlook.soonest()
        quiet = [one for one in outlook.quietest() if one.starts_at not in {other.starts_at for other in soon}]
        load = outlook.loads.days.get(about) if about else None
        return Offers(soon, quiet, parts_on=outlook.parts_on, load=load)
    begins = max(after, day_bounds(store, day)[0])
    if wish.kept_from is not None and wish.kept_from.astimezone(store.zone).date() != day:
        wish = replace(wish, kept_from=None)
    ahead = (day - begins.astimezone(store.zone).date()).days
    horizon = max(0, ahead) + 1
    outlook = Outlook(store, wish, begins, horizon=horizon, book=book, today=today, notice_from=notice_from)
    times = list(outlook.times(day, full_too=True)) if day in outlook.days else []
    load, rules = outlook.loads.days.get(day), outlook.rules.on(day)
    lacking = None
    if notice_from is not None and day >= (today or day):
        start, end = day_bounds(store, day)
        lead = notice_from + timedelta(hours=rules.lead_hours)
        lacking = min(outlook.begins(day, rules), lead, end) if lead > start else None
    return Offers(times, [], day, outlook.parts_on, load, lacking, rules.lead_hours)
