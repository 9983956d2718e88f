"""What is typed at the gate, and the words for a pass made void or a car let go unpaid."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GateForm(forms.Form):
    """The code by hand, from a hand scanner or from the camera; a scanner types the whole address of the picture."""

    code = forms.CharField(
        label=_("Code on the gate pass"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "enterkeyhint": "go"}
        ),
    )


class VoidForm(forms.Form):
    why = forms.CharField(label=_("Why the gate pass is made void"), max_length=200)


class UnpaidForm(forms.Form):
    reason = forms.CharField(label=_("Why the car may leave unpaid"), max_length=200)
