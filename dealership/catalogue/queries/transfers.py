"""What stores of the group ask of each other, and who has what."""

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from dealership.catalogue import states
from dealership.catalogue.models import Part, Transfer, TransferMove
from dealership.staff.models import Store

MOST = 50


def siblings(store: Store) -> QuerySet[Store]:
    return Store.objects.exclude(pk=store.pk).order_by("name")


def siblings_with(store: Store, part: Part | None) -> QuerySet[Store]:
    """Return the other stores, each with how many units of the part nobody there was promised, `free`."""
    here = FilteredRelation("stock", condition=Q(stock__part=part))
    free = Coalesce(F("here__quantity") - F("here__reserved"), 0)
    return siblings(store).annotate(here=here, free=free).order_by("-free", "name")


def transfers(store: Store) -> list[Transfer]:
    """Return what goes between this store and others: what is still open, the most urgent first, then the latest."""
    moves = Prefetch("moves", TransferMove.objects.select_related("by"))
    mine = Transfer.objects.filter(Q(asking=store) | Q(giving=store)).prefetch_related(moves)
    mine = mine.select_related("asking", "giving", "part", "asked_by")
    still_open = list(mine.filter(state__in=states.OPEN))
    return still_open + list(mine.exclude(state__in=states.OPEN).order_by("-asked_at", "-pk")[:MOST])
