"""What the desk, the foreman and the board ask about appointments."""

from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When

from appointments.models import (
    Appointment,
    AppointmentPart,
    ForemanNotice,
    ManagementCard,
    Preparation,
    Reminder,
    WelcomeBoard,
)
from appointments.models.days import Point
from appointments.models.reminders import ReminderChannel, ReminderState
from appointments.queries.rules import rules_on
from appointments.queries.slots import day_bounds, day_of, held_on
from appointments.states import ARRIVE, HOLDS_SLOT, ON_BOARD, Area, State
from dealership.customers.models import Vehicle
from dealership.staff.models import Store
from dealership.workshop import queries as workshop

SEEN = (*HOLDS_SLOT, State.NO_SHOW)


def arrivals_due(store: Store, day: date) -> QuerySet[Appointment]:
    """Return the day's confirmed customers who are not here yet."""
    return held_on(store, day).filter(state=State.CONFIRMED)


def promised_today(store: Store, vehicle: Vehicle, at: datetime) -> Appointment | None:
    """Return the appointment this car has on this day of the store: one still to come, else one it did not keep."""
    may_come = expected_on(store, day_of(store, at)).filter(vehicle=vehicle, state__in=ARRIVE.sources)
    return may_come.order_by("state", "starts_at", "pk").first()  # confirmed comes before no_show


def on_its_day(appointment: Appointment, at: datetime) -> bool:
    return day_of(appointment.store, at) == day_of(appointment.store, appointment.starts_at)


def expected_on(store: Store, day: date) -> QuerySet[Appointment]:
    """Return whom the reception of the day may see: who holds a slot, and who may come after all."""
    start, end = day_bounds(store, day)
    found = Appointment.objects.filter(store=store, starts_at__gte=start, starts_at__lt=end, state__in=SEEN)
    return found.select_related("advisor", "customer", "vehicle").order_by("starts_at", "pk")


def coming(vehicle: Vehicle, now: datetime) -> Appointment | None:
    """Return the car's next promised time, in whatever store."""
    ahead = Appointment.objects.filter(vehicle=vehicle, starts_at__gte=now, state__in=HOLDS_SLOT)
    return ahead.select_related("store", "advisor").order_by("starts_at").first()


def late(appointment: Appointment, now: datetime) -> bool:
    """Say whether the customer is expected, not here, and later than the store's grace (F.1)."""
    if appointment.state != State.CONFIRMED or appointment.starts_at >= now:
        return False
    rules = rules_on(appointment.store, day_of(appointment.store, appointment.starts_at))
    return now > appointment.starts_at + timedelta(minutes=rules.grace_minutes)


def booked_between(store: Store, start: datetime, end: datetime) -> QuerySet[Appointment]:
    """Return the appointments made in a span of time that still hold their slot."""
    made = Appointment.objects.filter(store=store, booked_at__gte=start, booked_at__lt=end, state__in=HOLDS_SLOT)
    return made.select_related("advisor", "customer", "vehicle").order_by("starts_at", "pk")


def unseen_notices(store: Store) -> QuerySet[ForemanNotice]:
    """Return what the foreman has not seen yet, of each appointment its latest, the oldest first (2.1.8)."""
    unseen = ForemanNotice.objects.filter(store=store, seen_at=None)
    newer = ForemanNotice.objects.filter(appointment=OuterRef("appointment"), seen_at=None, pk__gt=OuterRef("pk"))
    return (
        unseen.filter(~Exists(newer))
        .select_related("appointment__vehicle", "appointment__customer", "appointment__card")
        .order_by("notified_at", "pk")
    )


