"""Money in the back office: sheets, payments, refunds, drawers and their counts, always in yuan."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.staff import backoffice
from workorders.models import (
    CashShift,
    ClaimReceipt,
    DayClose,
    DayCloseLine,
    Invoice,
    Payment,
    Refund,
    Settlement,
    SettlementLine,
)


def yuan(field: str, head: Any) -> Any:
    """Make the column that shows an amount of the row in yuan, and nothing where there is none."""

    @admin.display(description=head, ordering=field)
    def shown(_page: Any, row: Model) -> str:
        amount_fen = getattr(row, field)
        return "" if amount_fen is None else money.written(amount_fen)

    return shown


class AmountsAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    """Rows with amounts: the method named like a field without `_fen` shows it; a form's key is no fact to read."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        names: Any = super().get_fields(request, obj)
        return [name.removesuffix("_fen") for name in names if name != "request_key"]


class EntryInline(backoffice.ReadOnlyInline):
    """Entries in the books, each with who made it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class SettlementLineInline(backoffice.ReadOnlyInline):
    model = SettlementLine
    fields = ["kind", "code", "description", "quantity", "unit", "amount", "discount", "net"]
    unit = yuan("unit_fen", _("Each"))
    amount = yuan("amount_fen", _("amount"))
    discount = yuan("discount_fen", _("discount"))
    net = yuan("net_fen", _("Amount to pay"))


class PaymentInline(EntryInline):
    model = Payment
    fields = ["at", "by", "method", "amount", "received", "change"]
    amount = yuan("amount_fen", _("amount"))
    received = yuan("received_fen", _("amount received"))
    change = yuan("change_fen", _("change given"))


class InvoiceInline(EntryInline):
    model = Invoice
    fields = ["number", "title", "tax_number", "by", "at"]


class ClaimReceiptInline(EntryInline):
    model = ClaimReceipt
    fields = ["received_on", "amount", "reference", "by", "at"]
    amount = yuan("amount_fen", _("amount"))


@admin.register(Settlement)
class SettlementAdmin(AmountsAdmin):
    """What is taken back has a negative total; its reason stands on its own page."""

    store_path = "order__store"
    list_display = ["sheet", "car", "payer", "total", "paid", "posted", "posted_by"]
    list_filter = ["payer", ("order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["sheet", "order__visit__vehicle", "balance", "posted_by"]
    search_fields = ["sheet__number", "order__number", "order__visit__vehicle__plate", "invoices__number"]
    date_hierarchy = "posted_at"
    readonly_fields = ["paid"]
    inlines = [SettlementLineInline, PaymentInline, InvoiceInline, ClaimReceiptInline]
    labour = yuan("labour_fen", _("Labour"))
    parts = yuan("parts_fen", _("parts"))
    discount = yuan("discount_fen", _("discount"))
    total = yuan("total_fen", _("Total"))

    @admin.display(description=_("order and plate"), ordering="order__number")
    def car(self, settlement: Settlement) -> str:
        return f"{settlement.order.number} {settlement.order.visit.vehicle.plate_shown}"

    @admin.display(description=_("posted at"), ordering="posted_at")
    def posted(self, settlement: Settlement) -> str:
        """Write the moment short, so that the list fits a screen of 1280 pixels."""
        return formats.date_format(timezone.localtime(settlement.posted_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("Paid"), ordering="balance__paid_fen")
    def paid(self, settlement: Settlement) -> str:
        return money.written(settlement.balance.paid_fen) if settlement.live else ""


def link(row: Settlement | Payment, words: str) -> str:
    page = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', page, words)


@admin.register(Payment)
class PaymentAdmin(AmountsAdmin):
    store_path = "settlement__order__store"
    list_display = ["at", "method", "amount", "sheet", "plate", "by", "drawer"]
    list_filter = ["method", ("settlement__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["settlement__sheet", "settlement__order__visit__vehicle", "by", "shift__cashier"]
    search_fields = [
        "settlement__sheet__number", "settlement__order__number", "settlement__order__visit__vehicle__plate",
    ]  # fmt: skip
    search_help_text = _("number of a sheet or order, or a plate")
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = [
        "sheet", "plate", "method", "amount_fen", "received_fen", "change_fen", "deposit_of", "drawer", "by", "at",
    ]  # fmt: skip
    amount = yuan("amount_fen", _("amount"))
    received = yuan("received_fen", _("amount received"))
    change = yuan("change_fen", _("change given"))

    @admin.display(description=_("sheet"), ordering="settlement__sheet__number")
    def sheet(self, payment: Payment) -> str:
        return link(payment.settlement, payment.settlement.sheet.number)

    @admin.display(description=_("plate"), ordering="settlement__order__visit__vehicle__plate")
    def plate(self, payment: Payment) -> str:
        return payment.settlement.order.visit.vehicle.plate_shown

    @admin.display(description=_("shift"), ordering="shift__day")
    def drawer(self, payment: Payment) -> str:
        """Name the shift; a deposit lies in nobody's drawer."""
        return str(payment.shift or "")


@admin.register(Refund)
class RefundAdmin(AmountsAdmin):
    store_path = "payment__settlement__order__store"
    list_display = ["at", "method", "amount", "sheet", "reason", "by"]
    list_filter = ["method", ("payment__settlement__order__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["payment__settlement__sheet", "by"]
    search_fields = ["payment__settlement__sheet__number", "payment__settlement__order__visit__vehicle__plate"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    fields = ["sheet", "taken", "method", "amount_fen", "reason", "shift", "by", "at"]
    amount = yuan("amount_fen", _("amount"))

    @admin.display(description=_("sheet"), ordering="payment__settlement__sheet__number")
    def sheet(self, refund: Refund) -> str:
        return link(refund.payment.settlement, refund.payment.settlement.sheet.number)

    @admin.display(description=_("payment"))
    def taken(self, refund: Refund) -> str:
        return link(refund.payment, f"{refund.payment.get_method_display()} {money.written(refund.payment.amount_fen)}")


@admin.register(CashShift)
class CashShiftAdmin(AmountsAdmin):
    list_display = ["day", "number", "cashier", "float", "counted_at"]
    list_filter = [("store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["cashier", "close"]
    search_fields = ["cashier__full_name", "cashier__username"]
    date_hierarchy = "day"
    readonly_fields = ["counted_at"]
    float = yuan("float_fen", _("Float"))

    @admin.display(description=_("counted and closed at"), ordering="close__at")
    def counted_at(self, shift: CashShift) -> Any:
        return shift.close.at if shift.closed else None


class DayCloseLineInline(backoffice.ReadOnlyInline):
    model = DayCloseLine
    fields = ["method", "payments", "refunds"]
    payments = yuan("payments_fen", _("Taken"))
    refunds = yuan("refunds_fen", _("refunds"))


@admin.register(DayClose)
class DayCloseAdmin(AmountsAdmin):
    store_path = "shift__store"
    list_display = ["shift", "expected", "counted", "difference", "reason", "by", "at"]
    list_filter = [("shift__store", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["shift__cashier", "by"]
    search_fields = ["paper__number", "shift__cashier__full_name"]
    date_hierarchy = "at"
    inlines = [DayCloseLineInline]
    expected = yuan("expected_fen", _("Cash expected"))
    counted = yuan("counted_fen", _("Cash counted"))
    difference = yuan("difference_fen", _("Difference"))
