"""The demo's clock: moments before and after now, in the store's zone, that fall into its working hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dealership.workshop.calendar import WorkingCalendar

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Day:
    """`now` is a whole minute in the store's zone; every moment the demo needs is counted from it."""

    now: datetime
    calendar: WorkingCalendar

    @property
    def today(self) -> date:
        return self.now.date()

    def ago(self, minutes: int) -> datetime:
        """Return the moment since which so many minutes were worked until now; at night it lies in the afternoon."""
        left, day = timedelta(minutes=minutes), self.today
        while True:
            for opens, closes in reversed(self.calendar.spans(day)):
                end = min(closes, self.now)
                if left <= end - opens:
                    return end - left
                left -= max(end - opens, timedelta(0))
            day = self.calendar.previous_open_day(day)

    def after(self, start: datetime, minutes: int) -> datetime:
        """Return when so many minutes have been worked since the start."""
        return self.calendar.add(start, timedelta(minutes=minutes))

    def promise(self, minutes: int) -> datetime:
        """Return a time an advisor would name: so many minutes of work from now, on a quarter of an hour.

        A negative number is a promise that was broken so long ago.
        """
        if minutes < 0:
            return floor(self.ago(-minutes))
        return ceiling(self.after(self.now, minutes))

    def on(self, days: int, clock: str) -> datetime:
        """Return a moment by the clock (`"09:30"`) so many days from today."""
        return datetime.combine(self.today + timedelta(days=days), time.fromisoformat(clock), self.now.tzinfo)

    def lately(self, minutes: int) -> datetime:
        """Return so many minutes ago by the clock on the wall, but never yesterday."""
        return max(self.now - timedelta(minutes=minutes), self.on(0, "00:00"))


def floor(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def ceiling(moment: datetime) -> datetime:
    below = floor(moment)
    return below if below == moment else below + QUARTER
