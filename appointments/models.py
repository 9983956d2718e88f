"""A promised time on an advisor's grid."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.states import HOLDS_SLOT, State
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store
from dealership.workflow import Move


class BookingRules(models.Model):
    """How one store cuts its reception time into slots."""

    store = models.OneToOneField(Store, on_delete=models.PROTECT, related_name="booking_rules", verbose_name=_("store"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes per slot"), default=15, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    buffer_every = models.PositiveSmallIntegerField(
        _("every n-th slot stays free"), default=4, validators=[MinValueValidator(2)]
    )
    lead_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=24)

    class Meta:
        verbose_name = _("booking rules")
        verbose_name_plural = _("booking rules")
        constraints = [
            models.CheckConstraint(condition=Q(slot_minutes__range=(5, 120)), name="bookingrules_slot_minutes"),
            models.CheckConstraint(condition=Q(buffer_every__gte=2), name="bookingrules_buffer_every"),
        ]

    def __str__(self) -> str:
        return str(self.store)


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
    """One slot of one advisor kept for one car; the slot itself is held by the unique constraint."""

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
    agreed_at = models.DateTimeField(_("customer agreed at"))
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
        indexes = [models.Index(fields=["store", "starts_at"], name="appointment_store_day")]
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
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class AppointmentMove(Move):
    thing = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("appointment move")
        verbose_name_plural = _("appointment moves")
