"""Vehicles, their mileage and keepers."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers import operations, plates, vins
from dealership.customers.forms.desk import DeskForm, EditForm, columns, day
from dealership.customers.models import Customer, PlanLine, Vehicle
from dealership.customers.models.vehicles import MOST_KM
from dealership.customers.operations import vehicles as rules
from dealership.staff.models import Store, User


class CarFields(forms.Form):
    """The plate and the VIN, with the answers to the doubts they can raise."""

    plate = forms.CharField(label=_("Plate"), max_length=16, required=False, help_text=_("empty for a car without one"))
    plate_confirmed = forms.BooleanField(label=_("The plate is right as it is"), required=False)
    vin = forms.CharField(label=_("VIN"), max_length=24, required=False, help_text=_("17 characters"))
    vin_override_reason = forms.CharField(label=_("Why this VIN is right all the same"), max_length=200, required=False)

    doubts: Mapping[str, forms.Widget] = {
        "plate_confirmed": forms.CheckboxInput(),
        "vin_override_reason": forms.TextInput(),
    }
    known = ("", "")  # plate and VIN that were accepted before

    def clean_plate(self) -> str:
        return plates.normalise(self.cleaned_data["plate"])

    def clean_vin(self) -> str:
        return vins.normalise(self.cleaned_data["vin"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        plate, vin = cleaned.get("plate", ""), cleaned.get("vin", "")
        try:
            if plate != self.known[0]:
                rules.check_plate(plate, cleaned.get("plate_confirmed", False))
        except operations.Misfit as error:
            self.refuse(error)  # type: ignore[attr-defined]  # every form with cars is a DeskForm
        try:
            if vin != self.known[1]:
                rules.check_vin(vin, cleaned.get("vin_override_reason", ""))
        except operations.Misfit as error:
            self.refuse(error)  # type: ignore[attr-defined]
        return cleaned


class VehicleForm(CarFields, EditForm):
    together = [("vin", "vin_override_reason")]

    class Meta:
        model = Vehicle
        fields = [
            "plate",
            "vin",
            "vin_override_reason",
            "make",
            "model_name",
            "colour",
            "energy",
            "atf_mark",
            "sale_on",
            "salesperson",
            "warranty_until",
            "warranty_km",
            "insurer",
            "insurance_expires_on",
            "next_service_on",
            "next_service_km",
            "inspection_due_on",
        ]
        widgets = {
            field: day()
            for field in ["sale_on", "warranty_until", "insurance_expires_on", "next_service_on", "inspection_due_on"]
        }

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        vehicle = kwargs.get("instance")
        super().__init__(*args, **kwargs)
        sellers = User.objects.filter(stores=store, is_active=True)
        if vehicle is not None and vehicle.salesperson_id:
            sellers = sellers | User.objects.filter(pk=vehicle.salesperson_id)  # who sold it may have left
        self.fields["salesperson"].queryset = sellers.distinct().order_by("full_name")  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        return Layout(
            Fieldset(
                _("Car"),
                columns("plate", "vin"),
                "plate_confirmed",
                "vin_override_reason",
                columns("make", "model_name", "colour", "energy"),
                columns("atf_mark"),
            ),
            Fieldset(_("Sale and warranty"), columns("sale_on", "salesperson", "warranty_until", "warranty_km")),
            Fieldset(
                _("Falls due"),
                columns("next_service_on", "next_service_km", "inspection_due_on"),
                columns("insurer", "insurance_expires_on"),
            ),
        )

    def clean(self) -> dict[str, Any] | None:
        if self.instance.pk is not None:
            self.known = (self.seen_in("plate"), self.seen_in("vin"))
        return super().clean()

    def validate_constraints(self) -> None:
        """Leave this to the operation: it says which car has the plate."""

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @property
    def changes(self) -> dict[str, Any]:
        return super().changes | {"plate_confirmed": self.cleaned_data["plate_confirmed"]}


class MileageForm(DeskForm):
    mileage = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=MOST_KM)
    note = forms.CharField(label=_("Why this is right"), max_length=200, required=False)

    button = _("Record mileage")
    doubts = {"note": forms.TextInput()}


class PlanLineForm(DeskForm, forms.ModelForm):
    due_km = forms.IntegerField(label=_("Due at (km)"), min_value=1, max_value=MOST_KM, required=False)

    class Meta:
        model = PlanLine
        fields = ["item", "code", "due_on", "due_km"]
        widgets = {"due_on": day()}
        help_texts = {"code": _("an order with this operation ends the line; may stay empty")}

    button = _("Add to the plan")

    def layout(self) -> Layout:
        return Layout(columns("item", "code"), columns("due_on", "due_km"))

    def validate_constraints(self) -> None:
        """Leave this to the operation: it says beside which field."""


class RecallDoneForm(DeskForm):
    done_on = forms.DateField(label=_("Done on"), widget=day())
    where = forms.CharField(label=_("Done where"), max_length=80)
    reference = forms.CharField(
        label=_("Order or reference"), max_length=80, help_text=_("such as the order's number, or who told us")
    )

    button = _("Recall done")

    def layout(self) -> Layout:
        return Layout(columns("done_on", "where", "reference"))


class KeeperForm(forms.Form):
    """Chosen by a press beside a search result, so it has no page of its own."""

    customer = forms.ModelChoiceField(Customer.objects.current(), widget=forms.HiddenInput)
    since = forms.DateField(label=_("Keeps it since"), widget=day())
