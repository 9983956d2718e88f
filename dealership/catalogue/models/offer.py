"""What is done and sold, and at what price from when."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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
    first_service = models.BooleanField(
        _("first service"),
        default=False,
        help_text=_("the car is lifted and its underbody looked at when it is received"),
    )  # 3.2.3.1
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
