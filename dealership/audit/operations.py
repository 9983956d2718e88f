"""Writing an event in the transaction of its act, and sealing it into its store's chain right after.

Two ways were weighed. Chaining at once needs the head of the store's chain locked from the event to the commit, in the
middle of acts that lock orders, stock and number series in orders of their own: a signature wants the head, then the
stock; an issue slip the stock, then the head. That is a deadlock waiting for two people. Leaving it to a task that
seals once a minute locks nothing, but for a minute a row can be altered unseen.

So an event is a plain INSERT within the act, unsealed but stamped with a key the database does not hold: it is there
exactly if the act is, and whoever alters or invents one before its sealing cannot stamp it. After the commit the
same process seals what is due in a short transaction of its own, which locks the head and nothing else, and skips it
where somebody else holds it, so nobody waits. A process killed in between leaves an unsealed event to the sweep.

Measured with 8 clients at one store, PostgreSQL 15, two cores shared with other work: 42-47 acts/s, p95 340-370 ms;
with the head locked within the act 34-38 acts/s, p95 410-450 ms; without any event 92-100 acts/s, p95 110-130 ms.
"""

from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from dealership.audit import seals
from dealership.audit.acts import Act
from dealership.audit.models import Chain, Event
from dealership.audit.seals import keyed
from dealership.staff.models import Store, User

__all__ = ["anchor", "keyed", "record", "seal", "sweep"]

BATCH = 500  # sealed in one transaction; an outage may leave more


class Forked(Exception):
    """Somebody else has sealed meanwhile: what was reckoned here follows on nothing. Rolled back, sealed later."""


def record(
    act: Act, *, about: Model, by: User | None, at: datetime, store: Store | None = None, number: str = "",
    words: str = "", **facts: Any,
) -> Event:  # fmt: skip
    """Write down an act inside the transaction that does it; it goes with it if that is rolled back (A8).

    `facts` are amounts in fen, choices, moments and rows; `words` of a person are kept as a keyed hash. Without a store
    the act belongs to the whole group. Raises seals.NotAFact for what might name a person.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event is written inside the transaction of its act.")
    if words:
        facts["words"] = seals.keyed(words)
    event = Event(
        store=store, act=act, about=f"{about._meta.label_lower}:{about.pk}", number=number, by=by, at=at,
        facts={name: seals.plain(value) for name, value in facts.items()},
    )  # fmt: skip
    event.stamp = seals.stamp(event)
    event.save(force_insert=True)
    # Robust: the act is done; if its sealing fails it is logged, and the sweep does it.
    transaction.on_commit(lambda: seal(event.store_id), robust=True)
    return event


def seal(store: int | None) -> int:
    """Seal what is committed and due in a store's chain (None: the group's); return how many events.

    Whoever finds the head held leaves: the holder looks again after he let go of it, so nothing is forgotten.
    """
    total = 0
    while Event.objects.of(store).unsealed().exists():
        sealed = seal_batch(store)
        if not sealed:
            break
        total += sealed
    return total


@transaction.atomic
def seal_batch(store: int | None) -> int:
    chain = held(store)
    if chain is None:
        return 0
    seen, due = chain.length, Event.objects.of(store).unsealed().order_by("pk")
    found = islice(filter(seals.of_the_desk, due[: 20 * BATCH]), BATCH)
    for event in found:  # what the desk did not write is left to audit_verify, and keeps nobody else waiting
        append(chain, event)
    if chain.length == seen:
        return 0
    chain.stamp = seals.head_stamp(chain)
    grown = {"length": chain.length, "last_hash": chain.last_hash, "stamp": chain.stamp}
    if not Chain.objects.filter(pk=chain.pk, length=seen).update(**grown):
        raise Forked
    return chain.length - seen


def held(store: int | None) -> Chain | None:
    """Lock the head of a chain, begun where there is none; None while somebody else has it."""
    head = Chain.objects.of(store).select_for_update(skip_locked=True)
    chain = head.first()
    if chain is None and not Chain.objects.of(store).exists():
        Chain.objects.bulk_create([Chain(store_id=store)], ignore_conflicts=True)
        chain = head.first()
    return chain


def append(chain: Chain, event: Event) -> None:
    """Give the event its place behind the last of the chain; the head moves with it, in memory."""
    event.sequence, event.previous = chain.length + 1, chain.last_hash or seals.BEGINNING
    event.hash = seals.digest(event)
    place = {"sequence": event.sequence, "previous": event.previous, "hash": event.hash}
    if not Event.objects.filter(pk=event.pk, sequence=None).update(**place):
        raise Forked
    chain.length, chain.last_hash = event.sequence, event.hash


def sweep(now: datetime) -> int:
    """Seal what killed processes left, and write each chain's anchor of the day outside of the database."""
    stores = Event.objects.unsealed().order_by().values_list("store", flat=True).distinct()
    total = sum(seal(store) for store in list(stores))
    for chain in Chain.objects.filter(length__gt=0).select_related("store"):
        anchor(chain, now)
    return total


def anchor(chain: Chain, now: datetime) -> None:
    """Append today's head to the file of anchors, once; a crash or a twin in between writes a second line, no harm."""
    zone = chain.store.zone if chain.store else ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    if chain.anchored_on is not None and chain.anchored_on >= today:
        return
    settings.AUDIT_ANCHORS.parent.mkdir(parents=True, exist_ok=True)
    with settings.AUDIT_ANCHORS.open("a", encoding="utf-8") as file:
        file.write(f"{today} {chain.name} {chain.anchor}\n")
    Chain.objects.filter(pk=chain.pk).update(anchored_on=today)
