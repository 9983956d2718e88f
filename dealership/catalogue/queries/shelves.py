"""What is in stock, what of it can be had, and what is on order."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from django.db.models import (
    Case,
    F,
    FilteredRelation,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part, Stock, StockMovement, StockReservation, Supply, SupplyDay
from dealership.catalogue.queries.words import with_words
from dealership.staff.models import Store


class State(TextChoices):
    """Whether a wanted quantity can be had (2.2.6.1)."""

    IN_STOCK = "in_stock", _("in stock")
    ON_ORDER = "on_order", _("on order")
    SHORT = "short", _("short")


@dataclass(frozen=True)
class Standing:
    """What somebody can have of a part now, and what comes when.

    `arrivals` are the days and quantities still to come, the earliest first; of these `owed` units are promised to
    others already, who were promised more than a count found.
    """

    part_id: int
    free: int
    on_order: int
    expected_on: date | None
    arrivals: tuple[tuple[date, int], ...] = ()
    owed: int = 0

    def state(self, wanted: int) -> State:
        if self.free >= wanted:
            return State.IN_STOCK
        return State.ON_ORDER if self.day_for(wanted) else State.SHORT

    def day_for(self, wanted: int) -> date | None:
        """Return the day on which so many can be had; None where they are here by now or too few are on order.

        A supply that is late counts with the day it was expected on, which is over then.
        """
        if self.free >= wanted:
            return None
        came = accumulate(quantity for _day, quantity in self.arrivals)
        days = (day for day, _quantity in self.arrivals)
        return next((day for day, sum_so_far in zip(days, came, strict=True) if self._had(sum_so_far) >= wanted), None)

    def _had(self, came: int) -> int:
        return self.free + max(0, came - self.owed)


def standings(store: Store, parts: Iterable[Part], *, kept_for: str = "") -> dict[int, Standing]:
    """Return for each part, by id, what can be had of it now and later, in two queries, 2.2.6.1.

    What is kept for the job `kept_for` can be had by it, as in `availability`.
    """
    wanted = [part.pk for part in parts]
    coming: dict[int, list[tuple[date, int]]] = defaultdict(list)
    supplies = Supply.objects.open().filter(store=store, part__in=wanted).order_by("expected_on", "pk")
    for supply in supplies:
        coming[supply.part_id].append((supply.expected_on, supply.to_come))
    shelves = {shelf.part_id: shelf for shelf in shelves_kept(store, wanted, kept_for)}
    return {pk: standing(pk, shelves.get(pk), coming[pk]) for pk in wanted}


def standings_of_jobs(store: Store, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Standing]:
    """Return the standing of many parts for many jobs at once, by what the part is kept for and its id; three queries.

    Each job is looked at alone, as in `standings`.
    """
    parts = {part for _job, part in wanted}
    coming: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for supply in Supply.objects.open().filter(store=store, part__in=parts).order_by("expected_on", "pk"):
        coming[supply.part_id].append((supply.expected_on, supply.to_come))
    reserved = StockReservation.objects.filter(store=store, part__in=parts, ended_at=None).order_by()
    kept = {tuple(key): sum_ for *key, sum_ in reserved.values_list("reference", "part").annotate(sum=Sum("quantity"))}
    shelves = {shelf.part_id: shelf for shelf in Stock.objects.filter(store=store, part__in=parts)}
    found = {}
    for job, part in wanted:
        if shelf := shelves.get(part):
            shelf.kept = kept.get((job, part), 0)  # type: ignore[attr-defined]  # as `shelves_kept` annotates it
        found[job, part] = standing(part, shelf, coming[part])
    return found


def standing(part_id: int, shelf: Any, coming: list[tuple[date, int]]) -> Standing:
    free = had_by(shelf, shelf.kept) if shelf else 0
    # What others were promised beyond what lies there comes to them first.
    owed = free + shelf.reserved - shelf.kept - shelf.quantity if shelf else 0
    first = coming[0][0] if coming else None
    return Standing(part_id, free, sum(quantity for _day, quantity in coming), first, tuple(coming), owed)


def availability(store: Store, parts: Iterable[Part], *, kept_for: str = "") -> dict[int, int]:
    """Return how many units of each part can be had, by part id, in one query, 2.2.6.1.

    What is kept for others does not count; what is kept for the job `kept_for` does.
    """
    wanted = [part.pk for part in parts]
    there = {shelf.part_id: had_by(shelf, shelf.kept) for shelf in shelves_kept(store, wanted, kept_for)}
    return {pk: there.get(pk, 0) for pk in wanted}


def shelves_kept(store: Store, parts: list[int], kept_for: str) -> QuerySet[Any]:
    """Return the store's shelves of the parts, each with how much is `kept` for the job."""
    own = StockReservation.objects.filter(
        store=store, part=OuterRef("part"), reference=kept_for, ended_at=None
    ).order_by()
    kept = Subquery(own.values("part").annotate(sum=Sum("quantity")).values("sum"))
    return Stock.objects.filter(store=store, part__in=parts).annotate(kept=Coalesce(kept, 0))


