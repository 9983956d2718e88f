"""What the reception answers while walking round the car: one small form for each press, kept by itself."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership import pictures
from dealership.customers import operations as customers
from dealership.customers.models import Customer
from dealership.customers.models.vehicles import MOST_KM
from dealership.paperwork.forms import BoundSigningForm
from dealership.workshop import queries as workshop
from dealership.workshop.models import Bay
from reception import operations
from reception.models import Damage, Frequency, Fuel, Purpose, Result, Valuables, VinSource, Visit, Zone
from reception.outline import HEIGHT, WIDTH

YES_NO = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]


def is_yes(value: str) -> bool:
    return value == "yes"


class StepForm(forms.Form):
    """A form of one visit; each begins with what is kept already."""

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit


class PressForm(StepForm):
    """A button and nothing else."""


class KeyedForm(StepForm):
    """A form whose press may be sent twice: the key, made with the page, makes it one."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("request_key", uuid4())


class VinForm(StepForm):
    vin = forms.CharField(
        label=gettext_lazy("VIN as the car shows it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("17 characters"),
    )
    reason = forms.CharField(label=gettext_lazy("Why is this VIN right?"), max_length=200, required=False)
    source = forms.ChoiceField(choices=VinSource.choices)

    @property
    def doubtful(self) -> bool:
        """Say whether a typed reason would make it right."""
        return self.has_error("vin", customers.VinDoubtful.__name__)

    @property
    def differs(self) -> bool:
        """Say whether this may be another car than its file says."""
        return any(self.has_error("vin", error.__name__) for error in (operations.VinDiffers, customers.VinTaken))


class MileageForm(StepForm):
    mileage = forms.IntegerField(
        label=gettext_lazy("mileage (km)"),
        min_value=0,
        max_value=MOST_KM,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Type the kilometres the car shows."),
            "invalid": gettext_lazy("Type the kilometres the car shows, in digits only."),
            "min_value": gettext_lazy("Type the kilometres the car shows, in digits only."),
            "max_value": gettext_lazy("No car has run that far. Please compare each digit."),
        },
    )
    mileage_note = forms.CharField(label=gettext_lazy("Why is this mileage right?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("mileage", self.visit.mileage)

    @property
    def doubtful(self) -> bool:
        """Say whether a typed reason would make it right."""
        return self.has_error("mileage", customers.MileageImplausible.__name__)


class ModelForm(StepForm):
    """What the short form left out of the car (4.2.2)."""

    make = forms.CharField(label=gettext_lazy("Make"), max_length=40, required=False)
    model_name = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=60,
        error_messages={"required": gettext_lazy("Write down which model it is.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("make", self.visit.vehicle.make)


class TitleForm(StepForm):
    """How the customer is addressed, where the short form left it out (4.2.2)."""

    title = forms.ChoiceField(choices=Customer.Title.choices)


class FuelForm(StepForm):
    fuel = forms.TypedChoiceField(choices=Fuel.choices, coerce=int)


class PurposeForm(StepForm):
    purpose = forms.ChoiceField(choices=Purpose.choices)


class WalkForm(StepForm):
    """Who came along: with one tap the customer, or somebody named, or nobody and why."""

    brought_by = forms.CharField(
        label=gettext_lazy("Who came along, if not the customer?"), max_length=80, required=False
    )
    unaccompanied_reason = forms.CharField(
        label=gettext_lazy("Why did nobody come along?"), max_length=200, required=False
    )
    accompanied = forms.TypedChoiceField(choices=YES_NO, coerce=is_yes)


class BayForm(StepForm):
    """Where the car stands while it is inspected with the customer (3.2.1.2)."""

    bay = forms.ModelChoiceField(
        Bay.objects.none(), label=gettext_lazy("Inspected in"), empty_label="—", required=False,
        widget=forms.Select(attrs={"class": "form-select w-auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bay"].queryset = workshop.bays(self.visit.store)  # type: ignore[attr-defined]
        self.initial.setdefault("bay", self.visit.bay_id)


class PointForm(StepForm):
    """One point: in order, not applicable, or a damage of some kind."""

    zone = forms.ChoiceField(
        choices=Zone.choices, error_messages={"required": gettext_lazy("First tap a place on the drawing or the list.")}
    )
    kind = forms.ChoiceField(choices=Damage.choices, required=False)
    result = forms.ChoiceField(choices=[(r.value, r.label) for r in Result if r != Result.DAMAGE], required=False)
    x = forms.IntegerField(min_value=0, max_value=WIDTH, required=False, widget=forms.HiddenInput)
    y = forms.IntegerField(min_value=0, max_value=HEIGHT, required=False, widget=forms.HiddenInput)
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("request_key", uuid4())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and bool(found.get("kind")) == bool(found.get("result")):
            raise ValidationError(_("Say whether the point is in order, or which damage it has."))
        if found.get("x") is None or found.get("y") is None:
            found["x"] = found["y"] = None
        return found


class PictureField(forms.FileField):
    """Cleans to the bytes of a plain JPEG."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file is None:  # where none is required
            return None
        try:
            return pictures.rewritten(file)
        except pictures.PictureTooLarge as error:
            raise ValidationError(_("This picture is too large. Please take it anew with the tablet.")) from error
        except pictures.PictureUnreadable as error:
            raise ValidationError(_("This file is no picture we can read. Please send a JPEG, PNG or WebP.")) from error


class PhotoForm(KeyedForm):
    picture = PictureField(
        label=gettext_lazy("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )
    mark_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ComplaintForm(KeyedForm):
    words = forms.CharField(
        label=gettext_lazy("What the customer says"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "data-draft": ""}),
        help_text=gettext_lazy("word for word; it cannot be changed later"),
        error_messages={"required": gettext_lazy("Write down what the customer says.")},
    )
    conditions = forms.CharField(
        label=gettext_lazy("Since when, when and how does it show?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"data-draft": ""}),
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often?"), choices=[("", "—"), *Frequency.choices], required=False
    )


class ValuablesForm(StepForm):
    valuables_list = forms.CharField(
        label=gettext_lazy("What was found?"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"data-draft": ""}),
    )  # fmt: skip
    answer = forms.ChoiceField(
        choices=[(Valuables.NONE, Valuables.NONE.label), ("found", gettext_lazy("found")), ("returned", "")]
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        answer = found.pop("answer", "")
        found["valuables"] = Valuables.NONE if answer == Valuables.NONE else Valuables.FOUND
        found["valuables_returned"] = answer == "returned"
        return found


class PapersForm(StepForm):
    """Licence, booklet and key, each received or not; or all of them with one tap (2.2.5.1)."""

    NAMES = ("licence_received", "booklet_received", "key_received")

    all_received = forms.BooleanField(required=False)
    licence_received = forms.ChoiceField(choices=YES_NO, required=False)
    booklet_received = forms.ChoiceField(choices=YES_NO, required=False)
    key_received = forms.ChoiceField(choices=YES_NO, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.pop("all_received", False):
            return dict.fromkeys(self.NAMES, True)
        return {name: is_yes(found[name]) for name in self.NAMES if found.get(name)}


class BelongingsForm(StepForm):
    belongings = forms.CharField(
        label=gettext_lazy("Things that stay in the car"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"data-draft": ""}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("belongings", self.visit.belongings)


class WaitsForm(StepForm):
    waits_here = forms.TypedChoiceField(choices=YES_NO, coerce=is_yes)


class LeaveForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why does the customer leave?"), max_length=300)


class IntakeSigningForm(BoundSigningForm):
    """The customer's answer to the reception form; his signature counts only under the form it was drawn for."""

    under = ("seen",)