def told(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Add when the foreman was told of each appointment's newest change, and when who has seen it (2.1.8)."""
    newest = ForemanNotice.objects.filter(appointment=OuterRef("pk")).order_by("-pk")
    return appointments.annotate(
        told_at=Subquery(newest.values("notified_at")[:1]),
        seen_at=Subquery(newest.values("seen_at")[:1]),
        seen_by=Subquery(newest.values("seen_by__full_name")[:1]),
    )


def notices_missed(store: Store, first: date, last: date) -> QuerySet[ForemanNotice]:
    """Return the notices not seen on the day of their decision: seen later, or never (2.1.8)."""
    start, end = day_bounds(store, first)[0], day_bounds(store, last)[1]
    told = ForemanNotice.objects.filter(store=store, notified_at__gte=start, notified_at__lt=end)
    return told.filter(Q(seen_at=None) | Q(seen_at__gt=F("due_at"))).select_related("appointment__vehicle")


def cards(store: Store, today: date, ahead: int = 14) -> QuerySet[ManagementCard]:
    """Return the appointment side of the board: today's cards whose car is not here yet, and the coming days."""
    wanted = ManagementCard.objects.filter(store=store, state__in=ON_BOARD, on__lte=today + timedelta(days=ahead))
    waiting = wanted.filter(appointment__state=State.CONFIRMED)
    return waiting.select_related(
        "appointment__vehicle", "appointment__customer", "appointment__advisor", "appointment__reservation__bay"
    ).order_by("on", "appointment__starts_at", "pk")


def cards_to_move(today: date, store: Store) -> QuerySet[ManagementCard]:
    """Return the cards whose day has come and which still lie among the appointments (2.1.15)."""
    return ManagementCard.objects.filter(store=store, state=Area.BOOKED, on__lte=today)


def calls_due(store: Store, now: datetime) -> QuerySet[Reminder]:
    """Return the calls about appointments that are due now, those nearest to their limit first."""
    open_calls = Reminder.objects.filter(
        store=store, state=ReminderState.OPEN, channel=ReminderChannel.CALL, due_at__lte=now
    )
    waiting = open_calls.exclude(retry_at__gt=now)
    return waiting.select_related(
        "appointment__vehicle", "appointment__customer", "appointment__advisor", "taken_by"
    ).order_by("limit_at", "pk")


def to_prepare(store: Store, day: date) -> QuerySet[Appointment]:
    """Return the day's confirmed appointments with what was ticked, its parts and its bay (3.1.1.8)."""
    return (
        held_on(store, day)
        .filter(state__in=[State.CONFIRMED, State.ARRIVED])
        .select_related("card", "reservation__bay")
        .prefetch_related("preparations__by", "parts__part", "parts__reservation")
    )


def unready_within(now: datetime, minutes: int) -> Q:
    """Write who comes within so many minutes although something is not prepared yet (3.1.1.8)."""
    missing = Q()
    for point in Point.values:
        missing |= Q(~Exists(Preparation.objects.filter(appointment=OuterRef("pk"), point=point)))
    return Q(starts_at__gte=now, starts_at__lte=now + timedelta(minutes=minutes)) & missing


def board_placed(store: Store, day: date) -> WelcomeBoard | None:
    return WelcomeBoard.objects.filter(store=store, on=day).select_related("placed_by").first()


def parts_to_prepare(store: Store, today: date) -> QuerySet[AppointmentPart]:
    """Return the parts of coming appointments the parts desk has not dealt with, high value first (2.1.6)."""
    start = day_bounds(store, today)[0]
    wanted = AppointmentPart.objects.filter(
        appointment__store=store, appointment__state=State.CONFIRMED, appointment__starts_at__gte=start
    )
    return wanted.select_related(
        "part", "reservation", "seen_by", "appointment__vehicle", "appointment__customer", "appointment__advisor"
    ).order_by("-high_value", "appointment__starts_at", "pk")


def cars_wanting_parts(store: Store, today: date) -> QuerySet[Appointment]:
    """Return the coming appointments with `lines` the parts desk has not looked at, `costly` ones first (2.1.6)."""
    untouched = {"parts__reservation": None, "parts__seen_at": None, "parts__isnull": False}
    coming = Appointment.objects.filter(
        store=store, state=State.CONFIRMED, starts_at__gte=day_bounds(store, today)[0], **untouched
    )
    costly = Max(Case(When(parts__high_value=True, then=1), default=0))
    return (
        coming.annotate(lines=Count("parts"), costly=costly)
        .select_related("vehicle")
        .order_by("-costly", "starts_at", "pk")
    )


def day_over(store: Store, now: datetime) -> bool:
    """Say whether the store has closed for today; a day on which it does not open is over from the start."""
    spans = workshop.calendar_of(store).spans(day_of(store, now))
    return not spans or now >= spans[-1][1]


def board_overdue(store: Store, now: datetime) -> bool:
    """Say whether today's welcome board does not stand although the store has opened (3.1.3.4)."""
    today = day_of(store, now)
    placed = WelcomeBoard.objects.filter(store=store, on=today)
    if not held_on(store, today).filter(~Exists(placed), state__in=[State.CONFIRMED, State.ARRIVED]).exists():
        return False  # put up, or nobody is expected
    spans = workshop.calendar_of(store).spans(today)
    return bool(spans) and now > spans[0][0]


def notices_unseen_at_close(store: Store, now: datetime, closed: bool | None = None) -> list[ForemanNotice]:
    """Return what the foreman was told today and has not seen at closing time; nothing until then (2.1.8).

    `closed` is whether the store has closed for today, for who knows it already.
    """
    today = day_bounds(store, day_of(store, now))[0]
    unseen = list(unseen_notices(store).filter(notified_at__gte=today, notified_at__lte=now))
    if not unseen:
        return []
    return unseen if (day_over(store, now) if closed is None else closed) else []
