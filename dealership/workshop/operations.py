"""Changing the bays and hours of a store."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require
from dealership.workshop import queries
from dealership.workshop.calendar import Hours
from dealership.workshop.models import Bay, BayQuarter, BayReservation, Closure, OpeningHours


class NoBayFree(NotAllowed):
    """Every bay where this work can be done is kept for other cars."""


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


@transaction.atomic
def reserve_bay(store: Store, start: datetime, end: datetime, skills: Collection[str] = ()) -> BayReservation | None:
    """Keep a bay for a job from start to end (2.1.9), its main skill first; who may is the caller's to decide.

    Returns None for a store that has entered no bay for such work; raises NoBayFree. The look is a courtesy: the unique
    quarters decide between two who saw the same bay free, and the loser takes the next one.
    """
    plan = queries.BayPlan(store, start, end)
    for bay in plan.free(start, end, skills):
        if (kept := keep(bay, start, end)) is not None:
            return kept
    if queries.suiting(plan.bays, skills):
        raise NoBayFree(_("No bay for this work is free at this time."))
    return None


def keep(bay: Bay, start: datetime, end: datetime) -> BayReservation | None:
    """Write the reservation with its quarters in order of time, so that two never wait for each other."""
    try:
        with transaction.atomic():
            kept = BayReservation.objects.create(bay=bay, starts_at=start, ends_at=end)
            BayQuarter.objects.bulk_create(
                BayQuarter(reservation=kept, bay=bay, starts_at=quarter) for quarter in quarters(start, end)
            )
    except IntegrityError:
        return None
    return kept


def quarters(start: datetime, end: datetime) -> list[datetime]:
    """Return the beginnings of all quarters of an hour, in UTC, that the time touches."""
    first, last = queries.whole_quarters(start, end)
    return [first + queries.QUARTER * n for n in range((last - first) // queries.QUARTER)]


def extend(reservation: BayReservation, end: datetime) -> bool:
    """Keep the bay longer; return False, and change nothing, where it is kept for another car by then."""
    kept = set(reservation.quarters.values_list("starts_at", flat=True))
    more = [quarter for quarter in quarters(reservation.starts_at, end) if quarter not in kept]
    try:
        with transaction.atomic():
            BayQuarter.objects.bulk_create(
                BayQuarter(reservation=reservation, bay=reservation.bay, starts_at=quarter) for quarter in more
            )
            BayReservation.objects.filter(pk=reservation.pk).update(ends_at=end)
    except IntegrityError:
        return False
    reservation.ends_at = end
    return True


def free_bay(reservation: BayReservation | None) -> None:
    """Let a bay go again; its quarters go with it."""
    if reservation is not None:
        reservation.delete()
