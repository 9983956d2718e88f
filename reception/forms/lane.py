"""What is said of a customer who comes, why somebody goes first, and who answers for him."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers import operations as registry
from dealership.customers import plates
from dealership.customers import queries as customers
from dealership.customers.forms.desk import DeskForm, PhoneField
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from reception.models import COURTESY, CourtesyCheck, Mode, Size
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


class ShortForm(DeskForm):
    """A customer nobody knows yet, in the time there is while others wait (4.2.2)."""

    plate = forms.CharField(label=_("Plate"), max_length=16)
    plate_confirmed = forms.BooleanField(label=_("The plate is right as it is"), required=False)
    name = forms.CharField(label=_("Customer's name"), max_length=80)
    phone = PhoneField(label=_("Phone"))
    anyway = forms.BooleanField(label=_("This is another customer with the same number"), required=False)
    mileage = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=2_000_000)
    reason = forms.CharField(label=_("Why does the customer come?"), max_length=300)
    size = forms.ChoiceField(choices=Size.choices, required=False, widget=forms.HiddenInput)

    doubts = {"plate_confirmed": forms.CheckboxInput(), "anyway": forms.CheckboxInput()}

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].region = region  # type: ignore[attr-defined]

        self.begin_where_nothing_is()

    def begin_where_nothing_is(self) -> None:
        """Set the cursor on the first field that is empty, in the order of the page."""
        for name in ("plate", "mileage", "name", "phone", "reason"):
            if not self[name].value():
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def clean(self) -> dict[str, Any]:
        """Ask about everything doubtful at once, not one doubt after the other."""
        cleaned = super().clean() or self.cleaned_data
        try:
            registry.check_plate(plates.normalise(cleaned.get("plate", "")), bool(cleaned.get("plate_confirmed")))
        except ValidationError as doubt:
            self.refuse(doubt)
        if cleaned.get("phone") and not cleaned.get("anyway") and customers.with_phone(cleaned["phone"]).exists():
            self.ask("anyway")
            self.add_error("phone", gettext("A customer with this number is already here."))
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """Return the arguments of `operations.register_quickly`."""
        given = {name: self.cleaned_data[name] for name in self.fields if name not in ("phone", "anyway")}
        return given | {"phones": [self.cleaned_data["phone"]]}


class ModeForm(forms.Form):
    mode = forms.ChoiceField(choices=[("", ""), *Mode.choices], required=False)


class InterestsForm(forms.Form):
    """What the customer likes, as he tells in a quiet moment; `seen` is what the page showed before."""

    interests = forms.CharField(
        label=_("Interests"), max_length=200, required=False, show_hidden_initial=True,
        help_text=_("separated by spaces; kept on the customer's file"),
    )  # fmt: skip


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Why do you pass the visit on?"), max_length=300)

    def __init__(self, *args: Any, store: Store, advisor: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff.people(store, Role.SERVICE_ADVISOR, Role.AFTER_SALES_MANAGER)
        self.fields["to"].queryset = people.exclude(pk=advisor.pk) if advisor else people  # type: ignore[attr-defined]


class ToldForm(forms.Form):
    words = forms.CharField(
        label=_("What was the customer told?"),
        max_length=200,
        error_messages={"required": _("Write down what the customer was told.")},
    )


class CourtesyForm(forms.ModelForm):
    """One advisor, seen by a manager: five points from one to five."""

    class Meta:
        model = CourtesyCheck
        fields = ["advisor", *COURTESY, "note"]

    def __init__(self, *args: Any, store: Store, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff.people(store, Role.SERVICE_ADVISOR, Role.ADVISOR_ASSISTANT, Role.AFTER_SALES_MANAGER)
        self.fields["advisor"].queryset = people.exclude(pk=by.pk)  # type: ignore[attr-defined]
        for name in COURTESY:
            self.fields[name] = forms.TypedChoiceField(
                label=self.fields[name].label,
                choices=[(points, str(points)) for points in range(1, 6)],
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "btn-check"}),
            )

    @property
    def scores(self) -> list[forms.BoundField]:
        return [self[name] for name in COURTESY]

    @property
    def points(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in COURTESY}
