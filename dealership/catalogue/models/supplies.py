"""What was ordered from a supplier and when it is expected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models.offer import Part
from dealership.staff.models import Store

OPEN = {"received_at": None, "cancelled_at": None}


class SupplyQuerySet(models.QuerySet["Supply"]):
    def open(self) -> SupplyQuerySet:
        """Keep what is still to come, the whole or the rest of it."""
        return self.filter(**OPEN)


class Supply(models.Model):
    """Units of a part on order; open until all have come or the rest was cancelled."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="supplies", verbose_name=_("part"))
    quantity = models.PositiveIntegerField(_("quantity"))
    received = models.PositiveIntegerField(_("received so far"), default=0)
    expected_on = models.DateField(_("delivery expected on"))
    reference = models.CharField(_("supplier's order number"), max_length=80)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ordered by")
    )
    ordered_at = models.DateTimeField(_("ordered at"))
    received_at = models.DateTimeField(_("all received at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods on order")
        verbose_name_plural = _("goods on order")
        ordering = ["expected_on", "pk"]
        permissions = [("order_goods", _("Can order goods from suppliers"))]
        indexes = [
            models.Index(
                fields=["store", "part", "expected_on"],
                condition=Q(received_at__isnull=True, cancelled_at__isnull=True),
                name="catalogue_supply_open",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="catalogue_supply_of_something"),
            models.CheckConstraint(condition=~Q(reference=""), name="catalogue_supply_has_a_number"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received__lt=F("quantity"))
                | Q(received_at__isnull=False, received=F("quantity")),
                name="catalogue_supply_received_once_all_came",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="catalogue_supply_ends_one_way",
            ),
            models.UniqueConstraint(
                fields=["store", "part", "reference"],
                condition=Q(cancelled_at__isnull=True),
                name="catalogue_supply_once_per_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity} ({self.reference})"

    @property
    def to_come(self) -> int:
        return self.quantity - self.received


class SupplyDay(models.Model):
    """A day on which a supply was expected, as somebody noted it; the latest is the one that counts."""

    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="days", verbose_name=_("goods on order"))
    expected_on = models.DateField(_("delivery expected on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("expected day")
        verbose_name_plural = _("expected days")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.expected_on)
