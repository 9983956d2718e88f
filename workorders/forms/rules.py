"""What a manager types to change the figures of the workshop."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.forms.rules import VersionForm
from dealership import money
from workorders.models import WorkshopRules


class RulesForm(VersionForm):
    """A version of the workshop's rules; what does not fit is refused beside the field."""

    manager_from = forms.DecimalField(
        label=_("the manager takes part from (yuan)"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )

    class Meta:
        model = WorkshopRules
        fields = [
            "store", "valid_from", "reason", "call_minutes", "relay_minutes", "manager_mode", "discount_advisor",
            "discount_manager", "progress_from", "progress_to", "untouched_minutes", "long_job_hours", "left_days",
            "ready_minutes", "peak_windows", "gate_pass_hours",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("manager_from", money.yuan(self.instance.manager_from_fen))

    def clean_manager_from(self) -> Decimal:
        amount = self.cleaned_data["manager_from"]
        self.instance.manager_from_fen = money.fen(amount)
        return Decimal(amount)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        sentence = _("The workshop is asked from one share of the time to a later one.")
        more = _("A manager may give as much discount as an advisor, or more.")
        if not self.ordered("discount_advisor", "discount_manager", equal=True):
            self.add_error("discount_advisor", more)
        self.check_order("progress_from", "progress_to", sentence)
        return given
