"""A customer who did not come, noted by a colleague before the clock does it."""

from datetime import datetime

from django.utils.translation import gettext as _

from appointments import queries
from appointments.models import Appointment
from appointments.operations import changing
from dealership.staff.models import User
from dealership.workflow import NotAllowed


def note_missing(appointment: Appointment, *, by: User, at: datetime) -> None:
    """Note who did not come; raises NotAllowed where the store was closed then, as the clock leaves those alone."""
    if queries.closed_then(appointment):
        raise NotAllowed(
            _("The store is closed at this time, so the customer could not come. Agree on another time, or cancel.")
        )
    changing.mark_no_show(appointment, by=by, at=at)
