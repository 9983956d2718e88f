"""What belongs to a day of the store: preparation, welcome board, used buffers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from dealership.staff.models import Store


class Point(models.TextChoices):
    """What is made ready before a booked customer comes (3.1.1.8, 3.1.3.1, F32)."""

    FILE = "file", _("customer's file")
    FORMS = "forms", _("forms")
    TOOLS = "tools", _("tools")
    PARTS = "parts", _("parts")
    BAY = "bay", _("bay")


class Preparation(models.Model):
    """One point of one appointment's preparation that somebody ticked."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="preparations", verbose_name=_("appointment")
    )
    point = models.CharField(_("point"), max_length=8, choices=Point.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        permissions = [
            ("prepare_appointment", _("can tick the preparation of appointments")),
            ("prepare_parts", _("can put parts aside for appointments")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(point__in=Point.values), name="preparation_point_known"),
            models.UniqueConstraint(fields=["appointment", "point"], name="preparation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.get_point_display()}"


class WelcomeBoard(models.Model):
    """That the day's welcome board (欢迎牌) was put up, by whom and when (3.1.3.4)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    on = models.DateField(_("day"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("put up by")
    )
    placed_at = models.DateTimeField(_("put up at"))

    class Meta:
        verbose_name = _("welcome board")
        verbose_name_plural = _("welcome boards")
        ordering = ["-on"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["store", "on"], name="welcomeboard_once_a_day")]

    def __str__(self) -> str:
        return f"{self.store} {self.on}"


class WelcomeScreen(models.Model):
    """A lobby screen that shows the welcome board without anybody being logged in, until it is switched off."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="welcome_screens", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=40)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    ended_at = models.DateTimeField(_("switched off at"), null=True, blank=True)

    class Meta:
        verbose_name = _("welcome screen")
        verbose_name_plural = _("welcome screens")
        ordering = ["store", "name"]
        default_permissions = ["view"]
        permissions = [("manage_welcomescreen", _("can put up and switch off lobby screens"))]

    def __str__(self) -> str:
        return self.name


class BufferUse(models.Model):
    """A buffer an advisor spent on what buffers are for (3.1.2.3, 3.1.2.12); a booked customer never gets one."""

    class Cause(models.TextChoices):
        WALK_IN = "walk_in", _("customer without appointment")
        EMERGENCY = "emergency", _("emergency")
        OVERRUN = "overrun", _("a reception took longer")

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("advisor")
    )
    starts_at = models.DateTimeField(_("time"))
    cause = models.CharField(_("used for"), max_length=12, choices=Cause.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use of a buffer")
        verbose_name_plural = _("uses of buffers")
        ordering = ["starts_at", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["store", "starts_at"], name="bufferuse_day")]
        constraints = [
            models.UniqueConstraint(fields=["advisor", "starts_at"], name="bufferuse_once"),
            models.CheckConstraint(
                condition=Q(cause__in=["walk_in", "emergency", "overrun"]), name="bufferuse_cause_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.advisor} {timezone.localtime(self.starts_at):%m-%d %H:%M}"
