"""What this app hears from below: two entries of a customer became one, so his calls are one list as well."""

from typing import Any

from django.dispatch import receiver

from dealership.customers.models import Customer
from dealership.customers.signals import customers_merged
from followup.operations import planning


@receiver(customers_merged, dispatch_uid="followup.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    planning.follow(survivor, duplicate)
