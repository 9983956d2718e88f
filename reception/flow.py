"""How the receptions of a day will go, for one advisor at one moment: pure, knows no database.

An advisor serves one customer at a time, each for a slot as planned. What takes longer pushes the next ones until a
buffer or an empty slot takes it up (3.1.2.4); what ends early leaves a gap before the next booked customer (3.1.2.8).
Every moment is one in UTC: on the wall a quarter of an hour is missing or comes twice when the clocks change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from appointments.queries import Slot

NONE = timedelta(0)


@dataclass(frozen=True)
class Pace:
    """The store's figures of the day (B.3)."""

    slot: timedelta = timedelta(minutes=15)
    patience: timedelta = timedelta(minutes=8)
    grace: timedelta = timedelta(minutes=10)
    small_gap: timedelta = timedelta(minutes=6)

    @classmethod
    def of(cls, rules: Any) -> Pace:
        figures = [rules.slot_minutes, rules.patience_minutes, rules.grace_minutes, rules.small_gap_minutes]
        return cls(*(timedelta(minutes=minutes) for minutes in figures))

    def needs(self, *, small: bool) -> timedelta:
        """Return the gap a customer without appointment needs: maintenance a small one, a problem a whole slot."""
        return self.small_gap if small else self.slot


@dataclass(frozen=True)
class Promise:
    """A booked reception that has not begun; `here_since` is None while the customer is on his way."""

    key: int
    starts_at: datetime
    here_since: datetime | None = None

    def due(self, now: datetime) -> datetime:
        """Return from when waiting is the store's fault: nobody waits who is not here."""
        return max(self.starts_at, self.here_since or now)

    def lost(self, now: datetime, grace: timedelta) -> bool:
        """Say whether the slot is no longer kept: whoever comes beyond the grace queues by arrival (C11)."""
        return (self.here_since or now) > self.starts_at + grace


@dataclass(frozen=True)
class Reception:
    """A reception that has begun; `ended_at` is None while it goes on."""

    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Expectation:
    """When a booked customer will be received, and how long he will have waited by then beyond his time."""

    expected_at: datetime
    wait: timedelta
    long: bool


