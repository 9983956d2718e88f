"""How the day of the lane will go on: when whom, and where customers without appointment find room."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from appointments import queries as appointments
from appointments.models import Appointment, BookingRules, BufferUse
from appointments.queries import Slot
from appointments.states import State as Promised
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop
from reception import flow
from reception.flow import Expectation, Pace, Place, Places, Promise, Reception, Stream, Walker
from reception.models import Mode, Visit
from reception.queries.lane import Lane, Waiting, is_small, lane
from reception.states import State

SHOWN = 40  # booked customers still to come, on the page; the others are counted


@dataclass(frozen=True)
class Due:
    """A booked customer who is still to come; `late` beyond the grace, `later` the minutes he will have to wait."""

    appointment: Appointment
    late: bool
    expected: Expectation | None

    @property
    def later(self) -> int:
        return minutes(self.expected.wait) if self.expected else 0


@dataclass(frozen=True)
class Queued:
    """A waiting customer with what to do about him; `act` is what the person who looks can do at once."""

    row: Waiting
    expected: Expectation | None = None
    place: Place | None = None
    advisor: User | None = None
    act: str = ""

    @property
    def gap(self) -> int:
        return minutes(self.place.gap) if self.place else 0

    @property
    def later(self) -> int:
        return minutes(self.expected.wait) if self.expected else 0


@dataclass(frozen=True)
class Running:
    """A reception that goes on (3.1.2.1)."""

    visit: Visit
    minutes: int
    overrun: int


@dataclass(frozen=True)
class Standing:
    """How an advisor stands: free for so many minutes, busy until about, next buffer."""

    advisor: User
    stream: Stream

    @property
    def gap(self) -> int:
        return minutes(self.stream.gap)

    @property
    def saved(self) -> int:
        return minutes(self.stream.saved)


@dataclass(frozen=True)
class Forecast:
    """How the day of the lane will go on: when whom, and where customers without appointment find room."""

    lane: Lane
    slots: list[Slot]
    uses: list[BufferUse]
    advisors: list[User]

    @cached_property
    def streams(self) -> dict[int, Stream]:
        return {advisor.pk: self.stream(advisor) for advisor in self.advisors}

    @cached_property
    def by_advisor(self) -> tuple[dict[int, list[Promise]], dict[int, list[Reception]]]:
        """Sort the day's promises that are still open, and the receptions that have begun, by advisor."""
        promises, receptions = defaultdict(list), defaultdict(list)
        here = {visit.appointment_id: visit for visit in self.lane.visits if visit.appointment_id}
        for made in self.lane.held:
            visit = here.get(made.pk)
            if made.state != Promised.ARRIVED:
                promises[made.advisor_id].append(Promise(made.pk, made.starts_at))
            elif visit is not None and visit.state == State.WAITING:
                promises[made.advisor_id].append(Promise(made.pk, made.starts_at, visit.arrived_at))
        for visit in self.lane.visits:
            left = visit.taken_in_at is None and visit.state != State.RECEIVING
            if visit.received_at is None or visit.advisor_id is None or left:
                continue
            if visit.received_at >= self.lane.day_begins:  # what nobody signed yesterday keeps nobody waiting today
                receptions[visit.advisor_id].append(Reception(visit.received_at, seated_at(visit) or visit.taken_in_at))
        return promises, receptions

    def stream(self, advisor: User) -> Stream:
        """Return how this person's day goes on, also one who is no advisor of the store."""
        promises, receptions = self.by_advisor
        used = [use for use in self.uses if use.advisor_id == advisor.pk]
        begun = {visit.buffer_id for visit in self.lane.visits}
        ahead = [use for use in used if use.cause != BufferUse.Cause.OVERRUN and use.pk not in begun]
        return Stream(
            self.lane.now,
            Pace.of(self.lane.rules),
            self.slots_of(advisor),
            promises[advisor.pk],
            receptions[advisor.pk],
            used={use.starts_at for use in used},
            ahead={use.starts_at for use in ahead},
        )

    def slots_of(self, advisor: User) -> list[Slot]:
        """Return the day's slots of one person; a buffer promised under older rules is none of his."""
        promised = {made.starts_at for made in self.lane.held if made.advisor_id == advisor.pk}
        return [replace(slot, buffer=slot.buffer and slot.starts_at not in promised) for slot in self.slots]

    @cached_property
    def expected(self) -> dict[int, Expectation]:
        """Return by appointment when its customer will be received."""
        return {key: one for stream in self.streams.values() for key, one in stream.expected.items()}

    @property
    def due(self) -> list[Due]:
        """Return who comes next; those far ahead are only counted."""
        now, grace = self.lane.now, self.lane.grace
        return [Due(made, now > made.starts_at + grace, self.expected.get(made.pk)) for made in self.lane.due[:SHOWN]]

    @property
    def missed(self) -> list[Due]:
        """Return who was not waited for any longer and may come after all, the latest first."""
        return [Due(made, True, None) for made in reversed(self.lane.missed[-SHOWN:])]

    @property
    def due_later(self) -> int:
        return max(0, len(self.lane.due) - SHOWN)

    @property
    def booked(self) -> list[Queued]:
        """Return the queue of the booked customers who came in time, by their times."""
        queue = [row for row in self.lane.waiting if row.booked]
        return [Queued(row, self.expected.get(row.visit.appointment_id or 0)) for row in queue]

    def walk_ins(self, looks: User) -> list[Queued]:
        """Return the queue by arrival with each customer's place; buttons are for the advisor whose place it is."""
        queue = [row for row in self.lane.waiting if not row.booked]
        walkers = [Walker(r.visit.pk, is_small(r.visit), late=r.visit.appointment_id is not None) for r in queue]
        places = Places(dict(self.streams)).give(walkers)
        names = {advisor.pk: advisor for advisor in self.advisors}
        found = []
        for row in queue:
            place = places.get(row.visit.pk)
            advisor = names.get(place.advisor) if place and place.advisor else None
            found.append(Queued(row, None, place, advisor, self.act(place) if advisor == looks else ""))
        return found

    def act(self, place: Place | None) -> str:
        """Return `gap` or `buffer` where the place can be taken now."""
        if place is None or place.advisor is None:
            return ""
        return place.kind if place.kind == "gap" or self.streams[place.advisor].can_begin(place.at) else ""

    @property
    def receiving(self) -> list[Running]:
        now, slot = self.lane.now, self.lane.rules.slot_minutes
        return [
            Running(visit, minutes(until - (visit.received_at or until)), minutes(flow.overrun(visit, slot, until)))
            for visit in self.lane.receiving
            for until in [seated_at(visit) or now]
        ]

    @property
    def standings(self) -> list[Standing]:
        return [Standing(advisor, self.streams[advisor.pk]) for advisor in self.advisors]

    @property
    def long_waits(self) -> int:
        """Count who waits beyond patience, and who will because others take longer (3.1.2.6, C23)."""
        soon = {key for key, one in self.expected.items() if one.long}
        waiting = sum(row.long or row.visit.appointment_id in soon for row in self.lane.waiting)
        return waiting + sum(made.pk in soon for made in self.lane.due)


