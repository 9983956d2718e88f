"""Calling customers whose car is due, and the links with which a booked customer answers by himself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from dealership.customers.models import Customer, Vehicle
from dealership.staff.models import Store


class CallOutcome(models.TextChoices):
    BOOKED = "booked", _("appointment made")
    LATER = "later", _("call again later")
    NO_ANSWER = "no_answer", _("no answer")
    NOT_NOW = "not_now", _("does not want to come now")
    ELSEWHERE = "elsewhere", _("goes elsewhere")
    SOLD = "sold", _("car was sold")
    WRONG_NUMBER = "wrong_number", _("wrong number")


class ProactiveCall(models.Model):
    """主动预约: we called about a car that is due; what the customer said, and what came of it (3.1.1.3)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="proactive_calls", verbose_name=_("vehicle")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="proactive_calls", verbose_name=_("customer")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("result"), max_length=16, choices=CallOutcome.choices)
    mileage = models.PositiveIntegerField(_("mileage now (km)"), null=True, blank=True)
    condition = models.CharField(_("how the car runs"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    wrong_number = models.CharField(_("wrong number"), max_length=20, blank=True)
    call_again_on = models.DateField(_("call again from"))
    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="proactive_call",
        verbose_name=_("appointment"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("proactive call")
        verbose_name_plural = _("proactive calls")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["vehicle", "call_again_on"], name="proactivecall_vehicle")]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="proactivecall_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="booked", appointment__isnull=False)
                | (~Q(outcome="booked") & Q(appointment__isnull=True)),
                name="proactivecall_booked_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_outcome_display()}"


class CustomerLink(models.Model):
    """One thing a customer may do once without logging in; the address carries the nonce, signed."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", _("I will come")
        MOVE = "move", _("I need another time")
        CANCEL = "cancel", _("I cancel")

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices)
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0)
    nonce = models.CharField(max_length=43, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    spent_at = models.DateTimeField(_("used at"), null=True, blank=True)
    words = models.CharField(_("what the customer wrote"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("customer's link")
        verbose_name_plural = _("customers' links")
        ordering = ["made_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=["confirm", "move", "cancel"]), name="link_purpose_known"),
            models.UniqueConstraint(fields=["appointment", "purpose", "sequence"], name="link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.appointment}"
