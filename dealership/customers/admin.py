"""The back office for customers and vehicles: look everything up, correct master data, delete nothing."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dealership.customers import operations
from dealership.customers.models import (
    CareHint,
    Consent,
    Contact,
    Customer,
    ImportBatch,
    Keeping,
    Merge,
    MileageReading,
    PastOrder,
    Phone,
    PlanLine,
    Recall,
    RecalledVehicle,
    Recommendation,
    Vehicle,
)
from dealership.customers.operations import recalls
from dealership.staff import backoffice
from dealership.staff.models import User


class PhoneInline(backoffice.ReadOnlyInline):
    model = Phone
    fields = ["shown", "kind", "preferred"]


class ContactInline(backoffice.ReadOnlyInline):
    model = Contact
    fields = ["kind", "name", "relation", "phone_shown", "birthday_shown", "notes", "consented"]


class KeepingInline(backoffice.ReadOnlyInline):
    model = Keeping
    fk_name = "vehicle"
    fields = ["customer", "since", "until"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("customer", "vehicle")


@admin.register(Customer)
class CustomerAdmin(backoffice.DeskAdmin):
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
class VehicleAdmin(backoffice.DeskAdmin):
    list_display = ["plate", "vin", "make", "model_name", "salesperson", "mileage"]
    list_filter = ["energy", "make"]
    list_select_related = ["salesperson"]
    search_fields = ["plate", "vin", "model_name", "keepings__customer__name"]
    autocomplete_fields = ["salesperson"]
    readonly_fields = ["plate", "vin", "vin_override_reason", "mileage", "created_at"]  # the desk checks these
    inlines = [KeepingInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a car begins with a keeper, at the desk

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "salesperson":
            # Cars are shared by all stores: who sold this one may work elsewhere and still stays its salesperson.
            kwargs["queryset"] = User.objects.all()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: Vehicle, form: Any, change: bool) -> None:
        operations.correct_vehicle(obj, by=request.user, at=timezone.now(), **form.cleaned_data)


@admin.register(Keeping)
class KeepingAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["vehicle", "customer", "since", "until"]
    list_select_related = ["vehicle", "customer"]
    search_fields = ["vehicle__plate", "vehicle__vin", "customer__name"]


@admin.register(MileageReading)
class MileageReadingAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["vehicle", "km", "read_at", "source", "by"]
    list_select_related = ["vehicle", "by"]
    search_fields = ["vehicle__plate", "vehicle__vin"]


@admin.register(Consent)
class ConsentAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["customer", "purpose", "channel", "granted", "at", "by"]
    list_select_related = ["customer", "by"]
    list_filter = ["purpose", "channel", "granted"]
    search_fields = ["customer__name"]


@admin.register(PastOrder)
class PastOrderAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["number", "source", "closed_on", "vehicle", "customer"]
    list_select_related = ["vehicle", "customer"]
    search_fields = ["number", "vehicle__plate", "vehicle__vin", "customer__name"]


@admin.register(PlanLine)
class PlanLineAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["vehicle", "item", "due_on", "due_km", "expected_on", "state", "ended_by"]
    list_select_related = ["vehicle"]
    list_filter = ["state"]
    search_fields = ["item", "code", "vehicle__plate", "vehicle__vin"]


@admin.register(Recommendation)
class RecommendationAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["vehicle", "words", "declined", "source", "said_at", "remind_on", "state"]
    list_select_related = ["vehicle"]
    list_filter = ["state", "declined"]
    search_fields = ["words", "source", "vehicle__plate", "vehicle__vin"]


class RecallForm(forms.ModelForm):
    vins = forms.CharField(
        label=_("cars it names"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 60}),
        help_text=_("paste the maker's list: one VIN in each line, or a CSV with the VIN in its first column"),
    )

    class Meta:
        model = Recall
        fields = ["number", "title", "todo", "published_on", "make", "model_name", "manufacturer", "active"]

    def clean_vins(self) -> list[str]:
        return recalls.read_vins(self.cleaned_data["vins"])


@admin.register(Recall)
class RecallAdmin(backoffice.DeskAdmin):
    """A recall and the list of its cars, which is added to and never shortened."""

    form = RecallForm
    list_display = ["number", "title", "published_on", "make", "model_name", "active"]
    list_filter = ["active", "make"]
    search_fields = ["number", "title", "vehicles__vin"]
    date_hierarchy = "published_on"

    def save_model(self, request: Any, obj: Recall, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if listed := form.cleaned_data["vins"]:
            new = operations.list_recalled(obj, listed, by=request.user, at=timezone.now())
            sentence = ngettext("%(n)d car was added to the recall.", "%(n)d cars were added to the recall.", new)
            messages.success(request, sentence % {"n": new})


@admin.register(RecalledVehicle)
class RecalledVehicleAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["recall", "vin", "vehicle", "done_on", "done_where", "reference", "done_by"]
    list_filter = ["recall", ("done_on", admin.EmptyFieldListFilter)]
    list_select_related = ["recall", "vehicle", "done_by"]
    search_fields = ["vin", "recall__number", "vehicle__plate", "reference"]


@admin.register(Merge)
class MergeAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["survivor", "duplicate", "by", "at"]
    list_select_related = ["survivor", "duplicate", "by"]
    search_fields = ["survivor__name", "duplicate__name"]


@admin.register(ImportBatch)
class ImportBatchAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["filename", "source", "state", "uploaded_by", "uploaded_at", "applied_at"]
    list_select_related = ["uploaded_by"]
    exclude = ["rows", "header"]  # personal data, thousands of lines


@admin.register(CareHint)
class CareHintAdmin(backoffice.DeskAdmin):
    list_display = ["component", "component_en", "colour", "who", "reason", "on_electric", "active", "position"]
    list_filter = ["colour", "active"]
    search_fields = ["component", "component_en", "reason"]
