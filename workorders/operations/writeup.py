"""Writing the order and having it signed."""

import contextlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments import operations as appointments
from appointments.models import Appointment
from dealership import money, workflow
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Part
from dealership.catalogue.queries import PriceMissing
from dealership.customers import operations as customers
from dealership.paperwork import numbers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import operations as reception
from reception.models import Complaint, Visit
from reception.states import State as VisitState
from workorders import documents, queries, states
from workorders.models import LabourLine, PartLine, WorkOrder
from workorders.operations import advice

LONGEST_PROMISE = timedelta(days=92)  # further away it is a slip of the finger
ASK_AGAIN = timedelta(days=30)  # about work the customer did not want today


@transaction.atomic
def open_order(visit: Visit, *, by: User, at: datetime) -> WorkOrder:
    """Begin the order of a car that was taken in; asked twice it is the same order.

    For a booked car it is filled with what was booked. Raises NotAllowed before the reception form is signed.
    """
    workflow.require(by, "workorders.write_workorder")
    # PostgreSQL holds the visit's row here, SQLite the whole database: two presses find each other's order.
    held = Visit.objects.select_for_update(of=("self",))
    visit = held.select_related("store", "vehicle", "advisor", "appointment").get(pk=visit.pk)
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
        opened_at=at,
    )
    workflow.begin(order, by=by, at=at)
    if visit.appointment is not None:
        take_over(order, visit.appointment, by=by, at=at)
    return order


def take_over(order: WorkOrder, booked: Appointment, *, by: User, at: datetime) -> None:
    """Put on the order what was booked, at the prices of today, so that nobody types it again.

    What is not on offer any more or has no price is left out; `queries.left_out` names it.
    """
    for item in booked.items.filter(operation__active=True).select_related("operation"):
        with contextlib.suppress(PriceMissing):
            add_labour(order, operation=item.operation, complaint=None, by=by, at=at)  # type: ignore[arg-type]
    for wanted in booked.parts.select_related("part"):
        with contextlib.suppress(PriceMissing):
            add_part(order, part=wanted.part, quantity=wanted.quantity, by=by, at=at)


class OrderChanged(NotAllowed):
    """The order is no longer the one the customer was shown."""


def require_draft(order: WorkOrder, by: User) -> None:
    """Only an order nobody signed yet is written on; holds it, so that no line slips in under a signature."""
    workflow.require(by, "workorders.write_workorder")
    order.refresh_from_db(fields=["state"], from_queryset=WorkOrder.objects.select_for_update())
    if order.state != states.State.DRAFT:
        raise NotAllowed(_("The customer has signed this order; its lines do not change any more."))


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
def remove_line(line: LabourLine | PartLine, *, by: User, at: datetime) -> None:
    """Take a line off an order nobody signed, with the advice it may have become."""
    require_draft(line.order, by)
    if isinstance(line, LabourLine):
        advice.take_back(line, at=at)
    line.delete()


@transaction.atomic
def sign(
    order: WorkOrder, *, promised_at: datetime, promise_reason: str, signer_name: str, image: bytes,
    by: User, at: datetime, seen: str | None = None, **wishes: Any,
) -> IssuedDocument:  # fmt: skip
    """The customer authorises exactly this work at this price by this time (2.2.11.15, 3.2.3.2).

    `seen` is the mark of the lines the customer was shown (queries.mark_of); `wishes` are payment_method,
    old_parts and order_class. A promise earlier than the workshop's load allows needs a reason (2.2.8.1).
    Raises OrderChanged when the lines changed meanwhile, NotAllowed with the first thing that is missing.
    """
    # Held until the paper is issued: of two signatures at once the second finds the order signed.
    order = queries.whole(WorkOrder.objects.select_for_update(of=("self",)).filter(pk=order.pk)).get()
    if order.state != states.State.DRAFT:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if seen is not None and seen != queries.mark_of(order):
        raise OrderChanged(
            _("The order has changed since this page was opened. Go through it with the customer again.")
        )
    for obstacle in queries.obstacles_to_signing(order):
        raise NotAllowed(obstacle)
    require_sound_promise(order, promised_at, promise_reason, at)
    for name, value in wishes.items():
        setattr(order, name, value)
    order.promised_at = promised_at
    document = paperwork.issue(
        store=order.store,
        kind=Kind.ORDER,
        number=order.number,
        content=documents.authorisation(order),
        language=get_language() or "zh-hans",
        by=by,
        at=at,
    )
    paperwork.sign(document, role="customer", signer_name=signer_name, image=image, by=by, at=at)
    workflow.move(
        order,
        states.SIGN,
        by=by,
        at=at,
        authorisation=document,
        first_promised_at=promised_at,
        promised_at=promised_at,
        promise_reason=promise_reason,
        **wishes,
    )
    return document


def require_sound_promise(order: WorkOrder, promised_at: datetime, reason: str, at: datetime) -> None:
    if promised_at <= at:
        raise NotAllowed(_("Promise a time that is still to come."))
    if promised_at > at + LONGEST_PROMISE:
        raise NotAllowed(_("This promise is more than three months away. Please check the date."))
    likely = queries.likely_finish(order.store, queries.totals(order).hours, at)
    if likely is not None and promised_at < likely.replace(second=0, microsecond=0) and not reason.strip():
        raise NotAllowed(
            _("The workshop will need until %(when)s. Promise that, or write down how it goes faster.")
            % {"when": documents.when(order, likely)}
        )


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
