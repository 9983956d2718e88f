"""Check sheets and their rounds, what was done again, the advisors' last looks, and who was told when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dealership.staff import backoffice
from workorders.admin.money import AmountsAdmin, yuan
from workorders.models import (
    CheckedPoint,
    CheckPoint,
    FinalCheck,
    Incident,
    QualityCheck,
    ReadyNotice,
    ReworkItem,
)


@admin.register(CheckPoint)
class CheckPointAdmin(backoffice.DeskAdmin):
    list_display = ["words", "words_en", "job", "active", "position"]
    list_filter = ["job", "active"]
    search_fields = ["words", "words_en"]


class CheckedPointInline(backoffice.ReadOnlyInline):
    model = CheckedPoint
    fields = ["asked", "line", "mark", "words"]


@admin.register(QualityCheck)
class QualityCheckAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["order", "round", "passed", "team", "inspector", "checked_at", "findings", "countersigned_by"]
    list_filter = ["passed", "team", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "team", "inspector", "countersigned_by"]
    search_fields = ["order__number", "order__visit__vehicle__plate", "findings", "sheet__number"]
    date_hierarchy = "checked_at"
    inlines = [CheckedPointInline]


@admin.register(ReworkItem)
class ReworkItemAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["words", "order", "line", "team", "found_by", "found_at", "done_by", "done_at"]
    list_filter = ["team", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "line", "team", "found_by", "done_by"]
    search_fields = ["words", "order__number", "order__visit__vehicle__plate"]
    date_hierarchy = "found_at"


@admin.register(FinalCheck)
class FinalCheckAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["order", "verdict", "by", "at", "words", "late_alerted_at"]
    list_filter = ["verdict", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "by"]
    search_fields = ["order__number", "order__visit__vehicle__plate", "words"]
    date_hierarchy = "at"


@admin.register(Incident)
class IncidentAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["words", "order", "found_by", "found_at", "decision", "decided_by", "decided_at"]
    list_filter = [("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "found_by", "decided_by"]
    search_fields = ["words", "order__number", "order__visit__vehicle__plate"]
    date_hierarchy = "found_at"


@admin.register(ReadyNotice)
class ReadyNoticeAdmin(AmountsAdmin):
    store_path = "visit__store"
    list_display = ["visit", "at", "by", "channel", "result", "spoke_to", "amount", "pickup_at", "peak_reason"]
    list_filter = ["channel", "result", ("visit__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["visit__vehicle", "by"]
    search_fields = ["visit__vehicle__plate", "spoke_to"]
    date_hierarchy = "at"
    amount = yuan("amount_fen", _("amount told"))
