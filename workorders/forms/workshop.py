"""Handing over, dispatch and work."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership.staff import queries as staff
from dealership.staff.models import Store, Team
from dealership.workshop import queries as workshop
from dealership.workshop.models import Bay
from workorders.models import LabourLine, Stop, WorkOrder

MINUTES = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class GiveForm(forms.Form):
    """Where the car stands and what has to be minded; key and papers go with it."""

    parked_at = forms.CharField(label=_("The car stands"), max_length=60, required=False)
    notes = forms.CharField(
        label=_("To be minded"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        kwargs["initial"] = {"parked_at": order.parked_at or _("waiting area")} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class DifferenceForm(forms.Form):
    """What is not as on the reception form; nothing where all is. `differs` is the button that says it is not."""

    difference = forms.CharField(label=_("What is different"), max_length=300, required=False)
    differs = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        if self.cleaned_data.pop("differs", False) and not self.cleaned_data.get("difference"):
            self.add_error("difference", ValidationError(_("Write down what is different.")))


class DispatchForm(forms.Form):
    """Team, bay and time; `reason` where the car is not the next in line."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), error_messages={"required": _("Choose the team.")}
    )
    bay = forms.ModelChoiceField(Bay.objects.none(), label=_("Bay"), required=False, empty_label=_("no bay yet"))
    starts_at = forms.DateTimeField(label=_("Not before"), required=False, widget=MINUTES)
    reason = forms.CharField(label=_("Why before the next in line?"), max_length=300, required=False)

    def __init__(self, *args: Any, store: Store, bays: Any = (), now: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["team"].queryset = staff.teams(store)  # type: ignore[attr-defined]
        self.fields["bay"].queryset = workshop.bays(store)  # type: ignore[attr-defined]
        self.bays = bays
        if bays:
            named = [(offer.bay.pk, offer.label) for offer in bays]
            self.fields["bay"].choices = [("", _("no bay yet")), *named]  # type: ignore[attr-defined]
            self.fields["bay"].initial = next((offer.bay.pk for offer in bays if offer.free), "")

    def clean_starts_at(self) -> datetime | None:
        start: datetime | None = self.cleaned_data["starts_at"]
        if start is not None and self.now is not None and start < self.now - timedelta(minutes=1):
            raise ValidationError(_("Choose a time that is still to come."))
        return start


class SplitForm(DispatchForm):
    """Which work goes to another team or another day."""

    lines = forms.ModelMultipleChoiceField(
        LabourLine.objects.none(), label=_("Work"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the work.")},
    )  # fmt: skip

    field_order = ("lines", "team", "bay", "starts_at")

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, store=order.store, **kwargs)
        del self.fields["reason"]
        open_lines = order.labour_lines.wanted().filter(done_at=None)  # type: ignore[attr-defined]
        self.fields["lines"].queryset = open_lines  # type: ignore[attr-defined]


class ReplanForm(forms.Form):
    """When a team does it, and where."""

    starts_at = forms.DateTimeField(label=_("Planned from"), widget=MINUTES)
    bay = forms.ModelChoiceField(Bay.objects.none(), label=_("Bay"), required=False, empty_label=_("no bay yet"))

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bay"].queryset = workshop.bays(store)  # type: ignore[attr-defined]


class StopForm(forms.Form):
    """Why a clock stops."""

    stop = forms.ChoiceField(
        label=_("Why"), choices=[choice for choice in Stop.choices if choice[0] != Stop.FORGOTTEN],
        error_messages={"required": _("Say why the clock stops."), "invalid_choice": _("Say why the clock stops.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class PutRightForm(forms.Form):
    """When somebody really stopped, and why it is put right."""

    stopped_at = forms.DateTimeField(label=_("Really stopped at"), widget=MINUTES)
    note = forms.CharField(
        label=_("Why it is put right"), max_length=200,
        error_messages={"required": _("Write down why it is put right.")},
    )  # fmt: skip


class WordsForm(forms.Form):
    """One sentence somebody has to write; `empty` is said where he did not."""

    words = forms.CharField(max_length=300)

    def __init__(self, *args: Any, empty: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].error_messages["required"] = empty


class MileageForm(forms.Form):
    """The mileage on the dashboard, and after a drive what it showed."""

    km = forms.IntegerField(
        label=_("Mileage (km)"), min_value=0, max_value=2_000_000,
        error_messages={"required": _("Read the mileage from the dashboard.")},
    )  # fmt: skip
    ok = forms.TypedChoiceField(
        label=_("Result"), choices=[("yes", _("in order")), ("no", _("not in order"))],
        coerce=lambda value: value == "yes", empty_value=None, required=False,
    )  # fmt: skip
    result = forms.CharField(label=_("What the drive showed"), max_length=300, required=False)
