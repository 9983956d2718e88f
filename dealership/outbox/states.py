"""The life of a message; the two steps a person may take by hand are transitions, the rest is the worker's."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    DUE = "due", _("waiting to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("refused")
    UNKNOWN = "unknown", _("unclear whether sent")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("too late to send")


# A person's answer is awaited only here: nothing else will happen to these by itself.
UNSETTLED = (State.FAILED, State.UNKNOWN)

RELEASE = transition(
    "release",
    [State.FAILED, State.UNKNOWN, State.EXPIRED],
    State.DUE,
    "outbox.release_message",
    _("Send again"),
)
CANCEL = transition(
    "cancel",
    [State.DUE, State.FAILED, State.UNKNOWN, State.EXPIRED],
    State.CANCELLED,
    "outbox.release_message",
    _("Do not send"),
)
