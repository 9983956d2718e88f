"""What an event is reduced to before it is hashed: the same bytes on every database, today and in ten years.

Two things are reckoned with two keys in mind. The hash of the chain is plain SHA-256, so that anybody can check it. The
stamps are keyed with SECRET_KEY, which is not in the database: whoever owns the database alone can neither write an
event nor a head. A new SECRET_KEY keeps the old one in SECRET_KEY_FALLBACKS.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.utils.crypto import salted_hmac

from dealership.audit.models import Chain, Event

BEGINNING = "0" * 64  # before the first event of a chain
CODE = re.compile(r"[A-Za-z0-9_.:-]{0,80}")  # a choice, a number of a paper, a hash: no name, no plate, no +86 phone


class NotAFact(TypeError):
    """A value that may name a person, or has no single way to be written down."""


def plain(value: Any) -> Any:
    """Return a fact as it is kept: whole numbers, codes, moments and rows (by their id); raises NotAFact."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, str) and CODE.fullmatch(value):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(one) for one in value]
    raise NotAFact(f"{type(value).__name__} is no fact of an event: numbers, codes, moments and ids are.")


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def keyed(words: str | bytes) -> str:
    """Return what stands in an event for somebody's words or drawn name: compared by the desk, read by nobody."""
    if not words:
        return ""
    return salted_hmac("dealership.audit.words", words, algorithm="sha256").hexdigest()


def content(event: Event) -> dict[str, Any]:
    """Return everything about an event but its place in the chain."""
    return {
        "store": event.store_id,
        "act": str(event.act),
        "about": event.about,
        "number": event.number,
        "by": event.by_id,
        "at": moment(event.at),
        "facts": event.facts,
        "nonce": str(event.nonce),
    }


def canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(event: Event) -> str:
    """Return SHA-256 of the hash before and the canonical JSON of all of the event's columns."""
    place = {"id": event.pk, "sequence": event.sequence, "stamp": event.stamp}
    return hashlib.sha256((event.previous + canonical(content(event) | place)).encode()).hexdigest()


def stamp(event: Event) -> str:
    return stamped("event", canonical(content(event)), settings.SECRET_KEY)


def head_stamp(chain: Chain) -> str:
    return stamped("head", head(chain), settings.SECRET_KEY)


def head(chain: Chain) -> str:
    return canonical({"store": chain.store_id, "length": chain.length, "last_hash": chain.last_hash})


def stamped(what: str, text: str, secret: str) -> str:
    return salted_hmac(f"dealership.audit.{what}", text, secret=secret, algorithm="sha256").hexdigest()


def of_the_desk(event: Event) -> bool:
    """Say whether the desk wrote the event as it stands."""
    return known_stamp("event", canonical(content(event)), event.stamp)


def head_of_the_desk(chain: Chain) -> bool:
    return known_stamp("head", head(chain), chain.stamp)


def known_stamp(what: str, text: str, found: str) -> bool:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(stamped(what, text, secret), found) for secret in secrets)
