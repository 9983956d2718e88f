"""What pages ask about customers and vehicles; everything a row shows is loaded with it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    DateField,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers import numbers, plates
from dealership.customers.models import (
    Channel,
    Consent,
    Contact,
    Customer,
    Keeping,
    MileageReading,
    PastOrder,
    PlanLine,
    Recommendation,
    Vehicle,
)
from dealership.customers.models.vehicles import VehicleQuerySet

SHORTEST_TAIL = 4
SHORTEST_PLATE = 3
WHOLE_PHONE = 7  # enough digits to be the beginning of one number and not the end of many


@dataclass(frozen=True)
class Found:
    """One line of a search: a customer with one of his cars, or one of the two alone."""

    customer: Customer | None
    vehicle: Vehicle | None

    @property
    def phone(self) -> str:
        """Return the number to call as people write it, "" where there is none."""
        phone = self.customer.phone if self.customer else None
        return phone.shown if phone else ""


def search(text: str, limit: int = 20) -> list[Found]:
    """Find cars and customers by plate or its end, VIN or its end, phone or its end, name or pinyin initials.

    A number of four digits is looked for in all three. A merged customer is found as the one he was merged into.
    """
    text = text.strip()
    if not text:
        return []
    people = [merged or pk for pk, merged in _matching_customers(text, limit)]
    kept = Q(keepings__customer__in=people, keepings__until=None)
    found = Vehicle.objects.filter(_by_vehicle(text) | kept).distinct().order_by("plate", "vin", "pk")
    vehicles = list(found.with_keeper()[:limit])
    rows = sorted((Found(vehicle.keeper, vehicle) for vehicle in vehicles), key=lambda row: _rank(row, text))
    with_car = {row.customer.pk for row in rows if row.customer}
    alone = Customer.objects.filter(pk__in=people).exclude(pk__in=with_car).prefetch_related("phones")
    return (rows + [Found(customer, None) for customer in alone])[:limit]


def as_new(text: str) -> dict[str, str]:
    """Say which field of a new customer was typed into the search, so that nobody types it twice."""
    plate = plates.normalise(text)
    if plates.is_chinese(plate) or not text:
        return {"plate": plate} if plate else {}
    try:
        numbers.e164(text)
    except numbers.NotAPhoneNumber:
        digits = any(one.isdecimal() for one in plate)
        return {"vin": plate} if len(plate) == 17 else {"plate" if digits else "name": text}
    return {"phone": text}


def _rank(row: Found, text: str) -> bool:
    """Put the very plate that was typed first."""
    return row.vehicle is None or row.vehicle.plate != plates.normalise(text)


def _by_vehicle(text: str) -> Q:
    compact = plates.normalise(text)
    wanted = Q(pk=None)
    if len(compact) >= SHORTEST_PLATE:
        wanted |= Q(plate__contains=compact)  # people type the end, and the beginning behind the province
    if len(compact) >= 2 and compact[0] in plates.PROVINCES:
        wanted |= Q(plate__startswith=compact)
    if len(compact) >= SHORTEST_TAIL and compact.isascii() and compact.isalnum():
        wanted |= Q(vin__endswith=compact)
    return wanted


def _matching_customers(text: str, limit: int) -> QuerySet[Any, Any]:
    wanted = Q(name__icontains=text)
    digits = re.sub(r"[\s+()\-]", "", text)
    if digits.isdigit() and len(digits) >= SHORTEST_TAIL:
        wanted |= Q(phones__number__endswith=digits)
    if digits.isdigit() and len(digits) >= WHOLE_PHONE:
        # A stored number has no trunk zero: 021 6123 4567 is +86 21 6123 4567.
        wanted |= Q(phones__number__contains=digits.lstrip("0"))
    if text.isascii() and text.isalpha() and len(text) >= 2:
        wanted |= Q(initials__startswith=text.lower()) | Q(initials__contains=f" {text.lower()}")
    matching = Customer.objects.filter(wanted).order_by("name", "pk").distinct()
    return matching.values_list("pk", "merged_into_id")[:limit]


def customers(*, key_accounts: bool = False, interest: str = "") -> QuerySet[Customer]:
    """Return all current customers by name, or the key accounts (1.1.1.4), or those with an interest (1.1.1.6)."""
    chosen = Customer.objects.current().order_by("name", "pk")
    if key_accounts:
        chosen = chosen.filter(key_account=True)
    if interest:
        chosen = chosen.filter(interests__icontains=interest)
    return chosen.prefetch_related("phones", current_keepings())


def current_keepings() -> Prefetch:
    return Prefetch("keepings", Keeping.objects.filter(until=None).select_related("vehicle"), to_attr="keeping_now")


def with_phone(number: str) -> QuerySet[Customer]:
    """Return the current customers reached under an E.164 number: perhaps the one about to be entered twice."""
    return Customer.objects.current().filter(phones__number=number).prefetch_related("phones")


def surviving(customer: Customer) -> Customer:
    return customer.merged_into or customer


@dataclass(frozen=True)
class ConsentAnswer:
    """Whether a customer may be contacted for a purpose by a channel, and the answer that says so, if any."""

    purpose: str
    purpose_label: str
    channel: str
    channel_label: str
    allowed: bool
    said: Consent | None


def allowed_by_default(purpose: str) -> bool:
    """A customer whose car is with us expects to hear about it; offers only reach those who asked."""
    return purpose == Consent.Purpose.SERVICE


def may_contact(customer: Customer, purpose: str, channel: str) -> bool:
    """Say whether we may contact the customer; his latest answer counts, service is allowed until refused."""
    latest = Consent.objects.filter(customer=customer, purpose=purpose, channel=channel).order_by("at", "pk").last()
    return allowed_by_default(purpose) if latest is None else latest.granted


def consent_answers(customer: Customer) -> list[ConsentAnswer]:
    """Return the present answer for every purpose and channel, with one query."""
    said = {(consent.purpose, consent.channel): consent for consent in customer.consents.select_related("by")}
    return [
        ConsentAnswer(
            str(purpose),
            str(purpose.label),
            str(channel),
            str(channel.label),
            said[purpose, channel].granted if (purpose, channel) in said else allowed_by_default(purpose),
            said.get((purpose, channel)),
        )
        for purpose in Consent.Purpose
        for channel in Channel
    ]


@dataclass(frozen=True)
class CustomerFile:
    customer: Customer
    keepings: list[Keeping]
    contacts: list[Contact]
    consents: list[ConsentAnswer]
    past_orders: list[PastOrder]

    @property
    def kept_now(self) -> list[Keeping]:
        return [keeping for keeping in self.keepings if keeping.until is None]

    @property
    def kept_before(self) -> list[Keeping]:
        return [keeping for keeping in self.keepings if keeping.until is not None]


def customer_file(customer: Customer, orders: int = 50) -> CustomerFile:
    return CustomerFile(
        customer,
        list(customer.keepings.select_related("vehicle").order_by("-since", "-pk")),
        list(customer.contacts.all()),
        consent_answers(customer),
        list(customer.past_orders.select_related("vehicle")[:orders]),
    )


@dataclass(frozen=True)
class VehicleFile:
    vehicle: Vehicle
    keeper: Customer | None
    key_persons: list[Contact]
    keepings: list[Keeping]
    readings: list[MileageReading]
    past_orders: list[PastOrder]
    plan: list[PlanLine]
    recommendations: list[Recommendation]


def vehicle_file(vehicle: Vehicle, orders: int = 50) -> VehicleFile:
    """Return a vehicle with its keepers, readings, what other systems did to it, and what it will need."""
    keeper = vehicle.keeper
    persons = Contact.objects.filter(customer=keeper, kind=Contact.Kind.KEY_PERSON)
    return VehicleFile(
        vehicle,
        keeper,
        list(persons) if keeper else [],
        list(vehicle.keepings.all()),
        list(vehicle.mileage_readings.select_related("by")[:20]),
        list(vehicle.past_orders.select_related("customer")[:orders]),
        list(maintenance_plan(vehicle)[:orders]),
        list(open_recommendations(vehicle).select_related("said_by")),
    )


def maintenance_plan(vehicle: Vehicle) -> QuerySet[PlanLine]:
    """Return what the car will need, the soonest first, and then what was done of its plan (3.1.1.4)."""
    lines = PlanLine.objects.filter(vehicle=vehicle).exclude(state=PlanLine.State.DROPPED)
    to_come = Case(When(state=PlanLine.State.OPEN, then=0), default=1)
    return lines.order_by(to_come, F("expected_on").asc(nulls_last=True), "due_km", "pk")


def open_recommendations(vehicle: Vehicle) -> QuerySet[Recommendation]:
    return Recommendation.objects.filter(vehicle=vehicle, state=Recommendation.State.OPEN)


class Kind(TextChoices):
    """Why a car should come."""

    DATE = "date", gettext_lazy("service due by its date")
    MILEAGE = "mileage", gettext_lazy("service due by its mileage")
    PLAN = "plan", gettext_lazy("from the maintenance plan")
    DECLINED = "declined", gettext_lazy("declined before")
    ADVISED = "advised", gettext_lazy("advised before")


@dataclass(frozen=True)
class Reason:
    """One reason for a car to come, and the day from which it counts."""

    kind: Kind
    text: str
    day: date


NEVER = date.max


def due_for_service(until: date, *, today: date) -> VehicleQuerySet:
    """Return the cars that probably need to come, the most urgent first, with their keepers (3.1.1.2, 3.1.1.5).

    Their service or a line of their plan is expected until that day, or it is time to ask again about something
    recommended. Each has the day it is `wanted_on`. Whoever has an appointment already is still among them.
    """
    planned, advised = _planned(until), _advised(today)
    soonest = Least(
        Coalesce("service_expected_on", Value(NEVER)),
        _earliest(planned, "expected_on"),
        _earliest(advised, "remind_on"),
        output_field=DateField(),
    )
    # Each side from its own index and then the cars: three conditions joined by OR would read every car there is.
    serviced = Vehicle.objects.filter(service_expected_on__lte=until).order_by().values("pk")
    due = serviced.union(planned.values("vehicle"), advised.values("vehicle"))
    return Vehicle.objects.filter(pk__in=due).annotate(wanted_on=soonest).order_by("wanted_on", "pk").with_keeper()


def _planned(until: date) -> QuerySet[PlanLine]:
    return PlanLine.objects.filter(state=PlanLine.State.OPEN, expected_on__lte=until).order_by()


def _advised(today: date) -> QuerySet[Recommendation]:
    return Recommendation.objects.filter(state=Recommendation.State.OPEN, remind_on__lte=today).order_by()


def _earliest(rows: QuerySet[Any], field: str) -> Coalesce:
    """Return a car's earliest day among the rows; SQLite finds nothing least beside an empty one, so never is a day."""
    of_this = rows.filter(vehicle=OuterRef("pk")).values("vehicle").annotate(day=Min(field)).values("day")
    return Coalesce(Subquery(of_this), Value(NEVER), output_field=DateField())


