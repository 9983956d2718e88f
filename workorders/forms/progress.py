"""What the workshop answers when it is asked how far it is, and why a car stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from workorders.models import Stay
from workorders.operations import stays

TYPED = "%Y-%m-%dT%H:%M"


def moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
    return forms.DateTimeField(label=label, widget=widget, **kwargs)


class ProgressForm(forms.Form):
    """The answer to the question, said aloud or typed in by the workshop itself (2.4.5.3, 2.4.5.4)."""

    asked_of = forms.ModelChoiceField(User.objects.none(), label=_("Who says so"))
    finish_at = moment(_("Finish expected at"))
    abnormal = forms.TypedChoiceField(
        label=_("Goes as planned?"),
        choices=[("no", _("Yes, all is well")), ("yes", _("No, something is wrong"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("What goes wrong"), max_length=300, required=False)
    measure = forms.CharField(label=_("Emergency measure"), max_length=300, required=False)
    measure_by = forms.ModelChoiceField(User.objects.none(), label=_("Who sees to it"), required=False)

    def __init__(self, *args: Any, people: Sequence[User], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        for name in ("asked_of", "measure_by"):
            field: Any = self.fields[name]
            field.queryset = User.objects.filter(pk__in=[one.pk for one in people])
            field.choices = [("", "---------"), *((one.pk, one.full_name) for one in people)]  # loaded once for both

    def clean_finish_at(self) -> datetime:
        finish: datetime = self.cleaned_data["finish_at"]
        if finish < self.at.replace(second=0, microsecond=0):
            raise forms.ValidationError(_("This time is over already; ask again."))
        return finish

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("abnormal"):
            self.ask_for("words", _("Write down what is wrong."))
            self.ask_for("measure", _("Write down what is done at once so that the car is ready in time."))
            self.ask_for("measure_by", _("Choose who sees to it."))
        return given

    def ask_for(self, name: str, sentence: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, forms.ValidationError(sentence))


class StayForm(forms.Form):
    """A note about a car that stays; each kind asks for what its list needs."""

    words = forms.CharField(label=_("Reason or note"), max_length=300, required=False)
    place = forms.CharField(label=_("Where the car stands"), max_length=60, required=False)
    until_at = moment(_("Expected end"), required=False)
    told_at = moment(_("Customer told at"), required=False)
    told_how = forms.CharField(label=_("How the customer was told"), max_length=120, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in UNASKED[Stay(kind)]:
            del self.fields[name]
        if kind == Stay.LEFT:
            self.fields["until_at"].label = _("Next contact")
            self.fields["told_at"].label = _("Last contact at")
            self.fields["told_how"].label = _("Last contact: how")
        for name in stays.NEEDED[Stay(kind)]:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if bool(given.get("told_at")) != bool(given.get("told_how")) and not self.errors:
            self.add_error("told_how", forms.ValidationError(_("Write down both when and how the customer was told.")))
        return given


UNASKED = {Stay.LONG: ["place"], Stay.OVERNIGHT: ["until_at", "told_at", "told_how"], Stay.LEFT: []}