def had_by(shelf: Stock, kept: int) -> int:
    """Return how many units somebody can have for whom some are kept: after a short count there may be fewer."""
    return min(shelf.quantity, kept + max(0, shelf.free))


def open_reservations(store: Store, part: Part, reference: str) -> QuerySet[StockReservation]:
    """Return what is kept of a part for a job, the oldest first."""
    return StockReservation.objects.filter(store=store, part=part, reference=reference, ended_at=None).order_by("pk")


def find_parts(text: str, store: Store, *, low_only: bool = False) -> QuerySet[Part]:
    """Return the parts whose number or name holds every word of the text.

    Each has its `quantity` in the store and how many of these are `reserved`, and says whether the quantity is
    `low`, below the safety stock, or `short`, below what is reserved; and how many are `on_order`, the first of
    them `expected_on` which day.
    """
    coming = Supply.objects.open().filter(store=store, part=OuterRef("pk")).order_by().values("part")
    parts = Part.objects.annotate(
        here=FilteredRelation("stock", condition=Q(stock__store=store)),
        quantity=Coalesce("here__quantity", 0),
        reserved=Coalesce("here__reserved", 0),
        low=Case(When(quantity__lt=F("safety_stock"), then=True), default=False),
        short=Case(When(quantity__lt=F("reserved"), then=True), default=False),
        on_order=Subquery(coming.annotate(sum=Sum(F("quantity") - F("received"))).values("sum")),
        expected_on=Subquery(coming.annotate(first=Min("expected_on")).values("first")),
    )
    if low_only:
        parts = parts.filter(Q(low=True) | Q(short=True))
    return with_words(parts, text, "number", "name").order_by("number")


def to_order(store: Store) -> QuerySet[Any]:
    """Return the parts of which too few are there or on order for the safety stock, with how many `lack`."""
    coming = Coalesce(F("on_order"), 0)
    parts = find_parts("", store).filter(safety_stock__isnull=False)
    return parts.annotate(lack=F("safety_stock") - F("quantity") - coming).filter(lack__gt=0)


def sheet_of(store: Store, text: str, place: str) -> QuerySet[Any]:
    """Return the parts to count together: found by words, or lying in places that begin alike."""
    parts = find_parts(text, store).annotate(place=Coalesce("here__place", Value("")))
    if place:
        parts = parts.filter(place__istartswith=place)
    return parts.order_by("place", "number")


def ledger_of(store: Store, part: Part) -> QuerySet[StockMovement]:
    """Return the part's movements in the store, the newest first, each with the `balance` it left."""
    running = Window(Sum("change"), order_by=[F("at").asc(), F("pk").asc()])
    rows = StockMovement.objects.filter(store=store, part=part).annotate(balance=running)
    return rows.select_related("by").order_by("-at", "-pk")


def kept_of(store: Store, part: Part) -> QuerySet[StockReservation]:
    """Return what is kept of the part in the store, for whom and since when."""
    return (
        StockReservation.objects.filter(store=store, part=part, ended_at=None).select_related("by").order_by("at", "pk")
    )


def on_order(store: Store) -> QuerySet[Supply]:
    """Return what is still to come, the earliest day first and so the late ones before all others, with its `days`."""
    days = Prefetch("days", SupplyDay.objects.select_related("by"))
    return Supply.objects.open().filter(store=store).select_related("part", "ordered_by").prefetch_related(days)
