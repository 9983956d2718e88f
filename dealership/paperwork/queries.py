"""What pages ask about papers."""

from django.db.models import QuerySet

from dealership.paperwork.models import IssuedDocument, Signature
from dealership.staff.models import Store, User


def readable_by(user: User) -> QuerySet[IssuedDocument]:
    """Return the papers of the stores this person works in."""
    return IssuedDocument.objects.filter(store__in=user.stores.all())


def signatures_readable_by(user: User) -> QuerySet[Signature]:
    return Signature.objects.filter(document__store__in=user.stores.all())


def latest(store: Store, kind: str, prefix: str = "") -> QuerySet[IssuedDocument]:
    """Return a store's papers of one kind whose number begins so, newest first."""
    return IssuedDocument.objects.filter(store=store, kind=kind, number__startswith=prefix)
