"""What this app hears from below: two entries of a customer became one, so the visits are the survivor's."""

from typing import Any

from django.dispatch import receiver

from dealership.customers.models import Customer
from dealership.customers.signals import customers_merged
from reception import operations


@receiver(customers_merged, dispatch_uid="reception.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    operations.follow_survivor(survivor, duplicate)
