"""The customer signs the settlement."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.forms import SignatureField


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
