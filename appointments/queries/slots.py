"""Cutting a day into slots, and what stands in the way of booking one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import Appointment, BookingRules
from appointments.queries.rules import RuleBook, rules_on
from appointments.states import HOLDS_SLOT, State
from dealership.customers.models import Vehicle
from dealership.staff import queries as staff
from dealership.staff.models import Absence, Store, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen, WorkingCalendar

LONGEST_SLOT = timedelta(hours=2)  # the rules allow none longer


@dataclass(frozen=True)
class Slot:
    """A quarter of an hour of the store's reception, its start in UTC; buffers are never booked (3.1.2.2)."""

    starts_at: datetime
    buffer: bool


def slots_on(day: date, calendar: WorkingCalendar, rules: BookingRules) -> Iterator[Slot]:
    """Yield the day's slots in order; within each opening every `buffer_every`-th stays free (3.1.2.2).

    Counted in UTC: on the wall a quarter of an hour is missing or comes twice when the clocks change.
    """
    length = timedelta(minutes=rules.slot_minutes)
    for opens, closes in calendar.spans(day):
        number, starts, closes = 1, opens.astimezone(UTC), closes.astimezone(UTC)
        while starts + length <= closes:
            yield Slot(starts, buffer=number % rules.buffer_every == 0)
            number, starts = number + 1, starts + length


def slot_at(starts_at: datetime, calendar: WorkingCalendar, rules: BookingRules) -> Slot | None:
    day, moment = starts_at.astimezone(calendar.zone).date(), starts_at.astimezone(UTC)
    return next((slot for slot in slots_on(day, calendar, rules) if slot.starts_at == moment), None)


def day_of(store: Store, moment: datetime) -> date:
    return moment.astimezone(store.zone).date()


def day_bounds(store: Store, day: date) -> tuple[datetime, datetime]:
    """Return the midnights that begin and end a day of the store."""
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=store.zone)
    return midnight, datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=store.zone)


def held_between(store: Store, first: date, last: date, *, elsewhere: bool = False) -> QuerySet[Appointment]:
    """Return the appointments that hold a slot on these days of the store, last included, in time order.

    With `elsewhere` also those of the store's people in other stores: nobody is in two places.
    """
    start, end = day_bounds(store, first)[0], day_bounds(store, last)[1]
    wanted = Q(store=store)
    if elsewhere:
        wanted |= Q(advisor__in=User.stores.through.objects.filter(store=store).values("user"))
    held = Appointment.objects.filter(wanted, starts_at__gte=start, starts_at__lt=end, state__in=HOLDS_SLOT)
    return held.order_by("starts_at", "pk")


def held_on(store: Store, day: date, *, elsewhere: bool = False) -> QuerySet[Appointment]:
    return held_between(store, day, day, elsewhere=elsewhere).select_related("advisor", "customer", "vehicle")


def bay_time(
    starts_at: datetime, hours: timedelta, calendar: WorkingCalendar, rules: BookingRules
) -> tuple[datetime, datetime]:
    """Return from when until when the car needs a bay: after its reception, for its real working time."""
    begins = starts_at.astimezone(UTC) + timedelta(minutes=rules.slot_minutes)
    try:
        ends = calendar.add(begins, hours).astimezone(UTC)
    except NeverOpen:
        ends = begins + hours
    return begins, max(ends, begins + timedelta(minutes=15))


def obstacles(
    store: Store, advisor: User, starts_at: datetime, now: datetime, but: Appointment | None = None
) -> list[str]:
    """Return every reason why nobody can have this time, most telling first; `but` is being moved there."""
    book = RuleBook(store)
    slot = slot_at(starts_at, workshop.calendar_of(store), book.on(day_of(store, starts_at)))
    if slot is None:
        return [_("The reception does not start a slot at this time.")]
    found = []
    if slot.buffer:
        found.append(_("This slot stays free for emergencies and customers without appointment."))
    return found + not_free(store, advisor, starts_at, now, but, book)


def not_free(
    store: Store,
    advisor: User,
    starts_at: datetime,
    now: datetime,
    but: Appointment | None = None,
    book: RuleBook | None = None,
) -> list[str]:
    """Return every reason why the advisor receives nobody at this time, whatever the day's slots are by now."""
    found = []
    if starts_at < now:
        found.append(_("This time is over."))
    if overlapped(store, advisor, starts_at, but, book):
        found.append(_("This time is already taken."))
    if away(advisor, day_of(store, starts_at)):
        found.append(_("%(name)s is away on this day.") % {"name": advisor.full_name})
    return found


def advisor_of(store: Store, pk: int) -> User | None:
    """Return one of the store's advisors."""
    return staff.advisors(store).filter(pk=pk).first()


def away(advisor: User, day: date) -> bool:
    return Absence.objects.filter(user=advisor, first_on__lte=day, last_on__gte=day).exists()


def taken(advisor: User, vehicle: Vehicle, starts_at: datetime, but: Appointment | None = None) -> bool:
    """Say whether the advisor or the car is promised at this very time: what the unique constraints refuse."""
    return held_but(but).filter(Q(advisor=advisor) | Q(vehicle=vehicle), starts_at=starts_at).exists()


def promised(advisor: User, starts_at: datetime) -> bool:
    """Say whether somebody has this time of the advisor, also where it has become a buffer since."""
    return held_but().filter(advisor=advisor, starts_at=starts_at).exists()


