"""The clock of the workshop."""

from celery import shared_task
from django.utils import timezone

from workorders.operations import additional, pickup, progress


@shared_task(name="workorders.sweep_progress")
def sweep_progress() -> dict[str, int]:
    return progress.sweep(timezone.now())


@shared_task(name="workorders.sweep_additional")
def sweep_additional() -> dict[str, int]:
    return additional.sweep(timezone.now())


@shared_task(name="workorders.sweep_ready")
def sweep_ready() -> dict[str, int]:
    return pickup.sweep(timezone.now())
