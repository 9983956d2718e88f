"""The project: composition root on top, the dealership's own records and mechanisms below."""

from dealership.celery import app as celery_app

__all__ = ["celery_app"]
