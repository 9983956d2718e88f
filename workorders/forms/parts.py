"""The counter of the parts desk: who draws which lines, two signatures, and what comes back."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.forms import SignatureField
from dealership.staff.models import User
from workorders import queries
from workorders.models import IssueSlipLine, PartLine, WorkOrder
from workorders.operations.parts import Hands

UNDER = ("lines", "technician")
ANEW = _("What is signed has changed; please sign again.")


def drawn_under(data: QueryDict) -> bool:
    """Say whether the lines and the name are those both saw when they signed."""
    if not (data.get("drawn") or data.get("handed")):
        return True
    then = QueryDict(data.get("under", ""))
    return all(then.getlist(name) == data.getlist(name) for name in UNDER)


class LinesForm(forms.Form):
    """Which lines of an order: those that may be handed out."""

    lines = forms.TypedMultipleChoiceField(
        label=_("Parts"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one part."),
            "invalid_choice": _("Some of this was handed out or taken off meanwhile. Look at what is left."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, lines: list[PartLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = [  # type: ignore[attr-defined]
            (line.pk, f"{line.description} × {line.quantity}") for line in lines
        ]


class IssueForm(LinesForm):
    """Both sign for the same lines on one page; a signature falls where the lines under it change."""

    technician = forms.ModelChoiceField(User.objects.none(), label=_("Drawn by"), empty_label=None)
    drawn = SignatureField(
        label=_("Signature of the technician"),
        error_messages={"required": _("The technician has not signed the issue slip.")},
    )
    handed = SignatureField(
        label=_("Signature of the storekeeper"),
        error_messages={"required": _("The storekeeper has not signed the issue slip.")},
    )
    under = forms.CharField(required=False, widget=forms.HiddenInput)  # what both signed for, kept by the page

    def __init__(self, data: Any = None, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        changed = data is not None and not drawn_under(data)
        if changed:
            data = data.copy()
            for name in ["drawn", "handed", "under"]:
                data[name] = ""
        super().__init__(data, *args, **kwargs)
        self.fields["under"].widget.attrs |= {"data-signature-drawn": " ".join(UNDER), "data-changed": ANEW}
        if changed:
            for name in ["drawn", "handed"]:
                self.fields[name].error_messages["required"] = ANEW
        who = order.technician or (order.team.leader if order.team else None)
        self.fields["technician"].queryset = queries.holders_of(order)  # type: ignore[attr-defined]
        self.fields["technician"].initial = who.pk if who else None

    def hands(self) -> Hands:
        """Return who signed and what; only of a valid form."""
        clean = self.cleaned_data
        return Hands(clean["technician"], clean["drawn"], clean["handed"])


class ReturnForm(forms.Form):
    quantity = forms.IntegerField(
        label=_("Quantity"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    reason = forms.CharField(label=_("Why does it come back?"), max_length=200)
    needed = forms.TypedChoiceField(
        label=_("Does the order still need it?"),
        choices=[("no", _("not used: it is not charged")), ("yes", _("still needed: it is handed out again"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, drawn: IssueSlipLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn = drawn
        self.fields["quantity"].widget.attrs["max"] = drawn.out
        self.fields["quantity"].initial = drawn.out
        self.auto_id = f"id-{drawn.pk}-%s"
