"""The management card on the progress board, and the notice that tells the foreman of an appointment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from appointments.states import Area
from dealership.staff.models import Store
from dealership.workflow import Move


class ManagementCard(models.Model):
    """维修管理卡: name, model and wishes of one appointment, in the column of its day (2.1.11-2.1.15, F3)."""

    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, related_name="card", verbose_name=_("appointment")
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    customer_name = models.CharField(_("customer's name"), max_length=80)
    model_name = models.CharField(_("model"), max_length=110)
    wishes = models.TextField(_("wishes"))
    on = models.DateField(_("day"))
    state = models.CharField(_("area"), max_length=24, choices=Area.choices, default=Area.BOOKED)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("management card")
        verbose_name_plural = _("management cards")
        ordering = ["on", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["store", "state", "on"], name="card_board")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Area.values), name="card_area_known"),
            models.CheckConstraint(
                condition=~Q(customer_name="") & ~Q(model_name="") & ~Q(wishes=""), name="card_says_who_what_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_name} · {self.model_name}"


class CardMove(Move):
    thing = models.ForeignKey(ManagementCard, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("move of a card")
        verbose_name_plural = _("moves of cards")


class ForemanNotice(models.Model):
    """What the foreman is told on the day it was decided, and when he has seen it (2.1.8)."""

    class About(models.TextChoices):
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="notices", verbose_name=_("appointment")
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    about = models.CharField(_("about"), max_length=12, choices=About.choices, default=About.BOOKED)
    notified_at = models.DateTimeField(_("notified at"))
    due_at = models.DateTimeField(_("to be seen by"))  # the end of the day of the decision
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("seen by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("foreman's notice")
        verbose_name_plural = _("foreman's notices")
        ordering = ["notified_at", "pk"]
        default_permissions = ["view"]
        permissions = [("see_notice", _("is told of appointments"))]
        indexes = [
            models.Index(fields=["store", "notified_at"], condition=Q(seen_at__isnull=True), name="notice_unseen")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(about__in=["booked", "moved", "cancelled"]), name="notice_about_known"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="notice_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.appointment}"