def reasons_of(vehicles: Iterable[Vehicle], *, until: date, today: date) -> dict[int, list[Reason]]:
    """Return by id why each car is among `due_for_service`, the earliest reason first, with two queries for all."""
    cars = list(vehicles)
    found: dict[int, list[Reason]] = defaultdict(list)
    for car in cars:
        if car.service_expected_on is not None and car.service_expected_on <= until:
            found[car.pk].append(service_reason(car, car.service_expected_on))
    for line in _planned(until).filter(vehicle__in=cars).exclude(expected_on=None):
        found[line.vehicle_id].append(Reason(Kind.PLAN, line.item, line.expected_on))  # type: ignore[arg-type]
    for said in _advised(today).filter(vehicle__in=cars):
        kind = Kind.DECLINED if said.declined else Kind.ADVISED
        found[said.vehicle_id].append(Reason(kind, said.words, said.remind_on))
    return {car.pk: sorted(found[car.pk], key=lambda reason: reason.day) for car in cars}


def service_reason(car: Vehicle, day: date) -> Reason:
    """Say whether the day or the mileage of the next service comes first."""
    if day == car.next_service_on or car.next_service_km is None:
        return Reason(Kind.DATE, _("The next service is due."), day)
    return Reason(Kind.MILEAGE, _("The next service is due at %(km)d km.") % {"km": car.next_service_km}, day)
