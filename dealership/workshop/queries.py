"""When a store works and which bays it has."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db.models import DateField, F, FilteredRelation, PositiveSmallIntegerField, Q, QuerySet, Value

from dealership.staff.models import Store
from dealership.workshop.calendar import Hours, WorkingCalendar
from dealership.workshop.models import Bay, Closure, OpeningHours

QUARTER = timedelta(minutes=15)


def calendar_of(store: Store) -> WorkingCalendar:
    """Load the store's working calendar, in one query: pages that need it have others to ask."""
    weekly: dict[int, list[Hours]] = defaultdict(list)
    exceptions: dict[date, list[Hours]] = defaultdict(list)
    no_day, no_weekday = Value(None, output_field=DateField()), Value(None, output_field=PositiveSmallIntegerField())
    hours = OpeningHours.objects.filter(store=store).order_by().annotate(on=no_day)
    differing = Closure.objects.filter(store=store).order_by().annotate(weekday=no_weekday)
    columns = ["weekday", "on", "opens", "closes"]
    for weekday, on, opens, closes in hours.values_list(*columns).union(differing.values_list(*columns), all=True):
        span = [] if opens is None or closes is None else [(opens, closes)]
        if on is None:
            weekly[weekday] += span
        else:
            exceptions[on] += span
    return WorkingCalendar(store.zone, dict(weekly), dict(exceptions))


def bays(store: Store) -> QuerySet[Bay]:
    """Return the bays in use, by name."""
    return Bay.objects.filter(store=store, active=True).order_by("name")


class BayPlan:
    """Which bays of a store are kept when, within a span of time; loaded in one query.

    `but` is the id of a reservation that does not count, because its car is to come at another time.
    """

    def __init__(self, store: Store, start: datetime, end: datetime, *, but: int | None = None) -> None:
        # A quarter more on either side: a bay is kept by whole quarters of an hour.
        within = Q(reservations__starts_at__lt=end + QUARTER, reservations__ends_at__gt=start - QUARTER)
        found = bays(store).annotate(kept=FilteredRelation("reservations", condition=within))
        rows = found.annotate(kept_from=F("kept__starts_at"), kept_until=F("kept__ends_at"), kept_as=F("kept"))
        self.bays = list(dict.fromkeys(rows))
        self.kept: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        for row in rows:
            if row.kept_from is not None and row.kept_as != but:
                self.kept[row.pk].append(whole_quarters(row.kept_from, row.kept_until))

    def free(self, start: datetime, end: datetime, skills: Collection[str]) -> list[Bay]:
        """Return the bays for such work that are free all the time, in the order of `suiting`."""
        return [bay for bay in suiting(self.bays, skills) if not self.busy(bay, start, end)]

    def room(self, start: datetime, end: datetime, skills: Collection[str]) -> bool:
        """Say whether the work can be promised: a bay is free, or the store has none for it and so keeps none."""
        return not suiting(self.bays, skills) or bool(self.free(start, end, skills))

    def busy(self, bay: Bay, start: datetime, end: datetime) -> bool:
        """Say whether a quarter of an hour of this time is kept, as the database counts: begun is kept."""
        start, end = whole_quarters(start, end)
        return any(starts_at < end and start < ends_at for starts_at, ends_at in self.kept[bay.pk])


def whole_quarters(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Widen a time to the quarters of an hour it touches, in UTC."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    return first - past_quarter(first), last + -past_quarter(last) % QUARTER


def past_quarter(moment: datetime) -> timedelta:
    return timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def suiting(found: Sequence[Bay], skills: Collection[str]) -> list[Bay]:
    """Return the bays for a job, the best first: where all its skills can be worked, then where its main one can.

    The first of the skills is the main one. A bay without skills of its own, which can do everything, comes after
    those made for such work.
    """
    fit = [bay for bay in found if bay.suits([*skills][:1])]
    return sorted(fit, key=lambda bay: (not bay.suits(skills), not bay.skills, bay.name))
