"""Orders, settlements and payments as they stand, and the workshop's rules."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from appointments.admin import VersionAdmin
from dealership import money
from dealership.staff import backoffice
from workorders.forms.rules import RulesForm
from workorders.models import (
    AdditionalItem,
    AdditionalItemMove,
    Alert,
    Assignment,
    Authorisation,
    BelongingsRequest,
    ClaimReceipt,
    Clock,
    CustomerContact,
    DayClose,
    DayCloseLine,
    Difference,
    GatePass,
    Handover,
    HeadChange,
    Invoice,
    IssueSlip,
    IssueSlipLine,
    LabourLine,
    LongStay,
    ManagerPart,
    ManufacturerCase,
    ManufacturerCaseMove,
    Offer,
    PartLine,
    Payment,
    ProgressQuestion,
    QualityCheck,
    Refund,
    Settlement,
    SettlementLine,
    TestDrive,
    WorkOrder,
    WorkOrderMove,
    WorkshopRules,
)
from workorders.queries.rules import rules_on


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
    fields = ["round", "inspector", "passed", "team", "findings", "checked_at", "countersigned_by"]


class AuthorisationInline(backoffice.ReadOnlyInline):
    model = Authorisation
    fields = ["paper", "way", "name", "number", "called_at", "reason", "witness", "by", "at", "superseded_at"]


class HandoverInline(backoffice.ReadOnlyInline):
    model = Handover
    fields = ["leg", "given_by", "given_at", "taken_by", "taken_at", "withdrawn_at", "key", "parked_at", "notes"]


class DifferenceInline(backoffice.ReadOnlyInline):
    model = Difference
    fields = ["words", "found_by", "found_at", "answer", "answered_by", "answered_at"]


class AssignmentInline(backoffice.ReadOnlyInline):
    model = Assignment
    fields = [
        "team", "lead", "bay", "starts_at", "ends_at", "reason", "given_by", "given_at", "accepted_by", "accepted_at",
        "withdrawn_at",
    ]  # fmt: skip


class BelongingsInline(backoffice.ReadOnlyInline):
    model = BelongingsRequest
    fields = ["words", "asked_by", "asked_at", "agreed", "who_agreed", "answered_by", "moved_at", "put_back_at"]


class TestDriveInline(backoffice.ReadOnlyInline):
    model = TestDrive
    fields = ["driver", "left_at", "km_out", "back_at", "km_in", "result"]


class HeadChangeInline(backoffice.ReadOnlyInline):
    model = HeadChange
    fields = ["version", "field", "before", "after", "by", "at"]


class ProgressQuestionInline(backoffice.ReadOnlyInline):
    model = ProgressQuestion
    fields = ["opens_at", "closes_at", "late", "asked_of", "answered_at", "finish_at", "words", "measure", "measure_by"]


class LongStayInline(backoffice.ReadOnlyInline):
    model = LongStay
    fields = ["kind", "words", "place", "until_at", "told_at", "told_how", "by", "at"]


@admin.register(WorkOrder)
class WorkOrderAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["number", "visit", "advisor", "team", "state", "promised_at"]
    list_filter = ["state", "order_class", ("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["visit__vehicle", "advisor", "team"]
    search_fields = ["number", "visit__vehicle__plate", "visit__customer__name"]
    date_hierarchy = "opened_at"
    inlines = [
        LabourLineInline, PartLineInline, OfferInline, HandoverInline, DifferenceInline, AssignmentInline,
        BelongingsInline, TestDriveInline, QualityCheckInline, AuthorisationInline, HeadChangeInline,
        ProgressQuestionInline, LongStayInline, WorkOrderMoveInline,
    ]  # fmt: skip


class IssueSlipLineInline(backoffice.ReadOnlyInline):
    model = IssueSlipLine
    fields = ["part", "quantity", "returned", "movement"]


@admin.register(IssueSlip)
class IssueSlipAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["paper", "order", "technician", "storekeeper", "posted_at"]
    list_filter = [("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["paper", "order", "technician", "storekeeper"]
    search_fields = ["paper__number", "order__number", "order__visit__vehicle__plate", "lines__part__number"]
    date_hierarchy = "posted_at"
    ordering = ["-posted_at", "-pk"]
    inlines = [IssueSlipLineInline]


@admin.register(Clock)
class ClockAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "line__order__store"
    list_display = ["technician", "line", "started_at", "stopped_at", "stop", "note"]
    list_filter = ["stop", ("line__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["technician", "line"]
    search_fields = ["technician__full_name", "line__order__number", "line__order__visit__vehicle__plate"]
    date_hierarchy = "started_at"


@admin.register(Alert)
class AlertAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["order", "desk", "about", "words", "by", "at", "seen_by", "seen_at"]
    list_filter = ["desk", "about", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "by", "seen_by"]
    search_fields = ["order__number", "words", "order__visit__vehicle__plate"]
    date_hierarchy = "at"


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


class SettlementLineInline(backoffice.ReadOnlyInline):
    model = SettlementLine
    fields = ["kind", "code", "description", "quantity", "unit_fen", "amount_fen", "discount_fen", "net_fen"]


class PaymentInline(backoffice.ReadOnlyInline):
    model = Payment
    fields = ["at", "by", "method", "amount_fen", "received_fen", "change_fen"]


class InvoiceInline(backoffice.ReadOnlyInline):
    model = Invoice
    fields = ["number", "title", "tax_number", "by", "at"]


class ClaimReceiptInline(backoffice.ReadOnlyInline):
    model = ClaimReceipt
    fields = ["received_on", "amount_fen", "reference", "by", "at"]


@admin.register(Settlement)
class SettlementAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["sheet", "order", "payer", "total", "paid", "posted_at", "posted_by", "reverses", "reason"]
    list_filter = ["payer", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["sheet", "order", "balance", "posted_by", "reverses__sheet"]
    search_fields = ["sheet__number", "order__number", "order__visit__vehicle__plate", "invoices__number"]
    date_hierarchy = "posted_at"
    inlines = [SettlementLineInline, PaymentInline, InvoiceInline, ClaimReceiptInline]

    @admin.display(ordering="total_fen")
    def total(self, settlement: Settlement) -> str:
        return money.written(settlement.total_fen)

    @admin.display(ordering="balance__paid_fen")
    def paid(self, settlement: Settlement) -> str:
        return money.written(settlement.balance.paid_fen) if settlement.live else ""


@admin.register(Refund)
class RefundAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "payment__settlement__order__store"
    list_display = ["payment", "amount", "method", "reason", "by", "at"]
    list_filter = ["method", ("payment__settlement__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["payment__settlement__sheet", "by"]
    search_fields = ["payment__settlement__sheet__number", "payment__settlement__order__visit__vehicle__plate"]
    date_hierarchy = "at"

    @admin.display(ordering="amount_fen")
    def amount(self, refund: Refund) -> str:
        return money.written(refund.amount_fen)


class DayCloseLineInline(backoffice.ReadOnlyInline):
    model = DayCloseLine
    fields = ["method", "payments_fen", "refunds_fen"]


@admin.register(DayClose)
class DayCloseAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "shift__store"
    list_display = ["shift", "expected", "counted", "difference", "reason", "by", "at"]
    list_filter = [("shift__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["shift__cashier", "by"]
    search_fields = ["paper__number", "shift__cashier__full_name"]
    date_hierarchy = "at"
    inlines = [DayCloseLineInline]

    @admin.display(ordering="expected_fen")
    def expected(self, close: DayClose) -> str:
        return money.written(close.expected_fen)

    @admin.display(ordering="counted_fen")
    def counted(self, close: DayClose) -> str:
        return money.written(close.counted_fen)

    @admin.display(ordering="difference_fen")
    def difference(self, close: DayClose) -> str:
        return money.written(close.difference_fen)


@admin.register(GatePass)
class GatePassAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "visit__store"
    list_display = [
        "paper",
        "visit",
        "issued_at",
        "valid_until",
        "used_at",
        "used_by",
        "voided_at",
        "unpaid_by",
        "owed",
    ]
    list_filter = [("visit__store", admin.RelatedOnlyFieldListFilter), ("unpaid_at", admin.EmptyFieldListFilter)]
    list_select_related = ["paper", "visit__vehicle", "used_by", "unpaid_by"]
    search_fields = ["paper__number", "visit__vehicle__plate", "visit__orders__number"]
    date_hierarchy = "issued_at"
    exclude = ["code"]  # who reads it here could drive out with it

    @admin.display(description=_("owed when let go"), ordering="unpaid_fen")
    def owed(self, gate_pass: GatePass) -> str:
        return "" if gate_pass.unpaid_fen is None else money.written(gate_pass.unpaid_fen)


class ContactInline(backoffice.ReadOnlyInline):
    model = CustomerContact
    fields = ["at", "by", "channel", "result", "spoke_to", "number", "delay_told", "finish_told_at", "words"]


class AdditionalItemMoveInline(backoffice.MoveInline):
    model = AdditionalItemMove


@admin.register(AdditionalItem)
class AdditionalItemAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "order__store"
    list_display = ["words", "order", "state", "found_by", "found_at", "answered_at", "relayed_at", "receiver"]
    list_filter = ["state", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["order", "found_by", "receiver"]
    search_fields = ["words", "order__number", "order__visit__vehicle__plate"]
    date_hierarchy = "found_at"
    inlines = [ContactInline, AdditionalItemMoveInline]


@admin.register(ManagerPart)
class ManagerPartAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    store_path = "visit__store"
    list_display = ["visit", "total", "called_at", "joined_by", "joined_at", "approved", "words"]
    list_filter = [("visit__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["visit__vehicle", "joined_by"]
    date_hierarchy = "called_at"

    @admin.display(ordering="total_fen")
    def total(self, part: ManagerPart) -> str:
        return money.written(part.total_fen)


@admin.register(WorkshopRules)
class WorkshopRulesAdmin(VersionAdmin):
    form = RulesForm
    list_display = ["store", "valid_from", "reason", "by", "at", "call_minutes", "large", "manager_mode"]
    figures: ClassVar = [
        (_("Additional work"), ["call_minutes", "relay_minutes"]),
        (_("Large orders"), ["manager_from", "manager_mode"]),
        (_("Discounts"), ["discount_advisor", "discount_manager"]),
        (_("Progress"), ["progress_from", "progress_to"]),
        (_("When the car is ready"), ["ready_minutes", "peak_windows"]),
        (_("Cars that stay"), ["untouched_minutes", "long_job_hours", "left_days"]),
        (_("Gate"), ["gate_pass_hours"]),
    ]
    written: ClassVar = {"manager_from": "large"}
    amount = "manager_from"
    rules_on = staticmethod(rules_on)

    @admin.display(description=_("the manager takes part from"))
    def large(self, rules: WorkshopRules) -> str:
        return money.written(rules.manager_from_fen)
