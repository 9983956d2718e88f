"""Writing the order: opening it, its lines, and ending it without work."""

import contextlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appointments import operations as appointments
from appointments.models import Appointment
from dealership import money, workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Package, Part
from dealership.catalogue.queries import PriceMissing
from dealership.customers import operations as customers
from dealership.paperwork import numbers
from dealership.paperwork.kinds import Kind
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import operations as reception
from reception.models import Complaint, Visit
from reception.states import State as VisitState
from workorders import queries, states
from workorders.models import LabourLine, PartLine, WorkOrder
from workorders.operations import advice, dispatch, parts
from workorders.operations.head import write
from workorders.operations.hold import hold_visit
from workorders.operations.signing import valid_until

ASK_AGAIN = timedelta(days=30)  # about work the customer did not want today


@transaction.atomic
def open_order(visit: Visit, *, by: User, at: datetime) -> WorkOrder:
    """Begin the order of a car that was taken in; asked twice it is the same order.

    For a booked car it is filled with what was booked. Raises NotAllowed before the reception form is signed.
    """
    workflow.require(by, "workorders.write_workorder")
    visit = hold_visit(visit)  # two presses find each other's order
    if visit.state != VisitState.INSPECTED:
        raise NotAllowed(_("The customer has not signed the reception form yet."))
    existing = visit.orders.exclude(state=states.State.CANCELLED).first()
    if existing is not None:
        return existing
    order = WorkOrder.objects.create(
        store=visit.store,
        visit=visit,
        number=numbers.next_number(visit.store, Kind.ORDER, at.astimezone(visit.store.zone).date()),
        advisor=visit.advisor or by,
        order_class=queries.class_for(visit),
        opened_at=at,
        valid_until=valid_until(visit.store, at),
    )
    workflow.begin(order, by=by, at=at)
    if visit.appointment is not None:
        take_over(order, visit.appointment, by=by, at=at)
    return order


def take_over(order: WorkOrder, booked: Appointment, *, by: User, at: datetime) -> None:
    """Put on the order what was booked, at the prices of today, so that nobody types it again.

    It answers what the customer said when he booked, where he says nothing else now. What is not on offer any more or
    has no price is left out; `queries.left_out` names it.
    """
    words = queries.words_booked(order.visit)
    for item in booked.items.filter(operation__active=True).select_related("operation"):
        with contextlib.suppress(PriceMissing):
            add_labour(order, operation=item.operation, complaint=words, by=by, at=at)  # type: ignore[arg-type]
    for wanted in booked.parts.select_related("part"):
        with contextlib.suppress(PriceMissing):
            add_part(order, part=wanted.part, quantity=wanted.quantity, by=by, at=at)


def require_draft(order: WorkOrder, by: User) -> None:
    """Only an order nobody signed yet is written on; holds it, so that no line slips in under a signature.

    Whatever is written makes a new version: a page that was open before can tell.
    """
    workflow.require(by, "workorders.write_workorder")
    order.refresh_from_db(fields=["state", "version"], from_queryset=WorkOrder.objects.select_for_update())
    if order.state != states.State.DRAFT:
        raise NotAllowed(_("The customer has signed this order; its lines do not change any more."))
    WorkOrder.objects.filter(pk=order.pk).update(version=F("version") + 1)
    order.version += 1


@transaction.atomic
def add_labour(
    order: WorkOrder, *, operation: LabourOperation, complaint: Complaint | None, by: User, at: datetime,
    hours: Decimal | None = None,
) -> LabourLine:  # fmt: skip
    """Sell an operation at the hourly price of the day (2.2.7.4); raises PriceMissing.

    What it says of fault, warranty and payer at first is `queries.beginning`'s to know.
    """
    require_draft(order, by)
    rate = catalogue.price_on(operation, at.astimezone(order.store.zone).date())
    hours = operation.hours if hours is None else hours
    return LabourLine.objects.create(
        order=order,
        operation=operation,
        complaint=complaint,
        **queries.beginning(operation, complaint, warranty_over=queries.warranty_over(order)),
        description=operation.name,
        hours=hours,
        rate_fen=rate,
        amount_fen=money.times(rate, hours),
    )


@transaction.atomic
def add_part(
    order: WorkOrder, *, part: Part, quantity: int, by: User, at: datetime, labour: LabourLine | None = None
) -> PartLine:
    """Sell a part at the price of the day; too small a stock is shown, not refused (2.2.6.1).

    Unless said, it is for the only work there is, or for the one that usually takes it.
    """
    require_draft(order, by)
    if labour is not None and labour.order_id != order.pk:
        raise NotAllowed(_("This work is on another order."))
    price = catalogue.price_on(part, at.astimezone(order.store.zone).date())
    return PartLine.objects.create(
        order=order,
        part=part,
        labour=labour or queries.work_for(order, part),
        description=part.name,
        quantity=quantity,
        unit_price_fen=price,
        amount_fen=money.times(price, Decimal(quantity)),
    )


