"""What pages ask about papers."""

from collections.abc import Iterable

from django.db.models import QuerySet

from dealership.paperwork.kinds import Role
from dealership.paperwork.models import IssuedDocument, Signature
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
