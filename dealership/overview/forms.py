"""What is asked of the appointment statistics sheet."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.figures import Punctuality
from appointments.models import Cause, Kind
from appointments.states import State
from dealership.overview.sheet import Asked
from dealership.staff import queries as staff
from dealership.staff.models import Store, User

LONGEST = timedelta(days=366)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
STATES = [State.CONFIRMED, State.ARRIVED, State.NO_SHOW, State.CANCELLED]


def of_choices(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("all")), *choices], required=False)


class DayField(forms.DateField):
    """A day from the calendar, within the time the desk can know of."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Please check the year."))
        return day


class SheetForm(forms.Form):
    """Which appointments; without an answer those of today."""

    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    advisor = forms.ModelChoiceField(User.objects.none(), label=_("Advisor"), required=False, empty_label=_("all"))
    kind = of_choices(_("Kind"), Kind.choices)
    cause = of_choices(_("Cause"), Cause.choices)
    state = of_choices(_("State"), [(state.value, state.label) for state in STATES])
    punctuality = of_choices(_("Punctuality"), Punctuality.choices)
    text = forms.CharField(label=_("Plate or customer"), max_length=80, required=False)

    def __init__(self, *args: Any, store: Store, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["advisor"].queryset = staff.advisors(store)  # type: ignore[attr-defined]
        self.fields["first"].initial = self.fields["last"].initial = today
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.form_method = False, "get"
        self.helper.layout = Layout(
            Row(*(Column(name, css_class="col-6 col-md-3") for name in self.fields), css_class="g-2")
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first = found.get("first") or found.get("last") or self.today
        last = found.get("last") or max(first, self.today)
        if first > last:
            self.add_error("last", _("The last day must not come before the first."))
        elif last - first >= LONGEST:
            self.add_error("last", _("Please choose at most 366 days."))
        return found | {"first": first, "last": last}

    def asked(self) -> Asked:
        """Return what was asked; call it on a valid form."""
        return Asked(**self.cleaned_data)
