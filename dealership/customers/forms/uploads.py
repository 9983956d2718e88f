"""Importing a table: the file, and the last word on its preview."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers.forms.desk import DeskForm, columns


class UploadForm(DeskForm):
    file = forms.FileField(label=_("File"), help_text=_("a table as .xlsx or .csv, at most 5 MB and 5000 rows"))
    source = forms.CharField(
        label=_("System it comes from"),
        max_length=40,
        help_text=_("order numbers are told apart by it: write the same name every time"),
    )

    button = _("Read the file")

    def layout(self) -> Layout:
        return Layout(columns("file", "source"))


class ApplyForm(DeskForm):
    """The last word on a preview: what was shown is what is applied."""

    seen = forms.CharField(widget=forms.HiddenInput)
    leave_out = forms.BooleanField(label=_("Leave out the rows that are wrong"), required=False)

    button = _("Import now")

    def __init__(self, *args: Any, wrong: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong = wrong
        if not wrong:
            self.fields["leave_out"].widget = forms.HiddenInput()

    def clean_leave_out(self) -> bool:
        if self.wrong and not self.cleaned_data["leave_out"]:
            raise ValidationError(gettext("Some rows are wrong. Correct the file, or tick to leave them out."))
        return bool(self.cleaned_data["leave_out"])
