"""What a manager types to change the figures of the workshop."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership import money
from workorders.models import WorkshopRules


class RulesForm(forms.ModelForm):
    """A version of the rules; a day that is over is refused beside the field."""

    manager_from = forms.DecimalField(
        label=_("the manager takes part from (yuan)"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )

    class Meta:
        model = WorkshopRules
        exclude = ["manager_from_fen", "by", "at"]  # noqa: DJ006 - every figure but the one typed in yuan

    now: datetime  # the admin says when the page was asked for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:  # a version that is only read has no fields
            self.fields["reason"].required = True
        self.initial.setdefault("manager_from", money.yuan(self.instance.manager_from_fen))

    def clean_manager_from(self) -> Decimal:
        amount = self.cleaned_data["manager_from"]
        self.instance.manager_from_fen = money.fen(amount)
        return Decimal(amount)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        store, day = given.get("store"), given.get("valid_from")
        if store is not None and day is not None:
            others = WorkshopRules.objects.filter(store=store).exclude(pk=self.instance.pk)
            if others.exists() and day < self.now.astimezone(store.zone).date():
                self.add_error("valid_from", _("New rules begin today at the earliest."))
        return given
