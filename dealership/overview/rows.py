"""What a list of the first page is made of: rows, cut where they become too many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse

from dealership.staff.templatetags.desk import short
from workorders import queries as workorders
from workorders.models import WorkOrder

MOST = 20  # rows of one list; the rest is counted


@dataclass(frozen=True)
class Row:
    """One thing to do: where to, which car, what about it; `urgency` is '', amber or red."""

    url: str
    plate: str
    text: str
    when: str = ""
    urgency: str = ""


@dataclass
class Section:
    """One kind of work with its rows; `more` counts those not listed, `url` leads to the whole list if there is one."""

    title: str
    icon: str
    rows: list[Row] = field(default_factory=list)
    more: int = 0
    url: str = ""


def cut(title: str, icon: str, rows: Iterable[Row], total: int) -> Section:
    """Write out the first rows and count the others of so many."""
    shown = list(islice(rows, MOST))
    return Section(title, icon, shown, max(0, total - len(shown)))


def first_of(found: QuerySet[Any]) -> tuple[list[Any], int]:
    """Load the first things of a list and how many there are in all, in one query."""
    first = list(found.annotate(in_all=Window(Count("pk")))[:MOST])
    return first, first[0].in_all if first else 0


def plate(vehicle: object) -> str:
    return getattr(vehicle, "plate_shown", "") or str(vehicle)


def order_rows(found: Iterable[WorkOrder], now: datetime) -> Iterable[Row]:
    for order in found:
        yield Row(
            reverse("workorders:order", args=[order.pk]),
            plate(order.visit.vehicle),
            f"{order.visit.vehicle.model_name} · {order.visit.customer.salutation} · {order.get_state_display()}",
            short(order.promised_at, now),
            workorders.urgency(order, now),
        )
