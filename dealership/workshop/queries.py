"""When a store works and which bays it has."""

from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from dealership.staff.models import Store
from dealership.workshop.calendar import Hours, WorkingCalendar
from dealership.workshop.models import Bay, Closure, OpeningHours


def calendar_of(store: Store) -> WorkingCalendar:
    """Load the store's working calendar, in two queries."""
    weekly: dict[int, list[Hours]] = defaultdict(list)
    for weekday, opens, closes in OpeningHours.objects.filter(store=store).values_list("weekday", "opens", "closes"):
        weekly[weekday].append((opens, closes))
    exceptions: dict[date, list[Hours]] = defaultdict(list)
    for day in Closure.objects.filter(store=store).only("on", "opens", "closes"):
        exceptions[day.on] += [] if day.opens is None or day.closes is None else [(day.opens, day.closes)]
    return WorkingCalendar(store.zone, dict(weekly), dict(exceptions))


def bays(store: Store) -> QuerySet[Bay]:
    """Return the bays in use, by name."""
    return Bay.objects.filter(store=store, active=True).order_by("name")
