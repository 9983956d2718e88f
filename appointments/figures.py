"""How well promised times are kept: every figure with its formula, its counts and the version of its definition."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries
from appointments.models import Appointment, AppointmentMove, BufferUse, ForemanNotice, Kind, Reminder, Reschedule
from appointments.models.reminders import ReminderKind, ReminderState
from appointments.queries import RuleBook, Slot, day_bounds
from appointments.states import State
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar

TENTH = Decimal("0.1")
FIRST_AND_SECOND = [ReminderKind.DAY, ReminderKind.HALF_DAY, ReminderKind.NEAR]


class Punctuality(TextChoices):
    """How a promise was kept, by the store's grace of its day; one ahead of us is still expected."""

    ON_TIME = "on_time", gettext_lazy("on time")
    EARLY = "early", gettext_lazy("early")
    LATE = "late", gettext_lazy("late")
    NO_SHOW = "no_show", gettext_lazy("did not come")
    CANCELLED = "cancelled", gettext_lazy("cancelled")
    EXPECTED = "expected", gettext_lazy("still expected")


@dataclass(frozen=True)
class Figure:
    """A key figure: `numerator` of `denominator`, in per cent (a share), minutes or times (a mean).

    The parts of a figure above them have no formula of their own.
    """

    label: str
    formula: str
    numerator: int | Decimal
    denominator: int | Decimal
    unit: str = "%"
    version: str = "v1"

    @property
    def value(self) -> Decimal | None:
        """Return the figure to one place, None where there is nothing to reckon it from."""
        if not self.denominator:
            return None
        factor = 100 if self.unit == "%" else 1
        return (Decimal(factor) * self.numerator / self.denominator).quantize(TENTH, ROUND_HALF_UP)

    @property
    def shown(self) -> str:
        value = self.value
        return "–" if value is None else f"{value} {self.unit}".strip()


@dataclass
class Tally:
    """How many times were promised, how many of them have come due, and what became of them."""

    promised: int = 0
    due: int = 0
    kept: int = 0
    on_time: int = 0
    early: int = 0
    late: int = 0
    no_show: int = 0
    cancelled: int = 0
    moved: int = 0  # missed here, and given another time since; due and not kept

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def kept_rate(self) -> Figure:
        """预约到店率: appointments that arrived / appointments due."""
        return Figure(
            _("Kept appointments"),
            _("customers who came / times that came due; cancelled before the day does not count"),
            self.kept,
            self.due,
        )


@dataclass
class Period:
    """Some days of a store, looked back upon from a moment; what several figures need is loaded once."""

    store: Store
    first: date
    last: date
    now: datetime

    @cached_property
    def book(self) -> RuleBook:
        return RuleBook(self.store)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return workshop.calendar_of(self.store)

    @cached_property
    def advisors(self) -> tuple[list[User], staff.Absences]:
        """Return the store's advisors and when they are away; who left since is not known here."""
        return staff.advisors_between(self.store, self.first, self.last)

    @cached_property
    def bounds(self) -> tuple[datetime, datetime]:
        return day_bounds(self.store, self.first)[0], day_bounds(self.store, self.last)[1]

    @property
    def today(self) -> date:
        return queries.day_of(self.store, self.now)

    @property
    def days(self) -> list[date]:
        """Return its days up to today."""
        last = min(self.last, self.today)
        return [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]


def promised(period: Period) -> QuerySet[Appointment]:
    """Return every time a customer ever agreed to, at the day it has now (2.1.7)."""
    start, end = period.bounds
    return Appointment.objects.filter(
        store=period.store, starts_at__gte=start, starts_at__lt=end, agreed_at__isnull=False
    )


