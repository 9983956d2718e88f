"""The back office's pages for what is offered at what price, what is reserved or on order, and the stock ledger."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.catalogue import operations, queries
from dealership.catalogue.models import (
    LabourOperation,
    MaintenanceInterval,
    Package,
    PackageOperation,
    PackagePart,
    PackagePrice,
    Part,
    Price,
    Stock,
    StockMovement,
    StockReservation,
    Supply,
    SupplyDay,
    Transfer,
    TransferMove,
    UsualPart,
)
from dealership.staff import backoffice

BY_STORE = ("store", admin.RelatedOnlyFieldListFilter)


class UsualPartInline(admin.TabularInline):
    model = UsualPart
    extra = 0
    autocomplete_fields: ClassVar[Any] = ["part"]


@admin.register(LabourOperation)
class LabourOperationAdmin(backoffice.DeskAdmin):
    list_display = ["code", "name", "hours", "skill", "order_class", "first_service", "active"]
    list_filter = ["order_class", "first_service", "active"]
    search_fields = ["code", "name"]
    inlines = [UsualPartInline]


@admin.register(Part)
class PartAdmin(backoffice.DeskAdmin):
    list_display = ["number", "name", "unit", "safety_stock", "lead_days"]
    search_fields = ["number", "name"]


@admin.register(MaintenanceInterval)
class MaintenanceIntervalAdmin(backoffice.DeskAdmin):
    list_display = ["operation", "months", "km"]
    list_select_related = ["operation"]
    search_fields = ["operation__code", "operation__name"]
    autocomplete_fields = ["operation"]


class PriceForm(forms.ModelForm):
    amount = forms.DecimalField(
        label=_("price in yuan"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("per hour of a labour operation, per unit of a part"),
    )

    class Meta:
        model = Price
        fields = ["operation", "part", "valid_from"]

    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        things = [thing for thing in (given.get("operation"), given.get("part")) if thing]
        if len(things) != 1:
            raise forms.ValidationError(_("Please choose either a labour operation or a part."))
        self.thing, valid_from = things[0], given.get("valid_from")
        if valid_from:
            refusal = queries.price_obstacle(self.thing, valid_from, timezone.localdate())
            if refusal:
                self.add_error("valid_from", refusal)
            # A price that has not begun is replaced: it does not stand in its own successor's way.
            self.instance = queries.prices_of(self.thing).filter(valid_from=valid_from).first() or self.instance
        return given


@admin.register(Price)
class PriceAdmin(backoffice.DeskAdmin):
    """Prices are added, never edited."""

    form = PriceForm
    list_display = ["thing", "valid_from", "amount", "by", "at"]
    list_select_related = ["operation", "part", "by"]
    search_fields = ["operation__code", "operation__name", "part__number", "part__name"]
    autocomplete_fields = ["operation", "part"]
    date_hierarchy = "valid_from"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ["operation", "part", "valid_from", "amount"] + (["by", "at"] if obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["amount", "by", "at"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("operation or part"))
    def thing(self, price: Price) -> str:
        return str(price.operation or price.part)

    @admin.display(description=_("price"), ordering="amount_fen")
    def amount(self, price: Price) -> str:
        return money.written(price.amount_fen)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        amount_fen = money.fen(form.cleaned_data["amount"])
        saved = operations.set_price(form.thing, amount_fen, obj.valid_from, by=request.user, at=timezone.now())
        obj.pk = saved.pk


class PackageOperationInline(admin.TabularInline):
    model = PackageOperation
    extra = 0
    autocomplete_fields: ClassVar[Any] = ["operation"]


class PackagePartInline(admin.TabularInline):
    model = PackagePart
    extra = 0
    autocomplete_fields: ClassVar[Any] = ["part"]


@admin.register(Package)
class PackageAdmin(backoffice.DeskAdmin):
    list_display = ["code", "name", "name_en", "order_class", "make", "model_name", "express", "active"]
    list_filter = ["order_class", "express", "active"]
    search_fields = ["code", "name", "name_en"]
    inlines = [PackageOperationInline, PackagePartInline]


class PackagePriceForm(forms.ModelForm):
    amount = forms.DecimalField(
        label=_("price in yuan"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_("of the whole package; empty: the sum of its lines"),
    )

    class Meta:
        model = PackagePrice
        fields = ["package", "valid_from"]

    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        package, valid_from = given.get("package"), given.get("valid_from")
        if package and valid_from:
            refusal = queries.price_obstacle(package, valid_from, timezone.localdate())
            if refusal:
                self.add_error("valid_from", refusal)
            # A price that has not begun is replaced: it does not stand in its own successor's way.
            self.instance = queries.prices_of(package).filter(valid_from=valid_from).first() or self.instance
        return given


@admin.register(PackagePrice)
class PackagePriceAdmin(backoffice.DeskAdmin):
    """Prices of packages are added, never edited."""

    form = PackagePriceForm
    list_display = ["package", "valid_from", "amount", "by", "at"]
    list_select_related = ["package", "by"]
    search_fields = ["package__code", "package__name"]
    autocomplete_fields = ["package"]
    date_hierarchy = "valid_from"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ["package", "valid_from", "amount"] + (["by", "at"] if obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["amount", "by", "at"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("price"), ordering="amount_fen")
    def amount(self, price: PackagePrice) -> str:
        return str(_("sum of its lines")) if price.amount_fen is None else money.written(price.amount_fen)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        amount, given = form.cleaned_data["amount"], form.cleaned_data
        amount_fen = None if amount is None else money.fen(amount)
        saved = operations.set_package_price(
            given["package"], amount_fen, given["valid_from"], by=request.user, at=timezone.now()
        )
        obj.pk = saved.pk


@admin.register(Stock)
class StockAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["part", "store", "quantity", "reserved"]
    list_filter = [BY_STORE]
    list_select_related = ["part", "store"]
    search_fields = ["part__number", "part__name"]


@admin.register(StockReservation)
class StockReservationAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["at", "part", "store", "quantity", "reference", "by", "ended_at"]
    list_filter = [BY_STORE, ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["part", "store", "by"]
    search_fields = ["part__number", "part__name", "reference"]
    date_hierarchy = "at"


@admin.register(StockMovement)
class StockMovementAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["at", "part", "store", "change", "kind", "reference", "by"]
    list_filter = [BY_STORE, "kind"]
    list_select_related = ["part", "store", "by"]
    search_fields = ["part__number", "part__name", "reference"]
    date_hierarchy = "at"


class SupplyDayInline(backoffice.ReadOnlyInline):
    model = SupplyDay
    fields: ClassVar[Any] = ["expected_on", "by", "at"]


@admin.register(Supply)
class SupplyAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["expected_on", "part", "store", "quantity", "received", "reference", "received_at", "cancelled_at"]
    list_filter = [BY_STORE, ("received_at", admin.EmptyFieldListFilter), ("cancelled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["part", "store"]
    search_fields = ["part__number", "part__name", "reference"]
    date_hierarchy = "expected_on"
    inlines = [SupplyDayInline]


class TransferMoveInline(backoffice.MoveInline):
    model = TransferMove


@admin.register(Transfer)
class TransferAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["wanted_on", "part", "quantity", "giving", "asking", "state", "asked_by"]
    list_filter = ["state", ("asking", admin.RelatedOnlyFieldListFilter), ("giving", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["part", "giving", "asking", "asked_by"]
    search_fields = ["part__number", "part__name", "note"]
    date_hierarchy = "asked_at"
    inlines = [TransferMoveInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        """Return what a store of the person's asks or gives."""
        stores = backoffice.stores_of(request.user)
        return super().get_queryset(request).filter(Q(asking__in=stores) | Q(giving__in=stores))
