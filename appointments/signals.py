"""What the apps above tell the booking desk when it asks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.dispatch import Signal


@dataclass(frozen=True)
class Work:
    """Hours already sold that the workshop has to do on a day; `appointment_id` where they came by appointment."""

    day: date
    hours: Decimal
    skill: str = ""
    appointment_id: int | None = None


# Asked with `store`, `first` and `last` day, and `today`, on which overdue work lies; each receiver answers a list of
# Work. Without it a day with work carried over and customers who simply came would look emptier than it is.
work_in_house = Signal()
