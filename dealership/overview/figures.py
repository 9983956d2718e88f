"""Key figures across the desks: what appointments bring, how full reception and bays are."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from appointments import figures as booking
from appointments.figures import Figure, Period, Tally
from dealership.workshop import queries as workshop
from dealership.workshop.models import Weekday
from workorders.models import WorkOrder, WorkOrderMove
from workorders.states import State as OrderState

LONGEST_JOB = timedelta(days=60)  # a job begun longer ago is not looked for


def appointment_rate(period: Period) -> Figure:
    """预约率: orders that came from an appointment / all orders."""
    start, end = period.bounds
    opened = WorkOrder.objects.filter(store=period.store, opened_at__gte=start, opened_at__lt=end)
    found = opened.exclude(state=OrderState.CANCELLED).aggregate(
        every=Count("pk"), booked=Count("pk", filter=Q(visit__appointment__isnull=False))
    )
    formula = _("orders of booked customers / orders; cancelled orders do not count")
    return Figure(_("Appointment rate"), formula, found["booked"], found["every"])


def bay_use(period: Period) -> list[Figure]:
    """Say how long each bay was worked in, of the hours the store was open, and all of them together (3.1.5.3)."""
    bays = list(workshop.bays(period.store))
    worked = hours_in_bays(period)
    start, end = period.bounds
    opened = hours(period.calendar.between(start, min(end, period.now)))
    each = [Figure(bay.name, "", worked[bay.pk], opened) for bay in bays]
    whole = sum((worked[bay.pk] for bay in bays), Decimal(0))
    every = _("hours of work in the bays / bays × hours the store was open")
    return [Figure(_("All bays"), every, whole, opened * len(bays)), *each]


def hours_in_bays(period: Period) -> dict[int, Decimal]:
    """Add up by bay the working time from each start of the work to its end; what is in work counts until now."""
    start, end = period.bounds[0], min(period.bounds[1], period.now)
    moves = WorkOrderMove.objects.filter(
        thing__store=period.store, thing__bay__isnull=False, at__gte=start - LONGEST_JOB, at__lt=end
    )
    began: dict[int, datetime] = {}
    worked: dict[int, timedelta] = defaultdict(timedelta)
    places: dict[int, int] = {}
    for order, bay, state, at in moves.order_by("at", "pk").values_list("thing", "thing__bay", "to_state", "at"):
        places[order] = bay
        since = began.pop(order, None)
        if since is not None:
            worked[bay] += period.calendar.between(max(since, start), at)
        if state == OrderState.IN_PROGRESS:
            began[order] = at
    for order, since in began.items():
        worked[places[order]] += period.calendar.between(max(since, start), end)
    return defaultdict(Decimal, {bay: hours(length) for bay, length in worked.items()})


def hours(length: timedelta) -> Decimal:
    return (Decimal(round(length.total_seconds())) / 3600).quantize(booking.TENTH)


@dataclass(frozen=True)
class Load:
    """How many of the times of one hour and weekday were promised; `percent` fills the bar."""

    taken: int
    offered: int

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.taken / self.offered)) if self.offered else 0


@dataclass(frozen=True)
class LoadChart:
    """The load by hour and weekday (3.1.5.1): `days` names the columns and sums them up, `rows` are the hours."""

    days: list[tuple[str, Load]]
    rows: list[tuple[str, list[Load]]]


def load_chart(period: Period, by_hour: dict[tuple[int, int], Tally]) -> LoadChart:
    """Set what was promised against what could be, on the days up to today."""
    offered = booking.bookable_by_hour(period)
    taken = {place: tally.promised - tally.cancelled for place, tally in by_hour.items()}
    hours_shown = sorted({hour for _day, hour in [*offered, *taken]})

    def of(places: list[tuple[int, int]]) -> Load:
        return Load(sum(taken.get(place, 0) for place in places), sum(offered[place] for place in places))

    days = [(str(day.label), of([(day, hour) for hour in hours_shown])) for day in Weekday]
    rows = [(f"{hour:02}:00", [of([(day, hour)]) for day in Weekday]) for hour in hours_shown]
    return LoadChart(days, rows)