def held_but(but: Appointment | None = None) -> QuerySet[Appointment]:
    """Return what holds a slot, in whatever store, without the appointment that is being moved."""
    held = Appointment.objects.filter(state__in=HOLDS_SLOT)
    return held if but is None else held.exclude(pk=but.pk)


def overlapped(
    store: Store, advisor: User, starts_at: datetime, but: Appointment | None = None, book: RuleBook | None = None
) -> bool:
    """Say whether the advisor is promised to somebody within this slot, in whatever store.

    Starts need not be equal for that: the rules may have cut the day otherwise, another store may do so.
    """
    book = book or RuleBook(store)
    ends = book.slot_end(starts_at, store.pk)
    near = held_but(but).filter(advisor=advisor, starts_at__gt=starts_at - LONGEST_SLOT, starts_at__lt=ends)
    return any(starts_at < book.slot_end(begins, there) for begins, there in near.values_list("starts_at", "store"))


def second_visit(store: Store, vehicle: Vehicle, starts_at: datetime, but: Appointment | None = None) -> str | None:
    """Return the refusal where the car is promised a time of this day already; it cannot be in two places.

    One that came and was served may come back the same day.
    """
    start, end = day_bounds(store, day_of(store, starts_at))
    ahead = Q(starts_at__gte=start, starts_at__lt=end) & ~Q(state=State.ARRIVED)
    first = held_but(but).filter(Q(starts_at=starts_at) | ahead, vehicle=vehicle).select_related("store")
    for one in first.order_by("starts_at")[:1]:
        when = {"time": formats.time_format(one.starts_at.astimezone(one.store.zone), "G:i"), "store": one.store.name}
        if one.store_id == store.pk:
            return _("This car has an appointment at %(time)s already. Move that one instead.") % when
        return _("This car has an appointment at %(time)s in %(store)s already. Move that one instead.") % when
    return None


@dataclass
class Promised:
    """When whom is promised already, in this store and in others, each from its start to the end of its slot."""

    book: RuleBook
    spans: dict[tuple[int, date], list[tuple[datetime, datetime, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def by(cls, rows: Iterable[Any], book: RuleBook) -> "Promised":
        """Gather appointments, or rows of them that name advisor, time and store."""
        made = cls(book)
        for row in rows:
            span = (row.starts_at, book.slot_end(row.starts_at, row.store_id), row.store_id)
            made.spans[row.advisor_id, day_of(book.store, row.starts_at)].append(span)
        return made

    def within(self, advisor: User, slot: Slot, day: date) -> int | None:
        """Return the store in which the advisor is promised to somebody within a slot of this store, if any."""
        spans = self.spans.get((advisor.pk, day))
        if not spans:
            return None
        ends = slot.starts_at + timedelta(minutes=self.book.on(day).slot_minutes)
        return next((store for begins, until, store in spans if begins < ends and slot.starts_at < until), None)


def over_limit(appointment: Appointment, advisor: User, starts_at: datetime, rules: BookingRules) -> str | None:
    """Return which limit of that day this appointment would break there; it does not count itself."""
    store, day = appointment.store, day_of(appointment.store, starts_at)
    others = held_between(store, day, day).exclude(pk=appointment.pk)
    most = rules.most_per_advisor
    if most is not None and others.filter(advisor=advisor).count() >= most:
        return _("%(name)s has %(n)d appointments on this day, and no more are taken.") % {
            "name": advisor.full_name,
            "n": rules.most_per_advisor,
        }
    most = rules.most_waiting if appointment.waits else None
    if most is not None and others.filter(waits=True).count() >= most:
        return ngettext(
            "%(n)d customer waits for the car on this day, and there is no room for more.",
            "%(n)d customers wait for their car on this day, and there is no room for more.",
            most,
        ) % {"n": most}
    return None


def later_that_day(made: Appointment, starts_at: datetime) -> bool:
    """Say whether a standing promise only moves back on its own day: the car is prepared, so no notice is needed."""
    same_day = day_of(made.store, starts_at) == day_of(made.store, made.starts_at)
    return made.state == State.CONFIRMED and same_day and starts_at >= made.starts_at


def free_colleagues(made: Appointment, now: datetime) -> list[User]:
    """Return the advisors who could have this promise at its own time instead."""
    store, day, book = made.store, day_of(made.store, made.starts_at), RuleBook(made.store)
    if made.state != State.CONFIRMED or made.starts_at < now:
        return []
    held = [one for one in held_on(store, day, elsewhere=True) if one.pk != made.pk]
    promised, most, slot = Promised.by(held, book), book.on(day).most_per_advisor, Slot(made.starts_at, buffer=False)
    here = Counter(one.advisor_id for one in held if one.store_id == store.pk)
    return [
        one
        for one in staff.advisors_on(store, day).filter(away=False).exclude(pk=made.advisor_id)  # type: ignore[misc]
        if promised.within(one, slot, day) is None and (most is None or here[one.pk] < most)
    ]


def kept_from(made: Appointment, now: datetime) -> datetime | None:
    """Return from when on the rest of its own day is open to a standing promise, None where that is not today."""
    begins = max(now, made.starts_at)
    return begins if later_that_day(made, begins) else None


def at_short_notice(store: Store, starts_at: datetime, now: datetime) -> bool:
    """Say whether the time lies nearer than the store's lead (24 h in the procedure, 2.1.1)."""
    return starts_at < now + timedelta(hours=rules_on(store, day_of(store, starts_at)).lead_hours)
