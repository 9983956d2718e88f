"""The back office reads orders, settlements and payments; every change goes through the desk's operations."""

from django.contrib import admin

from dealership import money
from dealership.staff import backoffice
from workorders.models import (
    Authorisation,
    GatePass,
    HeadChange,
    LabourLine,
    ManufacturerCase,
    ManufacturerCaseMove,
    Offer,
    PartLine,
    Payment,
    QualityCheck,
    Settlement,
    WorkOrder,
    WorkOrderMove,
)


class WorkOrderMoveInline(backoffice.MoveInline):
    model = WorkOrderMove


class LabourLineInline(backoffice.ReadOnlyInline):
    model = LabourLine
    fields = [
        "description",
        "hours",
        "rate_fen",
        "amount_fen",
        "fault",
        "warranty",
        "payer",
        "decision",
        "confirmed_at",
    ]


class PartLineInline(backoffice.ReadOnlyInline):
    model = PartLine
    fields = ["description", "quantity", "unit_price_fen", "amount_fen", "payer", "decision", "issued_at"]


class OfferInline(backoffice.ReadOnlyInline):
    model = Offer
    fields = ["recommendation", "plan_line", "answer", "reason", "at", "by"]


class QualityCheckInline(backoffice.ReadOnlyInline):
    model = QualityCheck
    fields = ["round", "inspector", "passed", "findings", "checked_at"]


class AuthorisationInline(backoffice.ReadOnlyInline):
    model = Authorisation
    fields = ["paper", "way", "name", "number", "called_at", "reason", "witness", "by", "at", "superseded_at"]


class HeadChangeInline(backoffice.ReadOnlyInline):
    model = HeadChange
    fields = ["version", "field", "before", "after", "by", "at"]


@admin.register(WorkOrder)
class WorkOrderAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["number", "visit", "advisor", "team", "state", "promised_at"]
    list_filter = ["state", "order_class", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["visit__vehicle", "advisor", "team"]
    search_fields = ["number", "visit__vehicle__plate", "visit__customer__name"]
    date_hierarchy = "opened_at"
    inlines = [
        LabourLineInline, PartLineInline, OfferInline, QualityCheckInline, AuthorisationInline, HeadChangeInline,
        WorkOrderMoveInline,
    ]  # fmt: skip


class ManufacturerCaseMoveInline(backoffice.MoveInline):
    model = ManufacturerCaseMove


@admin.register(ManufacturerCase)
class ManufacturerCaseAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "line__order__store"
    list_display = ["line", "manufacturer", "state", "submitted_at", "approval_number", "answered_at"]
    list_filter = ["state", ("line__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["line"]
    search_fields = ["line__order__number", "approval_number", "line__order__visit__vehicle__plate"]
    date_hierarchy = "opened_at"
    inlines = [ManufacturerCaseMoveInline]


class PaymentInline(backoffice.ReadOnlyInline):
    model = Payment
    fields = ["at", "by", "method", "amount_fen", "received_fen", "change_fen"]


class GatePassInline(backoffice.ReadOnlyInline):
    model = GatePass
    fields = ["code", "issued_at", "used_at", "used_by", "voided_at"]


@admin.register(Settlement)
class SettlementAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["sheet", "order", "total", "paid", "posted_at"]
    list_filter = [("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["sheet", "order"]
    search_fields = ["sheet__number", "order__number", "order__visit__vehicle__plate"]
    date_hierarchy = "posted_at"
    inlines = [PaymentInline, GatePassInline]

    @admin.display(ordering="total_fen")
    def total(self, settlement: Settlement) -> str:
        return money.written(settlement.total_fen)

    @admin.display(ordering="paid_fen")
    def paid(self, settlement: Settlement) -> str:
        return money.written(settlement.paid_fen)
