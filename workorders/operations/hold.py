"""Holding a visit or an order while somebody decides about it.

Lock order: the visit before its orders, as everywhere here. Who posts a settlement, takes money or gives it back holds
the visit first, so that scan, void and money come one after the other.
"""

from reception.models import Visit
from workorders import queries
from workorders.models import WorkOrder

READ = ["store", "advisor", "visit__vehicle", "visit__advisor", "visit__appointment"]


def hold(order: WorkOrder) -> WorkOrder:
    """Return the order read again, its row locked until the transaction ends: two people come one after the other."""
    return WorkOrder.objects.select_for_update(of=("self",)).select_related(*READ).get(pk=order.pk)


def hold_whole(order: WorkOrder) -> WorkOrder:
    """Return the order with everything on it, its row locked until the transaction ends."""
    return queries.whole(WorkOrder.objects.select_for_update(of=("self",)).filter(pk=order.pk)).get()


def hold_visit(visit: Visit) -> Visit:
    """Return the visit read again, its row locked until the transaction ends; SQLite holds the whole database."""
    held = Visit.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("store", "vehicle", "advisor", "appointment").get(pk=visit.pk)
