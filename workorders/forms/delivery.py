"""Hand-over, settlement, payment and the gate."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.paperwork.forms import SignatureField
from workorders.models import PaymentMethod


class SettleForm(forms.Form):
    call_from = forms.TimeField(
        label=_("Calls welcome from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    call_until = forms.TimeField(
        label=_("Calls welcome until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    explained = forms.BooleanField(label=_("Charges explained"))
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=60)
    signature = SignatureField(label=_("Signature"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        opens, ends = values.get("call_from"), values.get("call_until")
        if (opens is None) != (ends is None) or (opens and ends and opens >= ends):
            self.add_error("call_until", ValidationError(_("Enter both times, the later one second, or neither.")))
        return values


class PayForm(forms.Form):
    method = forms.ChoiceField(label=_("Method"), choices=PaymentMethod.choices, widget=forms.RadioSelect)
    received_fen = forms.DecimalField(label=_("Received (yuan)"), min_value=0, max_digits=10, decimal_places=2)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, due_fen: int = 0, method: str = "", **kwargs: Any) -> None:
        initial = {"received_fen": money.yuan(due_fen), "method": method, "request_key": uuid.uuid4()}
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean_received_fen(self) -> int:
        """Take yuan from the person, give whole fen to the operation."""
        return money.fen(self.cleaned_data["received_fen"])


class GateForm(forms.Form):
    code = forms.CharField(label=_("Code on the gate pass"), max_length=32, strip=True)
