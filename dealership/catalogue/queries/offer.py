"""What is on offer, and what things cost on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dealership.catalogue.models import LabourOperation, MaintenanceInterval, Package, Part, Price
from dealership.catalogue.queries.words import with_words
from dealership.workflow import NotAllowed

Priced: TypeAlias = LabourOperation | Part
WithHistory: TypeAlias = Priced | Package  # whatever has prices that begin on a day


class PriceMissing(NotAllowed):
    """Nothing says what this costs on that day."""

    def __init__(self, thing: Priced, day: date) -> None:
        sentence = _("There is no price for “%(thing)s” on %(day)s. Please ask your manager to enter one.")
        super().__init__(sentence % {"thing": thing, "day": date_format(day)})
        self.thing, self.day = thing, day


def price_on(operation_or_part: Priced, day: date) -> int:
    """Return the price in fen, per hour of an operation or per unit of a part; raises PriceMissing, 6.4.14."""
    price = prices_on([operation_or_part], day).get(operation_or_part)
    if price is None:
        raise PriceMissing(operation_or_part, day)
    return price


def prices_on(operations_and_parts: Iterable[Priced], day: date) -> dict[Priced, int]:
    """Return the price in fen of each thing, in one query; things without a price on that day are left out."""
    things = list(operations_and_parts)
    operations = {thing.pk: thing for thing in things if isinstance(thing, LabourOperation)}
    parts = {thing.pk: thing for thing in things if isinstance(thing, Part)}
    valid = Price.objects.filter(Q(operation__in=operations) | Q(part__in=parts), valid_from__lte=day)
    prices: dict[Priced, int] = {}
    # The oldest first, so that the newest valid one stays.
    for operation, part, amount_fen in valid.order_by("valid_from").values_list("operation", "part", "amount_fen"):
        prices[parts[part] if operation is None else operations[operation]] = amount_fen
    return prices


def prices_of(thing: WithHistory) -> QuerySet[Any]:
    """Return the price history of a thing, the newest first."""
    return thing.prices.order_by("-valid_from")


def price_obstacle(thing: WithHistory, valid_from: date, today: date) -> str | None:
    """Return why no price of the thing may begin on that day: what was once valid is never rewritten."""
    if valid_from < today and prices_of(thing).filter(valid_from__lte=today).exists():
        return _("A new price can begin today at the earliest.")
    if valid_from == today and prices_of(thing).filter(valid_from=today).exists():
        return _("Today's price is already in use. A new price can begin tomorrow.")
    return None


def usual_plan() -> list[MaintenanceInterval]:
    """Return how often each piece of maintenance on offer comes round, with its operation, 3.1.1.4."""
    return list(MaintenanceInterval.objects.filter(operation__active=True).select_related("operation"))


def find_operations(text: str) -> QuerySet[LabourOperation]:
    """Return the operations on offer whose code or name holds every word of the text."""
    return with_words(LabourOperation.objects.filter(active=True), text, "code", "name").order_by("code")
