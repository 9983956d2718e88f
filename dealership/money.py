"""Money: whole fen inside, yuan with two places at the edges, and the one place that rounds.

Integers, because SQLite adds decimals as 8-byte floats and a settlement must add up to the fen.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def fen(yuan_amount: Decimal | int | str) -> int:
    """Turn yuan into fen, half a fen rounded up."""
    return int(Decimal(yuan_amount).quantize(FEN, ROUND_HALF_UP) * 100)


def yuan(amount_fen: int) -> Decimal:
    return (Decimal(amount_fen) / 100).quantize(FEN)


def times(unit_fen: int, quantity: Decimal) -> int:
    """Return unit price times quantity (hours, pieces) in fen, rounded once per line."""
    return int((Decimal(unit_fen) * quantity).quantize(Decimal(1), ROUND_HALF_UP))


def each(amount_fen: int, quantity: Decimal) -> int:
    """Return what one hour or one piece of a line costs, rounded: a line of a package is known by its amount alone."""
    return int((Decimal(amount_fen) / quantity).quantize(Decimal(1), ROUND_HALF_UP))


def percent_of(amount_fen: int, percent: Decimal) -> int:
    """Return so many percent of an amount in fen, half a fen rounded up."""
    return int((Decimal(amount_fen) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def spread(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to the weights; the shares sum to it exactly.

    Each share is rounded down, and the fen left over go to the largest remainders. Where nothing has weight, all
    weigh the same.
    """
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    shares = [amount_fen * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(amount_fen * weights[n] % total))
    for n in by_remainder[: amount_fen - sum(shares)]:
        shares[n] += 1
    return shares


def written(amount_fen: int) -> str:
    """Write an amount for a person, such as ¥1,298.50; the same in both languages, as Chinese invoices print it."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}¥{yuan(abs(amount_fen)):,}"
