"""The life of an appointment, and of the card that stands for it on the board (docs/procedure.md, F.1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    REQUESTED = "requested", _("held, not agreed yet")
    CONFIRMED = "confirmed", _("confirmed")
    ARRIVED = "arrived", _("arrived")
    NO_SHOW = "no_show", _("did not come")
    CANCELLED = "cancelled", _("cancelled")


HOLDS_SLOT = (State.REQUESTED, State.CONFIRMED, State.ARRIVED)
PROMISED = (State.CONFIRMED, State.ARRIVED, State.NO_SHOW)  # what the statistics sheet counts

CONFIRM = transition(
    "confirm", [State.REQUESTED], State.CONFIRMED, "appointments.book_appointment", _("Customer agrees")
)
ARRIVE = transition(
    "arrive",
    [State.CONFIRMED, State.NO_SHOW],  # who comes later on his day came after all; he queues by arrival (C11)
    State.ARRIVED,
    "reception.record_arrival",
    _("Customer is here"),
)
RESCHEDULE = transition(
    "reschedule", [State.CONFIRMED], State.CONFIRMED, "appointments.book_appointment", _("Another time")
)
REBOOK = transition("rebook", [State.NO_SHOW], State.CONFIRMED, "appointments.book_appointment", _("New appointment"))
CANCEL = transition(
    "cancel",
    [State.REQUESTED, State.CONFIRMED],
    State.CANCELLED,
    "appointments.cancel_appointment",
    _("Cancel appointment"),
    by_clock=True,  # a hold nobody agreed to runs out; a customer cancels with the link of his reminder
)
MISS = transition(
    "miss",
    [State.CONFIRMED],
    State.NO_SHOW,
    "appointments.cancel_appointment",
    _("Did not come"),
    by_clock=True,
)

TRANSITIONS = [CONFIRM, ARRIVE, RESCHEDULE, REBOOK, CANCEL, MISS]


class Area(TextChoices):
    """Where the management card (维修管理卡) is on the progress board."""

    BOOKED = "booked", _("appointments")  # 作业预约, in the column of its day
    ACTIVE = "active", _("jobs")  # 作业管理, from the day itself on
    DONE = "done", _("done")
    REMOVED = "removed", _("taken off")


ON_BOARD = (Area.BOOKED, Area.ACTIVE)
