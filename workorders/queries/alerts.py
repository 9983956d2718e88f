"""What waits to be seen by whom."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from dealership.staff.models import Store, User
from workorders.models import Alert, Desk, WorkOrder

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


def once(mine: Q) -> QuerySet[Alert]:
    """Return what of these nobody has seen yet, an act once: who sits at two desks reads what the first was told."""
    earlier = Alert.objects.filter(
        mine,
        order=OuterRef("order"),
        about=OuterRef("about"),
        words=OuterRef("words"),
        at=OuterRef("at"),
        pk__lt=OuterRef("pk"),
    )
    return Alert.objects.filter(mine, ~Exists(earlier), seen_at=None).order_by("at", "pk")


def unseen(store: Store, user: User) -> QuerySet[Alert]:
    """Return what this person's desks have not seen yet, the oldest first.

    An advisor sees what is about his own cars; the other desks see those of the whole store.
    """
    mine = Q(desk=Desk.ADVISOR, order__advisor=user) | Q(desk__in=[Desk.FOREMAN, Desk.PARTS, Desk.MANAGER])
    found = once(mine & Q(desk__in=desks_of(user))).filter(order__store=store)
    return found.select_related("order__visit__vehicle", "by")


def unseen_of(order: WorkOrder, user: User) -> QuerySet[Alert]:
    """Return what this person's desks have not seen yet of one order, whoever its advisor is."""
    return once(Q(desk__in=desks_of(user))).filter(order=order).select_related("by")
