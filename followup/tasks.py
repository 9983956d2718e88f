"""The clock of the follow-up."""

from celery import shared_task
from django.utils import timezone

from followup import operations


@shared_task(name="followup.sweep")
def sweep() -> dict[str, int]:
    return operations.sweep(timezone.now())
