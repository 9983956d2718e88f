"""One short text that is another as soon as anything the board shows is another: unchanged, nothing is drawn anew."""

from datetime import datetime
from hashlib import md5
from typing import Any

from django.db.models import Aggregate, QuerySet, Subquery, TextField, Value
from django.db.models.functions import MD5, Cast, Coalesce

from appointments import queries as appointments
from dealership.staff.models import Store
from workorders.models import Clock, LabourLine, PartLine
from workorders.queries.board import delivered, in_house, planned
from workorders.states import IN_HOUSE

# What a card shows, told by table: whoever puts more on a card adds it here.
ORDER = [
    "pk", "state", "held_for", "priority", "promised_at", "parked_at", "advisor__full_name", "team__name",
    "technician__full_name", "bay__name", "planned_from", "planned_until",
    "visit__arrived_at", "visit__waits_here", "visit__vehicle__plate", "visit__vehicle__make",
    "visit__vehicle__model_name", "visit__customer__name", "visit__customer__title", "visit__customer__kind",
    "visit__customer__board_display",
]  # fmt: skip
LABOUR = ["order", "hours", "decision"]
PART = ["order", "issued_at", "decision"]
CLOCK = ["line__order", "started_at", "stopped_at"]
BOOKED = [
    "pk", "state", "on", "model_name", "wishes", "appointment__starts_at", "appointment__advisor__full_name",
    "appointment__reservation__bay__name", "appointment__customer__name", "appointment__customer__title",
    "appointment__vehicle__plate",
]  # fmt: skip


class Rows(Aggregate):
    """All rows of a query as one text, the columns beside each other; the databases call it differently."""

    function = "GROUP_CONCAT"
    arg_joiner = " || '|' || "
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        context |= {"function": "STRING_AGG", "template": "%(function)s(%(expressions)s, ',')"}
        return self.as_sql(compiler, connection, **context)


def board_version(store: Store, now: datetime) -> str:
    """Return the mark of the store's board in one query.

    It changes with the minute too: colours and hours done run by the clock, and the board counts in minutes.
    """
    here: dict[str, Any] = {"order__store": store, "order__state__in": IN_HOUSE}
    today = appointments.day_of(store, now)
    marks = [
        mark(planned(in_house(store)), ORDER),
        mark(LabourLine.objects.filter(**here), LABOUR),
        mark(PartLine.objects.filter(**here), PART),
        mark(Clock.objects.filter(**{f"line__{name}": value for name, value in here.items()}), CLOCK),
        mark(appointments.cards(store, today), BOOKED),
        mark(delivered(store, now), ["pk"]),
    ]
    found = Store.objects.filter(pk=store.pk).values_list(*(Subquery(one) for one in marks)).get()
    told = [str(int(now.timestamp()) // 60), *map(str, found)]
    return md5("|".join(told).encode(), usedforsecurity=False).hexdigest()


def mark(rows: QuerySet, names: list[str]) -> QuerySet:
    """Return one short text for what stands under these names in all the rows."""
    told = MD5(Rows(*(Coalesce(Cast(name, TextField()), Value("")) for name in names)))
    # All rows are of one group, so the query has a single row and can stand as a column beside others.
    return rows.order_by().annotate(all=Value(1)).values("all").values_list(told)
