"""What the outbox hears from below: a merged customer's messages, and so his objections, go with him."""

from typing import Any

from django.dispatch import receiver

from dealership.customers.models import Customer
from dealership.customers.signals import customers_merged
from dealership.outbox import queue


@receiver(customers_merged, dispatch_uid="outbox.customers_merged")
def follow_the_survivor(survivor: Customer, duplicate: Customer, **kwargs: Any) -> None:
    queue.follow(survivor, duplicate)