def judged(found: QuerySet[Appointment], period: Period) -> QuerySet[Any]:
    """Add to each time its `day` and `punctuality`, and whether it came `due`: cancelled before, it never did."""
    zone = period.store.zone
    cancelled = AppointmentMove.objects.filter(thing=OuterRef("pk"), to_state=State.CANCELLED).order_by("at")
    cancelled_on = TruncDate(Subquery(cancelled.values("at")[:1]), tzinfo=zone)
    found = found.annotate(day=TruncDate("starts_at", tzinfo=zone), **beyond_grace(period))
    return found.annotate(
        punctuality=Case(
            When(state=State.CANCELLED, then=Value(Punctuality.CANCELLED.value)),
            When(state=State.NO_SHOW, then=Value(Punctuality.NO_SHOW.value)),
            When(arrived_at__gt=F("late_after"), then=Value(Punctuality.LATE.value)),
            When(arrived_at__lt=F("early_before"), then=Value(Punctuality.EARLY.value)),
            When(state=State.ARRIVED, then=Value(Punctuality.ON_TIME.value)),
            default=Value(Punctuality.EXPECTED.value),
            output_field=CharField(),
        ),
        due=Case(
            When(state=State.ARRIVED, then=Value(True)),
            When(starts_at__gt=period.now, then=Value(False)),
            When(~Q(state=State.CANCELLED), then=Value(True)),
            When(day__lte=cancelled_on, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )


def beyond_grace(period: Period) -> dict[str, Case]:
    """Return the moments after which a customer is late and before which he is early, by the rules of each day."""
    versions = [(day_bounds(period.store, one.valid_from)[0], one.grace_minutes) for one in period.book.versions]

    def moved(sign: int) -> Case:
        def by(minutes: int) -> ExpressionWrapper:
            return ExpressionWrapper(F("starts_at") + timedelta(minutes=sign * minutes), output_field=DateTimeField())

        steps = [When(starts_at__gte=since, then=by(minutes)) for since, minutes in reversed(versions)]
        return Case(*steps, default=by(period.book.usual.grace_minutes), output_field=DateTimeField())

    return {"late_after": moved(1), "early_before": moved(-1)}


def counts() -> dict[str, Count]:
    """Return what a tally adds up over judged times."""
    standing = [one.value for one in Punctuality if one != Punctuality.EXPECTED]
    return {
        "n_promised": Count("pk"),
        "n_due": Count("pk", filter=Q(due=True)),
        "n_kept": Count("pk", filter=Q(state=State.ARRIVED)),
        **{f"n_{one}": Count("pk", filter=Q(punctuality=one)) for one in standing},
    }


def tallied(row: dict[str, int]) -> Tally:
    return Tally(**{name.removeprefix("n_"): count for name, count in row.items() if name.startswith("n_")})


def given_another_time(period: Period) -> QuerySet[Reschedule]:
    """Return the times that were missed and changed only then: they were due on their old day and not kept."""
    start, end = period.bounds
    missed = AppointmentMove.objects.filter(
        thing=OuterRef("appointment"), at=OuterRef("at"), from_state=State.NO_SHOW, to_state=State.CONFIRMED
    )
    found = Reschedule.objects.filter(appointment__store=period.store, from_at__gte=start, from_at__lt=end)
    return found.exclude(from_at=F("to_at")).filter(Exists(missed))  # another advisor only is no other time


MISSED = Tally(due=1, moved=1)


class Promise(NamedTuple):
    """What the figures need of one promised time."""

    starts_at: datetime
    kind: str
    punctuality: str
    due: bool
    changes: int
    short_notice: str

    @property
    def tally(self) -> Tally:
        one = Tally(promised=1, due=int(self.due))
        if self.punctuality != Punctuality.EXPECTED:
            setattr(one, self.punctuality, 1)
        one.kept = one.on_time + one.early + one.late
        return one


@dataclass(frozen=True)
class Kept:
    """How the promises of a period were kept: in all, by kind (3.1.1.1), up to today by weekday and hour."""

    whole: Tally
    by_kind: list[tuple[str, Tally]]
    by_hour: dict[tuple[int, int], Tally]
    figures: list[Figure]


def kept(period: Period) -> Kept:
    """Reckon how the period's promises were kept, with two queries."""
    names = ["starts_at", "kind", "punctuality", "due", "sequence", "short_notice_reason"]
    rows = [Promise(*row) for row in judged(promised(period), period).values_list(*names)]
    missed = list(given_another_time(period).values_list("from_at", "appointment__kind"))
    by_kind: dict[str, Tally] = dict.fromkeys(Kind.values, Tally())
    by_hour: dict[tuple[int, int], Tally] = defaultdict(Tally)
    found = [(row.starts_at, row.kind, row.tally) for row in rows] + [(at, kind, MISSED) for at, kind in missed]
    for starts_at, kind, tally in found:
        local = starts_at.astimezone(period.store.zone)
        by_kind[kind] += tally
        if local.date() <= period.today:
            by_hour[local.weekday(), local.hour] += tally
    whole = sum(by_kind.values(), Tally())
    labelled = [(str(Kind(kind).label), tally) for kind, tally in by_kind.items()]
    return Kept(whole, labelled, dict(by_hour), [whole.kept_rate, *changes(rows)])


def changes(rows: list[Promise]) -> list[Figure]:
    """Say how often a promise was cancelled, moved, or made at short notice."""
    all_of_them = len(rows)
    cancelled = sum(row.punctuality == Punctuality.CANCELLED for row in rows)
    late = sum(row.punctuality == Punctuality.LATE for row in rows)
    came = sum(row.tally.kept for row in rows)
    return [
        Figure(_("Late"), _("customers later than the grace of their day / customers who came"), late, came),
        Figure(_("Cancelled"), _("cancelled / agreed appointments, whenever it was"), cancelled, all_of_them),
        Figure(
            _("Moved"), _("appointments whose time was changed / agreed appointments"),
            sum(row.changes > 0 for row in rows), all_of_them,
        ),
        Figure(
            _("Changes of time"), _("changes of time / agreed appointments"),
            sum(row.changes for row in rows), all_of_them, unit="",
        ),
        Figure(
            _("At short notice"), _("appointments made within the store's notice by a manager / agreed appointments"),
            sum(bool(row.short_notice) for row in rows), all_of_them,
        ),
    ]  # fmt: skip


def notices_seen(period: Period) -> Figure:
    """Say how many notices the foreman saw on the day of the decision; today's unseen ones are still open (2.1.8)."""
    start, end = period.bounds
    told = ForemanNotice.objects.filter(store=period.store, notified_at__gte=start, notified_at__lt=end)
    closed = told.exclude(seen_at=None, due_at__gte=period.now)
    found = closed.aggregate(told=Count("pk"), seen=Count("pk", filter=Q(seen_at__lte=F("due_at"))))
    return Figure(
        _("Notices seen on their day"),
        _("notices the foreman saw on the day they were given / notices given on days that are over, or seen"),
        found["seen"],
        found["told"],
    )


def reminders_in_time(period: Period) -> list[Figure]:
    """Say for each reminder how often it was done by its limit (2.1.10, 3.1.3.7).

    What was taken back before the limit was not owed; where the customer came or stayed away unreminded, it was.
    """
    start, end = period.bounds
    owed = Reminder.objects.filter(store=period.store, limit_at__gte=start, limit_at__lt=end, kind__in=FIRST_AND_SECOND)
    same_time = Q(state=ReminderState.WITHDRAWN, sequence=F("appointment__sequence"))
    unreminded = Q(appointment__state=State.NO_SHOW) | Q(
        appointment__state=State.ARRIVED, appointment__arrived_at__gt=F("limit_at")
    )
    done = Q(state=ReminderState.DONE)
    ended = owed.filter(done | Q(state=ReminderState.OPEN, limit_at__lt=period.now) | (same_time & unreminded))
    rows = ended.order_by().values("kind").annotate(owed=Count("pk"), done=Count("pk", filter=in_time()))
    found = {row["kind"]: (row["done"], row["owed"]) for row in rows}
    formula = _("done by its limit / done, or not done when its limit passed")
    return [
        Figure(str(ReminderKind(kind).label).capitalize(), formula, *found.get(kind, (0, 0)))
        for kind in FIRST_AND_SECOND
    ]


def in_time() -> Q:
    return Q(state=ReminderState.DONE, done_at__lte=F("limit_at"))


@dataclass(frozen=True)
class Buffers:
    """How many buffers have gone by, and what they were used for (3.1.2.12)."""

    figure: Figure
    causes: list[Figure]

    @property
    def all(self) -> list[Figure]:
        return [self.figure, *self.causes]


def buffers(period: Period) -> Buffers:
    """Reckon the use of the buffers that have gone by: those of every advisor at work, and whatever was used."""
    start, end = period.bounds
    uses = BufferUse.objects.filter(store=period.store, starts_at__gte=start, starts_at__lt=end)
    used = {(advisor, at): cause for advisor, at, cause in uses.values_list("advisor", "starts_at", "cause")}
    all_of_them = set(used) | kept_free(period)
    causes = Counter(used.values())
    shares = [Figure(str(cause.label).capitalize(), "", causes[cause], len(all_of_them)) for cause in BufferUse.Cause]
    unused = Figure(_("Unused"), "", len(all_of_them) - len(used), len(all_of_them))
    whole = _("buffers used / buffers that have gone by: those of the day's slots, for each advisor at work")
    return Buffers(Figure(_("Use of buffers"), whole, len(used), len(all_of_them)), [*shares, unused])


def kept_free(period: Period) -> set[tuple[int, datetime]]:
    """Return the buffers of the advisors at work that have gone by."""
    return {
        (advisor.pk, slot.starts_at)
        for advisor, slot in slots_of_advisors(period)
        if slot.buffer and slot.starts_at < period.now
    }


def slots_of_advisors(period: Period) -> Iterator[tuple[User, Slot]]:
    """Yield the slots of each advisor on the days he is at work, up to today."""
    advisors, away = period.advisors
    for day in period.days:
        slots = list(queries.slots_on(day, period.calendar, period.book.on(day)))
        for advisor in advisors:
            if not any(first <= day <= last for first, last in away.get(advisor.pk, [])):
                yield from ((advisor, slot) for slot in slots)


def bookable_by_hour(period: Period) -> Counter[tuple[int, int]]:
    """Count the times that could be promised up to today, by weekday and hour (3.1.5.1)."""
    zone = period.store.zone
    local = (slot.starts_at.astimezone(zone) for _advisor, slot in slots_of_advisors(period) if not slot.buffer)
    return Counter((moment.weekday(), moment.hour) for moment in local)
