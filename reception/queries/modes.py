"""Whether many wait: then customers are received shortly, and the rest is done later (4.2.1, 4.3.1, C17)."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from appointments import queries as appointments
from appointments.models import BookingRules
from dealership.staff.models import Store
from reception.models import Mode, ModeSwitch
from reception.queries.course import Forecast, forecast
from reception.queries.lane import lane
from reception.states import State


def set_by_hand(store: Store, at: datetime) -> str:
    """Return the mode somebody set today, nothing where the figures decide."""
    begins = appointments.day_bounds(store, appointments.day_of(store, at))[0]
    last = ModeSwitch.objects.filter(store=store, at__gte=begins, at__lte=at).order_by("-at", "-pk").first()
    return last.mode if last else ""


def mode_of(course: Forecast, by_hand: str) -> Mode:
    """Return how customers are received now: as set by hand, else by how many wait and for how long."""
    if by_hand:
        return Mode(by_hand)
    many = len(course.lane.waiting) >= course.lane.rules.busy_threshold
    return Mode.BUSY if many or course.long_waits else Mode.NORMAL


def mode_at(store: Store, at: datetime) -> Mode:
    return mode_of(forecast(lane(store, at)), set_by_hand(store, at))


def few_wait(store: Store, rules: BookingRules, at: datetime) -> bool:
    """Say in one query whether there is time for a customer: nothing set by hand, few wait, nobody too long.

    What a page needs to know; the lane and the visit's own mode look at those who will have to wait, too.
    """
    begins = appointments.day_bounds(store, appointments.day_of(store, at))[0]
    switches = ModeSwitch.objects.filter(store=OuterRef("pk"), at__gte=begins, at__lte=at).order_by("-at", "-pk")
    waiting = Q(visits__state=State.WAITING)
    promised = Coalesce("visits__appointment__starts_at", "visits__arrived_at")  # who is early waits for his time
    found = Store.objects.filter(pk=store.pk).annotate(
        by_hand=Subquery(switches.values("mode")[:1]),
        many=Count("visits", filter=waiting),
        longest=Min(Greatest("visits__arrived_at", promised), filter=waiting),
    )
    by_hand, many, longest = found.values_list("by_hand", "many", "longest").get()
    if by_hand:
        return by_hand == Mode.NORMAL
    long = longest is not None and at - longest > timedelta(minutes=rules.patience_minutes)
    return many < rules.busy_threshold and not long
