"""The back office reads orders, settlements and payments; every change goes through the desk's operations."""

from typing import Any

from django.contrib import admin
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    Clock,
    CustomerContact,
    Difference,
    GatePass,
    Handover,
    HeadChange,
    LabourLine,
    LongStay,
    ManagerPart,
    ManufacturerCase,
    ManufacturerCaseMove,
    Offer,
    PartLine,
    Payment,
    ProgressQuestion,
    ProgressRules,
    QualityCheck,
    Settlement,
    TestDrive,
    WorkOrder,
    WorkOrderMove,
    WorkshopRules,
)
from workorders.operations import progress as operations
from workorders.operations import rules
from workorders.queries import progress as queries


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


@admin.register(ProgressRules)
class ProgressRulesAdmin(backoffice.StoreScopedAdmin):
    """Versions: a change is a new one from a day on; what has begun is read, never rewritten (B.3)."""

    list_display = [
        "store", "valid_from", "reason", "by", "at", "progress_from", "progress_to", "untouched_minutes",
        "long_job_hours", "left_days",
    ]  # fmt: skip
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["store", "by"]
    readonly_fields = ["by", "at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        begun = obj is not None and obj.valid_from <= timezone.now().astimezone(obj.store.zone).date()
        return not begun and super().has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the figures in force, from today on."""
        store = request.store or backoffice.stores_of(request.user).first()  # type: ignore[attr-defined]
        if store is None:
            return {}
        now = timezone.now()
        figures = model_to_dict(queries.rules_at(store, now), exclude=["id", "reason"])
        return figures | {"store": store, "valid_from": now.astimezone(store.zone).date()}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        operations.change_rules(obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # logged in


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
class WorkshopRulesAdmin(backoffice.StoreScopedAdmin):
    """Versions: a change is a new one from a day on; what has begun is read, never rewritten (B.3)."""

    form = RulesForm
    list_display = ["store", "valid_from", "reason", "call_minutes", "relay_minutes", "large", "manager_mode"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["store"]

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        large = "manager_from" if obj is None or self.has_change_permission(request, obj) else "large"
        return ["store", "valid_from", "reason", "call_minutes", "relay_minutes", large, "manager_mode", "by", "at"]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        return ["by", "at", "large"]

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        begun = obj is not None and obj.valid_from <= timezone.now().astimezone(obj.store.zone).date()
        return not begun and super().has_change_permission(request, obj)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.now = timezone.now()  # type: ignore[attr-defined]
        return form

    def save_model(self, request: Any, obj: WorkshopRules, form: Any, change: bool) -> None:
        rules.change_rules(obj, by=request.user, at=timezone.now())

    @admin.display(description=_("the manager takes part from"))
    def large(self, rules: WorkshopRules) -> str:
        return money.written(rules.manager_from_fen)
