"""Setting prices."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dealership.catalogue import queries
from dealership.catalogue.models import Part, Price
from dealership.workflow import NotAllowed, require


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
