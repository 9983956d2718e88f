"""What this app answers from below: the booking desk asks how much work is in the house; whose a paper is."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from appointments.signals import Work, work_in_house
from dealership.customers.models import Customer
from dealership.paperwork.models import IssuedDocument
from dealership.paperwork.signals import addressee_asked
from dealership.staff.models import Store
from workorders import queries


@receiver(work_in_house, dispatch_uid="workorders.work_in_house")
def tell_the_booking_desk(store: Store, first: date, last: date, today: date, **kwargs: Any) -> list[Work]:
    return queries.work_between(store, first, last, today)


@receiver(addressee_asked, dispatch_uid="workorders.addressee_asked")
def tell_whose_paper_it_is(document: IssuedDocument, **kwargs: Any) -> Customer | None:
    paths = ["authorisation", "settlement__sheet", "settlement__gate_passes__paper"]
    whose = [Q(**{f"visits__orders__{path}": document}) for path in paths]
    return Customer.objects.filter(reduce(or_, whose)).first()
