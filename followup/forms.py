"""What the caller types."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.roles import Role
from followup.models import Attempt, ContactRule, FollowUpTask, Outcome

BUTTONS = "followup/_choices.html"  # each choice a button wide enough for a finger
YES_NO = [("yes", _("satisfied")), ("no", _("not satisfied"))]


class CallForm(forms.Form):
    """The result of one try; whoever was reached said whether he is satisfied (3.6.1.2)."""

    outcome = forms.ChoiceField(label=_("What came of the call"), choices=Outcome.choices, widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(
        label=_("Is the customer satisfied?"), choices=YES_NO, widget=forms.RadioSelect, required=False
    )
    score = forms.TypedChoiceField(
        label=_("Score, 5 is best"),
        choices=[(number, str(number)) for number in range(1, 6)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    opinion = forms.CharField(
        label=_("Opinion on this repair"),
        help_text=_("in the customer's own words"),
        max_length=FollowUpTask._meta.get_field("opinion").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    note = forms.CharField(
        label=_("Note on the call"), max_length=Attempt._meta.get_field("note").max_length, required=False
    )

    def __init__(self, *args: Any, survey: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page knows where the answer goes
        self.helper.disable_csrf = True  # and brings the token
        self.helper.layout = Layout(
            Field("outcome", template=BUTTONS),
            Field("satisfied", template=BUTTONS),
            Field("score", template=BUTTONS),
            "opinion",
            "note",
        )
        self.helper.add_input(Submit("record", _("Save"), css_class="btn-primary btn-lg"))

    def clean_satisfied(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["satisfied"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.survey and values.get("outcome") == Outcome.REACHED:
            if values.get("satisfied") is None and "satisfied" not in self.errors:
                self.add_error("satisfied", _("Please ask whether the customer is satisfied."))
            if values.get("score") is None and "score" not in self.errors:
                self.add_error("score", _("Please ask for a score."))
        return values


class LetterForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page knows where the answer goes
        self.helper.disable_csrf = True  # and brings the token
        self.helper.add_input(Submit("record", _("The letter has been sent"), css_class="btn-primary btn-lg"))


class ReassignForm(forms.Form):
    """Only people who may do the task can be chosen."""

    to = forms.ModelChoiceField(label=_("Give to"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, callers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[user.pk for user in callers])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class RuleForm(forms.ModelForm):
    """A rule in the back office: roles are ticked."""

    caller_roles = forms.MultipleChoiceField(
        label=_("Who calls"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = ContactRule
        fields = [
            "own_name",
            "active",
            "not_before_amount",
            "not_before_unit",
            "target_amount",
            "target_unit",
            "limit_amount",
            "limit_unit",
            "roll_earlier",
            "use_convenient_time",
            "caller_roles",
            "advisors_barred",
            "survey_required",
            "supersede_if_satisfied",
            "repeats",
            "retry_after",
        ]
