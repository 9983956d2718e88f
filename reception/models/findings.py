"""What the customer said, and in which condition the car came."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reception.models.places import Damage, Frequency, Result, Zone
from reception.models.visits import Visit


class Complaint(models.Model):
    """What the customer said, word for word, when and how often; never edited afterwards (2.2.3.2, 3.2.3.3)."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("visit"))
    position = models.PositiveSmallIntegerField(_("position"))
    words = models.TextField(_("customer's words"), max_length=500)
    conditions = models.CharField(_("when and under which conditions"), max_length=200, blank=True)
    frequency = models.CharField(_("how often"), max_length=12, choices=Frequency.choices, blank=True)
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("complaint line")
        verbose_name_plural = _("complaint lines")
        ordering = ["visit", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="complaint_position_once"),
            models.CheckConstraint(condition=~Q(words=""), name="complaint_has_words"),
            models.CheckConstraint(
                condition=Q(frequency__in=["", *Frequency.values]), name="complaint_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class PointCheck(models.Model):
    """One point of the walk-round, seen at this moment (3.2.1.3); a point without a row is still blank."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="point_checks", verbose_name=_("visit"))
    zone = models.CharField(_("point"), max_length=20, choices=Zone.choices)
    result = models.CharField(_("result"), max_length=8, choices=Result.choices)
    checked_at = models.DateTimeField(_("checked at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by")
    )

    class Meta:
        verbose_name = _("point of the walk-round")
        verbose_name_plural = _("points of the walk-round")
        ordering = ["visit", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "zone"], name="pointcheck_once"),
            models.CheckConstraint(condition=Q(zone__in=Zone.values), name="pointcheck_zone_known"),
            models.CheckConstraint(condition=Q(result__in=Result.values), name="pointcheck_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_display()}: {self.get_result_display()}"


class DamageMark(models.Model):
    """A damage the car arrived with (2.2.11.8); `x` and `y` are where on the outline it was tapped, if it was."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="damage_marks", verbose_name=_("visit"))
    zone = models.CharField(_("place"), max_length=20, choices=Zone.choices)
    kind = models.CharField(_("damage"), max_length=12, choices=Damage.choices)
    x = models.PositiveSmallIntegerField(_("across"), null=True, blank=True)
    y = models.PositiveSmallIntegerField(_("down"), null=True, blank=True)
    marked_at = models.DateTimeField(_("marked at"))
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("damage mark")
        verbose_name_plural = _("damage marks")
        ordering = ["visit", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(zone__in=Zone.values), name="damagemark_zone_known"),
            models.CheckConstraint(condition=Q(kind__in=Damage.values), name="damagemark_kind_known"),
            models.CheckConstraint(
                condition=Q(x__isnull=True, y__isnull=True) | Q(x__lte=480, y__lte=400), name="damagemark_on_outline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_display()}: {self.get_kind_display()}"


class Photo(models.Model):
    """A picture of the car as it came, written anew as a plain JPEG; kept outside what a browser reaches by itself."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos", verbose_name=_("visit"))
    mark = models.ForeignKey(
        DamageMark, on_delete=models.SET_NULL, null=True, blank=True, related_name="photos", verbose_name=_("damage")
    )
    picture = models.FileField(_("picture"), upload_to="reception/%Y/%m/", max_length=120)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, help_text=_("SHA-256 of the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    taken_at = models.DateTimeField(_("taken at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["visit", "pk"]
        default_permissions = ["view"]

    def __str__(self) -> str:
        return str(self.mark or self.visit)
