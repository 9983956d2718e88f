"""Telling a desk something it must see at once, and noting that it was seen."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import notices, queries
from workorders.models import Alert, WorkOrder


def in_house_language(order: WorkOrder) -> AbstractContextManager[None]:
    """Write what stays on the order as the store reads it, whatever language the person who causes it has chosen."""
    return translation.override(notices.language_of(order))


def tell(order: WorkOrder, *desks: str, about: str, words: str = "", by: Any, at: datetime) -> list[Alert]:
    """Put one alert before each desk; who caused it and when stand on it."""
    return [
        Alert.objects.create(order=order, desk=desk, about=about, words=words.strip()[:300], by=by, at=at)
        for desk in desks
    ]


def settle(order: WorkOrder, desk: str, about: str, *, by: User, at: datetime, **words: str) -> None:
    """Take away what a desk was told in such words (a lookup): it is dealt with, and whoever did so has seen it."""
    order.alerts.filter(desk=desk, about=about, seen_at=None, **words).update(seen_by=by, seen_at=at)


def see(alert: Alert, *, by: User, at: datetime) -> None:
    """Note who of the desk saw it first; raises NotAllowed for somebody it is not for."""
    if alert.desk not in queries.desks_of(by):
        raise NotAllowed(_("Your role does not allow this."))
    Alert.objects.filter(pk=alert.pk, seen_at=None).update(seen_by=by, seen_at=at)
    alert.refresh_from_db()
