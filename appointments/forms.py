"""What the booking desk types."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment, Cause


class BookingForm(forms.ModelForm):
    """The promise itself; advisor, time and car were chosen on the way here."""

    agreed = forms.BooleanField(
        label=_("The customer agrees to this time"),
        error_messages={"required": _("First ask the customer whether this time suits; then confirm.")},
    )

    class Meta:
        model = Appointment
        fields = ["cause", "reason", "channel", "kind", "short_notice_reason"]
        widgets = {
            "cause": forms.RadioSelect,
            "reason": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"reason": _("in the customer's own words")}

    def __init__(self, *args: Any, short_notice: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = Cause.choices  # type: ignore[attr-defined]  # no dashes among the radio buttons
        layout = ["cause", Field("reason", autofocus=True), "channel", "kind"]
        if short_notice:
            self.fields["short_notice_reason"].required = True
            layout.append("short_notice_reason")
        else:
            del self.fields["short_notice_reason"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*layout, "agreed")
        self.helper.add_input(Submit("book", _("Book"), css_class="btn-primary btn-lg"))


class ReasonForm(forms.Form):
    """A reason that stays in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("confirm", _("Cancel appointment"), css_class="btn-danger"))