def forecast(lane: Lane) -> Forecast:
    """Load what the course of the day depends on, in three queries."""
    store, day = lane.store, appointments.day_of(lane.store, lane.now)
    start, end = appointments.day_bounds(store, day)
    at_work = [advisor for advisor in staff.advisors_on(store, day) if not getattr(advisor, "away", False)]
    return Forecast(
        lane,
        slots=list(appointments.slots_on(day, workshop.calendar_of(store), lane.rules)),
        uses=list(BufferUse.objects.filter(store=store, starts_at__gte=start, starts_at__lt=end)),
        advisors=list(dict.fromkeys([*at_work, *(made.advisor for made in lane.held)])),
    )


def stream_of(advisor: User, store: Store, at: datetime) -> Stream:
    """Return how one person's day goes on."""
    return forecast(lane(store, at)).stream(advisor)


def slots_of_day(store: Store, at: datetime) -> tuple[BookingRules, list[Slot]]:
    """Return the rules of the day a moment lies in, and its slots."""
    day = appointments.day_of(store, at)
    rules = appointments.rules_on(store, day)
    return rules, list(appointments.slots_on(day, workshop.calendar_of(store), rules))


def running_buffer(advisor: User, store: Store, at: datetime) -> datetime | None:
    """Return the advisor's buffer that runs at this moment, if nobody used it."""
    rules, slots = slots_of_day(store, at)
    length = timedelta(minutes=rules.slot_minutes)
    runs = next((one.starts_at for one in slots if one.buffer and one.starts_at <= at < one.starts_at + length), None)
    return None if runs is None or buffer_used(advisor, runs) or appointments.promised(advisor, runs) else runs


def buffer_used(advisor: User, starts_at: datetime) -> bool:
    return BufferUse.objects.filter(advisor=advisor, starts_at=starts_at).exists()


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def seated_at(visit: Visit) -> datetime | None:
    """Return when a customer received in busy mode was led to the lounge: his reception ended then (4.2.5)."""
    welcome = getattr(visit, "welcome", None)
    return welcome.seated_at if welcome and visit.mode == Mode.BUSY else None
