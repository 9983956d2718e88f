"""Promising a time: held first where the customer still thinks it over, confirmed once he agrees."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from appointments import queries, states
from appointments.models import Appointment, AppointmentItem, AppointmentPart
from appointments.operations import cards, reminding
from appointments.operations.errors import ModelMissing, SlotTaken
from appointments.queries import Wish
from appointments.states import State
from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Part
from dealership.customers import operations as customers
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop import queries as workshop_queries
from dealership.workshop.operations import NoBayFree


@dataclass(frozen=True)
class Job:
    """What is to be done: catalogue operations, other work in words, parts with their quantity.

    `hours` overrides what the operations add up to; without either the store's usual hours are taken.
    """

    operations: Sequence[LabourOperation] = ()
    other: Sequence[str] = ()
    parts: Sequence[tuple[Part, int]] = ()
    hours: Decimal | None = None

    @property
    def skills(self) -> tuple[str, ...]:
        """Return the kinds of work, the one that takes most of the hours first: it decides on the bay."""
        hours: dict[str, Decimal] = defaultdict(Decimal)
        for operation in self.operations:
            hours[operation.skill] += operation.hours
        return tuple(sorted(filter(None, hours), key=lambda skill: (-hours[skill], skill)))

    def takes(self, usual: Decimal) -> Decimal:
        """Return the working hours of the whole job."""
        sold = sum((operation.hours for operation in self.operations), Decimal(0))
        return self.hours or sold or usual

    @property
    def words(self) -> str:
        """Name the items, as the reason of a visit that needs no other (要求事项)."""
        return "、".join([*(operation.name for operation in self.operations), *self.other])


NOTHING = Job()


def book(
    *, agreed: bool, by: User, at: datetime, agreed_by: str = "", job: Job = NOTHING, **promise: Any
) -> Appointment:
    """Promise a slot for a car to a customer who agrees; `promise` as `considered` names it (2.1.1-2.1.9, 3.1.2.2).

    Raises SlotTaken when somebody else has the slot or every bay is kept, NotAllowed when a rule forbids it.
    """
    workflow.require(by, "appointments.book_appointment")
    if not agreed:
        raise NotAllowed(_("First ask the customer whether this time suits; then confirm."))
    made, wish = considered(job=job, by=by, at=at, **promise)
    write(made, job, wish, by=by, at=at, then=lambda: confirm(made, agreed_by=agreed_by, by=by, at=at))
    return made


@transaction.atomic
def book_with_model(*, model_name: str, agreed: bool, agreed_by: str = "", **promise: Any) -> Appointment:
    """Enter the car's model, which the management card needs (2.1.13), and book or hold with it in one."""
    customers.correct_vehicle(promise["vehicle"], model_name=model_name, by=promise["by"], at=promise["at"])
    return book(**promise, agreed=True, agreed_by=agreed_by) if agreed else hold(**promise)


def hold(*, by: User, at: datetime, job: Job = NOTHING, **promise: Any) -> Appointment:
    """Keep a slot and a bay for a customer who has not agreed yet; the clock lets it go after a while.

    Raises what `book` raises.
    """
    workflow.require(by, "appointments.book_appointment")
    made, wish = considered(job=job, by=by, at=at, **promise)
    write(made, job, wish, by=by, at=at)
    return made


def considered(
    *,
    store: Store,
    advisor: User,
    customer: Customer,
    vehicle: Vehicle,
    starts_at: datetime,
    cause: str,
    reason: str,
    by: User,
    at: datetime,
    job: Job,
    short_notice_reason: str = "",
    **details: Any,
) -> tuple[Appointment, Wish]:
    """Return the promise as it would be written, once every rule allows it; nothing is locked or written yet."""
    reason = (reason or "").strip() or ("" if cause == "fault" else job.words)
    if not reason:
        raise NotAllowed(
            _("Write down what the customer notices on the car.")  # 3.1.1.7
            if cause == "fault"
            else _("Write down why the customer comes.")
        )
    require_belonging(store, advisor, customer, vehicle)
    rules = queries.rules_on(store, queries.day_of(store, starts_at))
    wish = Wish(job.takes(rules.usual_hours), job.skills, tuple(job.parts), waits=details.get("waits", False))
    require_one_visit(store, vehicle, starts_at)
    for obstacle in queries.obstacles(store, advisor, starts_at, at):
        raise SlotTaken(with_next_free(obstacle, store, advisor, starts_at, at, wish))
    short_notice_reason = require_notice(store, starts_at, by, at, short_notice_reason)
    made = Appointment(
        store=store, advisor=advisor, customer=customer, vehicle=vehicle, starts_at=starts_at, cause=cause,
        reason=reason, short_notice_reason=short_notice_reason, booked_by=by, booked_at=at, state=State.REQUESTED,
        hours=wish.hours, skills=" ".join(job.skills),
        held_until=min(at + timedelta(minutes=rules.hold_minutes), starts_at), **details,
    )  # fmt: skip
    return made, wish


