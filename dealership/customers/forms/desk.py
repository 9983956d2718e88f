"""What all forms here share: refusals beside their field, doubts that are asked about only when they arise."""

import copy
from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers import numbers, operations

# A field that only shows once the desk doubts a value, and the doubt it answers.
ANSWERS: dict[type[ValidationError], str] = {
    operations.PlateDoubtful: "plate_confirmed",
    operations.VinDoubtful: "vin_override_reason",
    operations.MileageImplausible: "note",
}


def day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_of_day() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def columns(*fields: str, width: str = "col-md") -> Row:
    return Row(*[Column(field, css_class=width) for field in fields])


class DeskForm(forms.Form):
    """A crispy form that shows a refusal of an operation beside the field it is about."""

    button = _("Save")
    doubts: Mapping[str, forms.Widget] = {}  # fields kept out of sight until they are needed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = self.layout()
        self.helper.add_input(Submit("submit", self.button, css_class="btn-primary btn-lg"))
        for field in self.doubts:
            answered = self.data.get(self.add_prefix(field), self.initial.get(field))
            if answered in (None, "", "False"):
                self.fields[field].widget = forms.HiddenInput()

    def layout(self) -> Layout:
        return Layout(*self.fields)

    def ask(self, field: str) -> None:
        """Show the field that answers a doubt."""
        self.fields[field].widget = copy.deepcopy(self.doubts[field])

    def refuse(self, error: ValidationError) -> None:
        """Put the sentences beside the fields they are about, or above the form."""
        answer = ANSWERS.get(type(error), "")
        if answer in self.doubts:
            self.ask(answer)
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for field, sentences in by_field.items():
            self.add_error(field if field in self.fields else None, sentences)


class PhoneField(forms.CharField):
    """A phone number of the store's country, cleaned to E.164."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def __init__(self, *, region: str = numbers.HOME, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.region = region

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return numbers.e164(text, self.region)
        except numbers.NotAPhoneNumber as error:
            raise ValidationError(gettext("“%(text)s” is not a phone number here.") % {"text": text}) from error
