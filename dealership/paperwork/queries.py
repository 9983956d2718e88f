"""What pages ask about papers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from dealership.customers.models import Customer
from dealership.outbox.models import Message
from dealership.paperwork.kinds import AT_THE_TILL, Kind, Role, Unsigned
from dealership.paperwork.models import IssuedDocument, Signature
from dealership.paperwork.signals import addressee_asked
from dealership.staff.models import Store, User


def readable_by(user: User) -> QuerySet[IssuedDocument]:
    """Return the papers of the stores this person works in; who only works at the till, those of the till."""
    papers = IssuedDocument.objects.filter(store__in=user.stores.all())
    return papers if user.has_perm("paperwork.read_visits") else papers.filter(kind__in=AT_THE_TILL)


def signatures_readable_by(user: User) -> QuerySet[Signature]:
    return Signature.objects.filter(document__in=readable_by(user))


def witnesses(store: Store, by: User) -> QuerySet[User]:
    """Return who may see for whoever takes a signature that there is none: colleagues at work in the store."""
    return store.staff.filter(is_active=True).exclude(pk=by.pk).order_by("full_name", "username")


def left_open(paper: IssuedDocument, signatures: Iterable[Signature]) -> Signature | None:
    """Return, of one paper's signatures, the record that the customer may still sign it, None where he has signed.

    An order he refused was not authorised: it is put before him anew, as its desk does, and not signed afterwards.
    """
    customers = [signed for signed in signatures if signed.role == Role.CUSTOMER]
    if not customers or not all(signed.unsigned for signed in customers):
        return None
    refused_order = paper.kind == Kind.ORDER and customers[-1].unsigned == Unsigned.REFUSED
    return None if refused_order else customers[-1]


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
