"""What pages ask about papers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from dealership.customers.models import Customer
from dealership.outbox.models import Message
from dealership.paperwork.kinds import Role
from dealership.paperwork.models import IssuedDocument, Signature
from dealership.paperwork.signals import addressee_asked
from dealership.staff.models import Store, User


def readable_by(user: User) -> QuerySet[IssuedDocument]:
    """Return the papers of the stores this person works in."""
    return IssuedDocument.objects.filter(store__in=user.stores.all())


def signatures_readable_by(user: User) -> QuerySet[Signature]:
    return Signature.objects.filter(document__store__in=user.stores.all())


def witnesses(store: Store, by: User) -> QuerySet[User]:
    """Return who may see for whoever takes a signature that there is none: colleagues at work in the store."""
    return store.staff.filter(is_active=True).exclude(pk=by.pk).order_by("full_name", "username")


def left_open(signatures: Iterable[Signature]) -> Signature | None:
    """Return, of one paper's signatures, the record that the customer did not sign, unless he has signed since."""
    customers = [signed for signed in signatures if signed.role == Role.CUSTOMER]
    return customers[-1] if customers and all(signed.unsigned for signed in customers) else None


def signs_by_hand(paper: IssuedDocument, signatures: Iterable[Signature]) -> User | None:
    """Return who signs for the store with a pen, beside the customer's name: whoever issued the paper."""
    roles = {signed.role for signed in signatures}
    return paper.issued_by if roles == {Role.CUSTOMER} else None


def addressee(document: IssuedDocument) -> Customer | None:
    """Return the customer the paper was made out to, as the desk that issued it answers."""
    answers: list[tuple[Any, Any]] = addressee_asked.send(sender=IssuedDocument, document=document)
    return next((customer for _receiver, customer in answers if customer), None)


def copies_sent(document: IssuedDocument) -> QuerySet[Message]:
    """Return the letters in which the paper was sent, the latest first."""
    return Message.objects.filter(dedupe_key__startswith=f"paper.copy:{document.pk}:").order_by("-due_at", "-pk")