def write(
    made: Appointment, job: Job, wish: Wish, *, by: User, at: datetime, then: Callable[[], None] = lambda: None
) -> None:
    """Write the appointment with all that belongs to it, and what comes `then`, in one transaction or not at all.

    Raises SlotTaken, NotAllowed.
    """
    store, advisor, starts_at = made.store, made.advisor, made.starts_at
    try:
        with transaction.atomic():
            hold_car(made.vehicle)
            require_room(made, advisor, starts_at)
            require_free(made, advisor, starts_at)
            made.save(force_insert=True)
            reserve(made)
            AppointmentItem.objects.bulk_create(items(made, job))
            add_parts(made, job.parts, at)
            workflow.begin(made, by=by, at=at)
            then()
    except IntegrityError as error:
        # What was looked at answers kindly; the unique constraint has the last word.
        if not queries.taken(advisor, made.vehicle, starts_at):
            raise
        sentence = _("Somebody was faster: this time was just taken.")
        raise SlotTaken(with_next_free(sentence, store, advisor, starts_at, at, wish)) from error
    except (NoBayFree, SlotTaken) as error:
        raise SlotTaken(with_next_free(str(error), store, advisor, starts_at, at, wish)) from error


def require_room(made: Appointment, advisor: User, starts_at: datetime) -> None:
    """Refuse what goes beyond the limits of its day to be; bookings of a store with limits wait for each other here.

    Called before anything is written: who has a slot and waits here for somebody who wants that slot waits for ever.
    """
    rules = queries.rules_on(made.store, queries.day_of(made.store, starts_at))
    if rules.most_per_advisor is None and rules.most_waiting is None:
        return
    # Not the full lock: that would keep out everybody who writes a row of this store.
    Store.objects.select_for_update(no_key=True).get(pk=made.store_id)
    if refusal := queries.over_limit(made, advisor, starts_at, rules):
        raise NotAllowed(refusal)


def require_one_visit(store: Store, vehicle: Vehicle, starts_at: datetime, but: Appointment | None = None) -> None:
    """Refuse a car that is promised a time of this day; no other time of the day is named, none would help."""
    if second := queries.second_visit(store, vehicle, starts_at, but):
        raise NotAllowed(second)


def hold_car(vehicle: Vehicle) -> None:
    """Let who promises this car a time at the same moment wait; before all other locks, as everywhere."""
    Vehicle.objects.select_for_update(no_key=True).get(pk=vehicle.pk)


def require_free(made: Appointment, advisor: User, starts_at: datetime) -> None:
    """Look once more when nobody else can promise this advisor: two slots may overlap without one start.

    Called after `require_room`, whose lock comes first everywhere. Raises SlotTaken, NotAllowed.
    """
    User.objects.select_for_update(no_key=True).get(pk=advisor.pk)
    but = None if made.pk is None else made
    if queries.overlapped(made.store, advisor, starts_at, but):
        raise SlotTaken(_("Somebody was faster: this time was just taken."))
    require_one_visit(made.store, made.vehicle, starts_at, but)


def reserve(made: Appointment) -> None:
    """Keep a bay for the job's real duration, after the reception (2.1.9)."""
    store, calendar = made.store, workshop_queries.calendar_of(made.store)
    rules = queries.rules_on(store, queries.day_of(store, made.starts_at))
    start, end = queries.bay_time(made.starts_at, queries.hours_of(made.hours), calendar, rules)
    made.reservation = workshop.reserve_bay(store, start, end, made.skills.split())
    Appointment.objects.filter(pk=made.pk).update(reservation=made.reservation)


def items(made: Appointment, job: Job) -> list[AppointmentItem]:
    sold = [
        AppointmentItem(appointment=made, operation=one, description=one.name, hours=one.hours, skill=one.skill)
        for one in job.operations
    ]
    return sold + [AppointmentItem(appointment=made, description=words, hours=0) for words in job.other]


def add_parts(made: Appointment, parts: Iterable[tuple[Part, int]], at: datetime) -> None:
    """List the parts at the price of the day; those from the store's value on are flagged (2.1.6)."""
    wanted = list(parts)
    if not wanted:
        return
    rules = queries.rules_on(made.store, queries.day_of(made.store, made.starts_at))
    prices = catalogue.prices_on([part for part, _quantity in wanted], queries.day_of(made.store, at))
    AppointmentPart.objects.bulk_create(
        AppointmentPart(
            appointment=made, part=part, quantity=quantity, price_fen=prices.get(part),
            high_value=prices.get(part, 0) * quantity >= rules.high_value_fen,
        )
        for part, quantity in wanted
    )  # fmt: skip


