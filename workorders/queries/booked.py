"""The appointment side of the board: the management cards of cars that are not here yet (作业预约, F4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from appointments import queries as appointments
from appointments.models import ManagementCard
from appointments.states import Area
from dealership.staff.models import Store


@dataclass(frozen=True)
class Booked:
    """The management card of a car that is not here yet; `late` beyond the store's grace (F3)."""

    card: ManagementCard
    late: bool

    @property
    def wish(self) -> str:
        """Return the first of the customer's wishes; the appointment's page has them all."""
        return self.card.wishes.partition("\n")[0]


@dataclass(frozen=True)
class BookedDay:
    """The column of one day: how many cars are promised, and the first of their cards (2.1.14)."""

    day: date
    count: int
    cards: list[Booked]


@dataclass(frozen=True)
class Promises:
    """The appointment side of the board: 作业预约 by day, and the cars that are expected today (2.1.12, F4)."""

    days: list[BookedDay]
    later: int
    later_on: date | None
    expected: list[Booked]
    count: int
    expected_count: int


DAYS_SHOWN = 3
MOST_SHOWN = 60  # cards in one column; a column nobody can read to its end tells nothing more


def promises(store: Store, now: datetime) -> Promises:
    """Return the management cards by area: the clock's move decides where a card lies, not the date (2.1.15)."""
    today = appointments.day_of(store, now)
    grace = timedelta(minutes=appointments.rules_on(store, today).grace_minutes)
    cards = appointments.cards(store, today)
    active, booked = cards.filter(state=Area.ACTIVE), cards.filter(state=Area.BOOKED)
    counted = list(cards.order_by("on").values_list("state", "on").annotate(number=Count("pk")))
    counts = {day: number for area, day, number in counted if area == Area.BOOKED}
    shown, later = list(counts)[:DAYS_SHOWN], list(counts)[DAYS_SHOWN:]
    first = [Booked(card, late=False) for card in booked[:MOST_SHOWN]]
    return Promises(
        [BookedDay(day, counts[day], [one for one in first if one.card.on == day]) for day in shown],
        sum(counts[day] for day in later),
        later[0] if later else None,
        [Booked(card, card.appointment.starts_at + grace < now) for card in active[:MOST_SHOWN]],
        count=sum(counts.values()),
        expected_count=sum(number for area, _day, number in counted if area == Area.ACTIVE),
    )
