"""From the diagnosis to the price, and to the manufacturer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.catalogue.models import LabourOperation, Part
from workorders.forms.writeup import CodeField, suggesting
from workorders.models import Decision, LabourLine, PartLine
from workorders.operations.cases import OUTCOMES
from workorders.states import CaseState

PART_ROWS = range(1, 5)


def several_lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DiagnoseForm(forms.Form):
    diagnosis = forms.CharField(label=_("What was found"), max_length=500, widget=several_lines(3))


class QuoteForm(forms.Form):
    """The price in detail: hours of the repair and each part it takes (2.2.7.5); `parts` as priced before."""

    hours = forms.DecimalField(label=_("Hours"), max_digits=5, decimal_places=2, min_value=0.01)

    def __init__(self, *args: Any, line: LabourLine, parts: Iterable[PartLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].initial = line.hours
        priced = dict(zip(PART_ROWS, (part for part in parts if part.decision == Decision.ASKED), strict=False))
        for row in PART_ROWS:
            known = priced.get(row)
            part = CodeField(Part.objects.all(), "number", label=_("Part (number or name)"), required=False)
            part.widget.attrs |= suggesting("parts")
            part.initial = f"{known.part.number} · {known.part.name}" if known else None
            self.fields[f"part{row}"] = part
            self.fields[f"quantity{row}"] = forms.IntegerField(
                label=_("Quantity"), min_value=1, max_value=999, initial=known.quantity if known else 1, required=False
            )

    @property
    def parts(self) -> list[tuple[Part, int]]:
        rows = [(self.cleaned_data.get(f"part{row}"), self.cleaned_data.get(f"quantity{row}")) for row in PART_ROWS]
        return [(part, quantity or 1) for part, quantity in rows if part]


class SituationForm(forms.Form):
    situation = forms.CharField(label=_("Situation"), max_length=1000, widget=several_lines(3))


class SubmitForm(SituationForm):
    diagnosis = forms.CharField(label=_("Diagnosis"), max_length=1000, widget=several_lines(3))


class AnswerForm(forms.Form):
    """What the manufacturer answered (F13)."""

    outcome = forms.ChoiceField(
        label=_("The manufacturer decides"),
        choices=[(name, CaseState(name).label) for name in OUTCOMES],
        widget=forms.RadioSelect,
    )
    approval_number = forms.CharField(label=_("Approval number"), max_length=40, required=False)
    amount_fen = forms.DecimalField(
        label=_("Approved amount (yuan)"), max_digits=11, decimal_places=2, min_value=0.01, required=False
    )
    text = forms.CharField(label=_("In his words"), max_length=1000, required=False, widget=several_lines(2))

    def clean_amount_fen(self) -> int | None:
        amount = self.cleaned_data["amount_fen"]
        return None if amount is None else money.fen(amount)

    def clean(self) -> None:
        outcome = self.cleaned_data.get("outcome")
        if outcome in ("approved", "partly") and not self.cleaned_data.get("approval_number"):
            self.add_error("approval_number", ValidationError(_("An approval has a number. Write it down.")))
        if outcome == "partly" and not self.cleaned_data.get("amount_fen") and "amount_fen" not in self.errors:
            self.add_error("amount_fen", ValidationError(_("Write down the amount the manufacturer approved.")))


class OfferForm(forms.Form):
    """One tap on something offered; the work where the catalogue does not know it by itself."""

    answer = forms.ChoiceField(choices=[(name, name) for name in ("accepted", "declined", "not_offered")])
    reason = forms.CharField(max_length=300, required=False)
    operation = CodeField(LabourOperation.objects.filter(active=True), "code", required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("answer") == "declined" and not self.cleaned_data.get("reason"):
            self.add_error("reason", ValidationError(_("Write down why the customer does not want it.")))

    @property
    def refusal(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")
