"""Whom the booking desk calls: about a promised time, and about a car that should come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from appointments.models import Appointment, ProactiveCall, Reminder
from appointments.models.reminders import Outcome, ReminderChannel, ReminderKind, ReminderState
from appointments.queries.rules import rules_on
from appointments.queries.slots import day_bounds, day_of
from appointments.queries.suggestions import Wish
from appointments.states import HOLDS_SLOT
from dealership.catalogue.models import LabourOperation
from dealership.customers import queries as customers
from dealership.customers.models import Channel, Consent, Keeping, PlanLine, Vehicle
from dealership.staff.models import Store, User

SOON = timedelta(hours=1)
NOT_REACHED = [Outcome.NO_ANSWER, Outcome.CALL_LATER, Outcome.WRONG_NUMBER]
# What a call can bring, beside another time and a cancellation; who did not come cannot promise to come any more.
RESULTS = {
    ReminderKind.DAY: [Outcome.CAN_COME, Outcome.TOLD, *NOT_REACHED],
    ReminderKind.HALF_DAY: [Outcome.CAN_COME, Outcome.TOLD, *NOT_REACHED],
    ReminderKind.NEAR: [Outcome.CAN_COME, *NOT_REACHED],
    ReminderKind.MISSED: [Outcome.TOLD, *NOT_REACHED],
    ReminderKind.WISH: [Outcome.CAN_COME, *NOT_REACHED],
}
# These calls no time of an appointment ends; the other kinds are taken back when it has come.
ENDLESS = (ReminderKind.MISSED, ReminderKind.WISH)
TRIES = 3  # so often a customer is called before nobody asks for him any more


@dataclass(frozen=True)
class CallGroups:
    """Due calls by urgency: limit passed, limit within the hour, the others; each nearest to its limit first.

    `taken` are those a colleague is making right now.
    """

    overdue: list[Reminder]
    soon: list[Reminder]
    others: list[Reminder]
    taken: list[Reminder]


def by_urgency(calls: Iterable[Reminder], now: datetime, user: User) -> CallGroups:
    groups = CallGroups([], [], [], [])
    for call in calls:
        if call.taken_from(user, now):
            groups.taken.append(call)
            continue
        chosen = groups.overdue if call.overdue(now) else groups.soon if call.limit_at <= now + SOON else groups.others
        chosen.append(call)
    return groups


def results(call: Reminder) -> list[Outcome]:
    """Return what this call can bring now: one that nothing else ends may be given up after enough tries.

    So may any call whose number is wrong: nobody can say when the right one will be known.
    """
    offered, hopeless = RESULTS[ReminderKind(call.kind)], call.kind in ENDLESS and tried_enough(call)
    return [*offered, Outcome.GAVE_UP] if call.misdialled or hopeless else offered


def tried_enough(call: Reminder) -> bool:
    return call.attempts.count() >= TRIES


def calls_again(store: Store, now: datetime) -> QuerySet[Reminder]:
    """Return the calls that were tried and wait for their next try, the next first."""
    tried = Reminder.objects.filter(store=store, state=ReminderState.OPEN, channel=ReminderChannel.CALL)
    return tried.filter(retry_at__gt=now).select_related("appointment__vehicle").order_by("retry_at", "pk")


def wish_of(made: Appointment) -> Wish:
    """Return what another time for this appointment has to have; parts put aside are there on any day.

    Of the others the parts desk may know when they come, which is better than the catalogue's usual time.
    """
    missing = list(made.parts.filter(reservation=None).select_related("part"))
    parts = tuple((one.part, one.quantity) for one in missing if one.expected_on is None)
    expected = max((one.expected_on for one in missing if one.expected_on), default=None)
    skills = tuple(made.skills.split())
    return Wish(made.hours, skills, parts, waits=made.waits, but=made, parts_from=expected)


def due_until(store: Store, today: date) -> date:
    """Return until which day a car has to be due so that its keeper is called today (3.1.1.5)."""
    return today + timedelta(days=rules_on(store, today).maintenance_lead_days)


def cars_to_call(store: Store, now: datetime, until: date) -> QuerySet[Vehicle]:
    """Return the cars due by a day whose keepers are to be called now, the most urgent first (3.1.1.2).

    Without those that come anyway or come today, those called lately, and keepers who do not wish to be called.
    """
    today = day_of(store, now)
    promised = Appointment.objects.filter(
        vehicle=OuterRef("pk"), state__in=HOLDS_SLOT, starts_at__gte=day_bounds(store, today)[0]
    )
    resting = ProactiveCall.objects.filter(vehicle=OuterRef("pk"), call_again_on__gt=today)
    latest = ProactiveCall.objects.filter(vehicle=OuterRef("pk")).order_by("-at", "-pk")
    keeper = Keeping.objects.filter(vehicle=OuterRef("pk"), until=None).values("customer")
    said = Consent.objects.filter(
        customer=OuterRef("keeper_now"), purpose=Consent.Purpose.SERVICE, channel=Channel.CALL
    ).order_by("-at", "-pk")
    due = customers.due_for_service(until, today=today).annotate(keeper_now=Subquery(keeper[:1]))
    asked = due.annotate(may_call=Coalesce(Subquery(said.values("granted")[:1]), True))
    wanted = asked.filter(~Exists(promised), ~Exists(resting), keeper_now__isnull=False, may_call=True)
    return wanted.annotate(
        called_at=Subquery(latest.values("at")[:1]), called_with=Subquery(latest.values("outcome")[:1]),
        wrong_number=Subquery(latest.values("wrong_number")[:1]),
    )  # fmt: skip


def car_to_call(pk: int) -> QuerySet[Vehicle]:
    """Return one car with its keeper and the number that was wrong when somebody called about it last."""
    latest = ProactiveCall.objects.filter(vehicle=OuterRef("pk")).order_by("-at", "-pk")
    return (
        Vehicle.objects.with_keeper().filter(pk=pk).annotate(wrong_number=Subquery(latest.values("wrong_number")[:1]))
    )


def calls_about(vehicle: Vehicle, most: int = 10) -> list[ProactiveCall]:
    return list(vehicle.proactive_calls.select_related("by", "customer", "appointment")[:most])


def operations_due(vehicle_pk: int, until: date) -> list[LabourOperation]:
    """Return the operations of the car's plan that are due by a day, as far as they are on offer."""
    lines = PlanLine.objects.filter(vehicle=vehicle_pk, state="open", expected_on__lte=until).exclude(code="")
    return list(LabourOperation.objects.filter(active=True, code__in=lines.values("code")).order_by("code"))


def stores_to_call() -> list[Store]:
    """Return the stores a customer may ring up whose link says nothing about his own."""
    return list(Store.objects.exclude(phone="").order_by("name")[:5])
