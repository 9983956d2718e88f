"""The clock's part: cards of the day, holds that run out, customers who did not come, messages that went out.

Everything here is a sweep over rows: run twice at once or after an outage of any length it does each thing once.
"""

from datetime import datetime, timedelta

from django.db import transaction

from appointments import queries
from appointments.models import Appointment
from appointments.operations import cards, changing, reminding
from appointments.states import State
from dealership.staff.models import Store
from dealership.workflow import CLOCK, NotAllowed
from dealership.workshop import queries as workshop

BATCH = 200
WORTH_A_CALL = timedelta(days=1)  # who did not come longer ago, found after an outage, is not called back


def sweep(at: datetime) -> dict[str, int]:
    """Do everything the clock owes by now; return how many of each."""
    stores = list(Store.objects.all())
    return {
        "cards": sum(cards.move_todays(store, at) for store in stores),
        "missed": sum(miss_late(store, at) for store in stores),
        "holds": changing.let_holds_go(at),
        "messages": settle_messages(stores, at),
        "adopted": adopt(at),
    }


def miss_late(store: Store, at: datetime) -> int:
    """Note who has not come within the store's time (F.1); the slot is over anyway, bay and parts are free again.

    Not where the store itself was closed then, by a closure or hours entered after the booking: that customer was let
    down, and his promise stays among those that cannot be kept until somebody acts.
    """
    minutes = queries.rules_on(store, queries.day_of(store, at)).no_show_minutes
    late = Appointment.objects.filter(
        store=store, state=State.CONFIRMED, starts_at__lte=at - timedelta(minutes=minutes)
    )
    missing = queries.measured(late, workshop.calendar_of(store)).filter(~queries.SHUT)
    found = missing.select_related("store", "customer", "vehicle", "advisor").order_by("starts_at", "pk")[:BATCH]
    return sum(miss(appointment, at) for appointment in found)


def settle_messages(stores: list[Store], at: datetime) -> int:
    """Hold back what would call customers to a closed store, then note what went out and what did not."""
    for store in stores:
        shut = queries.unkept(store).filter(queries.SHUT, starts_at__gt=at)
        for made in shut.filter(pk__in=reminding.to_be_sent().values("appointment")):
            reminding.hold_back(made, at)
    return reminding.settle_messages(at)


def miss(appointment: Appointment, at: datetime) -> bool:
    try:
        with transaction.atomic():
            changing.mark_no_show(appointment, by=CLOCK, at=at)
            if at - appointment.starts_at > WORTH_A_CALL:
                reminding.withdraw(appointment, by=CLOCK, at=at, reason="")
    except NotAllowed:
        return False  # the customer arrived, or the day was closed, in this very moment
    return True


def adopt(at: datetime) -> int:
    """Give card and reminders to promises made before the desk knew of them, such as those of an older version."""
    bare = Appointment.objects.filter(state=State.CONFIRMED, starts_at__gt=at, card=None)
    named = bare.exclude(vehicle__model_name="")  # without a model there is no card (2.1.13)
    found = list(named.select_related("store", "customer", "vehicle", "advisor").order_by("pk")[:BATCH])
    return sum(take_over(appointment, at) for appointment in found if appointment.vehicle.model_name.strip())


@transaction.atomic
def take_over(appointment: Appointment, at: datetime) -> bool:
    # Looked at once it is locked: another sweep may have made the card since.
    Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
    if not Appointment.objects.filter(pk=appointment.pk, card=None, state=State.CONFIRMED).exists():
        return False
    cards.place(appointment, by=CLOCK, at=at)
    reminding.plan(appointment, at)
    return True
