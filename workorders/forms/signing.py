"""The head of an order as it is filled in while talking, and the customer's answer at its end."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import OrderClass
from dealership.customers import numbers
from dealership.customers.forms.desk import PhoneField
from dealership.paperwork.forms import BoundSigningForm
from dealership.staff.models import User
from workorders import head, queries
from workorders.models import OldParts, PaymentMethod, WorkOrder
from workorders.operations.signing import Answer

TYPED = "%Y-%m-%dT%H:%M"
ASKED = ["payment_method", "old_parts", "wash_wanted", "waits_here"]
TICKED = [*head.TOLD, "read_back"]  # of one block, with one button for all of it
WHO = {
    "absent": _("The customer is not here and authorises by phone"),
    "refused": _("The customer will not sign"),
}


def two(yes: Any, no: Any, label: Any) -> forms.TypedChoiceField:
    """Make a question with two answers, each one tap; without an answer nothing changes."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


def moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
    return forms.DateTimeField(label=label, required=False, widget=widget, **kwargs)


class HeadForm(forms.Form):
    """What is promised, asked and told; saved as it is entered, so nothing of it is required before the signature.

    A page sends all it shows: `version` and `page` say what it was opened with, `offered` the time it only proposed,
    `ticks` that a tick which is not sent is not set.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    offered = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # the lines the customer was shown
    ticks = forms.CharField(widget=forms.HiddenInput, required=False, max_length=3)

    promised_at = moment(_("Promised for"))
    promise_reason = forms.CharField(
        label=_("Why earlier than the workshop's load allows?"), max_length=200, required=False
    )
    order_class = forms.ChoiceField(label=_("Class"), choices=OrderClass.choices, required=False)
    valid_until = forms.DateField(
        label=_("Estimate valid until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    payment_method = forms.ChoiceField(
        label=_("Will pay by"), choices=PaymentMethod.choices, required=False, widget=forms.RadioSelect
    )
    old_parts = forms.ChoiceField(
        label=_("Old parts"), choices=OldParts.choices, required=False, widget=forms.RadioSelect,
        help_text=_("parts replaced under warranty go back to the manufacturer"),
    )  # fmt: skip
    wash_wanted = two(_("wash the car"), _("no wash"), _("Car wash"))
    waits_here = two(_("waits here"), _("leaves"), _("Meanwhile the customer"))
    told = forms.BooleanField(label=_("All of it explained"), required=False)
    methods_told = forms.BooleanField(label=_("Ways to pay told"), required=False)
    delivery_told = forms.BooleanField(label=_("Hand-over explained"), required=False)
    calls_told = forms.BooleanField(label=_("We call before further work"), required=False)
    items_told = forms.BooleanField(label=_("Work, price and time read out"), required=False)
    read_back = forms.BooleanField(label=_("Wishes read back"), required=False)
    phone_checked = forms.BooleanField(label=_("Phone number checked with the customer"), required=False)
    no_phone = forms.BooleanField(label=_("has no phone"), required=False)
    other_contact = forms.CharField(label=_("Other contact"), max_length=60, required=False)
    other_phone = PhoneField(label=_("Phone of the other contact"), required=False)

    def __init__(self, *args: Any, order: WorkOrder, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.at = order, at
        self.fields["other_phone"].region = order.store.region  # type: ignore[attr-defined]
        if number := order.visit.customer.phone:
            label = _("%(number)s checked with the customer")
            self.fields["phone_checked"].label = label % {"number": number.shown}

    def clean_promised_at(self) -> datetime | None:
        """Refuse a new promise nobody can make; one that has passed since stays until it is signed or changed."""
        promise: datetime | None = self.cleaned_data["promised_at"]
        kept = head.plain(promise) == head.plain(self.order.promised_at)
        sentence = "" if promise is None or kept or not self.says("promised_at") else head.unsound(promise, self.at)
        if sentence:
            raise forms.ValidationError(sentence)
        return promise

    def changes(self) -> dict[str, Any]:
        """Return what the page says of the head; what it does not show, or only proposed, is left out."""
        sound = [name for name in head.FIELDS if name in self.cleaned_data]
        values = {name: self.cleaned_data[name] for name in sound if self.says(name)}
        if self.cleaned_data.get("told"):
            values |= dict.fromkeys(TICKED, True)
        return values

    def says(self, name: str) -> bool:
        if name in head.TICKS:
            return name in self.data or "ticks" in self.data
        if name == "promised_at":
            return self.data.get(name, "") not in ("", self.data.get("offered"))
        return name in self.data and self.cleaned_data.get(name) is not None

    def opened_with(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"], "page": self.cleaned_data["page"]}

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ASKED]

    @property
    def told_all(self) -> forms.BoundField:
        return self["told"]

    def ticked(self) -> list[forms.BoundField]:
        return [self[name] for name in TICKED]


class SignForm(BoundSigningForm, HeadForm):
    """The head once more and the answer to it: what is missing is said beside its field (2.2.9.1-2.2.9.4).

    Whoever is absent authorises by phone, so the number and the moment of the call belong to it. A signature counts
    only under the head and the lines it was drawn for.
    """

    under = (*head.FIELDS, "seen")
    anew = _("The order changed; please sign again.")

    number = PhoneField(label=_("Number called"), required=False)
    called_at = moment(_("Called at"))
    reason = forms.CharField(label=_("Why is it not signed?"), max_length=150, required=False)

    def __init__(self, data: Any = None, *, order: WorkOrder, by: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, store=order.store, by=by, order=order, at=at, **kwargs)
        self.fields["number"].region = order.store.region  # type: ignore[attr-defined]
        self.fields["witness"].queryset = queries.witnesses(order, by)  # type: ignore[attr-defined]
        here = self.fields["unsigned"].choices[0]  # type: ignore[attr-defined]
        self.fields["unsigned"].choices = [here, *WHO.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Look at the order as it would be; the copy of this request is the only one that changes."""
        values = super().clean()
        if values.get("unsigned") == "absent":
            for name in ["number", "called_at"]:
                if name not in self.errors and not values.get(name):
                    self.add_error(name, self.fields[name].error_messages["required"])
        for name, new in self.wishes().items():
            head.put(self.order, name, new, self.at)
        if values.get("unsigned") == "refused":
            return values
        if not self.order.promised_at and "promised_at" not in self.errors:
            self.add_error("promised_at", self.fields["promised_at"].error_messages["required"])
        for gap in head.gaps(self.order):
            if gap.field not in self.errors:
                self.add_error(gap.field, gap.sentence)
        return values

    def answer(self) -> Answer:
        """Return the customer's answer; only of a valid form."""
        values = self.cleaned_data
        if not values["unsigned"]:
            return Answer(values["signer_name"], values["signature"])
        names = ["unsigned", "reason", "witness", "number", "called_at"]
        return Answer(values["signer_name"], **{name: values[name] for name in names})

    def wishes(self) -> dict[str, Any]:
        """Return the head as it is to be signed: here the time that was only proposed is promised."""
        proposed = {"promised_at": self.cleaned_data.get("promised_at")} if self.data.get("promised_at") else {}
        values = proposed | self.changes()
        return {name: new for name, new in values.items() if name not in self.errors and new is not None}


