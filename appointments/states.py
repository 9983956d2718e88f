"""The life of an appointment (docs/procedure.md, F.1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    ARRIVED = "arrived", _("arrived")
    NO_SHOW = "no_show", _("did not come")
    CANCELLED = "cancelled", _("cancelled")


HOLDS_SLOT = (State.CONFIRMED, State.ARRIVED)

ARRIVE = transition("arrive", [State.CONFIRMED], State.ARRIVED, "reception.record_arrival", _("Customer is here"))
CANCEL = transition(
    "cancel", [State.CONFIRMED], State.CANCELLED, "appointments.cancel_appointment", _("Cancel appointment")
)
MISS = transition("miss", [State.CONFIRMED], State.NO_SHOW, "appointments.cancel_appointment", _("Did not come"))

TRANSITIONS = [ARRIVE, CANCEL, MISS]
