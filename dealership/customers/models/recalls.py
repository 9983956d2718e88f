"""Recalls of the makers, and the cars they name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.vehicles import Vehicle


class Recall(models.Model):
    """What a maker has put right on all cars of a list, at his own cost."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    title = models.CharField(_("recall title"), max_length=120)
    todo = models.TextField(_("what to do"), max_length=1000)
    published_on = models.DateField(_("published on"))
    make = models.CharField(_("make"), max_length=40, blank=True)
    model_name = models.CharField(_("models"), max_length=120, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=120, blank=True)
    active = models.BooleanField(
        _("in force"), default=True, help_text=_("only a recall in force is shown on its cars' pages")
    )

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ["-published_on", "number"]
        constraints = [
            models.CheckConstraint(name="customers_recall_says_what_to_do", condition=~Q(title="") & ~Q(todo=""))
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RecalledVehicle(models.Model):
    """A car a recall names by its VIN, which we may meet one day; done once somebody has put it right."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("recall"))
    vin = models.CharField(_("VIN"), max_length=17)
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="recalls",
        verbose_name=_("vehicle"),
    )
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("listed by")
    )
    listed_at = models.DateTimeField(_("listed at"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_where = models.CharField(_("done where"), max_length=80, blank=True)
    reference = models.CharField(_("order or reference"), max_length=80, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    done_at = models.DateTimeField(_("noted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("recalled vehicle")
        verbose_name_plural = _("recalled vehicles")
        ordering = ["recall", "vin"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["vin"], condition=Q(done_on__isnull=True), name="customers_recalled_open")]
        constraints = [
            models.UniqueConstraint(fields=["recall", "vin"], name="customers_recalled_once"),
            models.CheckConstraint(
                name="customers_recalled_vin",
                condition=Q(Exact(Length("vin"), 17)) & Q(Exact(Upper("vin"), F("vin"))),
            ),
            models.CheckConstraint(
                name="customers_recalled_done_when",
                condition=Q(done_on__isnull=True, done_at__isnull=True)
                | Q(done_on__isnull=False, done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall}: {self.vin}"
