"""Customers, their phones, their people and what they agreed to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.customers import names, numbers, signals
from dealership.customers.errors import PhoneInvalid
from dealership.customers.models import Consent, Contact, Customer, Phone
from dealership.customers.operations import rows
from dealership.workflow import require

ADD, CHANGE = "customers.add_customer", "customers.change_customer"


@transaction.atomic
def register(
    *, name: str, by: Any, at: datetime, phones: Iterable[str] = (), region: str = numbers.HOME, **details: Any
) -> Customer:
    """Create a customer; the first phone is the preferred one. Raises PhoneInvalid, NotAllowed."""
    require(by, ADD)
    customer = Customer(created_at=at)
    _fill(customer, name=name, **details)
    for number in phones:
        _keep_number(customer, phone_number(number, region))
    return customer


@transaction.atomic
def correct(
    customer: Customer, *, by: Any, at: datetime, seen: Mapping[str, Any] | None = None, **changes: Any
) -> Customer:
    """Change the customer's own data; the initials follow the name.

    `seen` is what the person saw in these fields: raises ChangedMeanwhile where a colleague was faster.
    """
    require(by, CHANGE)
    rows.renew(customer)
    rows.compare(customer, seen, changes)
    before = {field: getattr(customer, field) for field in changes}
    _fill(customer, **changes)
    changed = {field for field, value in before.items() if value != getattr(customer, field)}
    signals.customer_corrected.send(sender=Customer, customer=customer, changed=changed, at=at)
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
    require(by, CHANGE)
    _lock_phones(customer.pk)
    phone = _keep_number(customer, phone_number(number, region), kind)
    if preferred and not phone.preferred:
        _prefer(phone)
    return phone


def _keep_number(customer: Customer, number: str, kind: str = "") -> Phone:
    known = list(Phone.objects.filter(customer=customer))
    phone = next((phone for phone in known if phone.number == number), None)
    if phone is None:
        guess = Phone.Kind.MOBILE if numbers.is_mobile(number) else Phone.Kind.HOME
        phone = Phone(customer=customer, number=number, kind=kind or guess, preferred=not known)
        rows.save(phone)
    return phone


def _lock_phones(customer_pk: int) -> None:
    """Let one change a customer's numbers at a time; there may be no number yet to lock, so it is the customer."""
    Customer.objects.select_for_update().get(pk=customer_pk)


def phone_number(text: str, region: str = numbers.HOME, field: str = "phone") -> str:
    try:
        return numbers.e164(text, region)
    except numbers.NotAPhoneNumber as error:
        raise PhoneInvalid(field, _("“%(text)s” is not a phone number here.") % {"text": text}) from error


@transaction.atomic
def prefer_phone(phone: Phone, *, by: Any, at: datetime) -> None:
    require(by, CHANGE)
    _lock_phones(phone.customer_id)
    _prefer(phone)


def _prefer(phone: Phone) -> None:
    Phone.objects.filter(customer=phone.customer_id, preferred=True).exclude(pk=phone.pk).update(preferred=False)
    Phone.objects.filter(pk=phone.pk).update(preferred=True)
    phone.preferred = True


@transaction.atomic
def drop_phone(phone: Phone, *, by: Any, at: datetime) -> None:
    """Forget a number; the oldest of the others becomes the preferred one."""
    require(by, CHANGE)
    _lock_phones(phone.customer_id)
    phone.delete()
    left = Phone.objects.filter(customer=phone.customer_id)
    heir = None if left.filter(preferred=True).exists() else left.order_by("pk").first()
    if heir is not None:
        _prefer(heir)


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
    """Add a key person or a family member (clauses 1.1.1.2, 1.1.1.5). Raises PhoneInvalid, NotAllowed."""
    require(by, CHANGE)
    stored = phone_number(phone, region) if phone else ""
    contact = Contact(customer=customer, name=name.strip(), kind=kind, phone=stored, **details)
    rows.save(contact)
    return contact


def drop_contact(contact: Contact, *, by: Any, at: datetime) -> None:
    require(by, CHANGE)
    contact.delete()


@transaction.atomic
def record_consent(
    customer: Customer, *, purpose: str, channel: str, granted: bool, by: Any, at: datetime, source: str = ""
) -> Consent:
    """Record what the customer said about being contacted; the latest answer counts."""
    require(by, CHANGE)
    consent = Consent(customer=customer, purpose=purpose, channel=channel, granted=granted, by=by, at=at, source=source)
    rows.save(consent)
    act = Act.CONSENT_GIVEN if granted else Act.CONSENT_WITHDRAWN
    audit.record(act, about=consent, by=by, at=at, words=source, customer=customer, purpose=purpose, channel=channel)
    return consent
