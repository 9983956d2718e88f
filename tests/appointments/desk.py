"""The booking desk at work: how a test books, by operation and on the page, and how it sees a booking refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import operations
from appointments.models import Appointment
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

TIMES, BOOK = reverse("appointments:times"), reverse("appointments:book")
QUARTER = timedelta(minutes=15)


def book(crew, starts_at=TUESDAY_NINE, **details):
    """Book as the desk does, with anything changed by `details`."""
    car = details.pop("car", None) or factories.customer_with_car(crew.service_advisor)
    wanted = {
        "store": crew.store,
        "advisor": crew.service_advisor,
        "customer": car[0],
        "vehicle": car[1],
        "starts_at": starts_at,
        "cause": "fault",
        "reason": "刹车有异响",
        "agreed": True,
        "by": crew.service_advisor,
        "at": MONDAY,
    }
    return operations.book(**wanted | details)


def refused(crew, *args, **details):
    """Return the sentence that refuses this booking, and see that nothing was written."""
    before = Appointment.objects.count()
    with pytest.raises(NotAllowed) as refusal:
        book(crew, *args, **details)
    assert Appointment.objects.count() == before
    return str(refusal.value)


def text(answer):
    return answer.content.decode()


def to(name, made):
    return reverse(f"appointments:{name}", args=[made.pk])


def value(advisor, starts_at):
    """Return what the page sends for a time of an advisor."""
    return f"{advisor.pk}|{starts_at.isoformat()}"


def typed(crew, starts_at=TUESDAY_NINE, **changes):
    """Return what the booking page sends, with anything changed."""
    return {
        "cause": "maintenance", "reason": "保养", "channel": "phone", "kind": "passive", "agreed": "on",
        "time": value(crew.service_advisor, starts_at),
    } | changes  # fmt: skip
