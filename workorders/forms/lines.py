"""What is said about one line: each form is one tap of a row, with a reason where the tap needs one."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workorders.models import Decision, Fault, LabourLine, PartLine, Payer, Warranty


class LineForm(forms.Form):
    """A form about one line; `act` names the tap and `facts` what the operation is told."""

    act: ClassVar[str]
    changed = ""  # what is said where a colleague was faster

    def __init__(self, *args: Any, line: LabourLine | PartLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    @property
    def facts(self) -> dict[str, Any]:
        return self.cleaned_data

    @property
    def refusal(self) -> str:
        """The first sentence about what was typed."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    def reason_given(self, sentence: Any) -> None:
        if not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", ValidationError(sentence))


class FaultForm(LineForm):
    act = "fault"
    fault = forms.ChoiceField(choices=Fault.choices)
    told = forms.BooleanField(required=False)


class WarrantyForm(LineForm):
    act = "warranty"
    warranty = forms.ChoiceField(choices=Warranty.choices)
    reason = forms.CharField(max_length=300, required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("warranty") == Warranty.UNCLEAR:
            self.reason_given(_("Write down the reason you tell the customer."))


class PayerForm(LineForm):
    act = "payer"
    payer = forms.ChoiceField(choices=Payer.choices)


class DecisionForm(LineForm):
    act = "decision"
    decision = forms.ChoiceField(choices=[(c.value, c.label) for c in (Decision.ACCEPTED, Decision.DECLINED)])
    reason = forms.CharField(max_length=300, required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("decision") == Decision.DECLINED:
            self.reason_given(_("Write down why the customer does not want it."))

    @property
    def facts(self) -> dict[str, Any]:
        accepted = self.cleaned_data["decision"] == Decision.ACCEPTED
        return {"accepted": accepted, "reason": self.cleaned_data["reason"]}


class ConfirmForm(LineForm):
    act = "confirmed"


FORMS = {form.act: form for form in (FaultForm, WarrantyForm, PayerForm, DecisionForm, ConfirmForm)}
