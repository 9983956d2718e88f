"""Which points of the opening checklist are in order."""

from django import forms

from reception.models import Point


class CheckForm(forms.Form):
    """Each point is a button, and one more says that all are in order."""

    point = forms.ChoiceField(choices=[*Point.choices, ("all", "all")])

    @property
    def points(self) -> list[str]:
        chosen = self.cleaned_data["point"]
        return list(Point.values) if chosen == "all" else [chosen]
