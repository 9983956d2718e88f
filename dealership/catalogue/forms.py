"""Searching the stock, ordering and receiving goods, and correcting the stock after counting."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part

MOST = 100_000  # units at once; more is a slip of the finger
FARTHEST = timedelta(days=2 * 365)  # a delivery later than that is a slip too


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


class ExpectedDay(forms.Form):
    """The day on which goods are to come: today at the earliest."""

    expected_on = forms.DateField(
        label=_("Delivery expected on"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control-lg"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["expected_on"].widget.attrs["min"] = today.isoformat()

    def clean_expected_on(self) -> date:
        day: date = self.cleaned_data["expected_on"]
        if not self.today <= day <= self.today + FARTHEST:
            raise ValidationError(gettext("Please give a day from today on, within two years."))
        return day


class OrderForm(ExpectedDay, ShelfForm):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, widget=number_box())
    reference = forms.CharField(label=_("Supplier's order number"), max_length=80, widget=text_box())

    button = _("Note the order")
    field_order = ("part", "quantity", "expected_on", "reference")


class DayForm(ExpectedDay):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("submit", _("Save the day"), css_class="btn-primary btn-lg"))
