"""What the customer said, and in which condition the car came."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reception.models.places import Damage, Zone
from reception.models.visits import Visit


class Complaint(models.Model):
    """What the customer said, word for word; never edited afterwards (2.2.3.2)."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("visit"))
    position = models.PositiveSmallIntegerField(_("position"))
    words = models.TextField(_("customer's words"), max_length=500)

    class Meta:
        verbose_name = _("complaint line")
        verbose_name_plural = _("complaint lines")
        ordering = ["visit", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="complaint_position_once"),
            models.CheckConstraint(condition=~Q(words=""), name="complaint_has_words"),
        ]

    def __str__(self) -> str:
        return self.words


class DamageMark(models.Model):
    """A damage the car arrived with (2.2.11.8)."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="damage_marks", verbose_name=_("visit"))
    zone = models.CharField(_("place"), max_length=20, choices=Zone.choices)
    kind = models.CharField(_("damage"), max_length=12, choices=Damage.choices)
    marked_at = models.DateTimeField(_("marked at"))

    class Meta:
        verbose_name = _("damage mark")
        verbose_name_plural = _("damage marks")
        ordering = ["visit", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(zone__in=Zone.values), name="damagemark_zone_known"),
            models.CheckConstraint(condition=Q(kind__in=Damage.values), name="damagemark_kind_known"),
            models.UniqueConstraint(fields=["visit", "zone", "kind"], name="damagemark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_display()}: {self.get_kind_display()}"
