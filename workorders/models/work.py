"""Who worked on what from when to when, and what the workshop may do with a customer's car."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workorders.models.lines import LabourLine, moment, person
from workorders.models.orders import WorkOrder


class Stop(models.TextChoices):
    """Why a clock was stopped."""

    DONE = "done", _("the work is done")
    PARTS = "parts", _("waits for parts")
    APPROVAL = "approval", _("waits for the customer's answer")
    MANUFACTURER = "manufacturer", _("waits for the manufacturer")
    TOOL = "tool", _("waits for a tool or a bay")
    OTHER_JOB = "other_job", _("another job first")
    BREAK = "break", _("break")
    DAY_OVER = "day_over", _("end of the day")
    FORGOTTEN = "forgotten", _("forgotten, put right afterwards")


class Clock(models.Model):
    """One stretch of one technician's time on one piece of work; a technician has one running clock at most."""

    line = models.ForeignKey(LabourLine, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("work"))
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("technician")
    )
    started_at = models.DateTimeField(_("on"))
    stopped_at = moment(_("off"))
    stop = models.CharField(_("why stopped"), max_length=12, choices=Stop.choices, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    stopped_by = person(_("stopped by"))

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["started_at", "pk"]
        default_permissions = ["view"]
        permissions = [("correct_clock", _("can put forgotten clocks right"))]
        indexes = [models.Index(fields=["technician", "started_at"], name="clock_of_technician")]
        constraints = [
            models.CheckConstraint(condition=Q(stop__in=["", *Stop.values]), name="clock_stop_known"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stop="", stopped_by__isnull=True)
                | Q(stopped_at__isnull=False, stopped_at__gte=F("started_at"), stopped_by__isnull=False) & ~Q(stop=""),
                name="clock_stopped_why",
            ),
            models.CheckConstraint(condition=~Q(stop=Stop.FORGOTTEN) | ~Q(note=""), name="clock_put_right_why"),
            models.UniqueConstraint(
                fields=["technician"], condition=Q(stopped_at__isnull=True), name="clock_one_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician}: {self.line}"


class RulesRead(models.Model):
    """A technician has read, once for this job, what he leaves alone in a customer's car (2.4.3.6)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="rules_read", verbose_name=_("order"))
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("technician")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("rules read")
        verbose_name_plural = _("rules read")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["order", "technician"], name="rulesread_once_per_job")]

    def __str__(self) -> str:
        return f"{self.order} {self.technician}"


class BelongingsRequest(models.Model):
    """A technician has to move the customer's things: asked, answered by the customer, moved, put back (2.4.3.8)."""

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="belongings_requests", verbose_name=_("order")
    )
    words = models.CharField(_("what has to be moved, and why"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    agreed = models.BooleanField(_("customer agrees"), null=True, blank=True)
    who_agreed = models.CharField(_("who answered, and how"), max_length=120, blank=True)
    answered_by = person(_("answer noted by"))
    answered_at = moment(_("answered at"))
    moved_by = person(_("moved by"))
    moved_at = moment(_("moved at"))
    put_back_by = person(_("put back by"))
    put_back_at = moment(_("put back at"))

    class Meta:
        verbose_name = _("request to move belongings")
        verbose_name_plural = _("requests to move belongings")
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="belongings_says_what"),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | Q(agreed__isnull=False, answered_at__isnull=False, answered_by__isnull=False) & ~Q(who_agreed=""),
                name="belongings_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(moved_at__isnull=True) | Q(agreed__isnull=False, agreed=True, moved_by__isnull=False),
                name="belongings_moved_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(put_back_at__isnull=True) | Q(moved_at__isnull=False, put_back_by__isnull=False),
                name="belongings_put_back_after_moved",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class TestDrive(models.Model):
    """A drive with the customer's car: who, from which mileage to which, when, and what showed (2.4.3.2)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="test_drives", verbose_name=_("order"))
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("driver")
    )
    left_at = models.DateTimeField(_("left at"))
    km_out = models.PositiveIntegerField(_("mileage out (km)"))
    back_at = moment(_("back at"))
    km_in = models.PositiveIntegerField(_("mileage in (km)"), null=True, blank=True)
    ok = models.BooleanField(_("in order"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("test drive")
        verbose_name_plural = _("test drives")
        ordering = ["left_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(back_at__isnull=True, km_in__isnull=True)
                | Q(back_at__isnull=False, back_at__gte=F("left_at"), km_in__isnull=False, km_in__gte=F("km_out"))
                & ~Q(result=""),
                name="testdrive_ends_later_and_further",
            ),
            models.CheckConstraint(
                condition=Q(ok__isnull=True) | Q(back_at__isnull=False), name="testdrive_judged_at_its_end"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(back_at__isnull=True), name="testdrive_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.driver}"
