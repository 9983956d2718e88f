"""What is typed about money: payments, refunds, invoices, the count of the day, discounts, approvals, receipts."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership import money
from workorders.models import Discount, PaymentMethod


class YuanField(forms.DecimalField):
    """Takes yuan from the person, gives whole fen to the operation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_digits": 10, "decimal_places": 2} | kwargs)

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else money.fen(amount)


class KeyForm(forms.Form):
    """A form that may be sent twice and counts once."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"request_key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class PayForm(KeyForm):
    method = forms.ChoiceField(label=_("Method"), choices=PaymentMethod.choices, widget=forms.RadioSelect)
    received_fen = YuanField(label=_("Received (yuan)"))

    def __init__(self, *args: Any, due_fen: int = 0, method: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"received_fen": money.yuan(due_fen), "method": method}
        super().__init__(*args, **kwargs)


class RefundForm(KeyForm):
    method = forms.ChoiceField(label=_("Given back by"), choices=PaymentMethod.choices, widget=forms.RadioSelect)
    amount_fen = YuanField(label=_("Given back (yuan)"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class InvoiceForm(forms.Form):
    number = forms.CharField(label=_("Invoice number"), max_length=40)
    title = forms.CharField(label=_("Invoice title"), max_length=120)
    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)


class FloatForm(forms.Form):
    float_fen = YuanField(label=_("Float (yuan)"))


class CloseForm(forms.Form):
    counted_fen = YuanField(label=_("Cash counted (yuan)"))
    reason = forms.CharField(label=_("Why it differs"), max_length=300, required=False)


class DiscountForm(forms.Form):
    """In percent or in yuan, one of the two."""

    on = forms.ChoiceField(label=_("Discount on"), choices=Discount.On.choices, widget=forms.RadioSelect)
    percent = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    amount_fen = YuanField(label=_("or amount (yuan)"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean(self) -> None:
        values = self.cleaned_data
        if bool(values.get("percent")) == bool(values.get("amount_fen")) and not self.errors:
            self.add_error("percent", ValidationError(_("Enter the discount in percent or in yuan.")))
        values["percent"], values["amount_fen"] = values.get("percent") or None, values.get("amount_fen") or None


class ApproveForm(forms.Form):
    total_fen = YuanField(label=_("The customer may be charged up to (yuan)"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReverseForm(forms.Form):
    why_reversed = forms.CharField(label=_("Reason"), max_length=300)  # other forms of the page ask for reasons, too


class ReceiptForm(KeyForm):
    amount_fen = YuanField(label=_("Came in (yuan)"))
    reference = forms.CharField(label=_("Reference"), max_length=60)
    received_on = forms.DateField(
        label=_("Received on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
