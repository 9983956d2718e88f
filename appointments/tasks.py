"""The clock of the booking desk."""

from celery import shared_task
from django.utils import timezone

from appointments import operations


@shared_task(name="appointments.sweep")
def sweep() -> dict[str, int]:
    return operations.sweep(timezone.now())
