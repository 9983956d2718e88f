"""Ticking off what is looked at before customers come (2.2.1.1, 2.2.1.2, G.1)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership import workflow
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from reception.models import Shift, ShiftCheck


@transaction.atomic
def check_points(store: Store, points: Iterable[str], *, by: User, at: datetime, shift: str = Shift.OPENING) -> None:
    """Note that points of today's checklist are in order; who was first stays named, a second press changes nothing.

    What was noted as not in order stays so: `put_right` says that it is by now.
    """
    workflow.require(by, "reception.record_arrival")
    of_today = {"store": store, "day": appointments.day_of(store, at), "shift": shift}
    for point in points:
        ShiftCheck.objects.get_or_create(**of_today, point=point, defaults={"by": by, "at": at})


@transaction.atomic
def put_right(store: Store, point: str, *, by: User, at: datetime, shift: str = Shift.OPENING) -> None:
    """Note that what was not in order with a point is by now; the note of what it was stays."""
    workflow.require(by, "reception.record_arrival")
    of_today = {"store": store, "day": appointments.day_of(store, at), "shift": shift}
    ShiftCheck.objects.filter(**of_today, point=point, in_order=False).update(in_order=True, by=by, at=at)


@transaction.atomic
def fault_point(store: Store, point: str, note: str, *, by: User, at: datetime, shift: str = Shift.OPENING) -> None:
    """Note that a point of today's checklist is not in order, and why; also where it was taken to be before."""
    workflow.require(by, "reception.record_arrival")
    if not note.strip():
        raise NotAllowed(_("Write down what is not in order."))
    found = {"in_order": False, "note": note.strip(), "by": by, "at": at}
    ShiftCheck.objects.update_or_create(
        store=store, day=appointments.day_of(store, at), shift=shift, point=point, defaults=found
    )
