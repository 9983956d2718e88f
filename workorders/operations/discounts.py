"""Less on labour or parts for the customer, within what one's role may give."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import Discount, WorkOrder
from workorders.operations.hold import hold


@transaction.atomic
def give(
    order: WorkOrder, *, on: str, percent: Decimal | None = None, amount_fen: int | None = None, reason: str,
    by: User, at: datetime,
) -> Discount:  # fmt: skip
    """Give a discount on labour or on parts, in percent or in fen; it takes the place of the one before.

    Counted from what the customer pays himself. More than the role's limit is refused, more than the manager's for all.
    """
    workflow.require(by, "workorders.give_discount")
    order = hold(order)
    require_not_posted(order, at)
    if not reason.strip():
        raise NotAllowed(_("Write down why there is a discount."))
    if (percent is None) == (amount_fen is None) or (percent or amount_fen or 0) <= 0:
        raise NotAllowed(_("Enter the discount in percent or in yuan."))
    given = Discount(
        order=order, on=on, percent=percent, amount_fen=amount_fen, reason=reason.strip()[:200],
        allowed_percent=limit(order, by, at), by=by, at=at,
    )  # fmt: skip
    base = queries.money.draft(order)[0].of(on)
    if queries.money.goes_too_far(given, base):
        most = money.written(base * given.allowed_percent // 100)
        sentence = (
            _("More than %(percent)d %%, here %(most)s, is not given.")
            if by.has_perm("workorders.give_large_discount")
            else _("You may give up to %(percent)d %%, here %(most)s. Ask a manager for more.")
        )
        raise NotAllowed(sentence % {"percent": given.allowed_percent, "most": most})
    for earlier in order.discounts.filter(on=on, withdrawn_at=None):
        require_own_rank(earlier, given.allowed_percent, by)
        Discount.objects.filter(pk=earlier.pk).update(withdrawn_at=at, withdrawn_by=by)
        note(Act.DISCOUNT_TAKEN_BACK, earlier, by=by, at=at)
    given.save(force_insert=True)
    note(Act.DISCOUNT_GIVEN, given, by=by, at=at)
    return given


def note(act: Act, discount: Discount, *, by: User, at: datetime) -> None:
    hundredths = None if discount.percent is None else int(discount.percent * 100)
    audit.record(
        act, about=discount, store=discount.order.store, number=discount.order.number, by=by, at=at,
        words=discount.reason, on=discount.on, percent_hundredths=hundredths, amount_fen=discount.amount_fen,
    )  # fmt: skip


def limit(order: WorkOrder, by: User, at: datetime) -> int:
    """Return how many percent this person may give in the order's store today."""
    rules = queries.rules.rules_at(order.store, at)
    return rules.discount_manager if by.has_perm("workorders.give_large_discount") else rules.discount_advisor


@transaction.atomic
def take_back(discount: Discount, *, by: User, at: datetime) -> None:
    workflow.require(by, "workorders.give_discount")
    order = hold(discount.order)
    require_not_posted(order, at)
    require_own_rank(discount, limit(order, by, at), by)
    if not Discount.objects.filter(pk=discount.pk, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by):
        raise NotAllowed(_("This discount was taken back already."))
    note(Act.DISCOUNT_TAKEN_BACK, discount, by=by, at=at)


def require_own_rank(discount: Discount, allowed_percent: int, by: User) -> None:
    """What a manager gave, who may give less neither replaces nor takes back."""
    if discount.by_id != by.pk and discount.allowed_percent > allowed_percent:
        raise NotAllowed(_("A manager gave this discount; only a manager changes it."))


def require_not_posted(order: WorkOrder, at: datetime) -> None:
    if order.state in queries.money.POSTED_OR_OVER:
        raise NotAllowed(workflow.out_of_turn(order, at))
