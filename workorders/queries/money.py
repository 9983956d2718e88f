"""What each payer of an order owes before it is settled, and what was settled and paid since."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership import money
from dealership.staff.models import Store, User
from reception.states import State as VisitState
from workorders.models import (
    Balance,
    ClaimReceipt,
    Discount,
    LabourLine,
    PartLine,
    Payer,
    Payment,
    PriceApproval,
    Refund,
    Settlement,
    WorkOrder,
)
from workorders.queries.lines import shares
from workorders.states import State

CLAIMED = (Payer.MANUFACTURER, Payer.INSURER)  # who pays the store without standing at its desk
POSTED_OR_OVER = [State.SETTLED, State.PAID, State.CLOSED, State.CANCELLED]


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

    def of(self, on: str) -> int:
        """Return what a discount on labour, or on parts, is counted from."""
        return self.labour_fen if on == Discount.On.LABOUR else self.parts_fen


def draft(order: WorkOrder) -> list[Draft]:
    """Return what each payer would be charged; the customer always comes first, though he may owe nothing."""
    charges: dict[str, list[Charge]] = {Payer.CUSTOMER.value: []}
    for line, payer, fen in shares(list(order.labour_lines.all()), list(order.part_lines.all())):
        charges.setdefault(payer, []).append(Charge(line, fen))
    drafts = [drafted(payer.value, charges[payer.value]) for payer in Payer if payer.value in charges]
    return [discounted(drafts[0], list(discounts_of(order))), *drafts[1:]]


def drafted(payer: str, lines: list[Charge]) -> Draft:
    labour = sum(charge.amount_fen for charge in lines if charge.labour)
    parts = sum(charge.amount_fen for charge in lines if not charge.labour)
    discount = sum(charge.discount_fen for charge in lines)
    return Draft(payer, labour, parts, discount, labour + parts - discount, lines)


def discounts_of(order: WorkOrder) -> QuerySet[Discount]:
    return order.discounts.filter(withdrawn_at=None).select_related("by")


def discounted(mine: Draft, discounts: list[Discount]) -> Draft:
    """Spread the discounts over the lines they are given on; the shares sum to each of them exactly."""
    for discount in discounts:
        on_labour = discount.on == Discount.On.LABOUR
        given_on = [charge for charge in mine.lines if charge.labour == on_labour]
        parts = money.spread(worth(discount, mine.of(discount.on)), [charge.amount_fen for charge in given_on])
        less = {id(charge): replace(charge, discount_fen=fen) for charge, fen in zip(given_on, parts, strict=True)}
        mine = drafted(mine.payer, [less.get(id(charge), charge) for charge in mine.lines])
    return mine


def worth(discount: Discount, base_fen: int) -> int:
    """Return what a discount takes off, never more than there is."""
    if discount.percent is not None:
        return money.percent_of(base_fen, discount.percent)
    return min(discount.amount_fen or 0, base_fen)


def goes_too_far(discount: Discount, base_fen: int) -> bool:
    """Say whether a discount takes more of the amount than who gave it was allowed to; a rounded fen is no more."""
    if discount.percent is not None:
        return discount.percent > discount.allowed_percent
    asked = discount.amount_fen or 0
    return asked > base_fen or asked * 100 > base_fen * discount.allowed_percent


def agreed_fen(order: WorkOrder) -> int:
    """Return what the customer agreed to pay of what is charged: the signed estimate and what he said yes to since."""
    lines: list[LabourLine | PartLine] = [*order.labour_lines.all(), *order.part_lines.all()]
    return sum(line.agreed_fen or 0 for line in lines if line.counts)


def obstacles_to_settling(order: WorkOrder, drafts: list[Draft]) -> list[str]:
    """Return why the sheets cannot be posted: a discount that goes too far, a price nobody agreed to (3.5.2.1)."""
    mine = drafts[0]
    found = [
        _("The discount on %(on)s is more than was allowed for what is charged now. Give it again.")
        % {"on": discount.get_on_display()}
        for discount in discounts_of(order)
        if goes_too_far(discount, mine.of(discount.on))
    ]
    agreed = agreed_fen(order)
    if mine.total_fen > agreed and not approved(order, mine.total_fen):
        found.append(
            _("The customer agreed to %(agreed)s and would pay %(total)s. A manager has to approve that first.")
            % {"agreed": money.written(agreed), "total": money.written(mine.total_fen)}
        )
    return found


def approved(order: WorkOrder, total_fen: int) -> bool:
    return PriceApproval.objects.filter(order=order, total_fen__gte=total_fen).exists()


def sheets_of(order: WorkOrder) -> QuerySet[Settlement]:
    """Return the sheets of an order that count now, the customer's first."""
    live = Settlement.objects.filter(order=order, balance__isnull=False).order_by("pk")
    return live.select_related("sheet", "balance", "order__store")


