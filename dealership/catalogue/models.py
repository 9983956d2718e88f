"""What is done and sold, at what price from when, and what lies in each store's shelves."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store


class OrderClass(models.TextChoices):
    """Classes of work orders (form F7 of the procedure)."""

    FIRST = "first", _("first maintenance")
    MAINTENANCE = "maintenance", _("maintenance")
    OIL = "oil", _("oil and lubrication")
    GENERAL = "general", _("general repair")
    MAJOR = "major", _("major repair")
    ACCIDENT = "accident", _("accident repair")
    WARRANTY = "warranty", _("warranty")
    COMEBACK = "comeback", _("comeback")


class LabourOperation(models.Model):
    """A piece of work the store offers, with its standard hours."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    hours = models.DecimalField(_("standard hours"), max_digits=5, decimal_places=2)
    skill = models.CharField(_("skill"), max_length=40, blank=True, help_text=_("one of the skills of a team"))
    order_class = models.CharField(
        _("order class"), max_length=12, choices=OrderClass.choices, default=OrderClass.GENERAL
    )
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("labour operation")
        verbose_name_plural = _("labour operations")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0),
                name="catalogue_operation_takes_time",
                violation_error_message=_("Please give more than 0 hours."),
            ),
            models.CheckConstraint(
                condition=Q(order_class__in=OrderClass.values), name="catalogue_operation_order_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Part(models.Model):
    """A spare part, kept in whole units."""

    number = models.CharField(_("part number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=12, default="件")
    safety_stock = models.PositiveIntegerField(
        _("safety stock"), null=True, blank=True, help_text=_("below this the part is marked as low; empty: never")
    )
    lead_days = models.PositiveSmallIntegerField(
        _("days until delivered"), null=True, blank=True, help_text=_("empty: as the store's booking rules say")
    )

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class UsualPart(models.Model):
    """A part that an operation usually needs; the booking desk offers it as ticked (2.1.6)."""

    operation = models.ForeignKey(
        LabourOperation, on_delete=models.CASCADE, related_name="usual_parts", verbose_name=_("labour operation")
    )
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))
    quantity = models.PositiveSmallIntegerField(
        _("quantity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )

    class Meta:
        verbose_name = _("usual part")
        verbose_name_plural = _("usual parts")
        ordering = ["part__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "part"],
                name="catalogue_usual_part_once",
                violation_error_message=_("This part is listed already; change its quantity."),
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=99), name="catalogue_usual_part_pieces"),
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class Price(models.Model):
    """What an operation costs per hour, or a part per unit, from a day on; the history is never rewritten."""

    operation = models.ForeignKey(
        LabourOperation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prices",
        verbose_name=_("labour operation"),
    )
    part = models.ForeignKey(
        Part, on_delete=models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("part")
    )
    valid_from = models.DateField(_("valid from"))
    amount_fen = models.BigIntegerField(_("amount in fen"))
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
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(operation__isnull=True, part__isnull=False) | Q(operation__isnull=False, part__isnull=True),
                name="catalogue_price_of_one_thing",
                violation_error_message=_("Please choose either a labour operation or a part."),
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="catalogue_price_not_negative"),
            models.UniqueConstraint(fields=["operation", "valid_from"], name="catalogue_price_operation_once_per_day"),
            models.UniqueConstraint(fields=["part", "valid_from"], name="catalogue_price_part_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.operation or self.part} {self.valid_from}"


class Stock(models.Model):
    """How many units of a part a store has; always the sum of its movements."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="stock", verbose_name=_("store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="stock", verbose_name=_("part"))
    quantity = models.IntegerField(_("quantity"), default=0, validators=[MinValueValidator(0)])
    reserved = models.IntegerField(_("kept for appointments"), default=0, editable=False)

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
    """Units put aside for one job before the car is here; open until they are handed out or given back."""

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


class MaintenanceInterval(models.Model):
    """How often a piece of maintenance comes round: every so many months or kilometres, whichever is first."""

    operation = models.OneToOneField(
        LabourOperation, on_delete=models.PROTECT, related_name="interval", verbose_name=_("labour operation")
    )
    months = models.PositiveSmallIntegerField(_("every … months"), null=True, blank=True)
    km = models.PositiveIntegerField(_("every … km"), null=True, blank=True)

    class Meta:
        verbose_name = _("maintenance interval")
        verbose_name_plural = _("maintenance intervals")
        ordering = ["operation__code"]
        constraints = [
            models.CheckConstraint(
                # Named as given: a comparison with nothing is unknown, and a database lets the unknown pass.
                condition=Q(months__isnull=False, months__gt=0) | Q(km__isnull=False, km__gt=0),
                name="catalogue_interval_comes_round",
                violation_error_message=_("Please give months, kilometres or both."),
            )
        ]

    def __str__(self) -> str:
        return str(self.operation)


class StockMovement(models.Model):
    """One line of the stock ledger: written once, never changed or taken out."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("goods received")
        ISSUE = "issue", _("issued to the workshop")
        RETURN = "return", _("taken back")
        CORRECTION = "correction", _("corrected after counting")

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
                condition=Q(kind__in=["receipt", "return"], change__gt=0)
                | Q(kind="issue", change__lt=0)
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
