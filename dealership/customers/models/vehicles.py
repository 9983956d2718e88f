"""Vehicles, who keeps them, how far they ran and what was done to them elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from dealership.customers import plates
from dealership.customers.models.care import Colour
from dealership.customers.models.people import Customer

MOST_KM = 3_000_000


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def with_keeper(self) -> VehicleQuerySet:
        """Load keepers and their phones with the vehicles: two queries more, whatever the number of rows."""
        keepings = Keeping.objects.select_related("customer").prefetch_related("customer__phones")
        return self.prefetch_related(models.Prefetch("keepings", keepings))


class Vehicle(models.Model):
    """A car; known by its VIN, or by its plate until somebody reads the VIN. New cars have no plate yet."""

    class Energy(models.TextChoices):
        FUEL = "fuel", _("petrol or diesel")
        HYBRID = "hybrid", _("hybrid")
        ELECTRIC = "electric", _("electric")

    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    vin_override_reason = models.CharField(_("reason to accept the VIN"), max_length=200, blank=True)
    plate = models.CharField(_("plate"), max_length=plates.LONGEST, blank=True)
    make = models.CharField(_("make"), max_length=40, blank=True)
    model_name = models.CharField(_("model"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=30, blank=True)
    energy = models.CharField(_("energy"), max_length=8, choices=Energy.choices, default=Energy.FUEL)
    sale_on = models.DateField(_("sold on"), null=True, blank=True)
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sold_vehicles",
        verbose_name=_("salesperson"),
    )
    salesperson_name = models.CharField(
        _("salesperson's name"), max_length=60, blank=True, help_text=_("of somebody who has no log-in here")
    )
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    warranty_km = models.PositiveIntegerField(
        _("warranty until (km)"), null=True, blank=True, help_text=_("empty: no limit, or not known")
    )
    atf_mark = models.CharField(
        _("mark of the automatic gearbox oil"),
        max_length=8,
        blank=True,
        choices=[(Colour.YELLOW, _("yellow: the driver may check it")), (Colour.RED, _("red: do not check"))],
        help_text=_("on the colour card; empty: not on it"),
    )  # 3.2.2.4
    insurer = models.CharField(_("insurer"), max_length=60, blank=True)
    insurance_expires_on = models.DateField(_("insurance expires on"), null=True, blank=True)
    next_service_on = models.DateField(_("next service on"), null=True, blank=True)
    next_service_km = models.PositiveIntegerField(_("next service at (km)"), null=True, blank=True)
    inspection_due_on = models.DateField(_("inspection due on"), null=True, blank=True)
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True, editable=False)
    # Reckoned from next_service_on, next_service_km and the mileage so far, each time one of them changes.
    service_expected_on = models.DateField(_("service expected on"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ["plate", "vin", "pk"]
        indexes = [models.Index(fields=["service_expected_on"], name="customers_vehicle_service_due")]
        constraints = [
            models.UniqueConstraint(fields=["vin"], condition=~Q(vin=""), name="customers_vehicle_vin_once"),
            models.UniqueConstraint(fields=["plate"], condition=~Q(plate=""), name="customers_vehicle_plate_once"),
            models.CheckConstraint(
                name="customers_vehicle_vin_whole", condition=Q(vin="") | Q(Exact(Length("vin"), 17))
            ),
            models.CheckConstraint(
                name="customers_vehicle_written_in_capitals",
                condition=Q(Exact(Upper("vin"), F("vin"))) & Q(Exact(Upper("plate"), F("plate"))),
            ),
            models.CheckConstraint(
                # A Chinese VIN with a wrong check digit is a reading mistake, whatever the reason given.
                name="customers_vehicle_chinese_vin_not_overridden",
                condition=Q(vin_override_reason="") | ~Q(vin__startswith="L"),
            ),
            models.CheckConstraint(
                name="customers_vehicle_energy", condition=Q(energy__in=["fuel", "hybrid", "electric"])
            ),
            models.CheckConstraint(
                name="customers_vehicle_mileage", condition=Q(mileage__isnull=True) | Q(mileage__lte=MOST_KM)
            ),
            models.CheckConstraint(name="customers_vehicle_atf_mark", condition=Q(atf_mark__in=["", "yellow", "red"])),
            models.CheckConstraint(
                name="customers_vehicle_warranty_km",
                condition=Q(warranty_km__isnull=True) | Q(warranty_km__gt=0, warranty_km__lte=MOST_KM),
                violation_error_message=_("Please give a mileage above 0."),
            ),
            models.CheckConstraint(
                name="customers_vehicle_warranty_after_sale",
                condition=Q(sale_on__isnull=True)
                | Q(warranty_until__isnull=True)
                | Q(warranty_until__gte=F("sale_on")),
                violation_error_message=_("The warranty cannot end before the car was sold."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.plate_shown, self.make, self.model_name])) or self.vin or str(_("Vehicle"))

    @property
    def plate_shown(self) -> str:
        return plates.shown(self.plate)

    @property
    def electric(self) -> bool:
        """Say whether it has a battery to read off and no tank; a hybrid has both, and its tank is asked for."""
        return self.energy == self.Energy.ELECTRIC

    @property
    def keeping(self) -> Keeping | None:
        return next((keeping for keeping in self.keepings.all() if keeping.until is None), None)

    @property
    def keeper(self) -> Customer | None:
        """Return who keeps the car now; lists load it with `Vehicle.objects.with_keeper()`."""
        return self.keeping.customer if self.keeping else None


class Keeping(models.Model):
    """Who keeps a vehicle from when to when; `until` is empty for the keeper of today."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="keepings", verbose_name=_("vehicle"))
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="keepings", verbose_name=_("customer")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    sold_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sold by"),
    )

    class Meta:
        verbose_name = _("keeping")
        verbose_name_plural = _("keepings")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(until__isnull=True), name="customers_keeping_one_keeper_now"
            ),
            models.CheckConstraint(
                name="customers_keeping_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle}: {self.customer}"


class MileageReading(models.Model):
    """What the odometer showed; the latest one is copied to the vehicle."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, related_name="mileage_readings", verbose_name=_("vehicle")
    )
    km = models.PositiveIntegerField(_("mileage (km)"))
    read_at = models.DateTimeField(_("read at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("read by"),
    )
    source = models.CharField(_("source"), max_length=40)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mileage reading")
        verbose_name_plural = _("mileage readings")
        ordering = ["-read_at", "-pk"]
        constraints = [models.CheckConstraint(name="customers_mileagereading_km", condition=Q(km__lte=MOST_KM))]

    def __str__(self) -> str:
        return f"{self.km} km"


class PastOrder(models.Model):
    """An order done before this desk was used, as another system exported it."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="past_orders", verbose_name=_("vehicle")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="past_orders", verbose_name=_("customer")
    )
    number = models.CharField(_("number"), max_length=40)
    source = models.CharField(_("source"), max_length=40, help_text=_("the system it comes from"))
    closed_on = models.DateField(_("closed on"))
    km = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    work = models.TextField(_("work"), blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"), null=True, blank=True)
    advisor_name = models.CharField(_("advisor"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("past order")
        verbose_name_plural = _("past orders")
        ordering = ["-closed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="customers_pastorder_once"),
            models.CheckConstraint(name="customers_pastorder_numbered", condition=~Q(number="")),
            models.CheckConstraint(name="customers_pastorder_km", condition=Q(km__isnull=True) | Q(km__lte=MOST_KM)),
            models.CheckConstraint(
                name="customers_pastorder_amount", condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.number
