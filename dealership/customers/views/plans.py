"""What a car will need: its maintenance plan and what was recommended."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import web
from dealership.customers import forms, operations
from dealership.customers.models import PlanLine, Recommendation, Vehicle
from dealership.customers.views import people


@web.allow("customers.change_vehicle")
def plan_line_create(request: Any, pk: int) -> HttpResponse:
    car = get_object_or_404(Vehicle, pk=pk)
    form = web.bound(forms.PlanLineForm, request)
    if form.is_valid():
        try:
            operations.plan_line(car, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The plan is saved."), "customers:vehicle", pk)
    title = _("Plan maintenance for %(car)s") % {"car": car}
    return people.form_page(request, form, title, reverse("customers:vehicle", args=[pk]))


@require_POST
@web.allow("customers.change_vehicle")
def plan_line_drop(request: Any, pk: int) -> HttpResponse:
    line = get_object_or_404(PlanLine, pk=pk)
    operations.drop_plan_line(line, by=request.user, at=timezone.now())
    return web.done(
        request, _("“%(item)s” is taken out of the plan.") % {"item": line}, "customers:vehicle", line.vehicle_id
    )


@require_POST
@web.allow("customers.change_vehicle")
def recommendation_end(request: Any, pk: int) -> HttpResponse:
    """Close a recommendation: `done` as the button says, else it is no longer wanted."""
    advice = get_object_or_404(Recommendation, pk=pk)
    operations.end_recommendation(advice, done="done" in request.POST, by=request.user, at=timezone.now())
    return web.done(request, _("The recommendation is closed."), "customers:vehicle", advice.vehicle_id)
