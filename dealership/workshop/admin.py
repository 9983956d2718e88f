"""The back office's pages for bays and hours."""

from typing import Any

from django import forms
from django.contrib import admin

from dealership.staff import backoffice
from dealership.workshop import operations
from dealership.workshop.models import Bay, BayReservation, Closure, OpeningHours

BY_STORE = ("store", admin.RelatedOnlyFieldListFilter)


class HoursForm(forms.ModelForm):
    def clean(self) -> Any:
        given = super().clean()
        store = self.cleaned_data.get("store")
        if store:
            operations.hold(store)  # until this request's transaction ends, so that the overlap check holds
        return given


@admin.register(Bay)
class BayAdmin(backoffice.StoreScopedAdmin):
    list_display = ["name", "store", "kind", "skills", "active"]
    list_filter = [BY_STORE, "kind", "active"]
    list_select_related = ["store"]
    search_fields = ["name"]


@admin.register(BayReservation)
class BayReservationAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "bay__store"
    list_display = ["bay", "starts_at", "ends_at"]
    list_filter = [("bay", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["bay"]
    search_fields = ["bay__name"]
    date_hierarchy = "starts_at"


@admin.register(OpeningHours)
class OpeningHoursAdmin(backoffice.CalendarAdmin, backoffice.StoreScopedAdmin):
    keeps_rows = False
    form = HoursForm
    list_display = ["store", "weekday", "opens", "closes"]
    list_filter = [BY_STORE, "weekday"]
    list_select_related = ["store"]
    search_fields = ["store__name"]


@admin.register(Closure)
class ClosureAdmin(backoffice.CalendarAdmin, backoffice.StoreScopedAdmin):
    keeps_rows = False
    form = HoursForm
    list_display = ["on", "name", "store", "open", "opens", "closes"]
    list_filter = [BY_STORE, "open"]
    list_select_related = ["store"]
    search_fields = ["name"]
    date_hierarchy = "on"
