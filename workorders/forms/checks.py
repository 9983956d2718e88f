"""The check sheet as the inspector fills it in on the tablet (F14)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.forms import SignatureField
from workorders import queries
from workorders.models import Mark, WorkOrder
from workorders.operations.quality import Marked

PASS, FAIL = "pass", "fail"


class CheckForm(forms.Form):
    """One round: a result for each work and point, and what was found; `verdict` is the button that was pressed."""

    rest_ok = forms.BooleanField(label=_("All that is not marked is in order"), required=False)
    not_driven = forms.CharField(label=_("Why it was not driven"), max_length=200, required=False)
    findings = forms.CharField(
        label=_("Further findings"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    minutes = forms.IntegerField(
        label=_("Putting it right takes (minutes)"), min_value=0, max_value=6000, required=False
    )
    signature = SignatureField(label=_("Signature of the inspector"))
    verdict = forms.ChoiceField(
        choices=[(PASS, _("Pass")), (FAIL, _("Fail"))], widget=forms.HiddenInput,
        error_messages={"required": _("Say whether the car passes.")},
    )  # fmt: skip

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = queries.quality.asked_of(order)
        for asked in self.asked:
            choices = Mark.choices if asked.line is None else Mark.choices[:2]
            self.fields[f"mark-{asked.key}"] = forms.ChoiceField(
                label=asked.words, choices=choices, required=False, widget=forms.RadioSelect
            )
            self.fields[f"words-{asked.key}"] = forms.CharField(
                label=_("What is not in order"), max_length=200, required=False
            )

    def rows(self) -> Iterator[tuple[queries.quality.Asked, forms.BoundField, forms.BoundField]]:
        """Yield for each thing on the sheet its two fields."""
        for asked in self.asked:
            yield asked, self[f"mark-{asked.key}"], self[f"words-{asked.key}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        rest = Mark.OK if given.get("rest_ok") else ""
        marks = [
            Marked(
                asked,
                given.get(f"mark-{asked.key}") or ("" if asked.again else rest),
                given.get(f"words-{asked.key}", ""),
            )
            for asked in self.asked
        ]
        self.check_marks(marks, given.get("verdict", ""))
        given["marks"] = [one for one in marks if one.mark]
        return given

    def check_marks(self, marks: list[Marked], verdict: str) -> None:
        wrong = [one for one in marks if one.mark == Mark.NOT_OK]
        for one in wrong:
            if not one.words.strip():
                self.add_error(f"words-{one.asked.key}", ValidationError(_("Write down what is not in order.")))
        for one in marks:
            if verdict == PASS and one.asked.again and not one.mark:
                self.add_error(
                    f"words-{one.asked.key}", ValidationError(_("This was not in order: say how it is now."))
                )
        if verdict == PASS and any(not one.mark and not one.asked.again for one in marks):
            self.add_error("rest_ok", ValidationError(_("Answer every point, or say that the rest is in order.")))
        if verdict == PASS and wrong:
            self.add_error(None, ValidationError(_("Something is not in order: the car does not pass.")))
        if verdict == FAIL and not wrong and not self.cleaned_data.get("findings"):
            self.add_error("findings", ValidationError(_("Write down what has to be done again.")))
        if verdict == FAIL and self.cleaned_data.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", ValidationError(_("Say how many minutes of work it will take.")))

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the operation takes."""
        given = self.cleaned_data
        return {
            "passed": given["verdict"] == PASS,
            "marks": given["marks"],
            "findings": given["findings"],
            "not_driven": given["not_driven"],
            "minutes": given["minutes"],
            "image": given["signature"],
        }
