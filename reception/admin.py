"""The back office reads visits; they are made and changed in the lane."""

from django.contrib import admin

from dealership.staff import backoffice
from reception.models import Complaint, DamageMark, PointCheck, Visit, VisitMove


class VisitMoveInline(backoffice.MoveInline):
    model = VisitMove


class ComplaintInline(backoffice.ReadOnlyInline):
    model = Complaint
    fields = ["position", "words", "conditions", "frequency"]


class DamageMarkInline(backoffice.ReadOnlyInline):
    model = DamageMark
    fields = ["zone", "kind", "marked_at"]


class PointCheckInline(backoffice.ReadOnlyInline):
    model = PointCheck
    fields = ["zone", "result", "checked_at", "by"]


@admin.register(Visit)
class VisitAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["arrived_at", "vehicle", "customer", "advisor", "state", "released_at"]
    list_filter = ["state", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["vehicle", "customer", "advisor"]
    search_fields = ["vehicle__plate", "vehicle__vin", "customer__name"]
    date_hierarchy = "arrived_at"
    inlines = [ComplaintInline, PointCheckInline, DamageMarkInline, VisitMoveInline]
