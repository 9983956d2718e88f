"""When the car will be ready if the customer agrees to what he is asked (2.4.4.4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from workorders.models import AdditionalItem, WorkOrder
from workorders.states import ItemState

ASKED = [ItemState.QUOTED, ItemState.CALLING]
AGREED = [ItemState.APPROVED, ItemState.SLIP_ISSUED]  # the promise moves when the workshop takes the slip


def after(order: WorkOrder, minutes: int, at: datetime) -> datetime:
    """Return the finish so much working time after the promise and after what the customer agreed to besides.

    What he is only asked, or does not want, makes nothing later.
    """
    agreed = order.additional_items.filter(state__in=AGREED).values_list("new_finish_at", flat=True)
    start = max([at, order.promised_at or at, *(finish for finish in agreed if finish)])
    if not minutes:
        return start
    try:
        return workshop.calendar_of(order.store).add(start, timedelta(minutes=minutes))
    except NeverOpen:
        return start + timedelta(minutes=minutes)


def together(items: Sequence[AdditionalItem], at: datetime) -> tuple[int, datetime] | None:
    """Return minutes and finish where the customer agrees to all of several items, None for less than two."""
    if len(items) < 2:
        return None
    minutes = sum(item.delay_minutes or 0 for item in items)
    return minutes, after(items[0].order, minutes, at)


def renew(order: WorkOrder, at: datetime) -> None:
    """Reckon anew what is still asked: the promise or an answer has moved what comes before it."""
    for item in order.additional_items.filter(state__in=ASKED):
        finish = after(order, item.delay_minutes or 0, at)
        AdditionalItem.objects.filter(pk=item.pk, state__in=ASKED).update(new_finish_at=finish)
