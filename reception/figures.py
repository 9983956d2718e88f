"""What the reception answers for: how long customers wait, and how long receptions take (3.1.2.6, 3.1.2.7, 3.1.4.2)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from appointments.figures import TENTH, Figure, Period
from reception.models import Visit


class Reception(NamedTuple):
    """The moments of one reception; `appointment` is None for whoever simply came."""

    appointment: int | None
    arrived_at: datetime
    received_at: datetime
    taken_in_at: datetime | None


def receptions(period: Period) -> list[Reception]:
    """Return the receptions of customers who arrived in the period and were received."""
    start, end = period.bounds
    found = Visit.objects.filter(store=period.store, arrived_at__gte=start, arrived_at__lt=end)
    rows = found.filter(received_at__isnull=False).order_by("arrived_at", "pk")
    return [Reception(*row) for row in rows.values_list(*Reception._fields)]


def waiting(found: Iterable[Reception], period: Period) -> list[Figure]:
    """Say how long booked customers wait on the average, and the others; how many beyond their patience (3.1.4.2)."""
    waits: dict[bool, list[Decimal]] = {True: [], False: []}
    long = 0
    for one in found:
        waited = one.received_at - one.arrived_at
        rules = period.book.on(one.arrived_at.astimezone(period.store.zone).date())
        waits[one.appointment is not None].append(minutes(waited))
        long += waited > timedelta(minutes=rules.patience_minutes)
    formula = _("minutes from arrival to reception / customers received")
    labels = [(True, _("Waiting, with appointment")), (False, _("Waiting, without appointment"))]
    beyond = _("customers who waited longer than the store's limit / customers received")
    return [
        *(mean(label, formula, waits[booked]) for booked, label in labels),
        Figure(_("Waited too long"), beyond, long, sum(map(len, waits.values()))),
    ]


def durations(found: Iterable[Reception], period: Period) -> list[Figure]:
    """Say how long receptions take, how many save the time they should, and how many overrun (3.1.2.1, 3.1.2.7)."""
    took, on_target, overruns = [], 0, []
    for one in found:
        if one.taken_in_at is None:
            continue
        rules = period.book.on(one.received_at.astimezone(period.store.zone).date())
        target = Decimal(rules.slot_minutes * (100 - rules.saving_percent)) / 100
        length = minutes(one.taken_in_at - one.received_at)
        took.append(length)
        on_target += length <= target
        if length > rules.slot_minutes:
            overruns.append(length - rules.slot_minutes)
    saved = _("receptions that took at most the slot less the time to save / receptions that ended")
    return [
        mean(_("Reception"), _("minutes from the start to the signature / receptions that ended"), took),
        Figure(_("Within the target time"), saved, on_target, len(took)),
        Figure(
            _("Receptions beyond the slot"),
            _("receptions longer than a slot / receptions that ended"),
            len(overruns),
            len(took),
        ),
        mean(_("Time beyond the slot"), _("minutes beyond the slot / receptions longer than a slot"), overruns),
    ]


def minutes(length: timedelta) -> Decimal:
    return Decimal(round(length.total_seconds())) / 60


def mean(label: str, formula: str, values: list[Decimal]) -> Figure:
    whole = sum(values, Decimal(0)).quantize(TENTH)
    return Figure(label, formula, whole, len(values), unit=_("min"))
