"""The board: on the foreman's tablet, where work is given out, and on a screen on the wall that is only read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, urlencode
from django.views.decorators.cache import never_cache

from dealership.staff.models import Store, Team, User
from dealership.web import allow, page, store_of
from workorders import queries
from workorders.queries import By, Card, Column

FOLDED = frozenset({"draft", "delivered"})  # a strip until it is opened: no work for the foreman lies in them
ON_WALL = ("waiting", "team", "work", "hold", "check", "ready")
AT_ONCE = 6  # cards of a column that fit on the wall
TURN = 20  # seconds until the next cards have their turn
DRAWN = 90  # seconds a part is kept: its mark changes each minute


@dataclass(frozen=True)
class Look:
    """How somebody wants to see the board; it stays in the address, and so while the board fetches itself."""

    by: str
    opened: frozenset[str]

    @classmethod
    def of(cls, request: Any) -> "Look":
        by, opened = request.GET.get("by", ""), request.GET.getlist("open")
        return cls(by if by in By.values else By.STEP.value, FOLDED.intersection(opened))

    def address(self, **other: Any) -> str:
        by, opened = other.get("by", self.by), other.get("opened", self.opened)
        query = {"by": [by] if by != By.STEP else [], "open": sorted(opened)}
        query = {name: values for name, values in query.items() if values}
        return reverse("workorders:board") + ("?" + urlencode(query, doseq=True) if query else "")

    def turned(self, key: str) -> str:
        """Return the address with one column opened, or folded again."""
        return self.address(opened=self.opened ^ {key})


@never_cache
@allow("workorders.view_workorder")
def board(request: Any) -> HttpResponse:
    """Every car in the house; fetches itself every three seconds and is drawn anew only where something changed."""
    store, now, look = store_of(request), timezone.now(), Look.of(request)
    may_open = request.user.has_perm("appointments.view_appointment")
    mark = mark_of(request, store, now, look.address(), may_open)
    answer = unchanged(request, mark) or drawn(
        request, "workorders/board.html", mark, now, lambda: board_shown(request, store, now, look)
    )
    return told(answer, mark, now)


def board_shown(request: Any, store: Store, now: datetime, look: Look) -> dict[str, Any]:
    shown = minute(now)
    context = {
        "columns": with_ways(columns_shown(store, shown, look), look),
        "promises": queries.promises(store, shown) if look.by == By.STEP else None,
        "by_step": look.by == By.STEP,
        "may_open": request.user.has_perm("appointments.view_appointment"),
    }
    if not request.htmx:
        context |= {"address": look.address(), "teams": teams_to_give_to(request.user, store)}
        context["groups"] = [(look.address(by=by), label, by == look.by) for by, label in By.choices]
    return context


def columns_shown(store: Store, now: datetime, look: Look) -> list[Column]:
    columns = queries.board(store, now, look.by)
    if look.by == By.STEP:
        columns.append(queries.delivered_column(store, now, shown="delivered" in look.opened))
    return columns


def with_ways(columns: list[Column], look: Look) -> list[tuple[Column, bool, str]]:
    """Give each column whether it is open, and the address that folds or opens it where that can be chosen."""
    return [
        (one, one.count > 0 and one.key not in FOLDED - look.opened, look.turned(one.key) if one.key in FOLDED else "")
        for one in columns
    ]


def teams_to_give_to(user: User, store: Store) -> list[Team]:
    """Return the teams a waiting card can be dragged onto; the form of the order decides in the end."""
    if user.has_perm("workorders.dispatch_workorder"):
        return list(queries.teams(store))
    return []


@never_cache
@allow("workorders.view_workorder")
def tv(request: Any) -> HttpResponse:
    """The cars in the workshop for a screen on the wall: nothing to press, nobody named against his wish (3.1.3.5)."""
    store, now = store_of(request), timezone.now()
    turn = int(now.timestamp()) // TURN
    mark = mark_of(request, store, now, "tv", turn)
    answer = unchanged(request, mark) or drawn(
        request, "workorders/tv.html", mark, now, lambda: wall_shown(store, now, turn)
    )
    return told(answer, mark, now)


def wall_shown(store: Store, now: datetime, turn: int) -> dict[str, Any]:
    shown = [one for one in queries.board(store, minute(now)) if one.key in ON_WALL]
    columns = [(column, in_turn(column.cards, turn)) for column in shown]
    return {"columns": columns, "store": store, "user": AnonymousUser()}  # nobody: no menu


def in_turn(cards: list[Card], turn: int) -> list[Card]:
    """Return the cards whose turn it is where there are more than fit."""
    pages = max(1, -(-len(cards) // AT_ONCE))
    start = min(turn % pages * AT_ONCE, max(0, len(cards) - AT_ONCE))  # the last turn is as full as the others
    return cards[start : start + AT_ONCE]


def mark_of(request: Any, store: Store, now: datetime, *seen: Any) -> str:
    """Return the mark of what this person is shown: of the board, and of how he looks at it."""
    told = [queries.board_version(store, now), store.pk, request.LANGUAGE_CODE, *seen]
    return quote_etag(md5(repr(told).encode(), usedforsecurity=False).hexdigest())


def unchanged(request: Any, mark: str) -> HttpResponse | None:
    """Answer 304 to a page that has this board already."""
    return get_conditional_response(request, etag=mark) if request.htmx else None  # type: ignore[return-value]


def drawn(
    request: Any, template: str, mark: str, now: datetime, shown: Callable[[], dict[str, Any]]
) -> HttpResponse:  # fmt: skip
    """Draw the page, or its part once for every screen that sees the same: the mark names all that is on it."""
    key = "board-" + mark.strip('"')
    known = cache.get(key) if request.htmx else None
    if known is not None:
        return HttpResponse(known)
    answer = page(request, template, {"mark": mark, "as_of": clock(now), **shown()})
    if request.htmx:
        cache.set(key, answer.content, DRAWN)
    return answer


def told(answer: HttpResponse, mark: str, now: datetime) -> HttpResponse:
    """Say on every answer, also where nothing changed, of when the board is."""
    answer["ETag"], answer["X-As-Of"] = mark, clock(now)
    return answer


def clock(now: datetime) -> str:
    return formats.time_format(timezone.localtime(now), "H:i:s")


def minute(now: datetime) -> datetime:
    """Return the moment the board is drawn for: two people who look within a minute see the same colours."""
    return now.replace(second=0, microsecond=0)
