"""Hand-over, settlement and payment."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.paperwork.forms import SignatureField
from workorders.models import PaymentMethod


class HandOverForm(forms.Form):
    """The walk with the customer; no step can be left out (2.6.4.1-2.6.4.10)."""

    work_explained = forms.BooleanField(label=_("Work explained at the car, line by line"))
    old_parts_shown = forms.BooleanField(label=_("Old parts shown"))
    clean_shown = forms.BooleanField(label=_("Car shown clean inside and outside"))
    covers_removed = forms.BooleanField(label=_("Covers removed in front of the customer"))
    papers_returned = forms.BooleanField(label=_("Licence, maintenance booklet and key returned, as far as received"))
    next_service_on = forms.DateField(
        label=_("Next service on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    next_service_km = forms.IntegerField(label=_("Next service at (km)"), min_value=1, max_value=2_000_000)
    advice = forms.CharField(
        label=_("Advice to the customer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


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
