"""What waits to be seen by whom."""

from typing import Any

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


def once(mine: Q, user: User) -> QuerySet[Alert]:
    """Return what of these nobody has seen yet, an act once: who sits at two desks reads what the first was told.

    What a colleague has seen at the one desk is still told at the other.
    """
    earlier = Alert.objects.filter(
        mine & (Q(seen_at=None) | Q(seen_by=user)),
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
    found = once(of(user), user).filter(order__store=store)
    return found.select_related("order__visit__vehicle", "by")


def unseen_of(order: WorkOrder, user: User) -> list[Alert]:
    """Return what this person's desks have not seen yet of one order, an act once.

    A deputy reads what its advisor is told, unless another desk of his was told the same.
    """
    told = order.alerts.filter(desk__in=desks_of(user)).filter(Q(seen_at=None) | Q(seen_by=user)).select_related("by")
    acts: dict[Any, Alert] = {}
    for alert in told.order_by("at", "pk"):
        act = (alert.about, alert.words, alert.at)
        deputy = alert.desk == Desk.ADVISOR and order.advisor_id != user.pk
        if act not in acts or (acts[act].desk == Desk.ADVISOR and order.advisor_id != user.pk and not deputy):
            acts[act] = alert
    return [alert for alert in acts.values() if alert.seen_at is None]


def of(user: User) -> Q:
    """Return what is for this person: what his desks are told, as an advisor of his own cars."""
    others = Q(desk__in=[Desk.FOREMAN, Desk.PARTS, Desk.MANAGER])
    return Q(desk__in=desks_of(user)) & (Q(desk=Desk.ADVISOR, order__advisor=user) | others)