@transaction.atomic
def add_package(order: WorkOrder, *, package: Package, by: User, at: datetime) -> None:
    """Put a package on the order with one press: its work and parts, at the package's price of the day to the fen.

    The work answers the customer's only words where they ask for maintenance, and the order is of the package's class.
    Pressed twice it is one package: only an order without lines takes one. Raises NotAllowed for a package this car is
    not offered, PriceMissing for a line nobody priced.
    """
    require_draft(order, by)
    vehicle = order.visit.vehicle
    if not catalogue.packages_for(vehicle.make, vehicle.model_name).filter(pk=package.pk).exists():
        raise NotAllowed(_("This package is not offered for this car."))
    if order.labour_lines.exists() or order.part_lines.exists():
        raise NotAllowed(_("There is work on this order already. Add what is missing line by line."))
    write(order, {"order_class": package.order_class}, by=by, at=at, version=None, page="")
    complaint = queries.maintenance_asked(order.visit)
    over = queries.warranty_over(order)
    for thing, quantity, amount_fen in catalogue.package_lines(package, at.astimezone(order.store.zone).date()):
        # Its own price is spread over the lines: each for itself costs what is left after rounding.
        facts: dict[str, Any] = {"order": order, "description": thing.name, "amount_fen": amount_fen}
        facts["package"] = package
        each = money.each(amount_fen, quantity)
        if isinstance(thing, Part):
            labour = queries.work_for(order, thing)
            PartLine.objects.create(part=thing, quantity=int(quantity), unit_price_fen=each, labour=labour, **facts)
        else:
            facts |= queries.beginning(thing, complaint, warranty_over=over)
            LabourLine.objects.create(operation=thing, complaint=complaint, hours=quantity, rate_fen=each, **facts)


@transaction.atomic
def answer(line: LabourLine, complaint: Complaint, *, by: User) -> None:
    """Say which of the customer's words this work answers (2.3.2); a line that answers one already stays with it."""
    require_draft(line.order, by)
    if complaint.visit_id != line.order.visit_id:
        raise NotAllowed(_("These are the words of another customer."))
    # As if it had been sold for these words: a repair has to say now what is known of the fault and who pays.
    facts = queries.beginning(line.operation, complaint, warranty_over=queries.warranty_over(line.order))
    LabourLine.objects.filter(pk=line.pk, complaint=None).update(complaint=complaint, confirmed_at=None, **facts)
    line.refresh_from_db()


@transaction.atomic
def remove_line(line: LabourLine | PartLine, *, by: User, at: datetime) -> Package | None:
    """Take a line off an order nobody signed, with the advice it may have become; return the package it broke up."""
    require_draft(line.order, by)
    if isinstance(line, LabourLine):
        advice.take_back(line, at=at)
    line.delete()
    return break_package(line, at=at)


def break_package(line: LabourLine | PartLine, *, at: datetime) -> Package | None:
    """Let what is left of the line's package cost what it costs alone: the package's price was for the whole.

    What is left is read out again where it costs something else. Return the package if so, and if the customer wants
    any of that. Raises PriceMissing.
    """
    package, order, dearer = line.package, line.order, False
    if package is None:
        return None
    day = at.astimezone(order.store.zone).date()
    for work in order.labour_lines.filter(package=package).select_related("operation"):
        rate = catalogue.price_on(work.operation, day)
        facts = {"rate_fen": rate, "amount_fen": money.times(rate, work.hours)}
        dearer |= costs_anew(work, **facts) and work.wanted
    for part in order.part_lines.filter(package=package).select_related("part"):
        each = catalogue.price_on(part.part, day)
        facts = {"unit_price_fen": each, "amount_fen": money.times(each, Decimal(part.quantity))}
        dearer |= costs_anew(part, **facts) and part.wanted
    return package if dearer else None


def costs_anew(line: LabourLine | PartLine, *, amount_fen: int, **each: int) -> bool:
    """Take the line out of its package; say whether it costs something else now and has to be read out again."""
    other = amount_fen != line.amount_fen
    unread = {"confirmed_at": None} if other else {}
    type(line).objects.filter(pk=line.pk).update(package=None, amount_fen=amount_fen, **each, **unread)
    return other


@transaction.atomic
def cancel(order: WorkOrder, *, reason: str, by: User, at: datetime) -> None:
    """The customer withdraws before work began; parts that were handed out have to be back first.

    What was put aside for the appointment is free for others.
    """
    if not reason.strip():
        raise NotAllowed(_("Write down why the order is cancelled."))
    order.refresh_from_db(fields=["state"], from_queryset=WorkOrder.objects.select_for_update())
    if order.part_lines.exclude(issued_at=None).exists():
        raise NotAllowed(_("Parts were handed out. The parts desk has to take them back first."))
    workflow.move(order, states.CANCEL, by=by, at=at, reason=reason)
    audit.record(Act.ORDER_CANCELLED, about=order, store=order.store, number=order.number, by=by, at=at, words=reason)
    parts.release(order, by=by, at=at)
    dispatch.end_all(order, at=at)
    if order.visit.appointment is not None:
        appointments.give_rest_back(order.visit.appointment, by=by, at=at)


@transaction.atomic
def let_go(visit: Visit, *, reason: str, by: User, at: datetime) -> None:
    """The customer takes the car away after the intake, without work; not while an order is open.

    What he came for is kept, with his reason, to ask him again later.
    """
    if not reason.strip():
        raise NotAllowed(_("Write down why the customer leaves."))
    visit.refresh_from_db(fields=["state"], from_queryset=Visit.objects.select_for_update())
    still_open = visit.orders.exclude(state__in=[states.State.CANCELLED, states.State.CLOSED]).first()
    if still_open is not None:
        raise NotAllowed(_("Order %(number)s is still open. Cancel it first.") % {"number": still_open.number})
    reception.decline(visit, reason=reason, by=by, at=at)
    customers.recommend(
        visit.vehicle,
        words="；".join(complaint.words for complaint in visit.complaints.all())[:500],
        declined=True,
        reason=reason[:300],
        source=visit.intake.number if visit.intake else "",
        remind_on=at.astimezone(visit.store.zone).date() + ASK_AGAIN,
        by=by,
        at=at,
    )


def follow_advisor(visit: Visit, to: User) -> None:
    """Another advisor answers for the visit: its orders that go on are his (2.2.0.1)."""
    WorkOrder.objects.filter(visit=visit, state__in=states.IN_HOUSE).update(advisor=to)
