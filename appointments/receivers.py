"""What this app hears from below about customers: two entries became one, or one was corrected."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from appointments import operations
from dealership.customers.models import Customer
from dealership.customers.signals import customer_corrected, customers_merged


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
