"""Orders that wait for goods: who hears that they come, come later, or are there (2.2.6.1, 2.2.6.2)."""

from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from dealership.catalogue.models import Part
from dealership.staff.models import Store
from workorders import documents, queries
from workorders.models import About, Alert, Desk, WorkOrder
from workorders.operations import alerts, parts
from workorders.queries import Effect, Short
from workorders.states import Hold, State

BAD = (Effect.BREAKS, Effect.LATE, Effect.UNKNOWN)


def serve(store: Store, part: Part, *, by: Any, at: datetime) -> None:
    """Keep what came for the orders that wait for it, the first first, and tell those who look after them.

    The caller holds the shelf, and whoever holds an order may be waiting for that: so an order somebody holds at this
    moment is passed over. He is signing, drawing or cancelling it, and meets the shelf himself.
    """
    for order in waiting(store, part):
        if part.pk in parts.put_aside(order, by=by, at=at, parts=[part.pk]):
            tell_it_came(order, part, by, at)


def tell_it_came(order: WorkOrder, part: Part, by: Any, at: datetime) -> None:
    left = queries.missing_parts(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get())
    with alerts.in_house_language(order):
        some = _("%(part)s has come; other parts are still missing.")
        all_there = _("%(part)s has come; all parts are there.")
    words = some if left else all_there
    held = order.state == State.ON_HOLD and order.held_for == Hold.PARTS
    desks = [Desk.ADVISOR, Desk.FOREMAN] if held else [Desk.ADVISOR]
    alerts.tell(order, *desks, about=About.PARTS, words=words % {"part": part.name}, by=by, at=at)


def tell_day(store: Store, part: Part, *, news: bool, by: Any, at: datetime) -> None:
    """Tell the advisors of the orders that lack the part when it comes: first news always, another day if it is bad.

    What is told already and not seen yet is not told again.
    """
    waiting_now = {order.pk for order in waiting(store, part)}
    for short in queries.shorts(queries.with_open_parts(queries.in_workshop(store), [part.pk]), at):
        if short.order.pk in waiting_now and (news or short.effect in BAD):
            with alerts.in_house_language(short.order):
                words = said(short)
            if not Alert.objects.filter(order=short.order, words=words, seen_at=None).exists():
                alerts.tell(short.order, Desk.ADVISOR, about=About.PARTS, words=words, by=by, at=at)


def waiting(store: Store, part: Part) -> list[WorkOrder]:
    """Hold the orders that still want the part, in board order, but those somebody else holds."""
    wanting = queries.in_workshop(store).filter(part_lines__part=part, part_lines__issued_at=None)
    numbers = set(wanting.values_list("pk", flat=True))
    held = queries.in_workshop(store).filter(pk__in=numbers)
    return list(held.select_for_update(of=("self",), skip_locked=True))


def said(short: Short) -> str:
    """Say when a part is expected and what that does to the promise."""
    name = {"part": short.line.description}
    if short.expected_on is None:
        return _("%(part)s: nobody can say when it comes.") % name
    name["day"] = formats.date_format(short.expected_on, "MONTH_DAY_FORMAT")
    if short.order.promised_at is None or short.effect not in BAD:
        return _("%(part)s: expected on %(day)s.") % name
    name["promise"] = documents.when(short.order, short.order.promised_at)
    if short.effect == Effect.LATE:
        return _("%(part)s: was expected on %(day)s and is late; promised for %(promise)s.") % name
    return _("%(part)s: expected on %(day)s; breaks the promise of %(promise)s.") % name
