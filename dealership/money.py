"""Money: whole fen inside, yuan with two places at the edges, and the one place that rounds.

Integers, because SQLite adds decimals as 8-byte floats and a settlement must add up to the fen.
"""

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


def written(amount_fen: int) -> str:
    """Write an amount for a person, such as ¥1,298.50; the same in both languages, as Chinese invoices print it."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}¥{yuan(abs(amount_fen)):,}"
