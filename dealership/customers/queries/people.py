"""Finding customers, and what their files show; everything a row shows is loaded with it."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from dealership.customers import numbers, plates
from dealership.customers.models import Channel, Consent, Contact, Customer, Keeping, PastOrder, Vehicle

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
