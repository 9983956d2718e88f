"""Rows that prove an act, named by the apps that keep them: each has one event, and each such event has its row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from dealership.audit.acts import Act


@dataclass(frozen=True)
class Witness:
    """A table whose rows (those of `rows`) each stand for one of `acts`, done at the moment in the field `at`.

    `says` returns what the event must say of a row as well: fact names and values, never what is erased with a person.
    """

    model: type[Model]
    acts: Sequence[Act]
    at: str
    rows: Q = field(default_factory=Q)
    says: Callable[[Any], dict[str, Any]] = lambda row: {}


WITNESSES: list[Witness] = []


def call(*witnesses: Witness) -> None:
    """Let these be asked by audit_verify; called once by each app when it is ready."""
    WITNESSES.extend(witnesses)
