"""The back office sees every appointment and sets the booking rules; booking happens at the desk."""

from django.contrib import admin

from appointments.models import Appointment, AppointmentMove, BookingRules
from dealership.staff import backoffice


@admin.register(BookingRules)
class BookingRulesAdmin(backoffice.StoreScopedAdmin):
    list_display = ["store", "slot_minutes", "buffer_every", "lead_hours"]


class AppointmentMoveInline(backoffice.MoveInline):
    model = AppointmentMove


@admin.register(Appointment)
class AppointmentAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["starts_at", "vehicle", "customer", "advisor", "cause", "state"]
    list_filter = ["state", "cause", "kind", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["vehicle", "customer", "advisor"]
    search_fields = ["vehicle__plate", "customer__name"]
    date_hierarchy = "starts_at"
    inlines = [AppointmentMoveInline]
