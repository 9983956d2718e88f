"""Searching the stock, receiving goods and correcting the stock after counting."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part

MOST = 100_000  # units at once; more is a slip of the finger


class StockSearchForm(forms.Form):
    text = forms.CharField(required=False, max_length=80)
    low = forms.BooleanField(required=False)


class PartNumberField(forms.ModelChoiceField):
    """A part by its typed or scanned number; scanners like to add a space."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip() if isinstance(value, str) else value)


def text_box() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control-lg", "autocomplete": "off"})


def number_box() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "form-control-lg", "inputmode": "numeric"})


class ShelfForm(forms.Form):
    """One part of the store, and what is to be written about it."""

    button = _("Save")

    part = PartNumberField(
        Part.objects.all(),
        to_field_name="number",
        label=_("Part number"),
        widget=text_box(),
        error_messages={"invalid_choice": _("There is no part with this number.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("submit", self.button, css_class="btn-primary btn-lg"))


class ReceiveForm(ShelfForm):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, widget=number_box())
    reference = forms.CharField(label=_("Delivery note"), max_length=80, widget=text_box())

    button = _("Receive goods")


class CountForm(ShelfForm):
    counted = forms.IntegerField(label=_("Counted quantity"), min_value=0, max_value=MOST, widget=number_box())
    reference = forms.CharField(label=_("Reason or count sheet"), max_length=80, widget=text_box())

    button = _("Save the count")
