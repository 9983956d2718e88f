"""Changing the bays and hours of a store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from dealership.staff.models import Store
from dealership.workflow import require
from dealership.workshop.calendar import Hours
from dealership.workshop.models import Bay, Closure, OpeningHours


@transaction.atomic
def add_bay(store: Store, *, name: str, kind: str, by: Any) -> Bay:
    require(by, "workshop.add_bay")
    bay = Bay(store=store, name=name, kind=kind)
    bay.full_clean()
    bay.save()
    return bay


@transaction.atomic
def set_hours(store: Store, weekday: int, spans: Sequence[Hours], *, by: Any) -> None:
    """Set all working spans of a weekday (0 = Monday), none for a day off; raises ValidationError on overlap."""
    require(by, "workshop.change_openinghours")
    hold(store)
    OpeningHours.objects.filter(store=store, weekday=weekday).delete()
    for opens, closes in spans:
        hours = OpeningHours(store=store, weekday=weekday, opens=opens, closes=closes)
        hours.full_clean()
        hours.save()


@transaction.atomic
def close_on(store: Store, on: date, *, name: str, by: Any) -> Closure:
    """Close the store for a day, whatever was entered for that day before."""
    return set_day(store, on, [], name=name, by=by)[0]


@transaction.atomic
def set_day(store: Store, on: date, spans: Sequence[Hours], *, name: str, by: Any) -> list[Closure]:
    """Let one day have its own working spans, none for closed; raises ValidationError on overlap."""
    require(by, "workshop.change_closure")
    hold(store)
    Closure.objects.filter(store=store, on=on).delete()
    days = [Closure(store=store, on=on, name=name, open=True, opens=opens, closes=closes) for opens, closes in spans]
    days = days or [Closure(store=store, on=on, name=name)]
    for day in days:
        day.full_clean()
        day.save()
    return days


def hold(store: Store) -> None:
    """Make others who change this store's hours wait: no constraint of both databases can refuse an overlap."""
    Store.objects.select_for_update().get(pk=store.pk)