def sheet_of(order: WorkOrder) -> Settlement | None:
    """Return the customer's sheet that counts now, None before it is posted and after it was reversed."""
    return sheets_of(order).filter(payer=Payer.CUSTOMER).first()


def customers_sheets(store: Store) -> QuerySet[Settlement]:
    """Return the customers' sheets that count, with what the cashier reads of them."""
    live = Settlement.objects.filter(balance__isnull=False, payer=Payer.CUSTOMER, order__store=store)
    return live.select_related("sheet", "balance", "order__store", "order__visit__vehicle", "order__visit__customer")


def to_pay(store: Store) -> QuerySet[Settlement]:
    """Return what customers owe at the desk now, who waits longest first (2.6.8.1)."""
    return customers_sheets(store).filter(balance__charged_fen__gt=F("balance__paid_fen")).order_by("posted_at", "pk")


MOST_FOUND = 30


def paid_sheets(store: Store, now: datetime, words: str = "") -> QuerySet[Settlement]:
    """Return customers' paid sheets, the last paid first: those a plate or number finds, without words today's."""
    paid = customers_sheets(store).filter(balance__charged_fen__lte=F("balance__paid_fen"))
    if words.strip():
        plate = "".join(words.split()).replace("·", "")
        found = paid.filter(
            Q(sheet__number__icontains=words.strip()) | Q(order__visit__vehicle__plate__icontains=plate)
        )
    else:
        start, end = appointments.day_bounds(store, appointments.day_of(store, now))
        today = Payment.objects.filter(settlement=OuterRef("pk"), at__gte=start, at__lt=end)
        found = paid.filter(Exists(today))
    return found.order_by("-posted_at", "-pk")[:MOST_FOUND]


@dataclass(frozen=True)
class Credit:
    """What a customer paid beyond what he owes, with the payments of which something is left to give back."""

    order: WorkOrder
    credit_fen: int
    payments: list[Payment]


def to_give_back(store: Store) -> list[Credit]:
    """Return whom money is owed, in two queries."""
    too_much = Balance.objects.filter(order__store=store, payer=Payer.CUSTOMER, paid_fen__gt=F("charged_fen"))
    balances = list(too_much.select_related("order__visit__vehicle", "order__visit__customer").order_by("pk"))
    back = Coalesce(Sum("refunds__amount_fen"), 0)
    of_them = Payment.objects.filter(settlement__order__in=[one.order_id for one in balances]).annotate(back=back)
    left: dict[int, list[Payment]] = {}
    for payment in of_them.filter(amount_fen__gt=F("back")).select_related("settlement").order_by("at", "pk"):
        left.setdefault(payment.settlement.order_id, []).append(payment)
    return [Credit(one.order, one.credit_fen, left.get(one.order_id, [])) for one in balances]


def payments_of(order: WorkOrder) -> QuerySet[Payment]:
    """Return the payments of an order with what was given back of each."""
    found = Payment.objects.filter(settlement__order=order).select_related("by", "shift").prefetch_related("refunds")
    return found.order_by("at", "pk")


def refundable_fen(payment: Payment) -> int:
    """Return what is left of a payment to give back."""
    back = Refund.objects.filter(payment=payment).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return payment.amount_fen - back


def to_give(payment: Payment, by: User) -> tuple[int, int, int]:
    """Return what is left of a payment, what of it this person may give back now, and what was paid too much."""
    order, left = payment.settlement.order, refundable_fen(payment)
    too_much = Balance.objects.get(order=order, payer=Payer.CUSTOMER).credit_fen
    any_of_it = by.has_perm("workorders.refund_payment") and order.visit.state != VisitState.RELEASED
    return left, left if any_of_it else min(left, too_much), too_much


def deposit_fen(order: WorkOrder) -> int:
    """Return the deposit of the order's appointment that no sheet has counted yet."""
    booked = order.visit.appointment
    if booked is None or booked.deposit_fen is None or Payment.objects.filter(deposit_of=booked).exists():
        return 0
    return booked.deposit_fen


def open_claims(store: Store) -> QuerySet[Settlement]:
    """Return the sheets manufacturers and insurers have not paid in full, the oldest first."""
    live = Settlement.objects.filter(order__store=store, balance__isnull=False, payer__in=CLAIMED)
    unpaid = live.filter(balance__charged_fen__gt=F("balance__paid_fen"))
    return unpaid.select_related("sheet", "balance", "order__visit__vehicle").order_by("posted_at", "pk")


def receipts_of(settlement: Settlement) -> QuerySet[ClaimReceipt]:
    """Return what came in for one payer of an order, on whichever of his sheets."""
    same: dict[str, Any] = {"settlement__order": settlement.order_id, "settlement__payer": settlement.payer}
    return ClaimReceipt.objects.filter(**same).select_related("by", "settlement__sheet")