@dataclass(frozen=True)
class Stream:
    """One advisor's day; `used` are the buffers given away, `ahead` those of them whose customer is still to come."""

    now: datetime
    pace: Pace
    slots: Sequence[Slot] = ()
    promises: Collection[Promise] = ()
    receptions: Sequence[Reception] = ()
    used: Collection[datetime] = ()
    ahead: Collection[datetime] = ()

    @cached_property
    def kept(self) -> list[Promise]:
        """Return who still has his time, in the order of the slots."""
        held = [promise for promise in self.promises if not promise.lost(self.now, self.pace.grace)]
        return sorted(held, key=lambda promise: (promise.starts_at, promise.key))

    @property
    def busy(self) -> bool:
        return any(reception.ended_at is None for reception in self.receptions)

    @cached_property
    def free_at(self) -> datetime:
        """Return when the receptions that go on will be over; one that takes longer may end any moment."""
        begun = [reception.began_at for reception in self.receptions if reception.ended_at is None]
        return self.now + sum((max(NONE, began + self.pace.slot - self.now) for began in begun), NONE)

    @property
    def overdue(self) -> bool:
        """Say whether what goes on should be over by now."""
        return self.busy and self.free_at == self.now

    def planned(self) -> Iterator[tuple[datetime, Promise | None]]:
        """Yield what is still to come in its order: booked customers, and buffers somebody was promised."""
        coming: list[tuple[datetime, Promise | None]] = [(promise.starts_at, promise) for promise in self.kept]
        coming += [(starts_at, None) for starts_at in self.ahead if starts_at + self.pace.slot > self.now]
        yield from sorted(coming, key=lambda one: one[0])

    @cached_property
    def course(self) -> list[tuple[datetime, datetime, Promise | None]]:
        """Return what is still to come as (planned, expected, whose), each pushed by what goes before."""
        course, free = [], self.free_at
        for planned, promise in self.planned():
            starts = max(planned, free)
            course.append((planned, starts, promise))
            if promise is None or promise.here_since is not None or planned >= self.now:
                free = starts + self.pace.slot  # whoever is late and not here keeps nobody waiting
        return course

    @cached_property
    def expected(self) -> dict[int, Expectation]:
        """Return by appointment when its customer will be received (3.1.2.4, C23)."""
        return {promise.key: self.expectation(promise, starts) for _planned, starts, promise in self.course if promise}

    def expectation(self, promise: Promise, starts: datetime) -> Expectation:
        wait = max(NONE, starts - promise.due(self.now))
        return Expectation(starts, wait, wait > self.pace.patience)

    def pushed(self, starts_at: datetime) -> datetime:
        """Return when a place at that time would really begin, after all who were promised an earlier one."""
        free = self.free_at
        for planned, starts, promise in self.course:
            if planned < starts_at and (promise is None or promise.here_since is not None or planned >= self.now):
                free = max(free, starts + self.pace.slot)
        return max(starts_at, free)

    @cached_property
    def gap(self) -> timedelta:
        """Return how long the advisor is free now before somebody has a right to him (3.1.2.8, C24).

        Nothing while he receives, while a booked customer waits or may come any moment, and while a buffer is on
        offer instead. An unused buffer ends the gap: it is kept whole for a larger problem.
        """
        claimed = any(planned <= self.now or (whose and whose.here_since) for planned, whose in self.planned())
        if self.busy or claimed:
            return NONE
        closes = self.closes
        if closes is None or self.on_offer is not None:
            return NONE
        ends = [starts_at for starts_at, _whose in self.planned() if starts_at > self.now]
        ends += [slot.starts_at for slot in self.free_buffers if slot.starts_at > self.now]
        return min([closes, *ends]) - self.now

    @property
    def closes(self) -> datetime | None:
        """Return the end of the run of slots the moment lies in, None outside of them."""
        end = None
        for slot in self.slots:
            if slot.starts_at <= self.now < slot.starts_at + self.pace.slot or slot.starts_at == end:
                end = slot.starts_at + self.pace.slot
        return end

    @property
    def free_buffers(self) -> list[Slot]:
        """Return the buffers nobody used which are not over."""
        free = [slot for slot in self.slots if slot.buffer and slot.starts_at not in self.used]
        return [slot for slot in free if slot.starts_at + self.pace.slot > self.now]

    @property
    def on_offer(self) -> datetime | None:
        """Return the buffer that has begun and still has room."""
        begun = [slot.starts_at for slot in self.free_buffers if slot.starts_at <= self.now]
        return next((starts_at for starts_at in begun if self.now - starts_at <= self.pace.patience), None)

    @cached_property
    def next_buffer(self) -> datetime | None:
        """Return the next buffer that can be given away: overruns have not eaten it up (3.1.2.11)."""
        return next((slot.starts_at for slot in self.free_buffers if self.has_room(slot.starts_at)), None)

    def has_room(self, starts_at: datetime) -> bool:
        """Say whether who begins there late keeps the next customer waiting no longer than he has patience."""
        return self.pushed(starts_at) - starts_at <= self.pace.patience

    def first_before(self, starts_at: datetime) -> Promise | None:
        """Return who was promised an earlier time than this and has not been received."""
        return next((promise for promise in self.kept if promise.starts_at < starts_at), None)

    def can_begin(self, starts_at: datetime) -> bool:
        """Say whether a buffer can be begun now: it is the next of the advisor's slots, or runs already."""
        return self.first_before(starts_at) is None and starts_at - self.now < self.pace.slot

    @cached_property
    def next_opening(self) -> datetime:
        """Return about when somebody can be received who has neither gap nor buffer (2.2.11.4)."""
        taken = {planned for planned, _starts, _whose in self.course}
        for slot in self.slots:
            over = slot.starts_at + self.pace.slot <= self.now
            if not over and not slot.buffer and slot.starts_at not in taken and self.has_room(slot.starts_at):
                return self.pushed(slot.starts_at)
        return max([self.free_at, *(starts + self.pace.slot for _planned, starts, _whose in self.course)])

    @cached_property
    def saved(self) -> timedelta:
        """Return what the receptions of this block have saved so far (3.1.2.7, 3.1.2.8)."""
        begins = self.block_begins
        if begins is None:
            return NONE
        ended = [one for one in self.receptions if one.ended_at is not None and one.began_at >= begins]
        return sum((max(NONE, self.pace.slot - (one.ended_at - one.began_at)) for one in ended if one.ended_at), NONE)

    @property
    def block_begins(self) -> datetime | None:
        """Return when the slots before the next buffer began, None before the first of the day."""
        begins, after = None, None  # a block begins where the slots do, and after each buffer
        for slot in self.slots:
            if slot.starts_at > self.now:
                break
            if slot.starts_at != after:
                begins = slot.starts_at
            after = None if slot.buffer else slot.starts_at + self.pace.slot
        return begins


