"""The management card on the board, and the foreman's notices."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from appointments import queries
from appointments.models import Appointment, CardMove, ForemanNotice, ManagementCard
from appointments.states import ON_BOARD, Area
from dealership import workflow
from dealership.staff.models import Store, User


def place(made: Appointment, *, by: User | None, at: datetime) -> ManagementCard:
    """Make the card in the column of its day; one for today goes straight to the jobs (2.1.11-2.1.15)."""
    store, vehicle = made.store, made.vehicle
    day = queries.day_of(store, made.starts_at)
    card = ManagementCard.objects.create(
        appointment=made,
        store=store,
        customer_name=made.customer.name,
        model_name=" ".join(filter(None, [vehicle.make, vehicle.model_name])),
        wishes=wishes(made),
        on=day,
        state=area_on(day, store, at),
        made_at=at,
    )
    workflow.begin(card, by=by, at=at)
    return card


def wishes(made: Appointment) -> str:
    """Write the 要求事项: what was chosen, and the customer's own words."""
    chosen = [item.description for item in made.items.all()]
    return "\n".join(dict.fromkeys([*chosen, made.reason]))


def area_on(day: date, store: Store, at: datetime) -> Area:
    return Area.ACTIVE if day <= queries.day_of(store, at) else Area.BOOKED


def card_of(made: Appointment) -> ManagementCard | None:
    return ManagementCard.objects.filter(appointment=made).first()


def shift(
    card: ManagementCard, target: Area, *, by: User | None, at: datetime, reason: str = "", **changes: Any
) -> None:
    """Move a card and write the move; the card only mirrors its appointment, whose own step was guarded."""
    ManagementCard.objects.filter(pk=card.pk).update(state=target, **changes)
    CardMove.objects.create(thing=card, from_state=card.state, to_state=target, by=by, at=at, reason=reason)
    card.state = target


def move_to_day(made: Appointment, *, by: User | None, at: datetime) -> None:
    """Put the card into the column of the new day (2.1.15); one taken off before comes back."""
    card, day = card_of(made), queries.day_of(made.store, made.starts_at)
    if card is None:
        place(made, by=by, at=at)
        return
    shift(card, area_on(day, made.store, at), by=by, at=at, on=day)


def activate(made: Appointment, *, by: User | None, at: datetime) -> None:
    """Put the card to the jobs, also one that was taken off when the customer did not come."""
    card = card_of(made)
    if card is not None and card.state in (Area.BOOKED, Area.REMOVED):
        shift(card, Area.ACTIVE, by=by, at=at)


def take_off(made: Appointment, *, by: User | None, at: datetime, reason: str) -> None:
    card = card_of(made)
    if card is not None and card.state in ON_BOARD:
        shift(card, Area.REMOVED, by=by, at=at, reason=reason[:300])


def finish(made: Appointment, *, by: User | None, at: datetime) -> None:
    card = card_of(made)
    if card is not None and card.state in ON_BOARD:
        shift(card, Area.DONE, by=by, at=at)


@transaction.atomic
def move_todays(store: Store, at: datetime) -> int:
    """Move the cards whose day has come from the appointments to the jobs (2.1.15); return how many."""
    found = queries.cards_to_move(queries.day_of(store, at), store)
    # PostgreSQL locks the rows; SQLite's transaction began with the write lock. Either way each card moves once.
    due = list(found.select_for_update(skip_locked=True).order_by("pk")[:500])
    ManagementCard.objects.filter(pk__in=[card.pk for card in due]).update(state=Area.ACTIVE)
    CardMove.objects.bulk_create(
        CardMove(thing=card, from_state=card.state, to_state=Area.ACTIVE, by=None, at=at) for card in due
    )
    return len(due)


def tell_foreman(made: Appointment, about: str, at: datetime) -> ForemanNotice:
    """Tell the foreman, on the calendar day of the decision (2.1.8): it stands on his first page from now on."""
    midnight = queries.day_bounds(made.store, queries.day_of(made.store, at))[1]
    return ForemanNotice.objects.create(
        appointment=made, store=made.store, about=about, notified_at=at, due_at=midnight - timedelta(microseconds=1)
    )


def see_notice(notice: ForemanNotice, *, by: User, at: datetime) -> None:
    """The foreman has seen it; the first look counts."""
    see_all(notice.store, shown=[notice.pk], by=by, at=at)
    notice.refresh_from_db()


@transaction.atomic
def see_all(store: Store, *, shown: Collection[int], by: User, at: datetime) -> int:
    """The foreman has read the list he was shown; return how many of its entries were new.

    Told by their ids, not up to the newest: of two bookings at once the one with the lower id may be written later.
    What he was told of the same appointment before is seen with it: only its latest notice is on the list.
    """
    workflow.require(by, "appointments.see_notice")
    unseen = ForemanNotice.objects.filter(store=store, seen_at=None)
    count = unseen.filter(pk__in=shown).update(seen_at=at, seen_by=by)
    later = ForemanNotice.objects.filter(appointment=OuterRef("appointment"), pk__in=shown, pk__gt=OuterRef("pk"))
    unseen.filter(Exists(later)).update(seen_at=at, seen_by=by)
    return count
