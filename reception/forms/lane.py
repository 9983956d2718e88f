"""What is said of a customer who comes, and why somebody goes first."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reception.models import Size
from reception.operations import BUFFER, EMERGENCY, GAP


class ArrivalForm(forms.Form):
    """What a customer without appointment brings: each size is a button that also notes the arrival."""

    size = forms.ChoiceField(choices=Size.choices, required=False)


class ReceiveForm(forms.Form):
    """Where a customer without appointment is fitted in, and why somebody goes first."""

    place = forms.ChoiceField(
        choices=[(place, place) for place in ("", GAP, BUFFER, EMERGENCY)], required=False, widget=forms.HiddenInput
    )
    buffer = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why does this customer go first?"),
        max_length=300,
        required=False,
        help_text=_("needed where an earlier customer still waits"),
    )
