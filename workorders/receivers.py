"""What this app answers from below: the booking desk asks how much work is in the house already."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from appointments.signals import Work, work_in_house
from dealership.staff.models import Store
from workorders import queries


@receiver(work_in_house, dispatch_uid="workorders.work_in_house")
def tell_the_booking_desk(store: Store, first: date, last: date, today: date, **kwargs: Any) -> list[Work]:
    return queries.work_between(store, first, last, today)
