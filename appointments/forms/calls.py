"""What the caller writes down about a call to a booked customer, and what that customer answers by his link."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import CustomerLink, ReminderAttempt
from appointments.models.reminders import Outcome


class RightNumberField(forms.CharField):
    """The number the customer is reached under instead of the one that was dialled; the operation checks it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Right number"), max_length=40, required=False, help_text=_("where the one dialled was wrong"),
            widget=forms.TextInput(attrs={"type": "tel"}),
        )  # fmt: skip


class CallForm(forms.Form):
    """What came of the call: one press of the button that says it."""

    outcome = forms.ChoiceField(label=_("What came of the call"))
    note = forms.CharField(
        label=_("Note"), max_length=ReminderAttempt._meta.get_field("note").max_length, required=False
    )

    phone = RightNumberField()

    def __init__(self, *args: Any, results: Iterable[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.results = list(results)
        self.fields["outcome"].choices = [(one.value, one.label) for one in self.results]  # type: ignore[attr-defined]


class WishForm(forms.Form):
    """When the customer could come instead, in his own words."""

    words = forms.CharField(
        label=_("When could you come?"),
        max_length=CustomerLink._meta.get_field("words").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
