"""Every change of prices, stock and orders to suppliers; call them as `operations.receive_goods(...)`."""

from dealership.catalogue.operations import transfers
from dealership.catalogue.operations.counting import Counted, StockMoved, correct, count, put_in_place
from dealership.catalogue.operations.prices import set_package_price, set_price
from dealership.catalogue.operations.shelves import (
    OutOfStock,
    give_back,
    issue,
    receive_goods,
    reserve,
    reserve_what_is_there,
    take_back,
)
from dealership.catalogue.operations.supplies import cancel_supply, expect_on, order_goods

__all__ = [
    "Counted",
    "OutOfStock",
    "StockMoved",
    "cancel_supply",
    "correct",
    "count",
    "expect_on",
    "give_back",
    "issue",
    "order_goods",
    "put_in_place",
    "receive_goods",
    "reserve",
    "reserve_what_is_there",
    "set_package_price",
    "set_price",
    "take_back",
    "transfers",
]
