"""The worker's two names for the same act: the wake-up after a message was stored, and the regular sweep."""

from celery import shared_task
from django.utils import timezone

from dealership.outbox import delivery


@shared_task(name="outbox.ring")
def ring() -> None:
    delivery.deliver_due(timezone.now)


@shared_task(name="outbox.deliver_due")
def deliver_due() -> None:
    delivery.deliver_due(timezone.now)
