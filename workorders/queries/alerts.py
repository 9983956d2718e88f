"""What waits to be seen by whom."""

from django.db.models import Q, QuerySet

from dealership.staff.models import Store, User
from workorders.models import Alert, Desk

# Whoever may do this sits at that desk.
DESKS = {
    Desk.ADVISOR: "workorders.hand_to_workshop",
    Desk.FOREMAN: "workorders.take_from_reception",
    Desk.PARTS: "workorders.issue_parts",
    Desk.MANAGER: "workorders.join_large_order",
}


def desks_of(user: User) -> list[str]:
    """Return the desks this person sits at."""
    return [str(desk) for desk, permission in DESKS.items() if user.has_perm(permission)]


def unseen(store: Store, user: User) -> QuerySet[Alert]:
    """Return what this person's desks have not seen yet, the oldest first.

    An advisor sees what is about his own cars; the other desks see those of the whole store.
    """
    mine = Q(desk=Desk.ADVISOR, order__advisor=user) | Q(desk__in=[Desk.FOREMAN, Desk.PARTS, Desk.MANAGER])
    found = Alert.objects.filter(mine, order__store=store, seen_at=None, desk__in=desks_of(user))
    return found.select_related("order__visit__vehicle", "by").order_by("at", "pk")
