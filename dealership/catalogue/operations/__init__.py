"""Every change of prices, stock and orders to suppliers; call them as `operations.receive_goods(...)`."""

from dealership.catalogue.operations.prices import set_package_price, set_price
from dealership.catalogue.operations.shelves import (
    OutOfStock,
    correct,
    give_back,
    issue,
    receive_goods,
    reserve,
    take_back,
)
from dealership.catalogue.operations.supplies import cancel_supply, expect_on, order_goods

__all__ = [
    "OutOfStock",
    "cancel_supply",
    "correct",
    "expect_on",
    "give_back",
    "issue",
    "order_goods",
    "receive_goods",
    "reserve",
    "set_package_price",
    "set_price",
    "take_back",
]
