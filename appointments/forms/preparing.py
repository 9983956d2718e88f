"""What the parts desk and the managers of the lobby screens type."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.workshop.models import Bay

FARTHEST = date(2100, 1, 1)


class ExpectedForm(forms.Form):
    """The day a missing part will be delivered."""

    on = forms.DateField(
        label=_("Delivery expected on"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError(_("This day is over."))
        if on > FARTHEST:
            raise forms.ValidationError(_("Please check the year."))
        return on


class ScreenForm(forms.Form):
    """A new lobby screen."""

    name = forms.CharField(label=_("Name of the screen"), max_length=40, help_text=_("where it stands: entrance"))


class BayForm(forms.Form):
    """The bay the foreman chose among those of his workshop."""

    bay = forms.ModelChoiceField(Bay.objects.none(), label=_("Bay"))

    def __init__(self, *args: Any, bays: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bay"].queryset = bays  # type: ignore[attr-defined]
