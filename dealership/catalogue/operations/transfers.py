"""Asking another store of the group for a part, and giving it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.catalogue import queries, signals, states
from dealership.catalogue.models import Part, Stock, Transfer
from dealership.catalogue.operations import shelves, supplies
from dealership.staff.models import Store
from dealership.workflow import NotAllowed

Kind = shelves.Kind


@transaction.atomic
def ask_for(
    store: Store, part: Part, quantity: int, *, of: Store, wanted_on: date, note: str = "", by: Any, at: datetime
) -> Transfer:
    """Ask another store for units of a part; it agrees or refuses."""
    workflow.require(by, states.MAY)
    require_at(store, by)
    supplies.whole(quantity)
    if store == of:
        raise NotAllowed(_("Ask another store."))
    supplies.check_day(store, wanted_on, at)
    asked = Transfer.objects.create(
        asking=store, giving=of, part=part, quantity=quantity, wanted_on=wanted_on, note=note.strip()[:120],
        asked_by=by, asked_at=at,
    )  # fmt: skip
    workflow.begin(asked, by=by, at=at)
    return asked


@transaction.atomic
def agree(asked: Transfer, *, by: Any, at: datetime) -> None:
    """Promise the units and put them aside for the other store; raises OutOfStock where they are not free."""
    require_at(asked.giving, by)
    workflow.move(asked, states.AGREE, by=by, at=at)
    shelves.reserve(asked.giving, asked.part, asked.quantity, reference=kept_for(asked), by=by, at=at)


@transaction.atomic
def refuse(asked: Transfer, *, reason: str, by: Any, at: datetime) -> None:
    """Say no, or no longer, and why; what was put aside is free again."""
    require_at(asked.giving, by)
    if not reason.strip():
        raise NotAllowed(_("Write down why the other store cannot have it."))
    workflow.move(asked, states.REFUSE, by=by, at=at, reason=reason.strip()[:300])
    let_go(asked, by=by, at=at)


@transaction.atomic
def send(asked: Transfer, *, by: Any, at: datetime) -> None:
    """The goods leave the giving store: its stock falls now."""
    require_at(asked.giving, by)
    workflow.move(asked, states.SEND, by=by, at=at)
    shelves.move_out(
        asked.giving, asked.part, asked.quantity, Kind.SENT, str(asked), kept_for=kept_for(asked), by=by, at=at
    )


@transaction.atomic
def receive(asked: Transfer, *, by: Any, at: datetime) -> None:
    """The goods are in the asking store: its stock rises now, and whoever waits for them hears of it."""
    require_at(asked.asking, by)
    workflow.move(asked, states.RECEIVE, by=by, at=at)
    shelves.move_in(asked.asking, asked.part, asked.quantity, Kind.ARRIVED, str(asked), by, at)
    signals.goods_came.send(Stock, store=asked.asking, part=asked.part, by=by, at=at)


@transaction.atomic
def withdraw(asked: Transfer, *, by: Any, at: datetime) -> None:
    """The asking store needs it no more; only before it is on the way."""
    require_at(asked.asking, by)
    workflow.move(asked, states.WITHDRAW, by=by, at=at)
    let_go(asked, by=by, at=at)


def kept_for(asked: Transfer) -> str:
    return f"transfer:{asked.pk}"


def let_go(asked: Transfer, *, by: Any, at: datetime) -> None:
    for kept in queries.open_reservations(asked.giving, asked.part, kept_for(asked)):
        shelves.give_back(kept, by=by, at=at)


def require_at(store: Store, by: Any) -> None:
    """Only people of a store act for it."""
    if not by.stores.filter(pk=store.pk).exists():
        raise NotAllowed(_("Only people of %(store)s can do this.") % {"store": store.name})
