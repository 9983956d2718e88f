"""The way of a part from one store of the group to another (调拨)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition

MAY = "catalogue.transfer_goods"


class TransferState(TextChoices):
    ASKED = "asked", _("asked for")
    AGREED = "agreed", _("agreed")
    SENT = "sent", _("on the way")
    RECEIVED = "received", _("received")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN = [TransferState.ASKED, TransferState.AGREED, TransferState.SENT]

AGREE = transition("agree", [TransferState.ASKED], TransferState.AGREED, MAY, _("Agree"))
REFUSE = transition("refuse", [TransferState.ASKED, TransferState.AGREED], TransferState.REFUSED, MAY, _("Refuse"))
SEND = transition("send", [TransferState.AGREED], TransferState.SENT, MAY, _("Send off"))
RECEIVE = transition("receive", [TransferState.SENT], TransferState.RECEIVED, MAY, _("Has arrived"))
WITHDRAW = transition(
    "withdraw", [TransferState.ASKED, TransferState.AGREED], TransferState.WITHDRAWN, MAY, _("Withdraw")
)
GIVING = [AGREE, REFUSE, SEND]  # for the store that has the part
ASKING = [RECEIVE, WITHDRAW]  # for the store that wants it
TRANSFER_TRANSITIONS = [*GIVING, *ASKING]
