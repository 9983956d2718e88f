"""What a customer may want done, as the booking page offers it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from appointments.queries.rules import rules_on
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, OrderClass, Part, Stock, UsualPart
from dealership.staff.models import Store

MOST_FOUND = 8
FREQUENT = [OrderClass.FIRST, OrderClass.OIL, OrderClass.MAINTENANCE]


def operations_offered(chosen: Collection[int]) -> QuerySet[LabourOperation]:
    """Return what is on offer: what was chosen first, then maintenance, which most customers book."""
    rank = Case(
        When(pk__in=list(chosen), then=Value(0)),
        *(When(order_class=kind, then=Value(number)) for number, kind in enumerate(FREQUENT, 1)),
        default=Value(9),
        output_field=IntegerField(),
    )
    return LabourOperation.objects.filter(active=True).annotate(rank=rank).order_by("rank", "code")


def parts_here(store: Store, operations: Collection[int] = ()) -> QuerySet[Part]:
    """Return all parts, each with `free_here`: how many of them nobody was promised in this store.

    `usual` says how many of it the operations take, as many as that one which takes most; None where none takes it.
    """
    here = Stock.objects.filter(store=store, part=OuterRef("pk")).annotate(unpromised=F("quantity") - F("reserved"))
    usual = UsualPart.objects.filter(part=OuterRef("pk"), operation__in=list(operations), operation__active=True)
    return Part.objects.annotate(
        free_here=Coalesce(Subquery(here.values("unpromised")[:1]), 0),
        usual=Subquery(usual.order_by("-quantity").values("quantity")[:1]),
    )


def price_and_stock(store: Store, parts: list[Any], today: date) -> None:
    """Note at each part what the customer asks next: its price, how many are free here, else in how many days."""
    if not parts:
        return
    rules, prices, free = (
        rules_on(store, today),
        catalogue.prices_on(parts, today),
        catalogue.availability(store, parts),
    )
    for part in parts:
        part.price_fen, part.free_here = prices.get(part), free[part.pk]
        part.short = part.free_here < part.count
        part.days = rules.part_lead_days if part.lead_days is None else part.lead_days
        part.dear = (part.price_fen or 0) * part.count >= rules.high_value_fen


def with_chosen(kind: type[Model], chosen: list[int], found: QuerySet, text: str, known: set[int]) -> list[Any]:
    """Return what was chosen before and what was found by typing, each once, without what the page shows anyway."""
    kept = list(kind._default_manager.filter(pk__in=chosen)) if chosen else []
    hits = list(found.exclude(pk__in={*known, *chosen})[:MOST_FOUND]) if text else []
    return kept + hits
