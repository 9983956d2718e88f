"""The Celery application and its clock.

Every clock task is a sweep over rows that are due: safe to run twice at once and after any outage.
The schedule holds only timedeltas; no task is ever sent with an eta.
"""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings")
app = Celery("dealership")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "seal events a killed process left, keep the day's anchors": {
        "task": "audit.sweep",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 60},
    },
    "deliver messages that are due": {
        "task": "outbox.deliver_due",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 60},
    },
    "keep the promises of the booking desk": {
        "task": "appointments.sweep",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 60},
    },
    "alert of customers not called and answers not passed on": {
        "task": "workorders.sweep_additional",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 60},
    },
    "alert of customers not told that their car is ready": {
        "task": "workorders.sweep_ready",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
    "create follow-up work that is due": {
        "task": "followup.sweep",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 60},
    },
    "ask the workshop how far it is": {
        "task": "workorders.sweep_progress",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
}
