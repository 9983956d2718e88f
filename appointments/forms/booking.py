"""What the booking desk types: the promise, another time, a reason."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from appointments import queries
from appointments.models import Appointment
from appointments.models.appointments import Cause
from appointments.operations import Job
from dealership import money, web
from dealership.catalogue.models import LabourOperation, Part
from dealership.staff import queries as staff
from dealership.staff.models import Store, User

MOST_PIECES = 99
HOURS = _("Please enter hours of work from 0.25 to 400, or leave the field empty.")
ODD_HOURS = ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"]


class TimeField(forms.CharField):
    """An advisor's slot as the page offers it, `7|2026-11-24T09:00`; gives (advisor, moment)."""

    default_error_messages = {"invalid": _("Please choose a time.")}

    def __init__(self, *, store: Store, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.store = store

    def clean(self, value: Any) -> tuple[User, datetime]:  # type: ignore[override]
        text = super().clean(value)
        advisor, _bar, moment = text.partition("|")
        try:
            starts_at = datetime.fromisoformat(moment)
            found = queries.advisor_of(self.store, int(advisor))
        except ValueError:
            found = None
        if found is None or not 2000 <= starts_at.year <= 2100:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found, starts_at.replace(tzinfo=self.store.zone) if timezone.is_naive(starts_at) else starts_at


class RowsField(forms.ModelMultipleChoiceField):
    """Rows chosen by their numbers; one that no database could hold is answered like any other unknown one."""

    def _check_values(self, value: Any) -> Any:
        unknown = [number for number in value if web.number(number) is None]
        if unknown:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": unknown[0]}
            )
        return super()._check_values(value)  # type: ignore[misc]  # the stubs leave it out


