"""Dispatch, work and quality check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff import queries as staff
from dealership.staff.models import Store, Team, User
from dealership.staff.roles import Role
from dealership.workshop import queries as workshop
from dealership.workshop.models import Bay
from workorders.models import WorkOrder


class DispatchForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), widget=forms.RadioSelect, empty_label=None)
    bay = forms.ModelChoiceField(Bay.objects.none(), label=_("Bay"), required=False)
    reason = forms.CharField(label=_("Why before the next in line?"), max_length=300, required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = staff.teams(store)  # type: ignore[attr-defined]
        self.fields["bay"].queryset = workshop.bays(store)  # type: ignore[attr-defined]


class StartForm(forms.Form):
    technician = forms.ModelChoiceField(User.objects.none(), label=_("Technician"))

    def __init__(self, *args: Any, order: WorkOrder, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        technicians = staff.people(order.store, Role.TECHNICIAN, Role.TEAM_LEADER)
        self.fields["technician"].queryset = technicians  # type: ignore[attr-defined]
        self.fields["technician"].initial = by.pk if by.has_role(Role.TECHNICIAN) else order.technician_id


class InspectForm(forms.Form):
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Pass")), ("no", _("Fail: back to the team"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=_("Findings"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
