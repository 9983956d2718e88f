"""Promises that cannot be kept as things stand: the store is closed then by now, or the advisor away or gone."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncTime
from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.states import State
from dealership.staff.models import Absence, Store, User
from dealership.staff.roles import Role
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import Hours, WorkingCalendar

NEVER = Q(pk__in=[])
SHUT = Q(shut=True)
UNKEPT = SHUT | Q(away=True) | Q(advising=False)


def unkept(store: Store) -> QuerySet[Appointment]:
    """Return the confirmed appointments that cannot be kept, the next first, each with what `measured` adds.

    Read from the facts of this moment: who is moved or cancelled is off the list, and all are once the day is open
    again. Also after the day itself, because the clock does not blame the customer (see `clock.miss_late`).
    """
    confirmed = Appointment.objects.filter(store=store, state=State.CONFIRMED)
    found = measured(confirmed, workshop.calendar_of(store)).filter(UNKEPT)
    return found.select_related("advisor", "customer", "vehicle").order_by("starts_at", "pk")


def measured(appointments: QuerySet[Appointment], calendar: WorkingCalendar) -> QuerySet[Appointment]:
    """Add to appointments of one store why they cannot be kept.

    `shut`: closed at that time; `away`: the advisor is absent on that day; `here`: he still works in the store;
    `advising`: and as an advisor.
    """
    zone = calendar.zone
    dated = appointments.annotate(
        on=TruncDate("starts_at", tzinfo=zone),
        clock=TruncTime("starts_at", tzinfo=zone),
        weekday=ExtractIsoWeekDay("starts_at", tzinfo=zone),
    )
    absent = Absence.objects.filter(user=OuterRef("advisor"), first_on__lte=OuterRef("on"), last_on__gte=OuterRef("on"))
    shut = Case(When(open_then(calendar), then=Value(False)), default=Value(True), output_field=BooleanField())
    colleague = User.objects.filter(pk=OuterRef("advisor"), is_active=True, stores=OuterRef("store"))
    advisor = colleague.filter(groups__name=str(Role.SERVICE_ADVISOR))
    return dated.annotate(shut=shut, away=Exists(absent), here=Exists(colleague), advising=Exists(advisor))


def open_then(calendar: WorkingCalendar) -> Q:
    """Write `calendar.is_open` as a condition on day, weekday and clock."""
    weekly = any_of(Q(weekday=weekday + 1) & during(hours) for weekday, hours in calendar.weekly.items())
    special = any_of(Q(on=day) & during(hours) for day, hours in calendar.exceptions.items() if hours)
    return weekly & ~Q(on__in=list(calendar.exceptions)) | special


def during(hours: Sequence[Hours]) -> Q:
    return any_of(Q(clock__gte=opens, clock__lt=closes) for opens, closes in hours)


def any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, NEVER)


def why_unkept(appointment: Any) -> str:
    """Say why an appointment of `unkept` cannot be kept."""
    name = {"name": appointment.advisor.full_name}
    if appointment.shut:
        return _("The store is closed at this time.")
    if not appointment.here:
        return _("%(name)s does not work here any more.") % name
    if not appointment.advising:
        return _("%(name)s is not a service advisor any more.") % name
    return _("%(name)s is away on this day.") % name


def closed_then(appointment: Appointment) -> bool:
    """Say whether the store is closed at the time that was promised."""
    return not workshop.calendar_of(appointment.store).is_open(appointment.starts_at)
