"""What lies in a cashier's drawer, and which days still have to be counted."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from dealership.staff.models import Store, User
from workorders.models import CashShift, PaymentMethod


@dataclass(frozen=True)
class Count:
    """What was taken and given back by one method in a shift, in fen."""

    method: str
    label: str
    payments_fen: int
    refunds_fen: int

    @property
    def net_fen(self) -> int:
        return self.payments_fen - self.refunds_fen


def counts(shift: CashShift) -> list[Count]:
    """Return what every method brought in a shift; a method without a payment has its line too."""
    taken = dict(shift.payments.order_by().values_list("method").annotate(Sum("amount_fen")))
    back = dict(shift.refunds.order_by().values_list("method").annotate(Sum("amount_fen")))
    return [
        Count(method.value, str(method.label), taken.get(method.value, 0), back.get(method.value, 0))
        for method in PaymentMethod
    ]


def expected_cash(shift: CashShift, found: list[Count]) -> int:
    """Return what should lie in the drawer: the float and what cash came and went."""
    return shift.float_fen + next(count.net_fen for count in found if count.method == PaymentMethod.CASH)


def open_shifts(store: Store, cashier: User | None = None) -> QuerySet[CashShift]:
    """Return the days nobody has counted yet, one cashier's or all."""
    found = CashShift.objects.filter(store=store, close=None).select_related("cashier").order_by("day", "pk")
    return found if cashier is None else found.filter(cashier=cashier)