class JobForm(forms.Form):
    """What is to be done: operations and parts of the catalogue, hours where somebody knows better."""

    operations = RowsField(LabourOperation.objects.filter(active=True), required=False, label=_("Work"))
    parts = forms.Field(widget=forms.SelectMultiple, required=False, label=_("Parts"))
    hours = forms.DecimalField(
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.25", "inputmode": "decimal"}),
        label=_("Hours of work"), required=False, max_digits=6, decimal_places=2, max_value=400,
        validators=[MinValueValidator(Decimal("0.25"))], error_messages=dict.fromkeys(ODD_HOURS, HOURS),
        help_text=_("empty: as the chosen work says"),
    )  # fmt: skip
    waits = forms.BooleanField(label=_("Waits for the car"), required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store

    @cached_property
    def in_sight(self) -> list[Part]:
        """Return the parts that were ticked and those the chosen work usually takes."""
        chosen, parts = web.numbers(self["operations"].value()), web.numbers(self["parts"].value())
        if not chosen and not parts:
            return []
        return list(queries.parts_here(self.store, chosen).filter(Q(pk__in=parts) | Q(usual__isnull=False)))

    @cached_property
    def usual(self) -> dict[int, int]:
        """Return which parts the chosen work usually takes, and how many of each."""
        return {part.pk: part.usual for part in self.in_sight if part.usual}  # type: ignore[attr-defined]

    @cached_property
    def offered(self) -> set[int]:
        """Return the usual parts that stood on the page: of those the boxes say what is wanted."""
        return set(web.numbers(self.data.getlist("offered") if hasattr(self.data, "getlist") else []))

    @cached_property
    def unseen(self) -> set[int]:
        """Return the usual parts nobody could untick yet; they are wanted (2.1.6)."""
        return set(self.usual) - self.offered - set(web.numbers(self["parts"].value()))

    @property
    def ticked(self) -> list[int]:
        """Return the parts that are wanted; those go again that were offered for work nobody wants any more."""
        gone = self.offered - set(self.usual)
        return [pk for pk in web.numbers(self["parts"].value()) if pk not in gone] + sorted(self.unseen)

    def clean_parts(self) -> list[Part]:
        """Return the parts that are wanted, with the usual ones the page had not shown."""
        known = {part.pk for part in self.in_sight}
        unknown = [typed for typed in self.cleaned_data["parts"] or [] if web.number(typed) not in known]
        if unknown:
            sentence = forms.ModelMultipleChoiceField.default_error_messages["invalid_choice"]
            raise forms.ValidationError(sentence, code="invalid_choice", params={"value": unknown[0]})
        return [part for part in self.in_sight if part.pk in self.ticked]

    def clean(self) -> dict[str, Any]:
        """Refuse quantities nobody can mean."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for part in given.get("parts") or []:
            if sentence := self.odd_pieces(part):
                self.add_error("parts", sentence)
        return given

    def job(self) -> Job:
        """Return what was chosen; call it on a valid form."""
        return Job(
            operations=list(self.cleaned_data["operations"]),
            parts=[(part, self.pieces(part)) for part in self.cleaned_data["parts"]],
            hours=self.cleaned_data["hours"],
        )

    def typed_pieces(self, part: Part) -> str:
        """Return what stands in the field beside the box of a part; where nothing was typed as many as usual."""
        typed = "" if part.pk in self.unseen else str(self.data.get(f"pieces-{part.pk}", "")).strip()
        return typed or str(self.usual.get(part.pk, 1))

    def pieces(self, part: Part) -> int:
        """Return how many of a part are wanted; call it on a valid form."""
        return int(self.typed_pieces(part))

    def odd_pieces(self, part: Part) -> str:
        """Return the sentence that refuses the quantity of a part, the empty text where it can be ordered."""
        pieces = web.number(self.typed_pieces(part))
        if pieces is not None and 1 <= pieces <= MOST_PIECES:
            return ""
        return str(_("Please enter a quantity from 1 to %(most)d.") % {"most": MOST_PIECES})


class BookingForm(JobForm, forms.ModelForm):
    """The promise itself; the car was chosen on the way here, the time is one of those offered."""

    agreed_by = forms.CharField(
        label=_("Who agrees"), max_length=80, required=False, help_text=_("empty: the customer himself")
    )
    model_name = forms.CharField(label=_("Model of the car"), max_length=60)

    class Meta:
        model = Appointment
        fields = ["cause", "reason", "channel", "kind", "short_notice_reason"]
        widgets = {
            "cause": forms.RadioSelect,
            "reason": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"reason": _("in the customer's own words")}

    def __init__(
        self, *args: Any, store: Store, now: datetime, model_missing: bool, may_hurry: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, store=store, **kwargs)
        self.now, self.may_hurry = now, may_hurry
        self.fields["time"] = TimeField(store=store, label=_("Time"))
        self.fields["cause"].choices = Cause.choices  # type: ignore[attr-defined]  # no dashes among the radio buttons
        self.fields["reason"].required = False  # what was chosen may say it all; `clean` asks where it does not
        if not model_missing:
            del self.fields["model_name"]

    def clean(self) -> dict[str, Any]:
        """Ask for words beside the field: what is noticed on the car, what it comes for, why so soon."""
        given = super().clean() or self.cleaned_data
        if "agreed" not in self.data:  # one button says yes, the other that he still thinks it over
            self.add_error(None, _("First ask the customer whether this time suits; then confirm."))
        cause, words = given.get("cause"), (given.get("reason") or "").strip()
        if cause == Cause.FAULT and not words:
            self.add_error("reason", _("Write down what the customer notices on the car."))
        elif cause and not words and not given.get("operations"):
            self.add_error("reason", _("Write down why the customer comes."))
        if self.may_hurry and self.short_notice(given) and not given.get("short_notice_reason"):
            self.add_error("short_notice_reason", _("Write down why this appointment is made at short notice."))
        return given

    def short_notice(self, given: dict[str, Any]) -> bool:
        return "time" in given and queries.at_short_notice(self.store, given["time"][1], self.now)

    def promise(self) -> dict[str, Any]:
        """Return what `operations.book` is told, without the customer and the car; call it on a valid form."""
        given = self.cleaned_data
        advisor, starts_at = given["time"]
        kept = ["cause", "reason", "channel", "kind", "short_notice_reason", "waits"]
        return {name: given[name] for name in kept} | {
            "store": self.store, "advisor": advisor, "starts_at": starts_at, "job": self.job(),
        }  # fmt: skip


class MoveForm(forms.Form):
    """Another time for a promise that was made."""

    reason = forms.CharField(label=_("Why another time"), max_length=300)
    short_notice_reason = forms.CharField(label=_("why at short notice"), max_length=200, required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"] = TimeField(store=store, label=_("Time"))

    def change(self) -> dict[str, Any]:
        advisor, starts_at = self.cleaned_data["time"]
        return {
            "advisor": advisor,
            "starts_at": starts_at,
            "reason": self.cleaned_data["reason"],
            "short_notice_reason": self.cleaned_data["short_notice_reason"],
        }


class AdvisorForm(forms.Form):
    """Another advisor at the same time; whether he is free is the operation's to say."""

    advisor = forms.ModelChoiceField(User.objects.none(), label=_("Same time, with"))
    reason = forms.CharField(label=_("Why another advisor"), max_length=300)

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = staff.advisors(store)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason that stays in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("confirm", _("Cancel appointment"), css_class="btn-outline-danger"))


class DepositForm(forms.Form):
    amount = forms.DecimalField(label=_("Deposit (yuan)"), min_value=Decimal("0.01"), max_digits=9, decimal_places=2)

    def amount_fen(self) -> int:
        return money.fen(self.cleaned_data["amount"])
