"""Spending a buffer on what buffers are for (3.1.2.3, 3.1.2.9, 3.1.2.11)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import BufferUse
from appointments.queries import Slot
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop


def use_buffer(
    *, store: Store, advisor: User, starts_at: datetime, cause: str, by: User | None, at: datetime
) -> BufferUse:
    """Give an advisor's buffer to a walk-in, an emergency or a reception that took longer, once.

    Who may, and when, is the caller's to decide: an overrun is known afterwards. Raises NotAllowed where this is no
    buffer, or it was used already.
    """
    rules = queries.rules_on(store, queries.day_of(store, starts_at))
    slot: Slot | None = queries.slot_at(starts_at, workshop.calendar_of(store), rules)
    if slot is None or not slot.buffer:
        raise NotAllowed(_("This is not one of the buffers."))
    if queries.promised(advisor, slot.starts_at):
        raise NotAllowed(_("A customer is booked in this buffer."))
    try:
        with transaction.atomic():
            return BufferUse.objects.create(
                store=store, advisor=advisor, starts_at=slot.starts_at, cause=cause, by=by, at=at
            )
    except IntegrityError as error:
        if not BufferUse.objects.filter(advisor=advisor, starts_at=slot.starts_at).exists():
            raise
        raise NotAllowed(_("This buffer was used already.")) from error
