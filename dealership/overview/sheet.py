"""预约统计表, the appointment statistics sheet: everything that was ever promised in a span of days (2.1.7, F1)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from appointments import figures
from appointments import queries as booking
from appointments.figures import Period, Punctuality, Tally
from appointments.models import Appointment, AppointmentPart, Cause, Kind, Reminder, Reschedule
from appointments.models.reminders import Outcome, ReminderKind, ReminderState
from appointments.states import State
from dealership import money
from dealership.customers import numbers, plates
from dealership.customers.models import Phone
from dealership.staff.models import Store, User
from workorders.models import WorkOrder
from workorders.states import State as OrderState

PER_PAGE = 100
MOST_EXPORTED = 20_000
CHUNK = 500


@dataclass(frozen=True)
class Asked:
    """Which promises to show; empty is all of them. `text` is looked for in plate and customer."""

    first: date
    last: date
    advisor: User | None = None
    kind: str = ""
    cause: str = ""
    state: str = ""
    punctuality: str = ""
    text: str = ""

    def period(self, store: Store, now: datetime) -> Period:
        return Period(store, self.first, self.last, now)


@dataclass(frozen=True)
class Line:
    """One promise as every form of the sheet shows it; `punctuality` has its own colour."""

    made: Appointment
    day: str
    time: str
    advisor: str
    customer: str
    phone: str
    plate: str
    model: str
    kind: str
    cause: str
    reason: str
    items: str
    parts: str
    bay: str
    told: str
    seen: str
    reminder: str
    call: str
    arrived: str
    state: str
    standing: str
    punctuality: str
    order: str


@dataclass(frozen=True)
class Totals:
    """What the whole answer adds up to, whatever page of it is shown."""

    whole: Tally
    by_kind: list[tuple[str, Tally]]
    by_day: list[tuple[date, Tally]]


@dataclass(frozen=True)
class Sheet:
    lines: list[Line]
    page: Page
    totals: Totals

    @property
    def beyond_export(self) -> bool:
        return self.totals.whole.promised > MOST_EXPORTED


def sheet(store: Store, asked: Asked, now: datetime, number: str | None) -> Sheet:
    """Return one page of the answer with the totals of all of it."""
    period = asked.period(store, now)
    found = rows(period, asked)
    totals = totals_of(found, period, asked)
    pages = Paginator(found, PER_PAGE)
    pages.count = totals.whole.promised  # counted already
    page = pages.get_page(number)
    return Sheet([line(made, period) for made in detailed(page.object_list)], page, totals)


def rows(period: Period, asked: Asked) -> QuerySet[Any]:
    """Return what was asked for, in the order of time."""
    found = figures.judged(figures.promised(period), period).filter(matching(asked))
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.punctuality:
        found = found.filter(punctuality=asked.punctuality)
    if asked.advisor:
        found = found.filter(advisor=asked.advisor)
    return found.order_by("starts_at", "pk")


def matching(asked: Asked, to: str = "") -> Q:
    """Return the conditions on what a change of time leaves as it was; `to` leads to the appointment."""
    wanted = Q()
    for name in ["kind", "cause"]:
        if value := getattr(asked, name):
            wanted &= Q(**{f"{to}{name}": value})
    if asked.text:
        names = Q(**{f"{to}customer__name__icontains": asked.text})
        initials = Q(**{f"{to}customer__initials__contains": asked.text.lower()})
        plate = plates.normalise(asked.text)
        wanted &= names | initials | (Q(**{f"{to}vehicle__plate__contains": plate}) if plate else Q(pk=None))
    return wanted


def missed_before(period: Period, asked: Asked) -> QuerySet[Reschedule]:
    """Return the times of the answer that were missed, whose customer stands at another time since."""
    found = figures.given_another_time(period).filter(matching(asked, "appointment__"))
    if asked.advisor:
        found = found.filter(from_advisor=asked.advisor)
    shown = asked.state in ("", State.NO_SHOW) and asked.punctuality in ("", Punctuality.NO_SHOW)
    return found if shown else found.none()


def totals_of(found: QuerySet[Any], period: Period, asked: Asked) -> Totals:
    """Add up the whole answer in the database, by day and by kind."""
    by_kind: dict[str, Tally] = dict.fromkeys(Kind.values, Tally())
    by_day: dict[date, Tally] = defaultdict(Tally)
    counted = found.order_by().values("day", "kind").annotate(**figures.counts())
    parts = [(row.pop("day"), row.pop("kind"), figures.tallied(row)) for row in counted]
    day = TruncDate("from_at", tzinfo=period.store.zone)
    missed = missed_before(period, asked).values_list(day, "appointment__kind")
    for on, kind, tally in [*parts, *((on, kind, figures.MISSED) for on, kind in missed)]:
        by_kind[kind] += tally
        by_day[on] += tally
    labelled = [(str(Kind(kind).label), tally) for kind, tally in by_kind.items()]
    return Totals(sum(by_kind.values(), Tally()), labelled, sorted(by_day.items()))


def detailed(found: Any) -> QuerySet[Any]:
    """Join everything a line shows, with two queries more however many lines there are."""
    phones = Phone.objects.filter(customer=OuterRef("customer")).order_by("-preferred", "pk")
    orders = WorkOrder.objects.filter(visit__appointment=OuterRef("pk")).exclude(state=OrderState.CANCELLED)
    newest = orders.order_by("-opened_at", "-pk")
    costly = AppointmentPart.objects.filter(high_value=True).select_related("part")
    current = Reminder.objects.filter(sequence=F("appointment__sequence"))
    found = booking.told(found).annotate(
        phone=Subquery(phones.values("number")[:1]),
        order_number=Subquery(newest.values("number")[:1]),
        order_bay=Subquery(newest.values("bay__name")[:1]),
    )
    return found.select_related("advisor", "customer", "vehicle", "card", "reservation__bay").prefetch_related(
        Prefetch("parts", costly, to_attr="costly"), Prefetch("reminders", current, to_attr="current")
    )


def line(made: Any, period: Period) -> Line:
    """Write one promise; `made` comes from `detailed`."""
    local, card = made.starts_at.astimezone(period.store.zone), getattr(made, "card", None)
    names = made.vehicle.make, made.vehicle.model_name
    bay = made.reservation.bay.name if made.reservation else made.order_bay
    return Line(
        made=made,
        day=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M}",
        advisor=made.advisor.full_name,
        customer=card.customer_name if card else made.customer.name,
        phone=numbers.shown(made.phone) if made.phone else "",
        plate=made.vehicle.plate_shown or str(made.vehicle),
        model=card.model_name if card else " ".join(filter(None, names)),
        kind=str(Kind(made.kind).label),
        cause=str(Cause(made.cause).label),
        reason=made.reason,
        items=card.wishes.removesuffix(made.reason).strip() if card else "",
        parts="\n".join(costly(part) for part in made.costly),
        bay=bay or "",
        told=moment(made.told_at, period, made.starts_at),
        seen=moment(made.seen_at, period, made.starts_at),
        reminder=result(made, [ReminderKind.DAY, ReminderKind.HALF_DAY], period),
        call=result(made, [ReminderKind.NEAR], period),
        arrived=moment(made.arrived_at, period, made.starts_at),
        state=str(State(made.state).label),
        standing=made.punctuality,
        punctuality=str(Punctuality(made.punctuality).label),
        order=made.order_number or "",
    )


def costly(wanted: AppointmentPart) -> str:
    """Write a part of high value with what all of it costs (2.1.6)."""
    amount = "" if wanted.amount_fen is None else f" {money.written(wanted.amount_fen)}"
    return f"{wanted.part.name} × {wanted.quantity}{amount}"


def moment(value: datetime | None, period: Period, day: datetime) -> str:
    """Write a moment of the store: the time alone on the day of the appointment."""
    if value is None:
        return ""
    zone = period.store.zone
    local = value.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == day.astimezone(zone).date() else f"{local:%m-%d %H:%M}"


def result(made: Any, kinds: list[ReminderKind], period: Period) -> str:
    """Say what came of a reminder of the time the customer has now; nothing where none was due."""
    found = next((one for one in made.current if one.kind in kinds), None)
    if found is None:
        return ""
    if found.state == ReminderState.DONE:
        words = Outcome(found.outcome).label if found.outcome else ReminderState.DONE.label
        return f"{words} {moment(found.done_at, period, made.starts_at)}"
    return _("overdue") if found.overdue(period.now) else str(ReminderState(found.state).label)


COLUMNS = [
    "day", "time", "advisor", "customer", "phone", "plate", "model", "kind", "cause", "reason", "items", "parts", "bay",
    "told", "seen", "reminder", "call", "arrived", "state", "punctuality", "order",
]  # fmt: skip


def headings() -> list[str]:
    """Name the columns of F1 in their order."""
    return [
        _("Date"), _("Time"), _("Advisor"), _("Customer"), _("Phone"), _("Plate"), _("Model"), _("Kind"), _("Cause"),
        _("Reason"), _("Items"), _("Parts of high value"), _("Bay"), _("Foreman told"), _("Foreman has seen"),
        _("Reminder"), _("Call before the visit"), _("Arrived at"), _("State"), _("Punctuality"), _("Order"),
    ]  # fmt: skip


Cell = str | date | time


def texts(shown: Line, period: Period) -> list[Cell]:
    return [getattr(shown, name) for name in COLUMNS]


def values(shown: Line, period: Period) -> list[Cell]:
    """Return the same with days, times and moments to reckon with: the store's own, because a workbook has no zones."""
    made: Any = shown.made
    local = made.starts_at.astimezone(period.store.zone).replace(tzinfo=None)
    known: dict[str, Cell] = {"day": local.date(), "time": local.time()}
    for name, at in [("told", made.told_at), ("seen", made.seen_at), ("arrived", made.arrived_at)]:
        if at is not None:
            known[name] = at.astimezone(period.store.zone).replace(tzinfo=None)
    return [known.get(name, getattr(shown, name)) for name in COLUMNS]


def table(
    store: Store, asked: Asked, now: datetime, cells: Callable[[Line, Period], list[Cell]] = texts
) -> Iterator[list[Cell]]:
    """Yield headings and lines for a file, a bounded number of them; a last line says where there would be more."""
    period = asked.period(store, now)
    found = detailed(rows(period, asked))
    yield [*headings()]
    # Asked for one more than is written: whether there is one tells whether to say so.
    for count, made in enumerate(found[: MOST_EXPORTED + 1].iterator(chunk_size=CHUNK)):
        if count == MOST_EXPORTED:
            yield [_("Only the first %(n)d appointments are in this file. Please choose fewer days.") % {"n": count}]
            return
        yield cells(line(made, period), period)


def file_name(asked: Asked, ending: str) -> str:
    days = f"{asked.first}" if asked.first == asked.last else f"{asked.first}-{asked.last}"
    return f"appointments-{days}.{ending}"
