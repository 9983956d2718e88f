"""The advisor's last look at the car, and telling its customer."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reception.models import Complaint
from workorders import queries
from workorders.models import Exterior, LabourLine, NoticeChannel, NoticeResult, PartLine, WorkOrder
from workorders.operations.ready import Look

TYPED = "%Y-%m-%dT%H:%M"


def tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class LookForm(forms.Form):
    """What the advisor saw (F15): nothing is ticked for him. `verdict` is the button that was pressed."""

    faults = forms.ModelMultipleChoiceField(
        Complaint.objects.none(), label=_("Gone, or done as asked"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    work_done = tick(_("All work of the order is done"))
    missing = forms.ModelMultipleChoiceField(
        PartLine.objects.none(), label=_("Old part not here"), required=False, widget=forms.CheckboxSelectMultiple
    )
    old_parts_here = tick(_("Old parts compared with the parts replaced"))
    old_parts_words = forms.CharField(label=_("Why an old part is missing"), max_length=200, required=False)
    interior_cleaned = tick(_("Inside cleaned"))
    no_dust = tick(_("No dust"))
    no_oil = tick(_("No oil dirt"))
    no_grease = tick(_("No grease"))
    nothing_left = tick(_("No rag, tool, nut or bolt left"))
    exterior = forms.ChoiceField(
        label=_("Outside, beside the reception form"), choices=Exterior.choices, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("What is not right"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    line = forms.ModelChoiceField(
        LabourLine.objects.none(), label=_("Work it comes from"), required=False, empty_label=_("none of these")
    )
    verdict = forms.ChoiceField(
        choices=[(name, name) for name in ("ready", "wash", "workshop", "damage")], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaints = list(order.visit.complaints.all())
        self.replaced = list(queries.ready.replaced_parts(order))
        self.pick("faults", order.visit.complaints.all())
        self.pick("missing", queries.ready.replaced_parts(order))
        self.pick("line", order.labour_lines.wanted())  # type: ignore[attr-defined]

    def pick(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        sentences = {
            "wash": _("Write down what is not clean."),
            "workshop": _("Write down what is not right."),
            "damage": _("Write down what is damaged, and where."),
        }
        asked = sentences.get(given.get("verdict", ""))
        if asked and not given.get("words"):
            self.add_error("words", ValidationError(asked))
        return given

    @property
    def look(self) -> Look:
        given = self.cleaned_data
        ticks = {name: given[name] for name in TICKS}
        faults_gone = {one.pk for one in given["faults"]} == {one.pk for one in self.complaints}
        words = {"old_parts_words": given["old_parts_words"], "exterior": given["exterior"]}
        return Look(faults_gone=faults_gone, **ticks, **words)


TICKS = ["work_done", "old_parts_here", "interior_cleaned", "no_dust", "no_oil", "no_grease", "nothing_left"]


class DecisionForm(forms.Form):
    decision = forms.CharField(max_length=300, error_messages={"required": _("Write down what is done about it.")})


class TellForm(forms.Form):
    """One try to tell the customer; `result` is the button that was pressed, “here” says that he stands here."""

    RESULTS = [*NoticeResult.values, "here"]

    spoke_to = forms.CharField(label=_("Spoke to"), max_length=60, required=False)
    channel = forms.ChoiceField(
        label=_("How"), choices=[one for one in NoticeChannel.choices if one[0] != NoticeChannel.EMAIL],
        initial=NoticeChannel.PHONE, required=False, widget=forms.RadioSelect,
    )  # fmt: skip
    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    pickup_at = forms.DateTimeField(
        label=_("Comes for the car at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED),
    )  # fmt: skip
    peak_reason = forms.CharField(label=_("Why in the peak hours all the same"), max_length=200, required=False)
    words = forms.CharField(label=_("Words"), max_length=300, required=False)
    result = forms.ChoiceField(choices=[(name, name) for name in RESULTS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: datetime, may_override: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        if not may_override:
            del self.fields["peak_reason"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        pressed = given.get("result")
        given["channel"] = given.get("channel") or NoticeChannel.PHONE
        if pressed == NoticeResult.SENT:
            given["channel"] = NoticeChannel.EMAIL
        if pressed == "here":
            given |= {"result": NoticeResult.TOLD, "channel": NoticeChannel.IN_PERSON, "pickup_at": self.now}
        if given.get("result") == NoticeResult.TOLD:
            self.ask("spoke_to", _("Write down who was told."))
            self.ask("pickup_at", _("Agree with the customer when he comes for the car."))
        return given

    def ask(self, name: str, sentence: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, ValidationError(sentence))
