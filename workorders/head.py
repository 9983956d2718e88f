"""The head of a draft: what is promised, asked and told, what is still missing, and whose words are in the way.

One person fills it in while talking, another may do so at the same time on another screen. Each page says which
version it shows; what others changed since is merged field by field, and only where both changed the same field
does somebody have to decide.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from workorders.models import WorkOrder

TOLD = ["methods_told", "delivery_told", "calls_told", "items_told"]
TICKS = {name: f"{name}_at" for name in [*TOLD, "read_back", "phone_checked", "no_phone"]}
FIELDS = [
    "promised_at", "promise_reason", "order_class", "payment_method", "old_parts", *TICKS, "other_contact",
    "other_phone", "wash_wanted", "waits_here", "valid_until",
]  # fmt: skip


def value(order: WorkOrder, field: str) -> Any:
    """Return how a field of the head stands; a tick is a bool, its moment stays in its own column."""
    if field == "waits_here":
        return order.visit.waits_here
    if field == "phone_checked":
        return order.phone_checked_at is not None and order.checked_phone == number_of(order)
    if field in TICKS:
        return getattr(order, TICKS[field]) is not None
    return getattr(order, field)


def number_of(order: WorkOrder) -> str:
    """Return the number on file: when it changes, it has to be checked again (2.2.11.14)."""
    phone = order.visit.customer.phone
    return phone.number if phone else ""


def put(order: WorkOrder, field: str, new: Any, at: datetime) -> dict[str, Any]:
    """Set a field of this copy of the order; return the columns of the order's row that differ now."""
    if field == "waits_here":
        order.visit.waits_here = new
        return {}
    columns = {field: new}
    if field in TICKS:
        columns = {TICKS[field]: at if new else None}
    if field == "phone_checked":
        columns["checked_phone"] = number_of(order) if new else ""
    for name, content in columns.items():
        setattr(order, name, content)
    return columns


@dataclass(frozen=True)
class Gap:
    """What is missing before the signature, and beside which field that is said."""

    field: str
    sentence: str


def gaps(order: WorkOrder) -> list[Gap]:
    """Return what the customer was not asked or told yet (2.2.9.1-2.2.9.4, 2.2.11.13, 2.2.11.14, 2.3.4.1)."""
    found = [Gap(name, sentence) for name, sentence in untold(order)]
    if not order.payment_method:
        found.append(Gap("payment_method", _("Ask how the customer will pay.")))
    if not order.old_parts:
        found.append(Gap("old_parts", _("Ask what becomes of the old parts.")))
    return found + unreachable(order)


def untold(order: WorkOrder) -> list[tuple[str, str]]:
    sentences = {
        "methods_told": _("Tell the customer how he can pay here."),
        "delivery_told": _("Explain how the car is handed back."),
        "calls_told": _("Tell the customer that we call before any further work."),
        "items_told": _("Read out work, price and time to the customer."),
    }
    found = [(name, sentences[name]) for name in TOLD if not value(order, name)]
    if len(found) == len(TOLD):
        return [("told", _("Explain ways to pay, hand-over, further work, and read out work, price and time."))]
    return found


def unreachable(order: WorkOrder) -> list[Gap]:
    """Whom do we call? The checked number, or somebody else where the customer has none."""
    number, other = number_of(order), order.other_contact and order.other_phone
    if number and not value(order, "no_phone"):
        if value(order, "phone_checked"):
            return []
        return [Gap("phone_checked", _("Check the phone number with the customer."))]
    if other:
        return []
    if order.visit.waits_here:
        return [Gap("other_contact", _("The customer has no phone. Write down somebody else's name and number."))]
    sentence = _("The customer has no phone and does not wait here. Write down whom we call, with the number.")
    return [Gap("other_contact", sentence)]


LONGEST_WAIT = timedelta(hours=4)  # in the lounge


