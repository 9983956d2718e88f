"""By when a car can be promised, and from what that follows (2.2.8.1, 2.2.6.1)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from workorders import queries
from workorders.models import WorkOrder
from workorders.queries import Missing


@dataclass(frozen=True)
class Reckoning:
    """Hours of this order, hours before it, the day its parts are there (guessed where nobody said), and the finish.

    `finish` is None for a store without opening hours; `parts_on` where nothing is missing.
    """

    hours: Decimal
    ahead: Decimal
    parts_on: date | None
    guessed: bool
    finish: datetime | None

    @property
    def words(self) -> str:
        """Say the reckoning as one would to the customer: work 1.5 h, 2 h before it, parts Thursday."""
        said = [_("work %(hours)s h") % {"hours": written(self.hours)}]
        if self.ahead:
            said.append(_("%(hours)s h before it") % {"hours": written(self.ahead)})
        if self.parts_on:
            day = formats.date_format(self.parts_on, "m-d l")
            said.append((_("parts usually by %(day)s") if self.guessed else _("parts %(day)s")) % {"day": day})
        return _(", ").join(said)


def written(hours: Decimal) -> str:
    return formats.number_format(hours.quantize(Decimal("0.1")).normalize(), use_l10n=True).removesuffix(".0")


def reckon(order: WorkOrder, now: datetime, missing: list[Missing] | None = None) -> Reckoning:
    """Reckon when the order will be done: after the work in the house, once its parts are there, in opening hours.

    The work in the house is shared by the teams. Parts count from the opening of their day; a part of which nobody
    knows the day takes as long as missing parts usually take in this store.
    """
    store, hours = order.store, queries.totals(order).hours
    ahead = queries.hours_ahead(store)
    today = now.astimezone(store.zone).date()
    day = queries.parts_expected(order, missing)
    guessed = day is not None and (day == queries.NEVER or day < today)
    if guessed:
        day = today + timedelta(days=appointments.rules_on(store, today).part_lead_days)
    calendar = workshop.calendar_of(store)
    try:
        begin = calendar.add(now, timedelta(hours=float(ahead)))
        if day is not None:
            begin = max(begin, calendar.add(datetime.combine(day, time(0), store.zone), timedelta(0)))
        finish = calendar.add(begin, timedelta(hours=float(hours)))
    except NeverOpen:
        finish = None
    return Reckoning(hours, ahead, day, guessed, finish)
