"""A cashier's day: the drawer he opens with, and its count in the evening."""

from datetime import datetime
from itertools import count

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.documents import bills
from workorders.models import CashShift, DayClose, DayCloseLine


def shift_of(store: Store, *, by: User, at: datetime) -> CashShift:
    """Return this person's shift, its row locked: that of the day, or another after its count.

    Payments and the close both wait here, so none can slip into a drawer that was counted without it.
    """
    day, numbers = at.astimezone(store.zone).date(), count(1)
    while True:
        made, _new = CashShift.objects.get_or_create(
            store=store, cashier=by, day=day, number=next(numbers), defaults={"opened_at": at}
        )
        if not is_closed(held := locked(made)):
            return held


def drawer(store: Store, amount_fen: int, took: CashShift | None, *, by: User, at: datetime) -> CashShift:
    """Return the shift cash is given back from, its row locked; by the books as much lies in it.

    A cashier gives out of his own; who keeps no drawer has it given by the cashier who took the money, where his shift
    is still open, or by another whose is. Raises NotAllowed where nobody has so much.
    """
    if by.has_perm("workorders.take_payment"):
        own = shift_of(store, by=by, at=at)
        if amount_fen > holds(own):
            raise NotAllowed(too_little(own))
        return own
    day = at.astimezone(store.zone).date()
    cashiers = staff.people(store, Role.CASHIER)
    candidates = CashShift.objects.filter(store=store, day=day, close=None, cashier__in=cashiers).order_by("opened_at")
    found = next((one for one in sorted(candidates, key=lambda one: one != took) if amount_fen <= holds(one)), None)
    # One drawer is locked, never two: two managers who held one each and wished for the other's would wait for ever.
    if found is not None and not is_closed(held := locked(found)) and amount_fen <= holds(held):
        return held
    raise NotAllowed(
        _("No drawer that is open today holds so much cash by the books. Ask a cashier to note the float.")
    )


def holds(shift: CashShift) -> int:
    """Return the cash that lies in a drawer by the books."""
    return queries.till.expected_cash(shift, queries.till.counts(shift))


def too_little(shift: CashShift) -> str:
    """Say what lies in the drawer, and how more gets into the books."""
    if shift.float_fen and queries.till.moved(shift):
        sentence = _("By the books only %(cash)s lies in the drawer. Count and close it, then note the new float.")
    else:
        sentence = _("By the books only %(cash)s lies in the drawer. Note the float first.")
    return sentence % {"cash": money.written(holds(shift))}


def locked(shift: CashShift) -> CashShift:
    rows = CashShift.objects.select_for_update(of=("self",)).select_related("store", "cashier")
    return rows.get(pk=shift.pk)


def is_closed(shift: CashShift) -> bool:
    return DayClose.objects.filter(shift=shift).exists()


@transaction.atomic
def set_float(store: Store, *, float_fen: int, by: User, at: datetime) -> CashShift:
    """Note the change that lies in the drawer in the morning.

    It may be corrected until cash moves; from then on it is what the count is measured against (raises NotAllowed).
    """
    workflow.require(by, "workorders.take_payment")
    if float_fen < 0:
        raise NotAllowed(_("Enter the amount that lies in the drawer."))
    shift = shift_of(store, by=by, at=at)
    if shift.float_fen and float_fen != shift.float_fen and queries.till.moved(shift):
        raise NotAllowed(
            _("Cash has moved since the float of %(float)s was noted; it stays until the count.")
            % {"float": money.written(shift.float_fen)}
        )
    CashShift.objects.filter(pk=shift.pk).update(float_fen=float_fen)
    shift.float_fen = float_fen
    audit.record(Act.FLOAT_NOTED, about=shift, store=store, by=by, at=at, float_fen=float_fen)
    return shift


@transaction.atomic
def close_day(shift: CashShift, *, counted_fen: int, reason: str, by: User, at: datetime) -> DayClose:
    """Close a day with the cash that was counted; where it differs from what is expected, the reason is kept.

    Everybody closes his own; a day somebody left open, a manager closes. Raises NotAllowed for a closed day.
    """
    workflow.require(by, "workorders.close_day")
    if shift.cashier_id != by.pk:
        workflow.require(by, "workorders.view_dayclose")
    shift = locked(shift)
    if is_closed(shift):
        raise NotAllowed(_("This day was counted and closed already."))
    if counted_fen < 0:
        raise NotAllowed(_("Enter the amount that lies in the drawer."))
    counts = queries.till.counts(shift)
    expected = queries.till.expected_cash(shift, counts)
    if counted_fen != expected and not reason.strip():
        raise NotAllowed(_("The count differs from what is expected. Write down why."))
    words = reason.strip()[:300] if counted_fen != expected else ""
    paper = paperwork.issue(
        store=shift.store,
        kind=Kind.DAY_CLOSE,
        content=bills.day_close(shift, counts, expected, counted_fen, words),
        by=by,
        at=at,
    )
    close = DayClose.objects.create(
        shift=shift, paper=paper, expected_fen=expected, counted_fen=counted_fen,
        difference_fen=counted_fen - expected, reason=words, by=by, at=at,
    )  # fmt: skip
    DayCloseLine.objects.bulk_create(
        DayCloseLine(close=close, method=one.method, payments_fen=one.payments_fen, refunds_fen=one.refunds_fen)
        for one in counts
    )
    audit.record(
        Act.DAY_CLOSED, about=close, store=shift.store, number=paper.number, by=by, at=at, words=words, shift=shift,
        float_fen=shift.float_fen, expected_fen=expected, counted_fen=counted_fen,
    )  # fmt: skip
    return close
