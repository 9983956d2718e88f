"""Making ready for a booked car: the list of the day before, its parts, the welcome board."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments.models import Appointment, AppointmentPart, Preparation, WelcomeBoard, WelcomeScreen
from appointments.models.days import Point
from appointments.states import State
from dealership import workflow
from dealership.catalogue import operations as catalogue
from dealership.catalogue.operations import OutOfStock
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed


def reference_of(appointment: Appointment) -> str:
    """Return under which reference parts are put aside; the order of the same visit takes them by it."""
    return f"appointment:{appointment.pk}"


def tick(appointment: Appointment, point: str, *, by: User, at: datetime) -> None:
    """Note that a point is ready (3.1.1.8, 3.1.3.1); ticked twice is ticked once, by the first.

    Raises NotAllowed for the parts as long as one of them is not put aside.
    """
    workflow.require(by, "appointments.prepare_appointment")
    require_coming(appointment)
    if point == Point.PARTS and unprepared_parts(appointment).exists():
        raise NotAllowed(_("The parts desk has not put all parts aside yet."))
    Preparation.objects.get_or_create(appointment=appointment, point=point, defaults={"by": by, "at": at})


def untick(appointment: Appointment, point: str, *, by: User) -> None:
    """Take a tick back."""
    workflow.require(by, "appointments.prepare_appointment")
    require_coming(appointment)
    Preparation.objects.filter(appointment=appointment, point=point).delete()


def require_coming(appointment: Appointment) -> None:
    if appointment.state not in (State.CONFIRMED, State.ARRIVED):
        raise NotAllowed(_("This appointment is over."))


def unprepared_parts(appointment: Appointment) -> QuerySet[AppointmentPart]:
    return AppointmentPart.objects.filter(appointment=appointment, reservation=None)


@transaction.atomic
def put_aside(wanted: AppointmentPart, *, by: User, at: datetime) -> None:
    """Keep the part in stock for this car (2.1.6); raises OutOfStock where too few are free."""
    workflow.require(by, "appointments.prepare_parts")
    made = hold_promise(wanted.appointment_id)
    wanted.refresh_from_db(fields=["reservation"])
    if wanted.reservation_id is not None:
        return
    keep(made, wanted, by=by, at=at)


@transaction.atomic
def put_all_aside(appointment: Appointment, *, by: User, at: datetime) -> list[OutOfStock]:
    """Keep every part of this car that is in stock (2.1.6); return what is short."""
    workflow.require(by, "appointments.prepare_parts")
    made = hold_promise(appointment.pk)
    short = []
    # In the order of their parts, as everybody who takes several.
    for wanted in unprepared_parts(made).select_related("part").order_by("part_id"):
        try:
            keep(made, wanted, by=by, at=at)
        except OutOfStock as refusal:
            short.append(refusal)
    return short


def keep(made: Appointment, wanted: AppointmentPart, *, by: User, at: datetime) -> None:
    """Keep a part for an appointment that is held; raises OutOfStock."""
    wanted.reservation = catalogue.reserve(
        made.store, wanted.part, wanted.quantity, reference=reference_of(made), by=by, at=at
    )
    AppointmentPart.objects.filter(pk=wanted.pk).update(
        reservation=wanted.reservation, expected_on=None, seen_by=by, seen_at=at
    )


@transaction.atomic
def put_back(wanted: AppointmentPart, *, by: User, at: datetime) -> None:
    """Let a part go that was put aside by mistake; it is to be put aside again, and its car is not ready.

    Put back twice is put back once; raises NotAllowed for a part that was handed out meanwhile.
    """
    workflow.require(by, "appointments.prepare_parts")
    made = hold_promise(wanted.appointment_id)
    wanted.refresh_from_db(fields=["reservation"])
    kept = wanted.reservation
    if kept is None:
        return
    if not catalogue.give_back(kept, by=by, at=at):
        raise NotAllowed(_("This part was handed out already."))
    wanted.reservation = None
    AppointmentPart.objects.filter(pk=wanted.pk).update(reservation=None, seen_by=by, seen_at=at)
    Preparation.objects.filter(appointment=made, point=Point.PARTS).delete()


def hold_promise(pk: int) -> Appointment:
    """Lock a confirmed appointment, so that a cancellation of this moment finds what is put aside for it."""
    held = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("store")
    made = held.get(pk=pk)
    if made.state != State.CONFIRMED:
        raise NotAllowed(_("This appointment is over."))
    return made


@transaction.atomic
def expect_delivery(wanted: AppointmentPart, *, on: date, by: User, at: datetime) -> None:
    """Note when a missing part will be delivered (2.1.6); the booking desk sees it on the appointment."""
    workflow.require(by, "appointments.prepare_parts")
    made = hold_promise(wanted.appointment_id)
    if on < at.astimezone(made.store.zone).date():
        raise NotAllowed(_("This day is over."))
    if not unprepared_parts(made).filter(pk=wanted.pk).update(expected_on=on, seen_by=by, seen_at=at):
        raise NotAllowed(_("This part is put aside already."))


@transaction.atomic
def give_parts_back(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """Let what was put aside go again; should the customer come after all, the parts are not ready any more."""
    # In the order of their parts, as everybody who gives back several.
    kept = list(appointment.parts.exclude(reservation=None).select_related("reservation").order_by("part_id"))
    appointment.parts.exclude(reservation=None).update(reservation=None)
    Preparation.objects.filter(appointment=appointment, point=Point.PARTS).delete()
    for wanted in kept:
        if wanted.reservation is not None:
            catalogue.give_back(wanted.reservation, by=by, at=at)


@transaction.atomic
def give_rest_back(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """The car needs no more of them: what was put aside and not handed out is free; what was prepared stays noted."""
    kept = appointment.parts.filter(reservation__isnull=False, reservation__ended_at=None)
    for wanted in kept.select_related("reservation").order_by("part_id"):
        if wanted.reservation is not None:
            catalogue.give_back(wanted.reservation, by=by, at=at)


def start_again(appointment: Appointment) -> None:
    """Another day, another preparation; parts put aside stay aside."""
    Preparation.objects.filter(appointment=appointment).exclude(point=Point.PARTS).delete()


def put_up_board(store: Store, day: date, *, by: User, at: datetime) -> WelcomeBoard:
    """Note that the welcome board of a day stands in its place (3.1.3.4); the first to do so is noted."""
    workflow.require(by, "appointments.prepare_appointment")
    if day < at.astimezone(store.zone).date():
        raise NotAllowed(_("This day is over."))
    board, _created = WelcomeBoard.objects.get_or_create(
        store=store, on=day, defaults={"placed_by": by, "placed_at": at}
    )
    return board


def open_screen(store: Store, *, name: str, by: User, at: datetime) -> WelcomeScreen:
    """Make an address a lobby screen can show without anybody being logged in."""
    workflow.require(by, "appointments.manage_welcomescreen")
    if not name.strip():
        raise NotAllowed(_("Please name the screen, such as “entrance”."))
    return WelcomeScreen.objects.create(store=store, name=name.strip(), made_by=by, made_at=at)


def close_screen(screen: WelcomeScreen, *, by: User, at: datetime) -> None:
    workflow.require(by, "appointments.manage_welcomescreen")
    WelcomeScreen.objects.filter(pk=screen.pk, ended_at=None).update(ended_at=at)
