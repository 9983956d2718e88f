"""A promised time on an advisor's grid, what is to be done then, and the parts it needs."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.states import HOLDS_SLOT, State
from dealership.catalogue.models import LabourOperation, Part, StockReservation
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store
from dealership.workflow import Move
from dealership.workshop.models import BayReservation


class Kind(models.TextChoices):
    PASSIVE = "passive", _("customer asked")
    PROACTIVE = "proactive", _("we called")


class Channel(models.TextChoices):
    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    DESK = "desk", _("at the desk")
    WEB = "web", _("web site")


class Cause(models.TextChoices):
    MAINTENANCE = "maintenance", _("maintenance")
    FAULT = "fault", _("fault")
    OTHER = "other", _("other work")


class Appointment(models.Model):
    """One slot of one advisor kept for one car; the slot itself is held by the unique constraint.

    `hours` and `skills` sum up the items, so that a day's load is one sum; `skills` are separated by spaces, the one
    that takes most of the hours first, which decides on the bay.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("store"))
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("advisor")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("customer")
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("vehicle")
    )
    starts_at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PASSIVE)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.PHONE)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices)
    reason = models.TextField(_("reason for the visit"), max_length=500)
    hours = models.DecimalField(_("hours of work"), max_digits=6, decimal_places=2, default=Decimal("1.00"))
    skills = models.TextField(_("skills"), blank=True)
    waits = models.BooleanField(_("waits for the car"), default=False)
    agreed_at = models.DateTimeField(_("customer agreed at"), null=True, blank=True)
    agreed_by = models.CharField(_("who agreed"), max_length=80, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    reservation = models.OneToOneField(
        BayReservation, on_delete=models.SET_NULL, null=True, blank=True, related_name="appointment",
        verbose_name=_("bay"),
    )  # fmt: skip
    # How often its time was changed: a new number makes new reminders, links and calendar entries.
    sequence = models.PositiveSmallIntegerField(_("changes of time"), default=0)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    deposit_fen = models.BigIntegerField(_("deposit (fen)"), null=True, blank=True, validators=[MinValueValidator(1)])
    deposit_at = models.DateTimeField(_("deposit taken at"), null=True, blank=True)
    deposit_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("deposit taken by"),
    )  # fmt: skip
    short_notice_reason = models.CharField(_("why at short notice"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.CONFIRMED)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("booked by")
    )
    booked_at = models.DateTimeField(_("booked at"))

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "pk"]
        permissions = [
            ("book_appointment", _("can book appointments")),
            ("cancel_appointment", _("can cancel appointments")),
            ("override_lead_time", _("can book at short notice")),
        ]
        indexes = [
            models.Index(fields=["store", "starts_at"], name="appointment_store_day"),
            models.Index(fields=["vehicle", "starts_at"], name="appointment_vehicle"),
            models.Index(fields=["state", "starts_at"], name="appointment_clock"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["advisor", "starts_at"],
                condition=Q(state__in=[str(state) for state in HOLDS_SLOT]),
                name="appointment_slot_taken_once",
            ),
            models.UniqueConstraint(
                fields=["vehicle", "starts_at"],
                condition=Q(state__in=[str(state) for state in HOLDS_SLOT]),
                name="appointment_vehicle_in_one_place",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="appointment_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="appointment_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="appointment_channel_known"),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="appointment_cause_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="appointment_has_reason"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="appointment_takes_time"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "cancelled"]) | Q(agreed_at__isnull=False),
                name="appointment_agreed_before_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="requested") | Q(held_until__isnull=False), name="appointment_held_until"
            ),
            models.CheckConstraint(
                condition=Q(state="arrived", arrived_at__isnull=False)
                | (~Q(state="arrived") & Q(arrived_at__isnull=True)),
                name="appointment_arrived_when",
            ),
            models.CheckConstraint(
                condition=Q(deposit_fen__isnull=True, deposit_at__isnull=True)
                | Q(deposit_fen__gt=0, deposit_at__isnull=False),
                name="appointment_deposit_taken_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class AppointmentItem(models.Model):
    """One thing the customer wants done: an operation of the catalogue, or words alone."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="items", verbose_name=_("appointment")
    )
    operation = models.ForeignKey(
        LabourOperation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("operation")
    )
    description = models.CharField(_("description"), max_length=120)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    skill = models.CharField(_("skill"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("item of an appointment")
        verbose_name_plural = _("items of appointments")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(description=""), name="appointmentitem_says_what"),
            models.CheckConstraint(condition=Q(hours__gte=0), name="appointmentitem_hours"),
        ]

    def __str__(self) -> str:
        return self.description


class AppointmentPart(models.Model):
    """A part the visit will need; the parts desk puts it aside or says when it comes (2.1.6)."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="parts", verbose_name=_("appointment")
    )
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    price_fen = models.BigIntegerField(_("price each (fen)"), null=True, blank=True)
    high_value = models.BooleanField(_("of high value"), default=False)
    reservation = models.OneToOneField(
        StockReservation, on_delete=models.SET_NULL, null=True, blank=True, related_name="appointment_part",
        verbose_name=_("put aside"),
    )  # fmt: skip
    expected_on = models.DateField(_("delivery expected on"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("prepared by"),
    )  # fmt: skip
    seen_at = models.DateTimeField(_("prepared at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of an appointment")
        verbose_name_plural = _("parts of appointments")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["appointment", "part"], name="appointmentpart_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="appointmentpart_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"

    @property
    def amount_fen(self) -> int | None:
        return None if self.price_fen is None else self.price_fen * self.quantity


class Reschedule(models.Model):
    """One change of an appointment's time or advisor, and why (3.1.3.8)."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="reschedules", verbose_name=_("appointment")
    )
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"))
    from_advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("advisor before")
    )
    to_advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("advisor now")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of time")
        verbose_name_plural = _("changes of time")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reschedule_has_reason")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.from_at):%m-%d %H:%M} > {timezone.localtime(self.to_at):%m-%d %H:%M}"


class AppointmentMove(Move):
    thing = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("appointment move")
        verbose_name_plural = _("appointment moves")
