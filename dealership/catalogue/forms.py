"""Searching the stock and receiving goods."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part


class StockSearchForm(forms.Form):
    text = forms.CharField(required=False, max_length=80)
    low = forms.BooleanField(required=False)


class PartNumberField(forms.ModelChoiceField):
    """A part by its typed or scanned number; scanners like to add a space."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip() if isinstance(value, str) else value)


class ReceiveForm(forms.Form):
    part = PartNumberField(
        Part.objects.all(),
        to_field_name="number",
        label=_("Part number"),
        widget=forms.TextInput(attrs={"class": "form-control-lg", "autocomplete": "off"}),
        error_messages={"invalid_choice": _("There is no part with this number.")},
    )
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"class": "form-control-lg", "inputmode": "numeric"}),
    )
    reference = forms.CharField(
        label=_("Delivery note"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "form-control-lg", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("submit", _("Receive goods"), css_class="btn-primary btn-lg"))
