"""Who waits in the house, how far his car is, and what was done for him meanwhile (2.2.10.1, 4.2.5, 4.2.6)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch, Q

from dealership.staff.models import Store
from reception.models import LoungeCare, Visit
from reception.signals import Progress, progress_asked
from reception.states import State

LISTED = 60


@dataclass(frozen=True)
class Guest:
    """A customer in the lounge; `progress` from each order of his visit. The page is the desk's own, no board."""

    visit: Visit
    progress: list[Progress] = field(default_factory=list)

    @property
    def teas(self) -> int:
        return sum(care.kind == LoungeCare.Kind.TEA for care in self.visit.lounge_care.all())

    @property
    def told(self) -> list[LoungeCare]:
        return [care for care in self.visit.lounge_care.all() if care.kind == LoungeCare.Kind.TOLD]


def guests(store: Store, now: datetime) -> list[Guest]:
    """Return who waits for his car, longest in the lounge first, in two queries and those of the apps above."""
    here = Visit.objects.filter(store=store, state__in=[State.RECEIVING, State.INSPECTED])
    here = here.filter(Q(waits_here=True) | Q(welcome__seated_at__isnull=False))
    here = here.select_related("vehicle", "customer", "advisor", "welcome")
    care = Prefetch("lounge_care", LoungeCare.objects.select_related("by"))
    ordered = here.order_by(F("welcome__seated_at").asc(nulls_last=True), "arrived_at", "pk")
    visits = list(ordered.prefetch_related(care)[:LISTED])
    known = progress_of(visits, now)
    return [Guest(visit, known.get(visit.pk, [])) for visit in visits]


def progress_of(visits: list[Visit], now: datetime) -> dict[int, list[Progress]]:
    """Ask the apps above how far the work on these visits' cars is."""
    found: dict[int, list[Progress]] = {}
    answers: list[tuple[Any, Any]] = progress_asked.send(sender=Visit, visits=visits, now=now)
    for _receiver, told in answers:
        for one in told:
            found.setdefault(one.visit_id, []).append(one)
    return found
