"""Customers, their phones, their people and what they agreed to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.customers import names, numbers
from dealership.customers.errors import PhoneInvalid
from dealership.customers.models import Consent, Contact, Customer, Phone
from dealership.customers.operations import rows


@transaction.atomic
def register(
    *, name: str, by: Any, at: datetime, phones: Iterable[str] = (), region: str = numbers.HOME, **details: Any
) -> Customer:
    """Create a customer; the first phone is the preferred one. Raises PhoneInvalid."""
    customer = Customer(created_at=at)
    _fill(customer, name=name, **details)
    for number in phones:
        add_phone(customer, number, by=by, at=at, region=region)
    return customer


@transaction.atomic
def correct(customer: Customer, *, by: Any, at: datetime, **changes: Any) -> Customer:
    """Change the customer's own data; the initials follow the name."""
    _fill(customer, **changes)
    return customer


def _fill(customer: Customer, **changes: Any) -> None:
    for field, value in changes.items():
        setattr(customer, field, value.strip() if isinstance(value, str) else value)
    customer.initials = names.initials(customer.name)
    # A correction writes only its own fields: somebody else may be correcting others at the same moment.
    rows.save(customer, update_fields=[*changes, "initials"] if customer.pk else None)


@transaction.atomic
def add_phone(
    customer: Customer,
    number: str,
    *,
    by: Any,
    at: datetime,
    region: str = numbers.HOME,
    kind: str = "",
    preferred: bool = False,
) -> Phone:
    """Add a number to a customer, who is reached there first if it is the only one; twice the same stays one."""
    stored = phone_number(number, region)
    known = list(Phone.objects.select_for_update().filter(customer=customer))
    phone = next((phone for phone in known if phone.number == stored), None)
    if phone is None:
        guess = Phone.Kind.MOBILE if numbers.is_mobile(stored) else Phone.Kind.HOME
        phone = Phone(customer=customer, number=stored, kind=kind or guess, preferred=not known)
        rows.save(phone)
    if preferred and not phone.preferred:
        prefer_phone(phone, by=by, at=at)
    return phone


def phone_number(text: str, region: str = numbers.HOME, field: str = "phone") -> str:
    try:
        return numbers.e164(text, region)
    except numbers.NotAPhoneNumber as error:
        raise PhoneInvalid(field, _("“%(text)s” is not a phone number here.") % {"text": text}) from error


@transaction.atomic
def prefer_phone(phone: Phone, *, by: Any, at: datetime) -> None:
    Phone.objects.filter(customer=phone.customer_id, preferred=True).exclude(pk=phone.pk).update(preferred=False)
    Phone.objects.filter(pk=phone.pk).update(preferred=True)
    phone.preferred = True


@transaction.atomic
def drop_phone(phone: Phone, *, by: Any, at: datetime) -> None:
    """Forget a number; the oldest of the others becomes the preferred one."""
    customer, was_preferred = phone.customer, phone.preferred
    phone.delete()
    heir = customer.phones.order_by("pk").first() if was_preferred else None
    if heir is not None:
        prefer_phone(heir, by=by, at=at)


@transaction.atomic
def add_contact(
    customer: Customer,
    *,
    name: str,
    kind: str,
    by: Any,
    at: datetime,
    phone: str = "",
    region: str = numbers.HOME,
    **details: Any,
) -> Contact:
    """Add a key person or a family member (clauses 1.1.1.2, 1.1.1.5). Raises PhoneInvalid."""
    stored = phone_number(phone, region) if phone else ""
    contact = Contact(customer=customer, name=name.strip(), kind=kind, phone=stored, **details)
    rows.save(contact)
    return contact


def drop_contact(contact: Contact, *, by: Any, at: datetime) -> None:
    contact.delete()


def record_consent(
    customer: Customer, *, purpose: str, channel: str, granted: bool, by: Any, at: datetime, source: str = ""
) -> Consent:
    """Record what the customer said about being contacted; the latest answer counts."""
    consent = Consent(customer=customer, purpose=purpose, channel=channel, granted=granted, by=by, at=at, source=source)
    rows.save(consent)
    return consent
