"""What all forms here share: refusals beside their field, doubts that are asked about only when they arise."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers import numbers, operations
from dealership.customers.operations import rows

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
    overtaken = False  # somebody else was faster

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


class EditForm(DeskForm, forms.ModelForm):
    """Corrects a record: only what this person changed counts, and it is not put over what a colleague changed.

    The page carries what it first showed, field by field; an answer that differs from that is a change.
    """

    together: Iterable[Iterable[str]] = []  # fields that make sense only with each other

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in self._meta.fields or ():
            self.fields[name].show_hidden_initial = True
        if self.is_bound:
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a request's answers
            for name in self._meta.fields or ():
                self.data.setdefault(self[name].html_initial_name, self.initial.get(name))  # type: ignore[attr-defined]

    @property
    def seen(self) -> dict[str, Any]:
        """Return what the page showed at first, by field."""
        return {name: self.seen_in(name) for name in self._meta.fields or ()}

    def seen_in(self, name: str) -> Any:
        field, text = self.fields[name], self.data.get(self[name].html_initial_name)
        try:
            return field.to_python(text)
        except ValidationError:  # chosen then, no longer to choose from now
            return text

    @property
    def changes(self) -> dict[str, Any]:
        """Return the answers that differ from what the page showed, each with those it belongs together with."""
        differing = {name for name, value in self.seen.items() if not rows.same(value, self.cleaned_data[name])}
        for group in self.together:
            if differing & set(group):
                differing |= set(group)
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name in differing}

    def refuse(self, error: ValidationError) -> None:
        super().refuse(error)
        if isinstance(error, operations.ChangedMeanwhile):
            self.overtaken = True
            for name, value in error.stored.items():
                self.data[self[name].html_initial_name] = self.fields[name].prepare_value(value)  # type: ignore[index]
                if name in self.doubts:
                    self.ask(name)


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
