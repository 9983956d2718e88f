"""What this app hears from below: customers were merged or corrected; hours and absences let booked customers down."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from appointments import operations, queries
from dealership.customers.models import Customer
from dealership.customers.signals import customer_corrected, customers_merged
from dealership.staff.models import Store
from dealership.staff.signals import promises_asked


@receiver(customers_merged, dispatch_uid="appointments.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, at: datetime, **kwargs: Any) -> None:
    operations.follow_survivor(survivor, duplicate)
    operations.follow_wish(survivor, at=at)


@receiver(customer_corrected, dispatch_uid="appointments.customer_corrected")
def follow_the_customer(customer: Customer, changed: set[str], at: datetime, **kwargs: Any) -> None:
    if "name" in changed:
        operations.rename(customer, at=at)
    if changed & {"email", "preferred_channel"}:
        operations.follow_wish(customer, at=at)


@receiver(promises_asked, dispatch_uid="appointments.promises_asked")
def tell_the_back_office(store: Store, **kwargs: Any) -> set[int]:
    return set(queries.unkept(store).values_list("pk", flat=True))
