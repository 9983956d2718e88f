"""Which points of the opening checklist are in order, and what is not."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reception.models import Point


class CheckForm(forms.Form):
    """Each point is a button, one more says that all the others are in order; what was not is put right by its own."""

    point = forms.ChoiceField(choices=[*Point.choices, *((f"right-{value}", value) for value in Point), ("all", "all")])

    @property
    def put_right(self) -> str:
        """The point that is in order again, empty where it is another press."""
        chosen: str = self.cleaned_data["point"]
        return chosen.removeprefix("right-") if chosen.startswith("right-") else ""

    @property
    def points(self) -> list[str]:
        chosen = self.cleaned_data["point"]
        return list(Point.values) if chosen == "all" else [chosen]


class FaultForm(forms.Form):
    """A point that is not in order, and what is wrong with it."""

    fault = forms.ChoiceField(label=_("Point"), choices=Point.choices)
    note = forms.CharField(
        label=_("What is not in order?"),
        max_length=200,
        error_messages={"required": _("Write down what is not in order.")},
    )
