"""What is still missing on an intake, and what was here before."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership.staff.models import Store
from reception.models import Visit
from reception.states import OPEN, State


def obstacles(visit: Visit) -> list[str]:
    """Return everything the customer cannot sign yet, in the order of the walk-round."""
    checks = [
        (visit.protected_at, _("The protective covers are not fitted yet.")),
        (visit.walked_round_at, _("The walk-round is not finished.")),
        (visit.accompanied, _("The customer has to come along on the walk-round.")),
        (visit.valuables_returned, _("Ask for valuables and hand them to the customer.")),
        (visit.mileage is not None, _("The mileage is missing.")),
        (visit.fuel is not None, _("The fuel level is missing.")),
        (visit.complaints.exists(), _("Write down what the customer says.")),
    ]
    return [sentence for fulfilled, sentence in checks if not fulfilled]


def open_visit(vehicle_pk: int) -> Visit | None:
    return Visit.objects.filter(vehicle_id=vehicle_pk, state__in=OPEN).select_related("store").first()


def history(visit: Visit) -> QuerySet[Visit]:
    """Return the car's earlier visits, newest first, with what the customer said (2.2.7.1)."""
    return (
        Visit.objects.filter(vehicle_id=visit.vehicle_id, state=State.RELEASED)
        .exclude(pk=visit.pk)
        .select_related("store", "advisor")
        .prefetch_related("complaints")
        .order_by("-released_at")
    )


def arrivals_on(store: Store, day: date) -> QuerySet[Visit]:
    start, end = appointments.day_bounds(store, day)
    return Visit.objects.filter(store=store, arrived_at__gte=start, arrived_at__lt=end)
