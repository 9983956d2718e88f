"""Which packages suit a car, and what their lines cost on a day."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from dealership import money
from dealership.catalogue.models import Package, PackageOperation, PackagePart, PackagePrice
from dealership.catalogue.queries.offer import Priced, PriceMissing, prices_on
from dealership.catalogue.queries.words import with_words


class PackageLine(NamedTuple):
    """One line of a package: hours of an operation or pieces of a part, and what it costs in all."""

    thing: Priced
    quantity: Decimal
    amount_fen: int


def packages_for(make: str, model_name: str, text: str = "") -> QuerySet[Package]:
    """Return the packages on offer for such a car whose code or names hold every word of the text.

    One without lines is not finished, and one with work that is not offered any more cannot be done.
    """
    gone = PackageOperation.objects.filter(package=OuterRef("pk"), operation__active=False)
    lines = [table.objects.filter(package=OuterRef("pk")) for table in (PackageOperation, PackagePart)]
    packages = Package.objects.alias(car=Value(model_name)).filter(
        Q(make="") | Q(make__iexact=make),
        Q(model_name="") | Q(car__icontains=F("model_name")),
        Exists(lines[0]) | Exists(lines[1]),
        ~Exists(gone),
        active=True,
    )
    return with_words(packages, text, "code", "name", "name_en").order_by("code")


def with_own_price(packages: QuerySet[Package], day: date) -> QuerySet[Package]:
    """Say of each package as `own_fen` what it costs on that day, None where it costs what its lines cost."""
    prices = PackagePrice.objects.filter(package=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
    return packages.annotate(own_fen=Subquery(prices.values("amount_fen")[:1]))


def package_price_on(package: Package, day: date) -> int | None:
    """Return the package's own price in fen, None where it costs what its lines cost."""
    found: Any = with_own_price(Package.objects.filter(pk=package.pk), day)
    own: int | None = found.get().own_fen
    return own


def package_lines(package: Package, day: date) -> list[PackageLine]:
    """Return the package's work and parts with what each costs on that day; raises PriceMissing, 6.4.14.

    The lines sum to the package's own price where it has one: each gets a share by what it would cost alone.
    """
    lines = unpriced(package)
    prices = prices_on([thing for thing, _quantity in lines], day)
    missing = next((thing for thing, _quantity in lines if thing not in prices), None)
    if missing is not None:
        raise PriceMissing(missing, day)
    amounts = [money.times(prices[thing], quantity) for thing, quantity in lines]
    fixed = package_price_on(package, day)
    if fixed is not None:
        amounts = money.spread(fixed, amounts)
    return [PackageLine(thing, quantity, amount) for (thing, quantity), amount in zip(lines, amounts, strict=True)]


def unpriced(package: Package) -> list[tuple[Priced, Decimal]]:
    work = package.operations.select_related("operation").annotate(takes=Coalesce("hours", "operation__hours"))
    parts = package.parts.select_related("part")
    labour: list[tuple[Priced, Decimal]] = [(line.operation, line.takes) for line in work]
    return labour + [(line.part, Decimal(line.quantity)) for line in parts]
