"""Finding what was edited, deleted, inserted, reordered or cut off, also by whoever owns the database.

Each finding is one plain English line for the person at the terminal. Everything is read in chunks: memory does not
grow with the chain. A desk that works meanwhile causes no finding.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count, Model

from dealership.audit import seals
from dealership.audit.models import Chain, Event
from dealership.audit.witnesses import WITNESSES, Witness

CHUNK = 1000
PATIENCE = timedelta(minutes=5)  # an event is sealed within moments, at the latest by the next sweep
FIRST = Event(sequence=0, hash=seals.BEGINNING)


def findings(now: datetime, anchors: Iterable[str], counts: Counter[str]) -> Iterator[str]:
    """Yield a line for everything that is not as the desk wrote it; `counts` says what was looked at."""
    heads = {chain.store_id: chain for chain in Chain.objects.select_related("store")}
    stores = set(heads) | set(Event.objects.order_by().values_list("store", flat=True).distinct())
    for store in sorted(stores, key=lambda store: store or 0):
        counts["chains"] += 1
        yield from of_chain(store, heads.get(store), counts)
    yield from unsealed(now)
    yield from written_twice()
    yield from lost_anchors(anchors, counts)
    for witness in WITNESSES:
        yield from unlike_rows(witness, counts)


def of_chain(store: int | None, head: Chain | None, counts: Counter[str]) -> Iterator[str]:
    """Walk one chain from its beginning to its head as it stood when the walk began."""
    name = head.name if head else f"store {store or 'group'}"
    length = head.length if head else 0
    sealed, last = Event.objects.of(store).sealed(), FIRST
    for event in sealed.filter(sequence__lte=length).order_by("sequence", "pk").iterator(CHUNK):
        counts["events"] += 1
        for line in unlike(event, last):
            yield f"{name}: {line}"
        last = event
    if length and (length, head and head.last_hash) != (last.sequence, last.hash):
        yield f"{name}: the chain ends at event {last.sequence}, its head says {length}: cut off or replaced."
    if head and length and not seals.head_of_the_desk(head):
        yield f"{name}: the head of the chain was not written by the desk."
    end = sealed.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    grown = Chain.objects.of(store).values_list("length", flat=True).first() or 0
    if end > max(grown, length):
        yield f"{name}: events {max(grown, length) + 1} to {end} lie beyond the head: added, or the head was set back."


def unlike(event: Event, last: Event) -> Iterator[str]:
    """Yield what is wrong with an event in its place behind `last`."""
    expected = (last.sequence or 0) + 1
    if event.sequence is not None and event.sequence > expected:
        gap = f"events {expected} to {event.sequence - 1} are"
        yield f"{gap if event.sequence > expected + 1 else f'event {expected} is'} missing: deleted."
    elif event.sequence != expected:
        yield f"event {event.sequence} stands where {expected} belongs: inserted or moved."
    elif event.previous != last.hash:
        yield f"event {event.sequence} does not follow on the one before it: inserted, deleted or reordered."
    if event.hash != seals.digest(event):
        yield f"event {event.sequence} was changed after it was sealed."
    elif not seals.of_the_desk(event):
        yield f"event {event.sequence} was not written by the desk as it stands, or with another SECRET_KEY."


def unsealed(now: datetime) -> Iterator[str]:
    for event in Event.objects.unsealed().order_by("pk").iterator(CHUNK):
        if not seals.of_the_desk(event):
            yield f"unsealed event with id {event.pk} was not written by the desk as it stands."
        elif event.at < now - PATIENCE:
            yield f"unsealed event with id {event.pk} waits for its seal since {event.at:%Y-%m-%d %H:%M} UTC."


def written_twice() -> Iterator[str]:
    """A copy of a true event has a true stamp; that no two are the same is the database's rule, while it is there."""
    twins = Event.objects.order_by().values("stamp").annotate(n=Count("pk")).filter(n__gt=1)
    for stamp in twins.values_list("stamp", flat=True).iterator(CHUNK):
        ids = list(Event.objects.filter(stamp=stamp).order_by("pk").values_list("pk", flat=True)[:5])
        yield f"events with the ids {', '.join(map(str, ids))} are copies of one event."


def kept_anchors(file: Path) -> Iterator[str]:
    """Yield the anchors of the file the sweep writes, such as `12:5f…`."""
    if file.exists():
        with file.open(encoding="utf-8") as lines:
            yield from (line.split()[-1] for line in lines if line.strip())


def lost_anchors(anchors: Iterable[str], counts: Counter[str]) -> Iterator[str]:
    """An anchor was a head once: whatever became of the chain since, that event still stands there."""
    for anchor in anchors:
        counts["anchors"] += 1
        sequence, _colon, found = anchor.partition(":")
        if not sequence.isdecimal() or len(found) != 64:
            yield f"{anchor} is no anchor, such as 12:5f… with 64 digits."
        elif not Event.objects.filter(sequence=int(sequence), hash=found).exists():
            yield f"anchor {anchor} is in no chain any more: a chain was cut off or written anew."


def unlike_rows(witness: Witness, counts: Counter[str]) -> Iterator[str]:
    """Compare the rows of a table with the events about them, both ways; rows older than the first event have none."""
    first = Event.objects.order_by("pk").first()
    if first is None:
        return
    rows = witness.model._default_manager.filter(witness.rows, **{f"{witness.at}__gte": first.at}).order_by("pk")
    for chunk in chunked(rows.iterator(CHUNK)):
        counts["acts"] += len(chunk)
        told = defaultdict(list)
        abouts = [about(row) for row in chunk]
        for event in Event.objects.filter(act__in=witness.acts, about__in=abouts):
            told[event.about].append(event)
        for row in chunk:
            yield from unlike_row(witness, row, told[about(row)])
    yield from without_row(witness)


def unlike_row(witness: Witness, row: Model, told: list[Event]) -> Iterator[str]:
    if len(told) != 1:
        yield f"{about(row)} has {len(told)} events “{', '.join(witness.acts)}” where there is to be one."
        return
    for name, value in witness.says(row).items():
        if told[0].facts.get(name) != seals.plain(value):
            yield f"{about(row)} says {name} {seals.plain(value)}, its event {told[0].facts.get(name)}."


def without_row(witness: Witness) -> Iterator[str]:
    label = witness.model._meta.label_lower
    events = Event.objects.filter(act__in=witness.acts, about__startswith=f"{label}:").order_by("pk")
    for chunk in chunked(events.values_list("pk", "about").iterator(CHUNK)):
        named = {pk: key for pk, text in chunk if (key := text.removeprefix(f"{label}:")).isdecimal()}
        there = set(
            witness.model._default_manager.filter(witness.rows, pk__in=named.values()).values_list("pk", flat=True)
        )
        for pk, text in chunk:
            if int(named.get(pk, 0)) not in there:
                yield f"event with the id {pk} tells of {text}, which is not there."


def about(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def chunked(rows: Iterable[Any]) -> Iterator[Sequence[Any]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk
