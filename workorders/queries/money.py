"""What each payer of an order owes before it is settled, and what was settled and paid since."""

from dataclasses import dataclass

from workorders.models import LabourLine, PartLine, Payer, WorkOrder
from workorders.queries.lines import shares


@dataclass(frozen=True)
class Charge:
    """What one payer pays of one line, in fen; a line two share is a charge of each."""

    line: LabourLine | PartLine
    amount_fen: int
    discount_fen: int = 0

    @property
    def labour(self) -> bool:
        return isinstance(self.line, LabourLine)

    @property
    def net_fen(self) -> int:
        return self.amount_fen - self.discount_fen


@dataclass(frozen=True)
class Draft:
    """A payer's settlement as it would be posted now (C18): labour and parts before the discount, in fen."""

    payer: str
    labour_fen: int
    parts_fen: int
    discount_fen: int
    total_fen: int
    lines: list[Charge]


def draft(order: WorkOrder) -> list[Draft]:
    """Return what each payer would be charged; the customer always comes first, though he may owe nothing."""
    charges: dict[str, list[Charge]] = {Payer.CUSTOMER.value: []}
    for line, payer, fen in shares(list(order.labour_lines.all()), list(order.part_lines.all())):
        charges.setdefault(payer, []).append(Charge(line, fen))
    return [drafted(payer.value, charges[payer.value]) for payer in Payer if payer.value in charges]


def drafted(payer: str, lines: list[Charge]) -> Draft:
    labour = sum(charge.amount_fen for charge in lines if charge.labour)
    parts = sum(charge.amount_fen for charge in lines if not charge.labour)
    discount = sum(charge.discount_fen for charge in lines)
    return Draft(payer, labour, parts, discount, labour + parts - discount, lines)
