"""Working-time arithmetic in a store's own zone: pure, knows no database.

Inside, every moment is UTC: two datetimes of one zone are compared and subtracted by the clock on the wall,
which is an hour wrong on the days the clocks change. Answers are given in the store's zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = tuple[time, time]
Span = tuple[datetime, datetime]

LONGEST_CLOSURE = timedelta(days=400)
MINUTE = timedelta(minutes=1)


class NeverOpen(Exception):
    """Nothing opens within 400 days: the store's opening hours are missing or all closed."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Opening hours by weekday (0 = Monday) and the days that differ; an exception of no hours is a closed day."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Hours]]
    exceptions: Mapping[date, Sequence[Hours]] = field(default_factory=dict)

    def spans(self, day: date) -> list[Span]:
        """Return the working spans of a day in the store's zone, the earliest first."""
        return [(self._local(opens), self._local(closes)) for opens, closes in self._spans(day)]

    def open_on(self, day: date) -> bool:
        return bool(self._spans(day))

    def is_open(self, moment: datetime) -> bool:
        """Say whether work goes on at the moment; at the closing minute itself it no longer does."""
        moment = _utc(moment)
        return any(opens <= moment < closes for opens, closes in self._spans(self._day(moment)))

    def someone_there(self, moment: datetime) -> bool:
        """Say whether the moment lies between the first opening and the last closing of its day, breaks included."""
        spans = self.spans(self._day(moment))
        return bool(spans) and spans[0][0] <= moment <= spans[-1][1]

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return when `duration` of working time has passed since `start`, over breaks, nights and closed days.

        Nothing to add outside opening hours gives the next opening. Raises NeverOpen.
        """
        if duration < timedelta(0):
            raise ValueError("working time runs forwards only")
        for opens, closes in self._from(_utc(start)):
            if duration <= closes - opens:
                return self._local(opens + duration)
            duration -= closes - opens
        raise AssertionError("unreachable: the spans never end")

    def back(self, end: datetime, duration: timedelta) -> datetime:
        """Return the moment from which `duration` of working time passes until `end`; raises NeverOpen."""
        if duration < timedelta(0):
            raise ValueError("working time runs forwards only")
        for opens, closes in self._until(_utc(end)):
            if duration <= closes - opens:
                return self._local(closes - duration)
            duration -= closes - opens
        raise AssertionError("unreachable: the spans never end")

    def hours_on(self, day: date) -> timedelta:
        """Return how long the store works on a day."""
        return sum((closes - opens for opens, closes in self._spans(day)), timedelta(0))

    @property
    def full_day(self) -> timedelta:
        """Return the longest working day of an ordinary week."""
        return max((self._length(hours) for hours in self.weekly.values()), default=timedelta(0))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`; none if `end` is not later."""
        start, end = _utc(start), _utc(end)
        worked, day = timedelta(0), self._day(start)
        while day <= self._day(end):
            for opens, closes in self._spans(day):
                worked += max(min(closes, end) - max(opens, start), timedelta(0))
            day += timedelta(days=1)
        return worked

    def at_share(self, start: datetime, end: datetime, share: float) -> datetime:
        """Return when `share` (0.7 for 70 %) of the working time from `start` to `end` has passed, 2.4.5.2.

        A plan that lies wholly outside opening hours runs by the clock.
        """
        working = self.between(start, end)
        if not working:
            return self._local(_utc(start) + (_utc(end) - _utc(start)) * share)
        return self.add(start, working * share)

    def next_open_day(self, day: date) -> date:
        """Return the first open day after `day`; raises NeverOpen."""
        return self._open_day(day, timedelta(days=1))

    def previous_open_day(self, day: date) -> date:
        """Return the last open day before `day`; raises NeverOpen."""
        return self._open_day(day, timedelta(days=-1))

    def roll_earlier(self, moment: datetime) -> datetime:
        """Return the moment itself during opening hours, else the closing before it: a limit never moves later."""
        moment = _utc(moment)
        if self.is_open(moment):
            return self._local(moment)
        day = self._day(moment)
        closings = [closes for _opens, closes in self._spans(day) if closes <= moment]
        if not closings:
            closings = [closes for _opens, closes in self._spans(self.previous_open_day(day))]
        return self._local(closings[-1])

    def _open_day(self, day: date, step: timedelta) -> date:
        for count in range(1, LONGEST_CLOSURE.days + 1):
            if self.open_on(day + step * count):
                return day + step * count
        raise NeverOpen(f"no open day within {LONGEST_CLOSURE.days} days of {day}")

    def _from(self, start: datetime) -> Iterator[Span]:
        """Yield the working spans that end after `start`, the first cut to begin there; raises NeverOpen."""
        day = self._day(start)
        yield from ((max(opens, start), closes) for opens, closes in self._spans(day) if closes > start)
        while True:
            day = self.next_open_day(day)
            yield from self._spans(day)

    def _until(self, end: datetime) -> Iterator[Span]:
        """Yield the working spans that begin before `end`, backwards, the first cut to end there; raises NeverOpen."""
        day = self._day(end)
        yield from ((opens, min(closes, end)) for opens, closes in reversed(self._spans(day)) if opens < end)
        while True:
            day = self.previous_open_day(day)
            yield from reversed(self._spans(day))

    def _length(self, hours: Sequence[Hours]) -> timedelta:
        day = date(2000, 1, 1)
        spans = [(datetime.combine(day, opens), datetime.combine(day, closes)) for opens, closes in hours]
        return sum((closes - opens for opens, closes in spans), timedelta(0))

    def _spans(self, day: date) -> list[Span]:
        hours = self.exceptions.get(day, self.weekly.get(day.weekday(), ()))
        spans = [(self._at(day, opens), self._at(day, closes)) for opens, closes in sorted(hours)]
        # Hours inside the hour that is skipped in spring end where they begin: that night has none.
        return [(opens, closes) for opens, closes in spans if opens < closes]

    def _at(self, day: date, clock: time) -> datetime:
        """Return the moment of a time of day; one that is skipped in spring stands for the moment of the jump."""
        wall = datetime.combine(day, clock, self.zone)
        moment, other = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
        if other < moment:  # without this, hours that end in the gap would run on into those that begin after it
            after, moment = self._local(moment).utcoffset(), moment.replace(second=0, microsecond=0)
            while self._local(moment - MINUTE).utcoffset() == after:
                moment -= MINUTE
        return moment

    def _day(self, moment: datetime) -> date:
        return self._local(moment).date()

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC)