def shown(name: str, content: Any) -> str:
    """Write a value of the head as people read it."""
    if isinstance(content, bool):
        answers = {"wash_wanted": _("wash the car"), "waits_here": _("waits here")}
        return str(answers.get(name, _("yes")) if content else _("no"))
    if isinstance(content, datetime):
        return formats.date_format(timezone.localtime(content), "SHORT_DATETIME_FORMAT")
    if isinstance(content, date):
        return formats.date_format(content, "SHORT_DATE_FORMAT")
    choices = getattr(HeadForm.base_fields[name], "choices", [])
    return str(dict(choices).get(content, content))


def typed(name: str, content: Any) -> str:
    """Write a value of the head as the form takes it."""
    if isinstance(content, bool):
        return {True: "yes", False: "no"}[content] if name in ("wash_wanted", "waits_here") else str(content).lower()
    if isinstance(content, datetime):
        return timezone.localtime(content).strftime(TYPED)
    return content.isoformat() if isinstance(content, date) else str(content or "")


class ReviseForm(forms.Form):
    reason = forms.CharField(label=_("Why is the order written anew?"), max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="revise_%s")


def head_initial(order: WorkOrder, offered: datetime | None) -> dict[str, Any]:
    """Return how the head stands, with the time the workshop can keep where none was entered (2.2.8.1)."""
    values = {name: head.value(order, name) for name in head.FIELDS}
    values |= {name: "yes" if values[name] else "no" for name in ["wash_wanted", "waits_here"]}
    if order.promised_at is None and offered is not None:
        values["promised_at"] = offered
        values["offered"] = timezone.localtime(offered).strftime(TYPED)
    other = order.other_phone
    return values | {
        "version": order.version,
        "ticks": "all",
        "other_phone": numbers.shown(other, order.store.region) if other else "",
    }
