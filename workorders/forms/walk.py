"""The walk round the car with its customer, his questions, and what he gets back."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workorders import queries
from workorders.models import LabourLine, NextVisit, PartLine, WorkOrder
from workorders.operations.delivery import STEPS, Told

DAY = {"type": "date"}
CLOCK = {"type": "time"}
LABELS = {
    "accompanied": _("The customer is at the car with me"),
    "work_explained": _("Work and parts explained at the car"),
    "old_parts_shown": _("Old parts shown"),
    "advice_told": _("Advice and what to mind told"),
    "next_service_told": _("Next service told: day and mileage"),
    "spare_and_tools_told": _("Spare wheel and tools: checked, result told"),
    "clean_shown": _("Car shown clean inside and outside"),
    "follow_up_told": _("Told: we call within 3 days and ask how the car is"),
    "call_time_asked": _("Asked when calls are welcome"),
    "covers_removed": _("Covers taken off in front of the customer, into recycling"),
    "plan_given": _("Maintenance plan and hints for use explained, printed with the settlement"),
}


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **kwargs)


def clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"))


class WalkForm(forms.Form):
    """Every step and every line ticked in front of the customer; none can be left out (2.6.4.1-2.6.4.10)."""

    advice = forms.CharField(
        label=_("Advice to the customer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    use_notes = forms.CharField(label=_("What to mind when driving"), max_length=300, required=False)
    next_service_on = day(_("Next service on"))
    next_service_km = forms.IntegerField(label=_("Next service at (km)"), min_value=1, max_value=2_000_000)
    inspection_on = day(_("Annual inspection due on"), required=False)
    spare_result = forms.CharField(label=_("Spare wheel and tools"), max_length=100, required=False)
    call_from = clock(_("Calls welcome from"))
    call_until = clock(_("Calls welcome until"))
    card_given = forms.BooleanField(label=_("Colour card given"), required=False)
    next_visit = forms.ChoiceField(
        label=_("Next appointment"), choices=NextVisit.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Ask for the next appointment, and say what came of it.")},
    )  # fmt: skip
    next_visit_words = forms.CharField(label=_("When, or why not"), max_length=200, required=False)
    other_wishes = forms.CharField(label=_("Other wishes"), max_length=200, required=False)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step in STEPS:
            required = {"required": _("Do this with the customer, then tick it.")}
            self.fields[step] = forms.BooleanField(label=LABELS[step], error_messages=required)
        self.lines = {self.key(line): line for line in queries.leaving.charged(order)}
        for key, line in self.lines.items():
            self.fields[key] = forms.BooleanField(label=line.description, required=False)

    @staticmethod
    def key(line: LabourLine | PartLine) -> str:
        return f"{'labour' if isinstance(line, LabourLine) else 'part'}-{line.pk}"

    def explained(self) -> Iterator[tuple[LabourLine | PartLine, forms.BoundField]]:
        """Yield each line with its tick."""
        for key, line in self.lines.items():
            yield line, self[key]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, ends = given.get("call_from"), given.get("call_until")
        if (opens is None) != (ends is None) or (opens and ends and opens >= ends):
            self.add_error("call_until", ValidationError(_("Enter both times, the later one second, or neither.")))
        if given.get("next_visit") == NextVisit.NONE and not given.get("next_visit_words"):
            self.add_error("next_visit_words", ValidationError(_("Write down why there is no next appointment.")))
        if any(not given.get(key) for key in self.lines):
            self.add_error("work_explained", ValidationError(_("Explain every line at the car, and tick it.")))
        return given

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the operation takes."""
        given = self.cleaned_data
        return {
            "steps": {step: given[step] for step in STEPS},
            "explained": [line for key, line in self.lines.items() if given[key]],
            "told": Told(**{name: given[name] for name in Told.__dataclass_fields__}),
            **{name: given[name] for name in ("advice", "next_service_on", "next_service_km")},
        }


class QuestionForm(forms.Form):
    """What the customer asks, and the answer where the advisor knows it; else the workshop is asked."""

    words = forms.CharField(
        label=_("Question"), max_length=300, error_messages={"required": _("Write down what the customer asked.")}
    )
    answer = forms.CharField(label=_("What we answer"), max_length=300, required=False)


class AnswerForm(forms.Form):
    answer = forms.CharField(max_length=300, error_messages={"required": _("Write down the answer.")})
