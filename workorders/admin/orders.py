"""Orders and gate passes as they stand, and the workshop's rules."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from appointments.admin import VersionAdmin
from dealership.staff import backoffice
from workorders.admin.money import AmountsAdmin, yuan
from workorders.forms.rules import RulesForm
from workorders.models import (
    AdditionalItem,
    AdditionalItemMove,
    Alert,
    Assignment,
    Authorisation,
    BelongingsRequest,
    Clock,
    CustomerContact,
    Difference,
    GatePass,
    Handover,
    HeadChange,
    IssueSlip,
    IssueSlipLine,
    LabourLine,
    LongStay,
    ManagerPart,
    ManufacturerCase,
    ManufacturerCaseMove,
    Offer,
    PartLine,
    ProgressQuestion,
    QualityCheck,
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
        "rate",
        "amount",
        "fault",
        "warranty",
        "payer",
        "decision",
        "confirmed_at",
    ]
    rate = yuan("rate_fen", _("Per hour"))
    amount = yuan("amount_fen", _("amount"))


class PartLineInline(backoffice.ReadOnlyInline):
    model = PartLine
    fields = ["description", "quantity", "unit_price", "amount", "payer", "decision", "issued_at"]
    unit_price = yuan("unit_price_fen", _("Each"))
    amount = yuan("amount_fen", _("amount"))


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
class ManufacturerCaseAdmin(AmountsAdmin):
    store_path = "line__order__store"
    list_display = ["line", "manufacturer", "state", "submitted_at", "approval_number", "answered_at"]
    list_filter = ["state", ("line__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["line"]
    search_fields = ["line__order__number", "approval_number", "line__order__visit__vehicle__plate"]
    date_hierarchy = "opened_at"
    inlines = [ManufacturerCaseMoveInline]
    amount = yuan("amount_fen", _("approved amount"))


@admin.register(GatePass)
class GatePassAdmin(AmountsAdmin):
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
        "unpaid",
    ]
    list_filter = [("visit__store", admin.RelatedOnlyFieldListFilter), ("unpaid_at", admin.EmptyFieldListFilter)]
    list_select_related = ["paper", "visit__vehicle", "used_by", "unpaid_by"]
    search_fields = ["paper__number", "visit__vehicle__plate", "visit__orders__number"]
    date_hierarchy = "issued_at"
    exclude = ["code"]  # who reads it here could drive out with it
    unpaid = yuan("unpaid_fen", _("owed when let go"))


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
class ManagerPartAdmin(AmountsAdmin):
    store_path = "visit__store"
    list_display = ["visit", "total", "called_at", "joined_by", "joined_at", "approved", "words"]
    list_filter = [("visit__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["visit__vehicle", "joined_by"]
    date_hierarchy = "called_at"
    total = yuan("total_fen", _("total when called in"))


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
    large = yuan("manager_from_fen", _("the manager takes part from"))
