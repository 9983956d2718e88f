"""Setting prices and moving stock."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.catalogue import queries
from dealership.catalogue.models import Part, Price, Stock, StockMovement
from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require

Kind = StockMovement.Kind


class OutOfStock(NotAllowed):
    """Fewer units are there than were asked for."""

    def __init__(self, part: Part, wanted: int, there: int) -> None:
        sentence = _("Only %(there)d %(unit)s of “%(part)s” in stock; %(wanted)d needed.")
        super().__init__(sentence % {"there": there, "unit": part.unit, "part": part, "wanted": wanted})
        self.part, self.wanted, self.there = part, wanted, there


@transaction.atomic
def set_price(thing: queries.Priced, amount_fen: int, valid_from: date, *, by: Any, at: datetime) -> Price:
    """Let a price begin on a day; a price that has not begun yet is replaced, 6.4.14.

    Raises NotAllowed where it would rewrite a price that was already valid.
    """
    require(by, "catalogue.add_price")
    type(thing)._default_manager.select_for_update().get(pk=thing.pk)  # one price of a thing at a time
    refusal = queries.price_obstacle(thing, valid_from, timezone.localdate(at))
    if refusal:
        raise NotAllowed(refusal)
    price = queries.prices_of(thing).filter(valid_from=valid_from).first() or thing.prices.model(valid_from=valid_from)
    if isinstance(thing, Part):
        price.part = thing
    else:
        price.operation = thing
    price.amount_fen, price.by, price.at = amount_fen, by, at
    price.full_clean()
    price.save()
    return price


@transaction.atomic
def receive_goods(store: Store, part: Part, quantity: int, *, by: Any, at: datetime, reference: str) -> StockMovement:
    """Add delivered units to the store's stock; `reference` is the delivery note.

    Raises NotAllowed for a part already received under it: a form sent twice must not count twice.
    """
    require(by, "catalogue.receive_goods")
    movement = _move_in(store, part, quantity, Kind.RECEIPT, reference, by, at)
    # After the update, which holds the stock row: of two at once the second sees the first.
    same = StockMovement.objects.filter(store=store, part=part, kind=Kind.RECEIPT, reference=reference)
    if same.exclude(pk=movement.pk).exists():
        sentence = _("“%(part)s” was already received under “%(reference)s”.")
        raise NotAllowed(sentence % {"part": part, "reference": reference})
    return movement


@transaction.atomic
def issue(store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime) -> StockMovement:
    """Take units out of stock for a job; who may is the caller's to decide. Raises OutOfStock."""
    _whole(quantity)
    # The database decides between two who want the last unit: the quantity is part of the condition.
    taken = Stock.objects.filter(store=store, part=part, quantity__gte=quantity).update(
        quantity=F("quantity") - quantity
    )
    if not taken:
        raise OutOfStock(part, quantity, queries.availability(store, [part])[part.pk])
    return _write(store, part, -quantity, Kind.ISSUE, reference, by, at)


@transaction.atomic
def take_back(store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime) -> StockMovement:
    """Put units issued under the reference back; raises NotAllowed for more than were issued under it."""
    movement = _move_in(store, part, quantity, Kind.RETURN, reference, by, at)
    # After the update, which holds the stock row: two returns of the same part cannot both see the old sum.
    ledger = StockMovement.objects.filter(store=store, part=part, reference=reference)
    balance = ledger.filter(kind__in=[Kind.ISSUE, Kind.RETURN]).aggregate(sum=Sum("change"))["sum"]
    if balance > 0:
        raise NotAllowed(_("More would come back than was issued for “%(reference)s”.") % {"reference": reference})
    return movement


@transaction.atomic
def correct(store: Store, part: Part, counted: int, *, reference: str, by: Any, at: datetime) -> StockMovement | None:
    """Set the stock to what was counted, giving the reason as reference; nothing is written where it agrees."""
    require(by, "catalogue.correct_stock")
    if counted < 0:
        raise ValueError("nobody counts fewer than none")
    Stock.objects.get_or_create(store=store, part=part)
    stock = Stock.objects.select_for_update().get(store=store, part=part)
    change = counted - stock.quantity
    if not change:
        return None
    Stock.objects.filter(pk=stock.pk).update(quantity=counted)
    return _write(store, part, change, Kind.CORRECTION, reference, by, at)


def _move_in(
    store: Store, part: Part, quantity: int, kind: Kind, reference: str, by: Any, at: datetime
) -> StockMovement:
    _whole(quantity)
    stock, _created = Stock.objects.get_or_create(store=store, part=part)
    Stock.objects.filter(pk=stock.pk).update(quantity=F("quantity") + quantity)
    return _write(store, part, quantity, kind, reference, by, at)


def _write(store: Store, part: Part, change: int, kind: Kind, reference: str, by: Any, at: datetime) -> StockMovement:
    movement = StockMovement(store=store, part=part, change=change, kind=kind, reference=reference, by=by, at=at)
    movement.full_clean(exclude=["by"])
    movement.save()
    return movement


def _whole(quantity: int) -> None:
    if quantity != int(quantity) or quantity < 1:
        raise ValueError("stock moves in whole units")
