"""A car's visit: who brought it when, and how it was taken in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment, BufferUse
from dealership.customers.models import Customer, Vehicle
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store
from dealership.workflow import Move
from dealership.workshop.models import Bay
from reception.models.places import Purpose, Valuables, VinSource
from reception.states import State


class Fuel(models.IntegerChoices):
    """The needle in eighths, as drivers read it."""

    EMPTY = 0, _("empty")
    E1 = 1, "1/8"
    E2 = 2, "1/4"
    E3 = 3, "3/8"
    E4 = 4, "1/2"
    E5 = 5, "5/8"
    E6 = 6, "3/4"
    E7 = 7, "7/8"
    FULL = 8, _("full")


class Size(models.TextChoices):
    """How much a customer without appointment brings (3.1.2.10, 3.1.2.11)."""

    SMALL = "small", _("maintenance, a small job")
    LARGE = "large", _("a larger problem")


class Mode(models.TextChoices):
    """How a customer was received: with time for him, or shortly because many waited (4.2.1, 4.3.1, C17)."""

    NORMAL = "normal", _("normal")
    BUSY = "busy", _("busy")


class Visit(models.Model):
    """One car in the house, from arrival to release."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="visits", verbose_name=_("store"))
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="visits", verbose_name=_("vehicle"))
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="visits", verbose_name=_("customer"))
    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visit",
        verbose_name=_("appointment"),
    )
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("advisor"),
    )
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.WAITING)
    arrived_at = models.DateTimeField(_("arrived at"))
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)

    taken_in_at = models.DateTimeField(_("reception ended at"), null=True, blank=True)
    size = models.CharField(_("size of the job"), max_length=8, choices=Size.choices, blank=True)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, blank=True)  # as it was when he was received
    buffer = models.OneToOneField(
        BufferUse, on_delete=models.SET_NULL, null=True, blank=True, related_name="visit", verbose_name=_("buffer")
    )

    protected_at = models.DateTimeField(_("covers fitted at"), null=True, blank=True)
    protected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("covers fitted by"),
    )
    walked_round_at = models.DateTimeField(_("walked round at"), null=True, blank=True)
    vin_checked_at = models.DateTimeField(_("VIN compared at"), null=True, blank=True)
    vin_source = models.CharField(_("VIN read from"), max_length=12, choices=VinSource.choices, blank=True)
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    fuel = models.PositiveSmallIntegerField(_("fuel"), choices=Fuel.choices, null=True, blank=True)
    purpose = models.CharField(_("purpose of the visit"), max_length=16, choices=Purpose.choices, blank=True)
    read_back_at = models.DateTimeField(_("read back to the customer at"), null=True, blank=True)
    brought_by = models.CharField(_("brought by"), max_length=80, blank=True)
    accompanied = models.BooleanField(_("customer came along on the walk-round"), default=False)
    unaccompanied_reason = models.CharField(_("why the customer did not come along"), max_length=200, blank=True)
    bay = models.ForeignKey(
        Bay,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inspected in"),
    )
    lifted_at = models.DateTimeField(_("seen from below at"), null=True, blank=True)
    underbody_told_at = models.DateTimeField(_("told what was seen from below at"), null=True, blank=True)
    valuables = models.CharField(_("valuables in the car"), max_length=8, choices=Valuables.choices, blank=True)
    valuables_list = models.CharField(_("which valuables"), max_length=200, blank=True)
    valuables_returned = models.BooleanField(_("handed to the customer"), default=False)
    belongings = models.CharField(_("things that stay in the car"), max_length=200, blank=True)
    licence_received = models.BooleanField(_("vehicle licence received"), null=True, blank=True)
    booklet_received = models.BooleanField(_("maintenance booklet received"), null=True, blank=True)
    key_received = models.BooleanField(_("key received"), null=True, blank=True)
    waits_here = models.BooleanField(_("customer waits in the lounge"), default=False)
    intake = models.OneToOneField(
        IssuedDocument,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visit",
        verbose_name=_("reception form"),
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-arrived_at", "-pk"]
        permissions = [
            ("record_arrival", _("can record arrivals")),
            ("receive_visit", _("can receive customers")),
        ]
        indexes = [
            models.Index(fields=["store", "state", "arrived_at"], name="visit_lane"),
            models.Index(fields=["released_at"], name="visit_released"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_known"),
            models.CheckConstraint(condition=Q(size__in=["", "small", "large"]), name="visit_size_known"),
            models.CheckConstraint(condition=Q(mode__in=["", "normal", "busy"]), name="visit_mode_known"),
            models.CheckConstraint(condition=Q(fuel__isnull=True) | Q(fuel__in=Fuel.values), name="visit_fuel_known"),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="visit_released_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="inspected") | Q(intake__isnull=False), name="visit_inspected_signed"
            ),
            models.CheckConstraint(condition=Q(purpose__in=["", *Purpose.values]), name="visit_purpose_known"),
            models.CheckConstraint(condition=Q(vin_source__in=["", *VinSource.values]), name="visit_vin_source_known"),
            models.CheckConstraint(
                condition=Q(vin_checked_at__isnull=True, vin_source="")
                | (Q(vin_checked_at__isnull=False) & ~Q(vin_source="")),
                name="visit_vin_read_somewhere",
            ),
            models.CheckConstraint(condition=Q(valuables__in=["", *Valuables.values]), name="visit_valuables_known"),
            models.CheckConstraint(
                condition=~Q(valuables="found") | ~Q(valuables_list=""), name="visit_valuables_named"
            ),
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(state__in=["waiting", "receiving", "inspected"]), name="visit_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {timezone.localtime(self.arrived_at):%Y-%m-%d}"


class VisitMove(Move):
    thing = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("visit move")
        verbose_name_plural = _("visit moves")
