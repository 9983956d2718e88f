"""The back office reads visits; they are made and changed in the lane."""

from django.contrib import admin

from dealership.staff import backoffice
from reception.models import (
    Complaint,
    CourtesyCheck,
    DamageMark,
    GreetingText,
    LoungeCare,
    ModeSwitch,
    PointCheck,
    QuickEntry,
    ShiftCheck,
    Visit,
    VisitHandOver,
    VisitMove,
    Welcome,
)


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


class VisitHandOverInline(backoffice.ReadOnlyInline):
    model = VisitHandOver
    fields = ["at", "by", "from_advisor", "to_advisor", "reason"]


class WelcomeInline(backoffice.ReadOnlyInline):
    model = Welcome
    fields = ["met_at", "met_by", "greeted_at", "greeted_by", "seated_at", "seated_by"]


class LoungeCareInline(backoffice.ReadOnlyInline):
    model = LoungeCare
    fields = ["at", "by", "kind", "words"]


class QuickEntryInline(backoffice.ReadOnlyInline):
    model = QuickEntry
    fields = ["at", "by", "reason", "mileage"]


@admin.register(Visit)
class VisitAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["arrived_at", "vehicle", "customer", "advisor", "state", "released_at"]
    list_filter = ["state", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["vehicle", "customer", "advisor"]
    search_fields = ["vehicle__plate", "vehicle__vin", "customer__name"]
    date_hierarchy = "arrived_at"
    inlines = [
        ComplaintInline, PointCheckInline, DamageMarkInline, QuickEntryInline, WelcomeInline, LoungeCareInline,
        VisitHandOverInline, VisitMoveInline,
    ]  # fmt: skip


@admin.register(GreetingText)
class GreetingTextAdmin(backoffice.StoreScopedAdmin):
    """The store's own words; a text taken away gives the usual ones back."""

    keeps_rows = False
    list_display = ["store", "situation", "language", "text"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["store"]


@admin.register(ShiftCheck)
class ShiftCheckAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["day", "shift", "point", "in_order", "note", "by", "at"]
    list_filter = ["point", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["by"]


@admin.register(CourtesyCheck)
class CourtesyCheckAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["at", "advisor", "smile", "speech", "listening", "manners", "swiftness", "by"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["advisor", "by"]


@admin.register(ModeSwitch)
class ModeSwitchAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["at", "mode", "by", "store"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["by", "store"]
