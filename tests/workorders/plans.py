"""Cars with a team and a plan, for tests about how far the work is."""

from datetime import datetime, time, timedelta

from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import SHANGHAI, TUESDAY_NINE

HOUR = timedelta(hours=1)
TODAY = TUESDAY_NINE.date()


def clock(text, day=TODAY, zone=SHANGHAI):
    """Return a time of day on the day of the tests."""
    return datetime.combine(day, time.fromisoformat(text), zone)


def open_from_to(store, *spans):
    """Let the store work these hours every day."""
    hours = [tuple(time.fromisoformat(text) for text in span) for span in spans]
    for weekday in range(7):
        workshop.set_hours(store, weekday, hours, by=None)


def plan(order, crew, starts_at, ends_at, team=None):
    """Give the order to a team for that time, in place of what was planned so far."""
    order.assignments.filter(withdrawn_at=None).update(withdrawn_at=starts_at)
    return also(order, crew, starts_at, ends_at, team, lead=True)


def also(order, crew, starts_at, ends_at, team=None, *, lead=False):
    return order.assignments.create(
        team=team or crew.team(), lead=lead, starts_at=starts_at, ends_at=ends_at, given_by=crew.foreman,
        given_at=starts_at,
    )  # fmt: skip


def planned(crew, begin="08:30", end="12:30", at=TUESDAY_NINE, **details):
    """Return an order with a team, planned from and until these times of the day."""
    order = factories.dispatched(crew, at, **details)
    plan(order, crew, clock(begin), clock(end))
    return order


def said(crew, **facts):
    """Return an answer that all is well and done by noon; `facts` differ."""
    return {
        "asked_of": crew.technician, "finish_at": clock("12:00"), "abnormal": False, "by": crew.service_advisor,
        "at": clock("11:20"),
    } | facts  # fmt: skip


def wrong(crew, **facts):
    """Return the answer that something is wrong, and what is done about it."""
    return said(
        crew, abnormal=True, words="缸盖螺栓断", measure="调第二名技师一起做", measure_by=crew.foreman
    ) | facts  # fmt: skip
