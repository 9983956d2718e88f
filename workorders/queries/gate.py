"""The gate: whether a car may leave, what its pass is worth, who left today, and who left without paying."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries as appointments
from dealership import money
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from reception.models import Visit
from reception.states import State as VisitState
from workorders.models import Balance, GatePass, Payer, WorkOrder
from workorders.queries import leaving
from workorders.states import IN_WORKSHOP, State

NOT_VALID = gettext_lazy("This gate pass was made void at %(when)s. Please ask the service desk.")
WHOLE = ["paper", "visit__vehicle", "visit__store", "used_by", "voided_by", "unpaid_by"]
BEFORE_SETTLING = [s for s in State if s not in (State.SETTLED, State.PAID, State.CLOSED, State.CANCELLED)]


def dues(visits: Iterable[Visit]) -> dict[int, int]:
    """Return what is still to be paid by the customer, in fen, by order; the one place where the gate asks for money.

    Nothing that can be kept from before: paid comes with a payment and goes with a refund.
    """
    balances = Balance.objects.filter(order__visit__in=visits, payer=Payer.CUSTOMER)
    return {one.order_id: one.due_fen for one in balances.exclude(order__state=State.CANCELLED)}


def due_of(visit: Visit) -> int:
    return sum(dues([visit]).values())


def whole_passes() -> QuerySet[GatePass]:
    return GatePass.objects.select_related(*WHOLE)


def obstacles(gate_pass: GatePass, at: datetime, *, to: User) -> list[str]:
    """Return why the car must not leave with this pass now, first what is wrong with the pass (2.6.5.2, R14).

    Who reads no orders, as the guard, reads no amounts and no reasons either.
    """
    desk = to.has_perm("workorders.view_workorder")
    return obstacles_of_pass(gate_pass, at, desk=desk) or obstacles_of_visit(gate_pass, desk=desk)


def guarded(store: Store, to: User) -> bool:
    """Say whether the store's guard opens the gate, and not this person; a manager answers for it himself."""
    if to.has_role(Role.GUARD) or to.has_perm("workorders.release_unpaid"):
        return False
    return staff.people(store, Role.GUARD).exists()


def obstacles_of_pass(gate_pass: GatePass, at: datetime, *, desk: bool = True) -> list[str]:
    if gate_pass.used_at is not None:
        facts = {"who": gate_pass.used_by, "when": clock(gate_pass, gate_pass.used_at)}
        return [_("%(who)s released this car at %(when)s.") % facts]
    if gate_pass.voided_at is not None:
        facts = {"when": clock(gate_pass, gate_pass.voided_at), "why": gate_pass.void_reason}
        sentence = _("This gate pass was made void at %(when)s: %(why)s") if desk else NOT_VALID
        return [sentence % facts]
    if gate_pass.expired(at):
        until = clock(gate_pass, gate_pass.valid_until)
        return [_("This gate pass was valid until %(when)s. The service desk prints a new one.") % {"when": until}]
    if gate_pass.visit.state != VisitState.INSPECTED:
        return [_("The visit of this car is at “%(state)s”.") % {"state": gate_pass.visit.get_state_display()}]
    return []


def obstacles_of_visit(gate_pass: GatePass, *, desk: bool) -> list[str]:
    """Return what is still to be done for the car: work, a settlement, or money nobody let go."""
    orders = list(gate_pass.visit.orders.exclude(state=State.CANCELLED).order_by("opened_at", "pk"))
    if not orders:
        return [_("This car has no work order any more. The service desk lets it go.")]
    return (
        obstacles_of_work(orders)
        or obstacles_of_money(gate_pass, orders, desk=desk)
        or obstacles_of_leaving(gate_pass.visit, desk=desk)
    )


def obstacles_of_leaving(visit: Visit, *, desk: bool) -> list[str]:
    """Return what the customer was not answered or given back yet; the guard only that there is something (2.6.9.1)."""
    found = leaving.obstacles_to_leaving(visit)
    return found if desk or not found else [_("The service desk has not finished with the customer yet.")]


def obstacles_of_work(orders: Iterable[WorkOrder]) -> list[str]:
    return [
        not_done(order) % {"order": order.number, "state": order.get_state_display()}
        for order in orders
        if order.state in BEFORE_SETTLING
    ]


