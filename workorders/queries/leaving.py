"""What a customer still has to be told, answered or given before he leaves (2.6.4, 2.6.9.1, 3.5.1.3)."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reception.models import Visit
from workorders.models import (
    CustomerQuestion,
    DeliveryWalk,
    GatePass,
    LabourLine,
    OldParts,
    PartLine,
    Payer,
    ThingsReturned,
    WorkOrder,
)
from workorders.states import State

SETTLED = [State.SETTLED, State.PAID, State.CLOSED, State.CANCELLED]


def walk_of(order: WorkOrder) -> DeliveryWalk | None:
    """Return the last walk round the car, None before the first."""
    return order.walks.order_by("at", "pk").last()


def charged(order: WorkOrder) -> list[LabourLine | PartLine]:
    """Return the work and parts that are explained line by line at the car (2.6.4.2)."""
    lines: list[LabourLine | PartLine] = [*order.labour_lines.all(), *order.part_lines.all()]
    return [line for line in lines if line.wanted]


def declined(order: WorkOrder) -> list[str]:
    """Return what the customer did not want: it is advised once more at the car (2.6.4.4)."""
    lines: list[LabourLine | PartLine] = [*order.labour_lines.all(), *order.part_lines.all()]
    return [line.description for line in lines if line.decision == "declined"]


def questions_of(order: WorkOrder) -> QuerySet[CustomerQuestion]:
    return order.questions.select_related("asked_by", "answered_by")


def received(visit: Visit) -> dict[str, bool]:
    """Return what has to go back to the customer, by the names of ThingsReturned (2.2.5.1)."""
    orders = list(visit.orders.exclude(state=State.CANCELLED))
    return {
        "key": visit.key_received is True,
        "licence": visit.licence_received is True,
        "booklet": visit.booklet_received is True,
        "belongings": bool(visit.belongings),
        "old_parts": any(takes_old_parts(order) for order in orders),
    }


def takes_old_parts(order: WorkOrder) -> bool:
    """Say whether the customer takes old parts away; those replaced under warranty go back to the maker (A6)."""
    replaced = order.part_lines.wanted().exclude(issued_at=None)  # type: ignore[attr-defined]
    return order.old_parts == OldParts.TAKE and replaced.exclude(payer=Payer.MANUFACTURER).exists()


def names_owed(visit: Visit) -> list[str]:
    """Return what was taken from the customer and not given back yet, by the names of ThingsReturned."""
    given = given_back(visit)
    return [name for name, due in received(visit).items() if due and not getattr(given, name, False)]


def owed_back(visit: Visit) -> list[str]:
    """Return it as it is called."""
    return [label for _name, label in labelled(names_owed(visit))]


def labelled(names: list[str]) -> list[tuple[str, str]]:
    """Return (name, what it is called) of things that go back."""
    return [(name, str(ThingsReturned._meta.get_field(name).verbose_name)) for name in names]  # type: ignore[union-attr]


def obstacles_to_leaving(visit: Visit) -> list[str]:
    """Return why the car does not leave yet: a question without answer, a thing not given back."""
    unanswered = CustomerQuestion.objects.filter(order__visit=visit, answered_at=None)
    found = [_("The customer's question is not answered yet: %(what)s") % {"what": one.words} for one in unanswered]
    if owed := owed_back(visit):
        found.append(_("Not given back yet: %(things)s") % {"things": _(", ").join(owed)})
    return found


def obstacles_to_giving_back(visit: Visit) -> list[str]:
    """Return why nothing is given back yet: an order not settled, or not paid and no manager lets the car go (R14)."""
    if visit.orders.exclude(state__in=SETTLED).exists():
        return [_("Settle first; key and papers go back to the customer at the end.")]
    if visit.orders.filter(state=State.SETTLED).exists() and not let_go(visit):
        return [_("The customer pays first; key and papers go back to him at the end.")]
    return []


def let_go(visit: Visit) -> bool:
    """Say whether a manager's word lets the car leave unpaid."""
    return GatePass.objects.filter(visit=visit, voided_at=None, unpaid_at__isnull=False).exists()


def given_back(visit: Visit) -> ThingsReturned | None:
    """Return what the customer has back, None before; what he gave again does not count."""
    return ThingsReturned.objects.filter(visit=visit, undone_at=None).select_related("by").first()