@dataclass(frozen=True)
class Walker:
    """A customer without appointment who waits; a booked one beyond the grace gets no gap and no buffer (3.1.2.9)."""

    key: int
    small: bool
    late: bool = False


@dataclass(frozen=True)
class Place:
    """Where a customer without appointment will be received: in a `gap`, in a `buffer`, or `later`."""

    kind: str
    at: datetime
    advisor: int | None = None
    gap: timedelta = NONE


@dataclass
class Places:
    """Gives each customer without appointment his place, in order of arrival; nobody gets another's."""

    streams: dict[int, Stream]
    given: set[int] = field(default_factory=set)  # whose gap is given away

    def give(self, walkers: Sequence[Walker]) -> dict[int, Place]:
        return {walker.key: place for walker in walkers if (place := self.place(walker)) is not None}

    def place(self, walker: Walker) -> Place | None:
        """Return the gap if it is long enough, else the next buffer, else the time after the booked customers."""
        if walker.late:
            return self.later()
        return self.gap(small=walker.small) or self.buffer() or self.later()

    def gap(self, *, small: bool) -> Place | None:
        """Take the shortest gap that is long enough (3.1.2.10): a longer one may suit a larger problem."""
        fit = [
            (stream.gap, advisor)
            for advisor, stream in self.streams.items()
            if advisor not in self.given and stream.gap >= stream.pace.needs(small=small)
        ]
        if not fit:
            return None
        gap, advisor = min(fit)
        self.given.add(advisor)
        return Place("gap", self.streams[advisor].now, advisor, gap)

    def buffer(self) -> Place | None:
        """Take the buffer that comes first (3.1.2.11)."""
        found = [(stream.next_buffer, advisor) for advisor, stream in self.streams.items() if stream.next_buffer]
        if not found:
            return None
        starts_at, advisor = min(found)
        stream = self.streams[advisor]
        self.streams[advisor] = replace(stream, used={*stream.used, starts_at}, ahead={*stream.ahead, starts_at})
        return Place("buffer", starts_at, advisor)

    def later(self) -> Place | None:
        openings = [stream.next_opening for stream in self.streams.values()]
        return Place("later", min(openings)) if openings else None


def overrun(visit: Any, slot_minutes: int, now: datetime | None = None) -> timedelta:
    """Return by how much a visit's reception takes, or took, longer than a slot (3.1.2.1)."""
    until = visit.taken_in_at or now
    if visit.received_at is None or until is None:
        return NONE
    return max(NONE, until - visit.received_at - timedelta(minutes=slot_minutes))


def buffer_eaten(slots: Sequence[Slot], began_at: datetime, ended_at: datetime) -> Slot | None:
    """Return the buffer of its block into which a reception ran by at least a minute."""
    ahead = next((slot for slot in slots if slot.buffer and slot.starts_at > began_at), None)
    return ahead if ahead is not None and ended_at - ahead.starts_at >= timedelta(minutes=1) else None