def not_done(order: WorkOrder) -> str:
    if order.state in IN_WORKSHOP or order.state == State.FINISHED:
        return _("Order %(order)s is still in the workshop: %(state)s.")
    return _("Order %(order)s is not settled yet: %(state)s.")


def obstacles_of_money(gate_pass: GatePass, orders: Iterable[WorkOrder], *, desk: bool) -> list[str]:
    owed = dues([gate_pass.visit])
    if sum(owed.values()) <= (gate_pass.unpaid_fen or 0):
        return []
    unpaid = [order for order in orders if owed.get(order.pk)]
    sentence = _("Order %(order)s is not paid: %(due)s.") if desk else _("Order %(order)s is not paid yet.")
    return [sentence % {"order": order.number, "due": money.written(owed[order.pk])} for order in unpaid]


def clock(gate_pass: GatePass, at: datetime) -> str:
    """Write a moment at the store: the time, and the day where it was another than the pass's."""
    zone = gate_pass.visit.store.zone
    same_day = at.astimezone(zone).date() == gate_pass.issued_at.astimezone(zone).date()
    return formats.date_format(timezone.localtime(at, zone), "TIME_FORMAT" if same_day else "SHORT_DATETIME_FORMAT")


def pass_of(visit: Visit) -> GatePass | None:
    """Return the pass of the visit that was not voided: to be used, expired, or used."""
    return whole_passes().filter(visit=visit, voided_at=None).first()


def address(code: str) -> str:
    """Return what the picture on the pass holds: the guard's page, which opens for nobody who is not logged in."""
    return settings.SITE_URL.rstrip("/") + reverse("workorders:gate_pass", args=[code])


def in_groups(code: str) -> str:
    """Write a code for the eye, in capitals and groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4)).upper()


def read(typed: str) -> list[str]:
    """Return the codes somebody may have meant who typed one, with spaces or not, or scanned its whole address.

    Full width and the comma a Chinese keyboard types for a slash are read as in an arrival code. New codes have no
    0 and no 1, so these can only be O and L; older ones were hexadecimal and had both.
    """
    plain = unicodedata.normalize("NFKC", typed).replace("、", "/").strip().lower().rstrip("/")
    code = re.sub("[^a-z0-9]+", "", plain.rsplit("/", 1)[-1])
    return [code, code.translate(str.maketrans("01", "ol"))]


def found(typed: str, stores: Iterable[Store]) -> GatePass | None:
    """Return the pass of one of these stores that bears the code."""
    return whole_passes().filter(code__in=read(typed), visit__store__in=stores).first()


MOST_RELEASED = 100


def released_today(store: Store, now: datetime) -> QuerySet[GatePass]:
    """Return the passes of the cars that went through the gate today, the last first."""
    start, end = appointments.day_bounds(store, appointments.day_of(store, now))
    used = GatePass.objects.filter(visit__store=store, used_at__gte=start, used_at__lt=end)
    return used.select_related("visit__vehicle", "used_by").order_by("-used_at", "-pk")[:MOST_RELEASED]


def left_unpaid(store: Store) -> list[WorkOrder]:
    """Return the orders whose car has left and that are still owed, the oldest first; each with `due_fen` and `word`.

    `word` is the pass on which the manager let the car go; none where money was given back afterwards.
    """
    gone = WorkOrder.objects.filter(
        store=store, visit__state=VisitState.RELEASED, state__in=[State.SETTLED, State.PAID]
    )
    orders = list(gone.select_related("visit__vehicle", "visit__customer").order_by("visit__released_at", "pk"))
    visits = {order.visit_id: order.visit for order in orders}
    owed = dues(visits.values())
    used = GatePass.objects.filter(visit__in=visits, voided_at=None).select_related("unpaid_by")
    words = {one.visit_id: one for one in used if one.unpaid_at is not None}
    for order in orders:
        order.due_fen, order.word = owed.get(order.pk, 0), words.get(order.visit_id)  # type: ignore[attr-defined]
    return [order for order in orders if order.due_fen]  # type: ignore[attr-defined]
