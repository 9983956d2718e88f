"""The life of a follow-up task (docs/procedure.md, F.5).

Taking a task over and calling in vain change no state; they are the person on the task and its attempts.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    PLANNED = "planned", _("planned")
    DUE = "due", _("due")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    SUPERSEDED = "superseded", _("no longer needed")


OPEN = (State.PLANNED, State.DUE)

FALL_DUE = transition("fall_due", [State.PLANNED], State.DUE, "followup.make_call", _("Falls due"), by_clock=True)
FINISH = transition("finish", [State.DUE], State.DONE, "followup.make_call", _("Done"))
SENT = transition("sent", [State.PLANNED], State.DONE, "followup.make_call", _("Message sent"), by_clock=True)
DECLINE = transition("decline", [State.DUE], State.CANCELLED, "followup.make_call", _("Customer declined"))
SUPERSEDE = transition("supersede", OPEN, State.SUPERSEDED, "followup.make_call", _("No longer needed"), by_clock=True)
CANCEL = transition("cancel", OPEN, State.CANCELLED, "followup.reassign_task", _("Cancel task"))

TRANSITIONS = [FALL_DUE, FINISH, SENT, DECLINE, SUPERSEDE, CANCEL]