@transaction.atomic
def confirm(made: Appointment, *, agreed_by: str = "", by: User, at: datetime) -> None:
    """Write down that the customer agrees (2.1.4), and with it everything that follows from a promise.

    In this transaction: the row of the statistics sheet (2.1.7), the management card (2.1.11), the foreman's notice
    (2.1.8) and the reminders (2.1.10). Raises ModelMissing where the card could not say which car.
    """
    if made.starts_at < at:
        raise NotAllowed(_("This time is over."))
    if not made.vehicle.model_name.strip():
        raise ModelMissing(_("Please enter the model of this car: the management card needs it."))
    workflow.move(
        made, states.CONFIRM, by=by, at=at,
        agreed_at=at, agreed_by=agreed_by.strip() or made.customer.name, held_until=None,
    )  # fmt: skip
    cards.place(made, by=by, at=at)
    cards.tell_foreman(made, "booked", at)
    reminding.plan(made, at)
    reminding.tell_booked(made, at)


def require_belonging(store: Store, advisor: User, customer: Customer, vehicle: Vehicle) -> None:
    """Refuse what no form offers: an advisor of another store, a customer who does not keep the car."""
    if not advisor.stores.filter(pk=store.pk).exists():
        raise NotAllowed(_("%(name)s does not work in this store.") % {"name": advisor.full_name})
    if not advisor.is_active:
        raise NotAllowed(
            _("%(name)s does not work here any more. Choose another advisor.") % {"name": advisor.full_name}
        )
    if vehicle.keeper != customer:
        raise NotAllowed(_("This car has another keeper now. Please look it up again."))


def require_colleague(store: Store, by: User | None) -> None:
    """Refuse who changes the promises of a store in which he does not work; the clock and the customer may."""
    if by is not None and not (by.is_active and by.stores.filter(pk=store.pk).exists()):
        raise NotAllowed(_("You do not work in that store."))


def require_notice(store: Store, starts_at: datetime, by: User, at: datetime, reason: str) -> str:
    """Refuse a time nearer than the store's notice, but for a manager with a reason (2.1.1, C30).

    Return the reason that is to be kept: none where none was needed, whatever was typed.
    """
    if not queries.at_short_notice(store, starts_at, at):
        return ""
    if not by.has_perm("appointments.override_lead_time"):
        hours = queries.rules_on(store, queries.day_of(store, starts_at)).lead_hours
        raise NotAllowed(
            _("Appointments need %(hours)d hours of notice. A manager may make an exception.") % {"hours": hours}
        )
    if not reason.strip():
        raise NotAllowed(_("Write down why this appointment is made at short notice."))
    return reason.strip()


def with_next_free(
    sentence: str, store: Store, advisor: User, wanted: datetime, at: datetime, wish: Wish | None = None
) -> str:
    """Add the advisor's next time from the one that was wanted."""
    if wish and wish.but and queries.later_that_day(wish.but, wanted):
        wish = replace(wish, kept_from=max(wanted, at))
    lead = at + timedelta(hours=queries.rules_on(store, queries.day_of(store, wanted)).lead_hours)
    free = queries.next_free(store, advisor, max(lead, wanted), wish, today=queries.day_of(store, at), notice_from=at)
    if free is None:
        return sentence
    local = free.astimezone(store.zone)
    when = formats.date_format(local, "SHORT_DATE_FORMAT") + " " + formats.time_format(local, "H:i")
    return sentence + " " + _("Next free with %(advisor)s: %(when)s.") % {"advisor": advisor.full_name, "when": when}


@transaction.atomic
def take_deposit(made: Appointment, *, amount_fen: int, by: User, at: datetime) -> None:
    """Note a deposit for costly parts, once; the money itself is the cashier's (gap of 2.1.6)."""
    workflow.require(by, "appointments.book_appointment")
    if amount_fen <= 0:
        raise NotAllowed(_("Please enter the amount that was paid."))
    noted = Appointment.objects.filter(pk=made.pk, deposit_fen=None, state__in=states.HOLDS_SLOT).update(
        deposit_fen=amount_fen, deposit_at=at, deposit_by=by
    )
    if not noted:
        raise NotAllowed(_("A deposit was noted already, or the appointment is over."))
    made.refresh_from_db(fields=["deposit_fen", "deposit_at", "deposit_by"])
    audit.record(Act.DEPOSIT_TAKEN, about=made, store=made.store, by=by, at=at, amount_fen=amount_fen)
