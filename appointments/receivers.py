"""What this app hears from below: two entries of a customer became one, so the promises are the survivor's."""

from typing import Any

from django.dispatch import receiver

from appointments import operations
from dealership.customers.models import Customer
from dealership.customers.signals import customers_merged


@receiver(customers_merged, dispatch_uid="appointments.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    operations.follow_survivor(survivor, duplicate)
