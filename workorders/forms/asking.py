"""The customer's own answer: yes or no to each item, and his signature under exactly that."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.forms import BoundSigningForm
from dealership.staff.models import Store, User
from workorders.models import AdditionalItem
from workorders.operations.asking import Said

YES_NO = [("yes", _("Yes, do it")), ("no", _("No, thank you"))]


class AnswersForm(BoundSigningForm):
    """`seen` names each item with the version of its price: whoever signs, signs under these."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: list[AdditionalItem], store: Store, by: User, **kwargs: Any) -> None:
        self.items = items
        kwargs["initial"] = {"seen": mark(items)} | kwargs.get("initial", {})
        super().__init__(*args, store=store, by=by, unsigned=(), **kwargs)
        self.fields["signer_name"].label = _("Your name")
        for item in items:
            self.fields[f"answer{item.pk}"] = forms.ChoiceField(
                choices=YES_NO, widget=forms.RadioSelect,
                error_messages={"required": _("Please answer yes or no to each item.")},
            )  # fmt: skip
            self.fields[f"reason{item.pk}"] = forms.CharField(
                label=_("Why not? (you need not say)"), max_length=300, required=False
            )

    def clean_seen(self) -> str:
        seen = self.cleaned_data["seen"]
        if seen != mark(self.items):
            raise ValidationError(_("The items have changed since this page was opened. Please look again."))
        return str(seen)

    @property
    def said(self) -> dict[int, Said]:
        given = self.cleaned_data
        return {item.pk: Said(given[f"answer{item.pk}"] == "yes", given[f"reason{item.pk}"]) for item in self.items}

    @property
    def versions(self) -> dict[int, int]:
        return {item.pk: item.version for item in self.items}


def mark(items: list[AdditionalItem]) -> str:
    return ".".join(f"{item.pk}-{item.version}" for item in items)


def answers_form(items: list[AdditionalItem], **kwargs: Any) -> AnswersForm:
    """Make the form for these items: its signature counts only under these answers."""
    under = ["seen", *(f"answer{item.pk}" for item in items)]
    return type("TheseAnswers", (AnswersForm,), {"under": under})(items=items, **kwargs)
