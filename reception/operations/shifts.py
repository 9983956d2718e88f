"""Ticking off what is looked at before customers come (2.2.1.1, 2.2.1.2, G.1)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from appointments import queries as appointments
from dealership import workflow
from dealership.staff.models import Store, User
from reception.models import Shift, ShiftCheck


@transaction.atomic
def check_points(store: Store, points: Iterable[str], *, by: User, at: datetime, shift: str = Shift.OPENING) -> None:
    """Note that points of today's checklist are in order; who was first stays named, a second press changes nothing."""
    workflow.require(by, "reception.record_arrival")
    of_today = {"store": store, "day": appointments.day_of(store, at), "shift": shift}
    for point in points:
        ShiftCheck.objects.get_or_create(**of_today, point=point, defaults={"by": by, "at": at})
