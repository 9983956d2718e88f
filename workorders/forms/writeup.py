"""Writing the order."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import LabourOperation, Part
from reception.models import Complaint, Visit
from workorders.models import WorkOrder


class CodeField(forms.CharField):
    """A catalogue row by its code, by a suggestion “code · name”, or by words that fit one row alone."""

    def __init__(self, rows: Any, code: str, **kwargs: Any) -> None:
        super().__init__(max_length=160, **kwargs)
        self.rows, self.code = rows, code

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = self.rows.filter(**{f"{self.code}__iexact": text.partition(" · ")[0].strip()}).first()
        named = [] if found else list(self.rows.filter(name__icontains=text)[:2])
        if len(named) > 1:
            raise ValidationError(
                _("Several rows of the catalogue fit “%(text)s”. Choose one of the suggestions."), params={"text": text}
            )
        if found is None and not named:
            raise ValidationError(_("“%(text)s” is not in the catalogue."), params={"text": text})
        return found or named[0]


def suggesting(kind: str) -> dict[str, str]:
    """Return the attributes that fill the list below the field while somebody types; codes work without it."""
    return {
        "list": kind,
        "autocomplete": "off",
        "hx-get": reverse("workorders:suggest", args=[kind]),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": f"#{kind}",
    }


class LabourForm(forms.Form):
    operation = CodeField(LabourOperation.objects.filter(active=True), "code", label=_("Work (code or name)"))
    hours = forms.DecimalField(
        label=_("Hours"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        help_text=_("empty: standard"),
    )
    complaint = forms.ModelChoiceField(Complaint.objects.none(), label=_("Answers"), required=False)

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        complaints = visit.complaints.all()
        field = self.fields["complaint"]
        field.queryset = complaints  # type: ignore[attr-defined]
        field.initial = complaints[0] if len(complaints) == 1 else None
        named = [(complaint.pk, str(complaint)) for complaint in complaints]  # loaded already: the page asks once
        field.choices = [("", "---------"), *named]  # type: ignore[attr-defined]
        self.fields["operation"].widget.attrs |= suggesting("operations")


class PartForm(forms.Form):
    part = CodeField(Part.objects.all(), "number", label=_("Part (number or name)"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)
    labour = forms.TypedChoiceField(label=_("For the work"), required=False, empty_value=None)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = {str(line.pk): line for line in order.labour_lines.all()}
        work: Any = self.fields["labour"]
        work.choices = [("", _("as the catalogue knows")), *((pk, line.description) for pk, line in lines.items())]
        work.coerce = lines.get
        if len(lines) < 2:
            del self.fields["labour"]  # nothing to choose
        self.fields["part"].widget.attrs |= suggesting("parts")


class LetGoForm(forms.Form):
    reason = forms.CharField(label=_("Why does the customer leave?"), max_length=300)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why is the order cancelled?"), max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="cancel_%s")  # the form of the next step may ask for a reason too
