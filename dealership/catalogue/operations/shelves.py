"""Moving stock, and putting units aside for a job."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from dealership.catalogue import queries, signals
from dealership.catalogue.models import Part, Stock, StockMovement, StockReservation
from dealership.catalogue.operations import supplies
from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require

Kind = StockMovement.Kind


class OutOfStock(NotAllowed):
    """Fewer units are free than were asked for; `there` says how many."""

    def __init__(self, part: Part, wanted: int, there: int) -> None:
        sentence = _("Only %(there)d %(unit)s of “%(part)s” in stock; %(wanted)d needed.")
        super().__init__(sentence % {"there": there, "unit": part.unit, "part": part, "wanted": wanted})
        self.part, self.wanted, self.there = part, wanted, there


@transaction.atomic
def receive_goods(store: Store, part: Part, quantity: int, *, by: Any, at: datetime, reference: str) -> StockMovement:
    """Add delivered units to the store's stock, and count them to what is on order; `reference` is the delivery note.

    Raises NotAllowed for a part already received under it: a form sent twice must not count twice.
    """
    require(by, "catalogue.receive_goods")
    movement = move_in(store, part, quantity, Kind.RECEIPT, reference, by, at)
    # After the update, which holds the stock row: of two at once the second sees the first.
    same = StockMovement.objects.filter(store=store, part=part, kind=Kind.RECEIPT, reference=reference)
    if same.exclude(pk=movement.pk).exists():
        sentence = _("“%(part)s” was already received under “%(reference)s”.")
        raise NotAllowed(sentence % {"part": part, "reference": reference})
    supplies.fill(store, part, quantity, at)
    signals.goods_came.send(Stock, store=store, part=part, by=by, at=at)
    return movement


@transaction.atomic
def reserve(store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime) -> StockReservation:
    """Put units aside for a job to come, 2.1.6; who may is the caller's to decide. Raises OutOfStock."""
    supplies.whole(quantity)
    # As in `issue` the database decides who gets the last unit: what is free is part of the condition.
    free = Stock.objects.filter(store=store, part=part, quantity__gte=F("reserved") + quantity)
    if not free.update(reserved=F("reserved") + quantity):
        raise OutOfStock(part, quantity, queries.availability(store, [part])[part.pk])
    reservation = StockReservation(store=store, part=part, quantity=quantity, reference=reference, by=by, at=at)
    reservation.full_clean(exclude=["by"])
    reservation.save()
    return reservation


@transaction.atomic
def reserve_what_is_there(
    store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime
) -> StockReservation | None:
    """Put aside as many of the wanted units as nobody else was promised, None where there are none; refuses nothing."""
    shelf = Stock.objects.select_for_update().filter(store=store, part=part).first()
    free = min(quantity, shelf.free) if shelf else 0
    return reserve(store, part, free, reference=reference, by=by, at=at) if free > 0 else None


@transaction.atomic
def give_back(reservation: StockReservation, *, by: Any, at: datetime) -> bool:
    """Make the units of a reservation free again; return False, and change nothing, where it has ended before.

    Who may is the caller's to decide. Whoever gives back several does it in the order of their parts.
    """
    if not StockReservation.objects.filter(pk=reservation.pk, ended_at=None).update(ended_at=at):
        return False
    reservation.refresh_from_db()  # some of it may have been issued since the caller loaded it
    shelf = Stock.objects.filter(store=reservation.store_id, part=reservation.part_id)
    shelf.update(reserved=F("reserved") - reservation.quantity)
    return True


@transaction.atomic
def issue(
    store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime, kept_for: str = ""
) -> StockMovement:
    """Take units out of stock for a job; who may is the caller's to decide.

    What is reserved under `kept_for` is used up first. Raises OutOfStock rather than take what is kept for others.
    """
    return move_out(store, part, quantity, Kind.ISSUE, reference, kept_for=kept_for, by=by, at=at)


def move_out(
    store: Store, part: Part, quantity: int, kind: Kind, reference: str, *, kept_for: str, by: Any, at: datetime
) -> StockMovement:
    """Take units off the shelf, in the caller's transaction; who may is the caller's to decide."""
    supplies.whole(quantity)
    # The reservations are held before the shelf, as in `give_back`: the other way round two could wait for each other.
    kept = list(queries.open_reservations(store, part, kept_for).select_for_update())
    used = min(quantity, sum(reservation.quantity for reservation in kept))
    # The database decides between two who want the last unit: the quantity is part of the condition.
    enough = Q(quantity__gte=quantity)
    if used < quantity:
        enough &= Q(quantity__gte=F("reserved") + quantity - used)
    taken = Stock.objects.filter(enough, store=store, part=part).update(
        quantity=F("quantity") - quantity, reserved=F("reserved") - used
    )
    if not taken:
        raise OutOfStock(part, quantity, queries.availability(store, [part], kept_for=kept_for)[part.pk])
    _use_up(kept, used, at)
    return write(store, part, -quantity, kind, reference, by, at)


def _use_up(kept: list[StockReservation], used: int, at: datetime) -> None:
    """End the reservations, which are held, one after the other; the last may keep what is left of it."""
    for reservation in kept:
        row = StockReservation.objects.filter(pk=reservation.pk)
        if used >= reservation.quantity:
            row.update(ended_at=at)
        elif used:
            row.update(quantity=F("quantity") - used)
        used -= min(used, reservation.quantity)


@transaction.atomic
def take_back(store: Store, part: Part, quantity: int, *, reference: str, by: Any, at: datetime) -> StockMovement:
    """Put units issued under the reference back; raises NotAllowed for more than were issued under it."""
    movement = move_in(store, part, quantity, Kind.RETURN, reference, by, at)
    # After the update, which holds the stock row: two returns of the same part cannot both see the old sum.
    ledger = StockMovement.objects.filter(store=store, part=part, reference=reference)
    balance = ledger.filter(kind__in=[Kind.ISSUE, Kind.RETURN]).aggregate(sum=Sum("change"))["sum"]
    if balance > 0:
        raise NotAllowed(_("More would come back than was issued for “%(reference)s”.") % {"reference": reference})
    return movement


def move_in(
    store: Store, part: Part, quantity: int, kind: Kind, reference: str, by: Any, at: datetime
) -> StockMovement:
    supplies.whole(quantity)
    stock, _created = Stock.objects.get_or_create(store=store, part=part)
    Stock.objects.filter(pk=stock.pk).update(quantity=F("quantity") + quantity)
    return write(store, part, quantity, kind, reference, by, at)


def write(store: Store, part: Part, change: int, kind: Kind, reference: str, by: Any, at: datetime) -> StockMovement:
    movement = StockMovement(store=store, part=part, change=change, kind=kind, reference=reference, by=by, at=at)
    movement.full_clean(exclude=["by"])
    movement.save()
    return movement
