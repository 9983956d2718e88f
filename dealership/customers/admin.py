"""The back office for customers and vehicles: look everything up, correct master data, delete nothing."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from dealership.customers import operations
from dealership.customers.models import (
    Consent,
    Contact,
    Customer,
    ImportBatch,
    Keeping,
    Merge,
    MileageReading,
    PastOrder,
    Phone,
    Vehicle,
)


class KeptAdmin(admin.ModelAdmin):
    """Nothing is deleted here, and long tables are not counted."""

    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HistoryAdmin(KeptAdmin):
    """What happened stays as it happened."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # part of the file that is open


class PhoneInline(ReadOnlyInline):
    model = Phone


class ContactInline(ReadOnlyInline):
    model = Contact


class KeepingInline(ReadOnlyInline):
    model = Keeping
    fk_name = "vehicle"
    fields = ["customer", "since", "until"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("customer", "vehicle")


@admin.register(Customer)
class CustomerAdmin(KeptAdmin):
    list_display = ["name", "kind", "key_account", "preferred_channel", "merged_into"]
    list_filter = ["kind", "key_account", "preferred_channel"]
    list_select_related = ["merged_into"]
    search_fields = ["name", "initials", "phones__number"]
    readonly_fields = ["initials", "merged_into", "created_at"]
    inlines = [PhoneInline, ContactInline]

    def save_model(self, request: Any, obj: Customer, form: Any, change: bool) -> None:
        answers = form.cleaned_data
        if change:
            operations.correct(obj, by=request.user, at=timezone.now(), **answers)
        else:
            made = operations.register(by=request.user, at=timezone.now(), **answers)
            obj.pk, obj._state.adding = made.pk, False


@admin.register(Vehicle)
class VehicleAdmin(KeptAdmin):
    list_display = ["plate", "vin", "make", "model_name", "salesperson", "mileage"]
    list_filter = ["energy", "make"]
    list_select_related = ["salesperson"]
    search_fields = ["plate", "vin", "model_name", "keepings__customer__name"]
    autocomplete_fields = ["salesperson"]
    readonly_fields = ["plate", "vin", "vin_override_reason", "mileage", "created_at"]  # the desk checks these
    inlines = [KeepingInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a car begins with a keeper, at the desk

    def save_model(self, request: Any, obj: Vehicle, form: Any, change: bool) -> None:
        operations.correct_vehicle(obj, by=request.user, at=timezone.now(), **form.cleaned_data)


@admin.register(Keeping)
class KeepingAdmin(HistoryAdmin):
    list_display = ["vehicle", "customer", "since", "until"]
    list_select_related = ["vehicle", "customer"]
    search_fields = ["vehicle__plate", "vehicle__vin", "customer__name"]


@admin.register(MileageReading)
class MileageReadingAdmin(HistoryAdmin):
    list_display = ["vehicle", "km", "read_at", "source", "by"]
    list_select_related = ["vehicle", "by"]
    search_fields = ["vehicle__plate", "vehicle__vin"]


@admin.register(Consent)
class ConsentAdmin(HistoryAdmin):
    list_display = ["customer", "purpose", "channel", "granted", "at", "by"]
    list_select_related = ["customer", "by"]
    list_filter = ["purpose", "channel", "granted"]
    search_fields = ["customer__name"]


@admin.register(PastOrder)
class PastOrderAdmin(HistoryAdmin):
    list_display = ["number", "source", "closed_on", "vehicle", "customer"]
    list_select_related = ["vehicle", "customer"]
    search_fields = ["number", "vehicle__plate", "vehicle__vin", "customer__name"]


@admin.register(Merge)
class MergeAdmin(HistoryAdmin):
    list_display = ["survivor", "duplicate", "by", "at"]
    list_select_related = ["survivor", "duplicate", "by"]
    search_fields = ["survivor__name", "duplicate__name"]


@admin.register(ImportBatch)
class ImportBatchAdmin(HistoryAdmin):
    list_display = ["filename", "source", "state", "uploaded_by", "uploaded_at", "applied_at"]
    list_select_related = ["uploaded_by"]
    exclude = ["rows", "header"]  # personal data, thousands of lines
