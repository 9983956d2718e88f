from celery import shared_task
from django.utils import timezone

from dealership.audit import operations


@shared_task(name="audit.sweep")
def sweep() -> None:
    """Seal events whose process died after its commit, and keep the day's anchors; safe to run twice at once."""
    operations.sweep(timezone.now())
