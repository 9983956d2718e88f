"""Ordering goods, and what becomes of an order."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.catalogue import signals
from dealership.catalogue.models import Part, Supply, SupplyDay
from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require

ORDER = "catalogue.order_goods"


@transaction.atomic
def order_goods(
    store: Store, part: Part, quantity: int, *, expected_on: date, reference: str, by: Any, at: datetime
) -> Supply:
    """Note what was ordered from a supplier under his `reference`, and when it is to come, 2.2.6.1.

    Raises NotAllowed for a day that is over, and for a part already ordered under that number: a form sent twice
    must not promise twice.
    """
    require(by, ORDER)
    whole(quantity)
    check_day(store, expected_on, at)
    supply = Supply(store=store, part=part, quantity=quantity, expected_on=expected_on, reference=reference.strip())
    supply.ordered_by, supply.ordered_at = by, at
    supply.full_clean(exclude=["ordered_by"], validate_constraints=False)
    try:
        with transaction.atomic():
            supply.save()
    except IntegrityError as error:
        sentence = _("“%(part)s” was already ordered under “%(reference)s”.")
        raise NotAllowed(sentence % {"part": part, "reference": supply.reference}) from error
    SupplyDay.objects.create(supply=supply, expected_on=expected_on, by=by, at=at)
    tell(supply, by=by, at=at, news=True)
    return supply


@transaction.atomic
def expect_on(supply: Supply, on: date, *, by: Any, at: datetime) -> None:
    """Note that the supplier named another day; the earlier ones stay in the history.

    The same day again changes nothing. Raises NotAllowed where nothing is to come any more, or the day is over.
    """
    require(by, ORDER)
    check_day(supply.store, on, at)
    hold_open(supply)
    if supply.expected_on == on:
        return
    Supply.objects.filter(pk=supply.pk).update(expected_on=on)
    SupplyDay.objects.create(supply=supply, expected_on=on, by=by, at=at)
    supply.expected_on = on
    tell(supply, by=by, at=at)


@transaction.atomic
def cancel_supply(supply: Supply, *, by: Any, at: datetime) -> None:
    """Note that what has not come of a supply will not come; cancelled twice is cancelled once.

    Raises NotAllowed where all of it has come.
    """
    require(by, ORDER)
    if not Supply.objects.open().filter(pk=supply.pk).update(cancelled_at=at, cancelled_by=by):
        supply.refresh_from_db()
        if supply.received_at:
            raise NotAllowed(_("All of it was received already."))
        return
    tell(supply, by=by, at=at)


def tell(supply: Supply, *, by: Any, at: datetime, news: bool = False) -> None:
    """Let the desks above hear that goods are to come, on another day or not at all."""
    signals.supply_changed.send(Supply, store=supply.store, part=supply.part, news=news, by=by, at=at)


def fill(store: Store, part: Part, quantity: int, at: datetime) -> None:
    """Count delivered units to what is on order of the part, the oldest order first; the caller holds the shelf."""
    for supply in Supply.objects.open().filter(store=store, part=part).order_by("ordered_at", "pk").select_for_update():
        came = min(quantity, supply.to_come)
        if not came:
            return
        whole = came == supply.to_come
        Supply.objects.filter(pk=supply.pk).update(received=supply.received + came, received_at=at if whole else None)
        quantity -= came


def whole(quantity: int) -> None:
    if quantity != int(quantity) or quantity < 1:
        raise ValueError("stock moves in whole units")


def check_day(store: Store, on: date, at: datetime) -> None:
    if on < at.astimezone(store.zone).date():
        raise NotAllowed(_("This day is over."))


def hold_open(supply: Supply) -> None:
    """Lock the supply and load it as it is now; raises NotAllowed where it has ended."""
    supply.refresh_from_db(from_queryset=Supply.objects.select_for_update(no_key=True, of=("self",)))
    if supply.received_at or supply.cancelled_at:
        raise NotAllowed(_("Nothing of this order is to come any more."))
