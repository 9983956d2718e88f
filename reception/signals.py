"""What the reception tells and asks the apps above it."""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal


@dataclass(frozen=True)
class Progress:
    """How far the work on a visit's car is; `urgency` is '', amber or red."""

    visit_id: int
    promised_at: datetime | None
    state: str
    urgency: str = ""


# Asked with `visits` and `now`; each receiver answers a list of Progress. Who waits in the lounge is told when his car
# will be ready, and that is the order's promise, which the reception does not know (2.2.10.1).
progress_asked = Signal()

# Sent with `visit` and `to`: another advisor answers for it, and what is his to do comes to him.
visit_handed_over = Signal()
