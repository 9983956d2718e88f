"""Setting prices."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dealership.catalogue import queries
from dealership.catalogue.models import Package, PackagePrice, Price
from dealership.workflow import NotAllowed, require

ADD = "catalogue.add_price"


@transaction.atomic
def set_price(thing: queries.Priced, amount_fen: int, valid_from: date, *, by: Any, at: datetime) -> Price:
    """Let a price begin on a day; a price that has not begun yet is replaced, 6.4.14.

    Raises NotAllowed where it would rewrite a price that was already valid.
    """
    price: Price = _begin(thing, amount_fen, valid_from, by, at)
    return price


@transaction.atomic
def set_package_price(
    package: Package, amount_fen: int | None, valid_from: date, *, by: Any, at: datetime
) -> PackagePrice:
    """Let a package cost an amount from a day on, or (None) again the sum of its lines; refuses as `set_price`."""
    price: PackagePrice = _begin(package, amount_fen, valid_from, by, at)
    return price


def _begin(thing: queries.WithHistory, amount_fen: int | None, valid_from: date, by: Any, at: datetime) -> Any:
    require(by, ADD)
    type(thing)._default_manager.select_for_update().get(pk=thing.pk)  # one price of a thing at a time
    refusal = queries.price_obstacle(thing, valid_from, timezone.localdate(at))
    if refusal:
        raise NotAllowed(refusal)
    back = thing.prices.field.name  # type: ignore[union-attr]  # what a price calls the thing it belongs to
    new = thing.prices.model(valid_from=valid_from, **{back: thing})
    price: Any = queries.prices_of(thing).filter(valid_from=valid_from).first() or new
    price.amount_fen, price.by, price.at = amount_fen, by, at
    price.full_clean()
    price.save()
    return price
