"""Searching the stock, ordering and receiving goods, counting, and asking other stores."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part
from dealership.catalogue.operations import Counted
from dealership.staff.models import Store

MOST = 100_000  # units at once; more is a slip of the finger
FARTHEST = timedelta(days=2 * 365)  # a delivery later than that is a slip too


class StockSearchForm(forms.Form):
    text = forms.CharField(required=False, max_length=80)
    low = forms.BooleanField(required=False)


class PartNumberField(forms.ModelChoiceField):
    """A part by its typed or scanned number; scanners like to add a space."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip() if isinstance(value, str) else value)


def text_box() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control-lg", "autocomplete": "off"})


def number_box() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "form-control-lg", "inputmode": "numeric"})


def count_box() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "form-control form-control-lg place", "inputmode": "numeric"})


class ShelfForm(forms.Form):
    """One part of the store, and what is to be written about it."""

    button = _("Save")

    part = PartNumberField(
        Part.objects.all(),
        to_field_name="number",
        label=_("Part number"),
        widget=text_box(),
        error_messages={"invalid_choice": _("There is no part with this number.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("submit", self.button, css_class="btn-primary btn-lg"))


class ReceiveForm(ShelfForm):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, widget=number_box())
    reference = forms.CharField(label=_("Delivery note"), max_length=80, widget=text_box())

    button = _("Receive goods")


class PlaceForm(forms.Form):
    place = forms.CharField(label=_("Place"), max_length=30, required=False)


class CountSearchForm(forms.Form):
    text = forms.CharField(label=_("Part number or name"), max_length=80, required=False)
    place = forms.CharField(label=_("Place"), max_length=30, required=False)


class CountSheet(forms.Form):
    """What lies on the shelf of each part, beside the stock that stood there; an empty box is not counted.

    It is posted with `sure`, the mark of the differences somebody looked at; other figures need another look.
    """

    reference = forms.CharField(label=_("Reason or count sheet"), max_length=80, widget=text_box())
    sure = forms.CharField(required=False)

    def __init__(self, *args: Any, parts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            self.fields[f"counted-{part.pk}"] = forms.IntegerField(
                label=part.name, min_value=0, max_value=MOST, required=False, widget=count_box()
            )
            self.fields[f"seen-{part.pk}"] = forms.IntegerField(
                initial=part.quantity, required=False, widget=forms.HiddenInput()
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        typed = [values.get(f"counted-{part.pk}") for part in self.parts]
        if not self.errors and all(one is None for one in typed):
            raise ValidationError(gettext("Write down at least one quantity."))
        return values

    @property
    def counted(self) -> list[Counted]:
        """Return what was counted; only of a valid form."""
        values = self.cleaned_data
        pairs = [(part, values[f"seen-{part.pk}"] or 0, values[f"counted-{part.pk}"]) for part in self.parts]
        return [Counted(part, seen, found) for part, seen, found in pairs if found is not None]

    @property
    def differences(self) -> list[Counted]:
        return [one for one in self.counted if one.change] if self.is_bound and self.is_valid() else []

    @property
    def mark(self) -> str:
        """Return a mark of the figures as they stand."""
        return ".".join(f"{one.part.pk}:{one.seen}:{one.counted}" for one in self.counted)

    @property
    def agreed(self) -> bool:
        return not self.differences or self.cleaned_data["sure"] == self.mark

    def ask_again(self, now: dict[int, int]) -> None:
        """Take over what is there by now, and empty the boxes of what moved."""
        moved = {f"seen-{pk}": str(quantity) for pk, quantity in now.items()} | {f"counted-{pk}": "" for pk in now}
        self.data = {name: self.data.get(name) for name in self.data} | moved
        self.full_clean()

    def rows(self) -> list[dict[str, Any]]:
        changes = {one.part.pk: one.change for one in self.differences}
        return [
            {
                "part": part,
                "counted": self[f"counted-{part.pk}"],
                "seen": self[f"seen-{part.pk}"],
                "change": changes.get(part.pk),
            }
            for part in self.parts
        ]


class ExpectedDay(forms.Form):
    """The day on which goods are to come: today at the earliest."""

    expected_on = forms.DateField(
        label=_("Delivery expected on"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control-lg"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["expected_on"].widget.attrs["min"] = today.isoformat()

    def clean_expected_on(self) -> date:
        day: date = self.cleaned_data["expected_on"]
        if not self.today <= day <= self.today + FARTHEST:
            raise ValidationError(gettext("Please give a day from today on, within two years."))
        return day


class OrderForm(ExpectedDay, ShelfForm):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, widget=number_box())
    reference = forms.CharField(label=_("Supplier's order number"), max_length=80, widget=text_box())

    button = _("Note the order")
    field_order = ("part", "quantity", "expected_on", "reference")


class DayForm(ExpectedDay):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("submit", _("Save the day"), css_class="btn-primary btn-lg"))


class OtherStoreField(forms.ModelChoiceField):
    def label_from_instance(self, store: Any) -> str:
        return gettext("%(store)s (%(free)d free)") % {"store": store.name, "free": store.free}


class TransferForm(ShelfForm):
    """What another store is asked for."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST, widget=number_box())
    of = OtherStoreField(Store.objects.none(), label=_("From the store"), widget=forms.RadioSelect, empty_label=None)
    wanted_on = forms.DateField(
        label=_("Wanted by"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control-lg"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("What for"), max_length=120, required=False, widget=text_box())

    button = _("Ask the store")

    def __init__(self, *args: Any, stores: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = stores  # type: ignore[attr-defined]
        self.fields["wanted_on"].widget.attrs["min"] = today.isoformat()


class RefuseForm(forms.Form):
    reason = forms.CharField(
        max_length=300, error_messages={"required": _("Write down why the other store cannot have it.")}
    )
