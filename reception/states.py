"""The life of a visit as the reception sees it (docs/procedure.md, F.2).

What happens between the signed intake and the release is the work order's story and is not told twice.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    WAITING = "waiting", _("waiting")
    RECEIVING = "receiving", _("being received")
    INSPECTED = "inspected", _("taken in")
    RELEASED = "released", _("released")
    LEFT = "left", _("left without work")


OPEN = (State.WAITING, State.RECEIVING, State.INSPECTED)

RECEIVE = transition("receive", [State.WAITING], State.RECEIVING, "reception.receive_visit", _("Receive"))
SIGN = transition("sign", [State.RECEIVING], State.INSPECTED, "reception.receive_visit", _("Customer signs"))
LEAVE = transition(
    "leave",
    [State.WAITING, State.RECEIVING],
    State.LEFT,
    "reception.receive_visit",
    _("Customer leaves without work"),
)
# After the intake is signed only the order's desk knows whether work has begun; it lets the customer go.
DECLINE = transition(
    "decline", [State.INSPECTED], State.LEFT, "workorders.write_workorder", _("Customer declines the work")
)
RELEASE = transition("release", [State.INSPECTED], State.RELEASED, "workorders.release_car", _("Car leaves"))

TRANSITIONS = [RECEIVE, SIGN, LEAVE, DECLINE, RELEASE]
