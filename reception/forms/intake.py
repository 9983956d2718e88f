"""What the reception types while walking round the car."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.vehicles import MOST_KM
from dealership.paperwork.forms import SignatureField
from reception.models import Damage, Visit, Zone


class ConditionForm(forms.ModelForm):
    """Mileage, fuel and the questions about the car."""

    mileage = forms.IntegerField(
        label=_("mileage (km)"),
        min_value=0,
        max_value=MOST_KM,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    mileage_note = forms.CharField(label=_("Why is the mileage lower than before?"), max_length=200, required=False)
    complained = forms.BooleanField(widget=forms.HiddenInput, required=False)  # the page shows an error that has to go

    class Meta:
        model = Visit
        fields = [
            "mileage",
            "fuel",
            "accompanied",
            "valuables_returned",
            "belongings",
            "licence_received",
            "booklet_received",
            "waits_here",
        ]

    def __init__(self, *args: Any, ask_why: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_why and not self.data.get("mileage_note"):
            self.fields["mileage_note"].widget = forms.HiddenInput()
        self.initial["complained"] = ask_why
        last = self.instance.vehicle.mileage
        if last is not None:
            self.fields["mileage"].help_text = _("last: %(km)s km") % {"km": last}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Row(Column("mileage"), Column("fuel")),
            "mileage_note",
            "complained",
            Row(Column("accompanied", "valuables_returned"), Column("licence_received", "booklet_received")),
            "belongings",
            "waits_here",
        )

    def known_facts(self) -> dict[str, Any]:
        """Return what can be kept: an emptied mileage or fuel does not wipe out what somebody already read."""
        answers = {name: value for name, value in self.cleaned_data.items() if name != "complained"}
        return {name: value for name, value in answers.items() if value is not None}


class ComplaintForm(forms.Form):
    words = forms.CharField(
        label=_("What the customer says"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("word for word; it cannot be changed later"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", _("Add"), css_class="btn-primary"))


class DamageForm(forms.Form):
    zone = forms.ChoiceField(label=_("Place"), choices=[("", "—"), *Zone.choices])
    kind = forms.ChoiceField(choices=Damage.choices)


class IntakeSignatureForm(forms.Form):
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=60)
    signature = SignatureField(label=_("Signature"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_id = "sign"
        self.helper.add_input(Submit("sign", _("Sign"), css_class="btn-success btn-lg"))


class LeaveForm(forms.Form):
    reason = forms.CharField(label=_("Why does the customer leave?"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("leave", _("Leaves without work"), css_class="btn-outline-danger"))
