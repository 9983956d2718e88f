"""Customers, their phones, people and consents; the quick form for a new customer with a car."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers import numbers, queries
from dealership.customers.forms.cars import CarFields
from dealership.customers.forms.desk import DeskForm, EditForm, PhoneField, columns, time_of_day
from dealership.customers.models import Channel, Consent, Contact, Customer, Phone, Vehicle
from dealership.customers.models.vehicles import MOST_KM


class QuickRegisterForm(CarFields, DeskForm):
    """A new customer and the car he came with, as short as the telephone allows (clause 4.2.2)."""

    name = forms.CharField(label=_("Name"), max_length=80)
    title = forms.ChoiceField(label=_("Title"), choices=[("", _("not known")), *Customer.Title.choices], required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices, initial=Customer.Kind.PERSON)
    phone = PhoneField(label=_("Phone"), required=False, help_text=_("may stay empty"))
    anyway = forms.BooleanField(label=_("This is another customer with the same number"), required=False)
    make = forms.CharField(label=_("Make"), max_length=40, required=False)
    model_name = forms.CharField(label=_("Model"), max_length=60, required=False)
    energy = forms.ChoiceField(label=_("Energy"), choices=Vehicle.Energy.choices, initial=Vehicle.Energy.FUEL)
    mileage = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=MOST_KM, required=False)

    doubts = {**CarFields.doubts, "anyway": forms.CheckboxInput()}
    CUSTOMER = ("name", "title", "kind")
    CAR = ("plate", "plate_confirmed", "vin", "vin_override_reason", "make", "model_name", "energy", "mileage")

    def __init__(self, *args: Any, region: str = numbers.HOME, **kwargs: Any) -> None:
        self.region = region
        self.same_phone: list[Customer] = []
        super().__init__(*args, **kwargs)
        self.fields["phone"].region = region  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        return Layout(
            Fieldset(_("Customer"), columns("name", "title", "kind"), columns("phone"), "anyway"),
            Fieldset(
                _("Car"),
                columns("plate", "vin"),
                "plate_confirmed",
                "vin_override_reason",
                columns("make", "model_name", "energy", "mileage"),
            ),
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("phone") and not cleaned.get("anyway"):
            self.same_phone = list(queries.with_phone(cleaned["phone"])[:5])
        if self.same_phone:
            self.ask("anyway")
            self.add_error("phone", gettext("A customer with this number is already here."))
        return cleaned

    @property
    def has_car(self) -> bool:
        return any(self.cleaned_data[field] for field in ("plate", "vin", "make", "model_name"))

    @property
    def customer_answers(self) -> dict[str, Any]:
        """Return the arguments of `operations.register`."""
        phone = self.cleaned_data["phone"]
        own = {field: self.cleaned_data[field] for field in self.CUSTOMER}
        return {**own, "phones": [phone] if phone else [], "region": self.region}

    @property
    def answers(self) -> dict[str, Any]:
        """Return the arguments of `operations.register_with_car`."""
        return {**self.customer_answers, **{field: self.cleaned_data[field] for field in self.CAR}}


class CustomerForm(EditForm):
    together = [("call_from", "call_until"), ("birth_calendar", "birth_year", "birth_month", "birth_day")]

    class Meta:
        model = Customer
        fields = [
            "name",
            "title",
            "kind",
            "key_account",
            "email",
            "address_home",
            "address_work",
            "preferred_channel",
            "call_from",
            "call_until",
            "board_display",
            "birth_calendar",
            "birth_year",
            "birth_month",
            "birth_day",
            "interests",
            "avoid_topics",
            "notes",
        ]
        widgets = {"call_from": time_of_day(), "call_until": time_of_day(), "notes": forms.Textarea(attrs={"rows": 3})}

    def layout(self) -> Layout:
        return Layout(
            Fieldset(_("Customer"), columns("name", "title", "kind"), "key_account"),
            Fieldset(
                _("How to reach the customer"),
                columns("preferred_channel", "call_from", "call_until"),
                columns("email", "board_display"),
                columns("address_home", "address_work"),
            ),
            Fieldset(
                _("Birthday"),
                columns("birth_calendar", "birth_year", "birth_month", "birth_day"),
            ),
            Fieldset(_("Good to know"), columns("interests", "avoid_topics"), "notes"),
        )


class PhoneForm(DeskForm):
    number = PhoneField(label=_("Number"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("as the number says")), *Phone.Kind.choices], required=False
    )
    preferred = forms.BooleanField(label=_("Reached best here"), required=False)

    button = _("Add phone")

    def __init__(self, *args: Any, region: str = numbers.HOME, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].region = region  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        return Layout(columns("number", "kind"), "preferred")


class ContactForm(DeskForm, forms.ModelForm):
    phone = PhoneField(label=_("Phone"), required=False)

    class Meta:
        model = Contact
        fields = [
            "kind",
            "name",
            "relation",
            "phone",
            "birth_calendar",
            "birth_year",
            "birth_month",
            "birth_day",
            "notes",
            "consented",
        ]

    def __init__(self, *args: Any, region: str = numbers.HOME, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].region = region  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        return Layout(
            columns("kind", "name", "relation", "phone"),
            Fieldset(_("Birthday"), columns("birth_calendar", "birth_year", "birth_month", "birth_day")),
            "notes",
            "consented",
        )


class ConsentForm(DeskForm):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    granted = forms.TypedChoiceField(
        label=_("Answer"), choices=[("yes", _("agrees")), ("no", _("refuses"))], coerce=lambda answer: answer == "yes"
    )
    source = forms.CharField(
        label=_("Where the customer said so"), max_length=80, required=False, help_text=_("such as on the phone")
    )

    button = _("Record the answer")

    def layout(self) -> Layout:
        return Layout(columns("purpose", "channel"), columns("granted", "source"))
