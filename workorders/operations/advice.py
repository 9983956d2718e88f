"""What the customer declined becomes advice for his next visit; what he had done is advised no more."""

from datetime import datetime, timedelta

from dealership.customers import operations as customers
from dealership.staff.models import User
from workorders.models import LabourLine, WorkOrder

ASK_AGAIN = timedelta(days=30)  # about work the customer did not want today


def keep(line: LabourLine, *, reason: str, by: User, at: datetime) -> None:
    """Keep the declined work with the customer's reason, to come back to it (3.2.4.1).

    Work that was advised before is that advice still, with the new reason and day (2.2.7.2).
    """
    remind_on = at.astimezone(line.order.store.zone).date() + ASK_AGAIN
    said = line.recommendation or customers.recommend(
        line.order.visit.vehicle,
        words=line.description,
        declined=True,
        reason=reason[:300],
        source=line.order.number,
        remind_on=remind_on,
        by=by,
        at=at,
    )
    customers.decline_again(said, reason=reason, remind_on=remind_on, by=by, at=at)
    LabourLine.objects.filter(pk=line.pk).update(recommendation=said)


def take_back(line: LabourLine, *, at: datetime) -> None:
    """Forget the advice this order made of a line; older advice stays."""
    line.refresh_from_db(fields=["recommendation"])
    said = line.recommendation
    if said is not None and said.source == line.order.number:
        customers.end_recommendations([said.pk], done=False, at=at)


def carried_out(order: WorkOrder, *, at: datetime) -> int:
    """Close the advice whose work this order did."""
    done = LabourLine.objects.wanted().filter(order=order).exclude(recommendation=None)
    return customers.end_recommendations(done.values_list("recommendation", flat=True), done=True, at=at)