def warnings(order: WorkOrder, now: datetime) -> list[str]:
    """Return what should have been done and stops nobody (2.2.11.3)."""
    found = [] if value(order, "read_back") else [_("The customer's wishes were not read back to him yet.")]
    zone, promised = order.store.zone, order.promised_at
    if value(order, "waits_here") and promised is not None:
        local = promised.astimezone(zone)
        if promised > now + LONGEST_WAIT or local.date() > now.astimezone(zone).date():
            sentence = _("The customer waits here, but the car is promised for %(when)s. Does he leave it meanwhile?")
            found.append(sentence % {"when": formats.date_format(local, "m-d H:i")})
    return found


LONGEST_PROMISE = timedelta(days=92)  # further away it is a slip of the finger


def unsound(promised_at: datetime, at: datetime) -> str:
    """Say why nobody can promise this moment, the empty text where one can."""
    if promised_at <= at:
        return _("Promise a time that is still to come.")
    if promised_at > at + LONGEST_PROMISE:
        return _("This promise is more than three months away. Please check the date.")
    return ""


def undeliverable(store: Store, promised_at: datetime, at: datetime) -> str:
    """Say why no car can be given back at this moment, the empty text where one can: `unsound`, or nobody is there."""
    if sentence := unsound(promised_at, at):
        return sentence
    if workshop.calendar_of(store).someone_there(promised_at):
        return ""
    return _("The store is closed then: nobody could give the car back.")


def expired(order: WorkOrder, today: date) -> str:
    """Say that the estimate is too old to be signed, the empty text while it holds."""
    if order.valid_until is None or order.valid_until >= today:
        return ""
    return _("The estimate is no longer valid. Go through the prices and give a new day.")


@dataclass(frozen=True)
class Conflict:
    """One field that this page and somebody else changed, each to something of its own."""

    field: str
    mine: Any
    theirs: Any
    by: User
    at: datetime


class HeadChanged(NotAllowed):
    """Somebody else changed the same field meanwhile; `conflicts` names all of them, `wanted` all this page changed."""

    def __init__(self, conflicts: list[Conflict], wanted: dict[str, Any], version: int) -> None:
        names = "、".join(dict.fromkeys(conflict.by.full_name for conflict in conflicts))
        super().__init__(_("%(who)s changed the same on this order meanwhile.") % {"who": names})
        self.conflicts, self.wanted, self.version = conflicts, wanted, version


def others_since(order: WorkOrder, version: int | None, page: str) -> dict[str, list[Any]]:
    """Return what other pages changed since a version, the earliest first, by field."""
    if version is None or version >= order.version:
        return {}
    rows = order.head_changes.filter(version__gt=version).select_related("by").order_by("version")
    found: dict[str, list[Any]] = {}
    for row in rows:
        if not page or row.page != page:
            found.setdefault(row.field, []).append(row)
    return found


def merged(order: WorkOrder, changes: dict[str, Any], *, version: int | None, page: str) -> dict[str, Any]:
    """Return what this page really changes; raises HeadChanged where somebody else changed the same.

    A page sends all it shows. What nobody else touched counts as it was sent; where somebody did, it counts only if
    it is not what the page was opened with, so that a field nobody typed in never takes back another's words.
    """
    others = others_since(order, version, page)
    wanted, conflicts = {}, []
    for field, new in changes.items():
        if plain(new) == plain(value(order, field)):
            continue
        if field in others:
            if plain(new) == others[field][0].before:
                continue
            last = others[field][-1]
            conflicts.append(Conflict(field, new, value(order, field), last.by, last.at))
        wanted[field] = new
    if conflicts:
        raise HeadChanged(conflicts, wanted, order.version)
    return wanted


def plain(content: Any) -> Any:
    """Return a value as JSON keeps it, moments to the minute, as people type them."""
    if isinstance(content, datetime):
        return content.astimezone(UTC).isoformat(timespec="minutes")
    return content.isoformat() if isinstance(content, date) else content
