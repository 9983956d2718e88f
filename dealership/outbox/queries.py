"""What pages ask about outgoing messages."""

from django.db.models import QuerySet

from dealership.outbox.models import Message
from dealership.outbox.states import UNSETTLED
from dealership.staff.models import Store


def unsettled(store: Store) -> QuerySet[Message]:
    """Return the messages of a store that wait for a person's decision, oldest first."""
    return Message.objects.filter(store=store, state__in=UNSETTLED).select_related("customer").order_by("due_at", "pk")
