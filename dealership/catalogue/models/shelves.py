"""What lies in each store's shelves, what of it is kept for a job, and how it came and went."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models.offer import Part
from dealership.staff.models import Store


class Stock(models.Model):
    """How many units of a part a store has; always the sum of its movements."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="stock", verbose_name=_("store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="stock", verbose_name=_("part"))
    quantity = models.IntegerField(_("quantity"), default=0, validators=[MinValueValidator(0)])
    reserved = models.IntegerField(_("kept for jobs"), default=0, editable=False)
    place = models.CharField(
        _("place"), max_length=30, blank=True, db_default="", help_text=_("shelf and compartment, such as A-03-2")
    )

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        ordering = ["part__number"]
        constraints = [
            models.UniqueConstraint(fields=["store", "part"], name="catalogue_stock_one_row_per_part"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="catalogue_stock_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="catalogue_stock_reserved_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.quantity}"

    @property
    def free(self) -> int:
        """Units nobody has been promised; negative after a count that found fewer than were promised."""
        return self.quantity - self.reserved


class StockReservation(models.Model):
    """Units put aside for an appointment, an order or another store; open until they go out or are given back."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("part"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reference = models.CharField(_("kept for"), max_length=80)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("stock reservation")
        verbose_name_plural = _("stock reservations")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["reference"], condition=Q(ended_at__isnull=True), name="catalogue_reservation_open")
        ]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="catalogue_reservation_of_something")]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity} ({self.reference})"


class StockMovement(models.Model):
    """One line of the stock ledger: written once, never changed or taken out."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("goods received")
        ISSUE = "issue", _("issued to the workshop")
        RETURN = "return", _("taken back")
        CORRECTION = "correction", _("corrected after counting")
        SENT = "sent", _("sent to another store")
        ARRIVED = "arrived", _("came from another store")

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="movements", verbose_name=_("part"))
    change = models.IntegerField(_("change"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=80, help_text=_("delivery note or work order"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["store", "part", "at"], name="catalogue_movement_ledger")]
        permissions = [
            ("receive_goods", _("Can receive goods")),
            ("correct_stock", _("Can correct the stock after counting")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "return", "arrived"], change__gt=0)
                | Q(kind__in=["issue", "sent"], change__lt=0)
                | (Q(kind="correction") & ~Q(change=0)),
                name="catalogue_movement_kind_and_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.change:+d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a stock movement is written once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("a stock movement stays")
