"""What things cost on a day, what is in stock or on order, and finding either; split by subject."""

from dealership.catalogue.queries.offer import (
    Priced,
    PriceMissing,
    WithHistory,
    find_operations,
    price_obstacle,
    price_on,
    prices_of,
    prices_on,
    usual_plan,
)
from dealership.catalogue.queries.packages import (
    PackageLine,
    package_lines,
    package_price_on,
    packages_for,
    with_own_price,
)
from dealership.catalogue.queries.shelves import (
    Standing,
    State,
    availability,
    find_parts,
    had_by,
    on_order,
    open_reservations,
    standings,
)

__all__ = [
    "PackageLine",
    "PriceMissing",
    "Priced",
    "Standing",
    "State",
    "WithHistory",
    "availability",
    "find_operations",
    "find_parts",
    "had_by",
    "on_order",
    "open_reservations",
    "package_lines",
    "package_price_on",
    "packages_for",
    "price_obstacle",
    "price_on",
    "prices_of",
    "prices_on",
    "standings",
    "usual_plan",
    "with_own_price",
]
