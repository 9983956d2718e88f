"""The box to sign in, for the forms of every desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _

from dealership.paperwork import signatures


class SignatureWidget(forms.Widget):
    """A canvas with a button to clear it; the picture travels in a hidden input as a data URL."""

    template_name = "paperwork/_signature_widget.html"

    class Media:
        js = [
            Script("vendor/signature_pad/signature_pad.umd.min.js", defer=True),
            Script("js/signature.js", defer=True),
        ]
        css = {"all": ["css/signature.css"]}

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # a browser cannot point at a hidden input; the server says what is missing


class SignatureField(forms.Field):
    """Cleans to the bytes of a PNG, or b"" where signing is not required and nothing was drawn."""

    widget = SignatureWidget
    default_error_messages = {"required": _("Please sign in the box.")}

    def to_python(self, value: str | None) -> bytes:
        if value in self.empty_values or not value:
            return b""
        try:
            return signatures.png_from_data_url(value)
        except signatures.SignatureUnreadable as error:
            raise ValidationError(str(error)) from error

    def validate(self, value: bytes) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
