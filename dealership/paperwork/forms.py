"""The box to sign in and what to do where nobody signs, for the forms of every desk."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dealership.paperwork import operations, queries, signatures
from dealership.paperwork.kinds import Unsigned
from dealership.staff.models import Store, User


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


WHO = {
    Unsigned.REFUSED: _("The customer will not sign"),
    Unsigned.ABSENT: _("The customer is not here"),
}


class SigningForm(forms.Form):
    """Who signs, the box to sign in, and the ways out that a store allows here: why, and who else saw it.

    `unsigned` names those ways out; without any there is nothing but the box. Forms with more to ask inherit from it
    and show it with paperwork/_signing.html.
    """

    signer_name = forms.CharField(label=_("Name of the signer"), max_length=60)
    signature = SignatureField(label=_("Signature"), required=False)
    unsigned = forms.ChoiceField(label=_("Without a signature"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why is it not signed?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write down why the customer does not sign.")},
    )  # fmt: skip
    witness = forms.ModelChoiceField(
        User.objects.none(), label=_("Witness"), required=False, help_text=_("a colleague who was present"),
        error_messages={"required": _("Choose who was there.")},
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        store: Store,
        by: User,
        unsigned: Sequence[str] = (Unsigned.REFUSED, Unsigned.ABSENT),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not unsigned:
            self.fields["signature"].required = True
            for name in ["unsigned", "reason", "witness"]:
                del self.fields[name]
            return
        self.fields["unsigned"].choices = [("", _("The customer signs here"))] + [  # type: ignore[attr-defined]
            (str(way), WHO[Unsigned(way)]) for way in unsigned
        ]
        self.fields["witness"].queryset = queries.witnesses(store, by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "unsigned" in self.fields and "unsigned" in values:
            if values["unsigned"]:
                self.clean_unsigned_paper(values)
            elif "signature" in values and not values["signature"]:
                self.add_error("signature", self.fields["signature"].error_messages["required"])
        return values

    def clean_unsigned_paper(self, values: dict[str, Any]) -> None:
        """Ask for reason and witness; refuse to guess what is meant where the box is signed as well."""
        if values.get("signature"):
            self.add_error("unsigned", _("The box is signed. Clear it, or choose that the customer signs here."))
        for name in ["reason", "witness"]:
            if name in values and not values[name]:
                self.add_error(name, self.fields[name].error_messages["required"])

    def outcome(self) -> operations.Outcome:
        """Return what came of asking, for `operations.settle_signature`; only of a valid form."""
        values = self.cleaned_data
        return operations.Outcome(
            signer_name=values["signer_name"],
            image=values["signature"],
            unsigned=values.get("unsigned", ""),
            reason=values.get("reason", "") if values.get("unsigned") else "",
            witness=values.get("witness") if values.get("unsigned") else None,
        )


class CopyForm(forms.Form):
    """Where the customer wants his copy sent; what stands there is his address on file."""

    address = forms.EmailField(label=_("E-mail address"), max_length=254)


class BoundSigningForm(SigningForm):
    """A form whose signature counts only under what it was drawn for.

    The page keeps in `drawn` what stood in the fields of `under` at the first stroke, and empties the box at the first
    difference; a picture that comes with another `drawn`, or with none, is no signature.
    """

    under: ClassVar[Sequence[str]] = ()
    anew: ClassVar[Any] = _("What is signed has changed; please sign again.")

    drawn = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        changed = bool(data and data.get("signature")) and not self.drawn_under(data)
        if changed:
            data = {name: data.get(name) for name in data} | {"signature": "", "drawn": ""}
        super().__init__(data, *args, **kwargs)
        self.fields["drawn"].widget.attrs |= {"data-signature-drawn": " ".join(self.under), "data-changed": self.anew}
        if changed:
            self.fields["signature"].error_messages["required"] = self.anew

    @classmethod
    def drawn_under(cls, data: Any) -> bool:
        """Say whether the page shows what it showed when the signature on it was drawn."""
        then = QueryDict(data.get("drawn", ""))
        return bool(then) and all(then.get(name, "") == data.get(name, "") for name in cls.under)
