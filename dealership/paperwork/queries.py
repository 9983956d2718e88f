"""What pages ask about papers."""

from django.db.models import QuerySet

from dealership.paperwork.models import IssuedDocument, Signature
from dealership.staff.models import User


def readable_by(user: User) -> QuerySet[IssuedDocument]:
    """Return the papers of the stores this person works in."""
    return IssuedDocument.objects.filter(store__in=user.stores.all())


def signatures_readable_by(user: User) -> QuerySet[Signature]:
    return Signature.objects.filter(document__store__in=user.stores.all())
