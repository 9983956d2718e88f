"""Maintenance packages: work and parts sold together, at a price of their own or at the sum of their lines."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models.offer import LabourOperation, OrderClass, Part


class Package(models.Model):
    """Work and parts a customer asks for by one name, such as 小保养."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    order_class = models.CharField(
        _("order class"), max_length=12, choices=OrderClass.choices, default=OrderClass.MAINTENANCE
    )
    make = models.CharField(_("only for the make"), max_length=40, blank=True, help_text=_("empty: for every make"))
    model_name = models.CharField(
        _("only for the model"),
        max_length=60,
        blank=True,
        help_text=_("or for all models with these words in their name; empty: for every model"),
    )
    express = models.BooleanField(
        _("express"), default=False, help_text=_("maintenance alone, done while the customer waits")
    )
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("maintenance package")
        verbose_name_plural = _("maintenance packages")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(order_class__in=OrderClass.values), name="catalogue_package_order_class")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_shown}"

    @property
    def name_shown(self) -> str:
        """The name in the reader's language, as far as there is one."""
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class PackageOperation(models.Model):
    """A piece of work in a package."""

    package = models.ForeignKey(
        Package, on_delete=models.CASCADE, related_name="operations", verbose_name=_("maintenance package")
    )
    operation = models.ForeignKey(
        LabourOperation, on_delete=models.PROTECT, related_name="+", verbose_name=_("labour operation")
    )
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=2, null=True, blank=True, help_text=_("empty: the standard hours")
    )

    class Meta:
        verbose_name = _("work of a package")
        verbose_name_plural = _("work of packages")
        ordering = ["operation__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "operation"],
                name="catalogue_package_operation_once",
                violation_error_message=_("This work is listed already; change its hours."),
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0),
                name="catalogue_package_operation_takes_time",
                violation_error_message=_("Please give more than 0 hours."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.operation)


class PackagePart(models.Model):
    """A part in a package."""

    package = models.ForeignKey(
        Package, on_delete=models.CASCADE, related_name="parts", verbose_name=_("maintenance package")
    )
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))
    quantity = models.PositiveSmallIntegerField(
        _("quantity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )

    class Meta:
        verbose_name = _("part of a package")
        verbose_name_plural = _("parts of packages")
        ordering = ["part__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "part"],
                name="catalogue_package_part_once",
                violation_error_message=_("This part is listed already; change its quantity."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=99), name="catalogue_package_part_pieces"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class PackagePrice(models.Model):
    """What a package costs from a day on; without an amount, the sum of its lines. The history is never rewritten."""

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="prices", verbose_name=_("maintenance package")
    )
    valid_from = models.DateField(_("valid from"))
    amount_fen = models.BigIntegerField(_("amount in fen"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("package price")
        verbose_name_plural = _("package prices")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0),
                name="catalogue_package_price_not_negative",
            ),
            models.UniqueConstraint(fields=["package", "valid_from"], name="catalogue_package_price_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.valid_from}"
