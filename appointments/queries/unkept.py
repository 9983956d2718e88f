"""Promises that cannot be kept as things stand: the store is closed then by now, or the advisor away."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncTime
from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.states import State
from dealership.staff.models import Absence, Store
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import Hours, WorkingCalendar

NEVER = Q(pk__in=[])
SHUT = Q(shut=True)
UNKEPT = SHUT | Q(away=True)


def unkept(store: Store) -> QuerySet[Appointment]:
    """Return the confirmed appointments that cannot be kept, the next first, each with `shut` and `away`.

    Read from the facts of this moment: who is moved or cancelled is off the list, and all are once the day is open
    again. Also after the day itself, because the clock does not blame the customer (see `clock.miss_late`).
    """
    confirmed = Appointment.objects.filter(store=store, state=State.CONFIRMED)
    found = measured(confirmed, workshop.calendar_of(store)).filter(UNKEPT)
    return found.select_related("advisor", "customer", "vehicle").order_by("starts_at", "pk")


def measured(appointments: QuerySet[Appointment], calendar: WorkingCalendar) -> QuerySet[Appointment]:
    """Add `shut`, closed at that time, and `away`, the advisor absent on that day, to appointments of one store."""
    zone = calendar.zone
    dated = appointments.annotate(
        on=TruncDate("starts_at", tzinfo=zone),
        clock=TruncTime("starts_at", tzinfo=zone),
        weekday=ExtractIsoWeekDay("starts_at", tzinfo=zone),
    )
    absent = Absence.objects.filter(user=OuterRef("advisor"), first_on__lte=OuterRef("on"), last_on__gte=OuterRef("on"))
    shut = Case(When(open_then(calendar), then=Value(False)), default=Value(True), output_field=BooleanField())
    return dated.annotate(shut=shut, away=Exists(absent))


def open_then(calendar: WorkingCalendar) -> Q:
    """Write `calendar.is_open` as a condition on day, weekday and clock."""
    weekly = any_of(Q(weekday=weekday + 1) & during(hours) for weekday, hours in calendar.weekly.items())
    special = any_of(Q(on=day) & during(hours) for day, hours in calendar.exceptions.items() if hours)
    return weekly & ~Q(on__in=list(calendar.exceptions)) | special


def during(hours: Sequence[Hours]) -> Q:
    return any_of(Q(clock__gte=opens, clock__lt=closes) for opens, closes in hours)


def any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, NEVER)


def why_unkept(appointment: Appointment) -> str:
    """Say why an appointment of `unkept` cannot be kept."""
    if appointment.shut:  # type: ignore[attr-defined]  # annotated
        return _("The store is closed at this time.")
    return _("%(name)s is away on this day.") % {"name": appointment.advisor.full_name}


def closed_then(appointment: Appointment) -> bool:
    """Say whether the store is closed at the time that was promised."""
    return not workshop.calendar_of(appointment.store).is_open(appointment.starts_at)
