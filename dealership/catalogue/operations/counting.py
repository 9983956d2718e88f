"""Correcting the stock after counting, one shelf after the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.catalogue import signals
from dealership.catalogue.models import Part, Stock, StockMovement
from dealership.catalogue.operations.shelves import Kind, write
from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require

COUNT = "catalogue.correct_stock"


class StockMoved(NotAllowed):
    """Something went in or out while it was counted; `now` has the quantities of those parts, by part id."""

    def __init__(self, parts: list[Part], now: dict[int, int]) -> None:
        names = "、".join(part.name for part in parts)
        super().__init__(_("Moved while it was counted, please count again: %(parts)s.") % {"parts": names})
        self.now = now


@dataclass(frozen=True)
class Counted:
    """What lay on the shelf, and the stock that stood on the sheet beside it."""

    part: Part
    seen: int
    counted: int

    @property
    def change(self) -> int:
        return self.counted - self.seen


@transaction.atomic
def count(store: Store, sheet: Iterable[Counted], *, reference: str, by: Any, at: datetime) -> list[StockMovement]:
    """Write each difference of a count into the ledger, giving the reason as reference; return what was written.

    A count holds for the stock that was seen: where anything moved meanwhile nothing is written and StockMoved raised.
    Fewer may be counted than are kept for jobs: the count is the truth, and the stock page says so.
    """
    require(by, COUNT)
    if not reference.strip():
        raise NotAllowed(_("Write down why the stock is corrected."))
    rows = sorted(sheet, key=lambda one: one.part.pk)  # everybody takes shelves in the order of their parts
    shelves = {one.part.pk: held(store, one.part) for one in rows}
    moved = [one.part for one in rows if shelves[one.part.pk].quantity != one.seen]
    if moved:
        raise StockMoved(moved, {part.pk: shelves[part.pk].quantity for part in moved})
    return [post(shelves[one.part.pk], one, reference, by, at) for one in rows if one.change]


def held(store: Store, part: Part) -> Stock:
    Stock.objects.get_or_create(store=store, part=part)
    return Stock.objects.select_for_update().get(store=store, part=part)


def post(shelf: Stock, one: Counted, reference: str, by: Any, at: datetime) -> StockMovement:
    if one.counted < 0:
        raise ValueError("nobody counts fewer than none")
    Stock.objects.filter(pk=shelf.pk).update(quantity=one.counted)
    movement = write(shelf.store, one.part, one.change, Kind.CORRECTION, reference.strip(), by, at)
    if one.change > 0:
        signals.goods_came.send(Stock, store=shelf.store, part=one.part, by=by, at=at)
    return movement


def correct(store: Store, part: Part, counted: int, *, reference: str, by: Any, at: datetime) -> StockMovement | None:
    """Set the stock of one part to what was counted this moment; nothing is written where it agrees."""
    seen = Stock.objects.filter(store=store, part=part).values_list("quantity", flat=True).first() or 0
    return next(iter(count(store, [Counted(part, seen, counted)], reference=reference, by=by, at=at)), None)


def put_in_place(store: Store, part: Part, place: str, *, by: Any, at: datetime) -> None:
    """Note where in the store the part lies; it stands on issue slips and count sheets (F11)."""
    require(by, COUNT)
    Stock.objects.get_or_create(store=store, part=part)
    Stock.objects.filter(store=store, part=part).update(place=place.strip()[:30])
