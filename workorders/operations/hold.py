"""Holding an order while somebody decides about it."""

from workorders.models import WorkOrder

READ = ["store", "advisor", "visit__vehicle", "visit__advisor", "visit__appointment"]


def hold(order: WorkOrder) -> WorkOrder:
    """Return the order read again, its row locked until the transaction ends: two people come one after the other."""
    return WorkOrder.objects.select_for_update(of=("self",)).select_related(*READ).get(pk=order.pk)
