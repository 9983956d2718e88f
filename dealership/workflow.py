"""Moving a thing from one state to the next: guard, compare-and-set, and one row of history.

An app's `states.py` names its transitions; `move()` is the only way a state changes. Two people who
press at once both see the same state, so the database decides: the UPDATE names the state this request
saw, and whoever changes no row is told who was first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

CLOCK = None  # passed as `by=` where the clock acts, not a person


class NotAllowed(Exception):
    """A refused act; `str(error)` is a full sentence for the person who tried, in their language."""


@dataclass(frozen=True)
class Transition:
    """A named step of a workflow: from any of `sources` to `target`, for holders of `permission`."""

    name: str
    sources: frozenset[str]
    target: str
    permission: str
    label: str | Promise
    by_clock: bool = False

    def possible(self, thing: models.Model) -> bool:
        """Say whether the thing stands in a state this step starts from."""
        return thing.state in self.sources  # type: ignore[attr-defined]


def transition(
    name: str, sources: Sequence[str], target: str, permission: str, label: str | Promise, *, by_clock: bool = False
) -> Transition:
    return Transition(name, frozenset(map(str, sources)), str(target), permission, label, by_clock)


class Move(models.Model):
    """One step in the history of a thing; every workflow has its own concrete table with the field `thing`."""

    from_state = models.CharField(gettext_lazy("from"), max_length=24, blank=True)
    to_state = models.CharField(gettext_lazy("to"), max_length=24)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("by"),
    )
    at = models.DateTimeField(gettext_lazy("at"))
    reason = models.CharField(gettext_lazy("reason"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state} > {self.to_state}"

    @property
    def state_label(self) -> str:
        """The name of the state reached, in the reader's language."""
        choices = self._meta.get_field("thing").related_model._meta.get_field("state").choices  # type: ignore[union-attr]
        return str(dict(choices or ()).get(self.to_state, self.to_state))


def require(by: Any, permission: str) -> None:
    """Raise NotAllowed unless the person holds the permission; the clock may do what its callers let it."""
    if by is not CLOCK and not by.has_perm(permission):
        raise NotAllowed(_("Your role does not allow this."))


def move(
    thing: Any,
    step: Transition,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    seen_too: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Move the thing one step, together with `changes` to its other fields, and record who did it.

    `seen_too` names other fields that must still be as this request saw them: a step that leads back to the same
    state needs one. Raises NotAllowed when the person may not, the state does not fit, or somebody else was faster.
    """
    if by is CLOCK and not step.by_clock:
        raise NotAllowed(_("Only a person can do this."))
    require(by, step.permission)
    seen = thing.state
    if seen not in step.sources:
        raise NotAllowed(out_of_turn(thing, at))
    with transaction.atomic():
        unchanged = type(thing)._default_manager.filter(pk=thing.pk, state=seen, **(seen_too or {}))
        changed = unchanged.update(state=step.target, **changes)
        if not changed:
            raise NotAllowed(out_of_turn(thing, at))
        thing.moves.create(from_state=seen, to_state=step.target, by=by, at=at, reason=reason)
    thing.state = step.target
    for name, value in changes.items():
        setattr(thing, name, value)


def begin(thing: Any, *, by: Any, at: datetime, reason: str = "") -> None:
    """Record the first state of a thing that was just created."""
    thing.moves.create(from_state="", to_state=thing.state, by=by, at=at, reason=reason)


def out_of_turn(thing: Any, at: datetime) -> str:
    """Say in one sentence where the thing stands now, who brought it there and how long ago."""
    last = thing.moves.select_related("by").order_by("at", "pk").last()
    if last is None:
        return _("This is no longer possible here.")
    label = type(thing)._meta.get_field("state").choices
    state = str(dict(label or ()).get(last.to_state, last.to_state))
    if last.by is None:
        return _("This is already at “%(state)s”.") % {"state": state}
    return _("%(who)s moved this to “%(state)s” %(ago)s.") % {
        "who": last.by.full_name,
        "state": state,
        "ago": ago(max(0, round((at - last.at).total_seconds()))),
    }


def ago(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)d second ago", "%(n)d seconds ago", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day ago", "%(n)d days ago", seconds // 86400) % {"n": seconds // 86400}
