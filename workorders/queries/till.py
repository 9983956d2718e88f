"""What lies in a cashier's drawer, and which days still have to be counted."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from dealership.staff.models import Store, User
from workorders.models import CashShift, Payment, PaymentMethod, Refund


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
    return counts_of([shift])[0][1]


def counts_of(shifts: list[CashShift]) -> list[tuple[CashShift, list[Count]]]:
    """Count several shifts in two queries."""
    taken, back = (
        by_method(Payment.objects.filter(shift__in=shifts)),
        by_method(Refund.objects.filter(shift__in=shifts)),
    )
    return [
        (
            shift,
            [
                Count(
                    method.value,
                    str(method.label),
                    taken.get((shift.pk, method.value), 0),
                    back.get((shift.pk, method.value), 0),
                )
                for method in PaymentMethod
            ],
        )
        for shift in shifts
    ]


def by_method(rows: QuerySet) -> dict[tuple[int, str], int]:
    added = rows.order_by().values_list("shift", "method").annotate(fen=Sum("amount_fen"))
    return {(shift, method): fen for shift, method, fen in added}


def expected_cash(shift: CashShift, found: list[Count]) -> int:
    """Return what should lie in the drawer: the float and what cash came and went."""
    return shift.float_fen + next(count.net_fen for count in found if count.method == PaymentMethod.CASH)


def moved(shift: CashShift) -> bool:
    """Say whether cash came or went in a shift."""
    cash = {"shift": shift, "method": PaymentMethod.CASH}
    return Payment.objects.filter(**cash).exists() or Refund.objects.filter(**cash).exists()


def open_shifts(store: Store, cashier: User | None = None) -> QuerySet[CashShift]:
    """Return the days nobody has counted yet, one cashier's or all."""
    found = CashShift.objects.filter(store=store, close=None).select_related("cashier").order_by("day", "pk")
    return found if cashier is None else found.filter(cashier=cashier)
