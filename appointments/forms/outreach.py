"""What the caller learns about a car that is due, and the time its keeper takes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments import queries
from appointments.forms.booking import RowsField, TimeField
from appointments.forms.calls import RightNumberField
from appointments.models import ProactiveCall
from appointments.models.outreach import CallOutcome
from appointments.operations import Job
from dealership.catalogue.models import LabourOperation
from dealership.customers.models import MileageReading
from dealership.customers.models.vehicles import MOST_KM
from dealership.staff.models import Store

FARTHEST = timedelta(days=3 * 365)
REACHED_NOT_BOOKED = [choice for choice in CallOutcome.choices if choice[0] != CallOutcome.BOOKED]


def text(field: str, label: Any, kind: Any = ProactiveCall, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=kind._meta.get_field(field).max_length, required=False, **more)


class ProactiveForm(forms.Form):
    """One call about a car (3.1.1.3); with `booking` a time is wanted, without it what came of the call."""

    mileage = forms.IntegerField(
        label=_("Mileage now (km)"), min_value=0, max_value=MOST_KM, required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    mileage_note = text("note", _("Why this mileage is right"), MileageReading)
    condition = text("condition", _("How the car runs"), widget=forms.Textarea(attrs={"rows": 2}))
    note = text("note", _("Note on the call"))
    phone = RightNumberField()
    outcome = forms.ChoiceField(
        label=_("What came of the call"), choices=REACHED_NOT_BOOKED, widget=forms.RadioSelect, required=False
    )
    call_again_on = forms.DateField(
        label=_("Call again from"), required=False, help_text=_("empty: as usual after such a call"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    operations = RowsField(LabourOperation.objects.filter(active=True), required=False, label=_("Work"))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    waits = forms.BooleanField(label=_("Waits for the car"), required=False)

    def __init__(self, *args: Any, store: Store, today: date, booking: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store, self.today, self.booking = store, today, booking
        # A time is marked on the page from the start; it only counts where one is booked.
        self.fields["time"] = TimeField(store=store, label=_("Time")) if booking else forms.CharField(required=False)

    def clean_time(self) -> Any:
        return self.cleaned_data["time"] if self.booking else None

    def clean_outcome(self) -> str:
        outcome = self.cleaned_data["outcome"]
        if not outcome and not self.booking:
            raise forms.ValidationError(_("Please say what came of the call."))
        return str(outcome)

    def clean_call_again_on(self) -> date | None:
        on: date | None = self.cleaned_data["call_again_on"]
        if on is not None and not self.today < on <= self.today + FARTHEST:
            raise forms.ValidationError(_("Please choose a day from tomorrow on, within three years."))
        return on

    def said(self) -> dict[str, Any]:
        """Return what the customer said; call it on a valid form."""
        kept = ["mileage", "mileage_note", "condition", "note", "phone", "call_again_on"]
        return {name: self.cleaned_data[name] for name in kept}

    def promise(self) -> dict[str, Any]:
        """Return the time agreed and what is to be done then, with its usual parts; call it on a valid form."""
        advisor, starts_at = self.cleaned_data["time"]
        operations = list(self.cleaned_data["operations"])
        parts = queries.parts_here(self.store, [one.pk for one in operations]).filter(Q(usual__isnull=False))
        job = Job(operations=operations, parts=[(part, part.usual) for part in parts])  # type: ignore[attr-defined]
        kept = {name: self.cleaned_data[name] for name in ["reason", "waits"]}
        return {"advisor": advisor, "starts_at": starts_at, "job": job} | kept
