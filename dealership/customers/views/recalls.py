"""Recalls: noting that a car was put right."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership import web
from dealership.customers import forms, operations
from dealership.customers.models import RecalledVehicle, Vehicle
from dealership.customers.views import people


@web.allow("customers.change_vehicle")
def recall_close(request: Any, pk: int, number: int) -> HttpResponse:
    """Note that the car was put right under a recall, here or elsewhere; noted twice is noted once."""
    car = get_object_or_404(Vehicle, pk=pk)
    recalled = get_object_or_404(RecalledVehicle.objects.select_related("recall"), pk=number, vin=car.vin)
    initial = {"done_on": timezone.localdate(), "where": web.store_of(request).name}
    form = web.bound(forms.RecallDoneForm, request, initial=initial)
    if form.is_valid():
        try:
            operations.close_recall(recalled, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The recall is done for this car."), "customers:vehicle", pk)
    return people.form_page(request, form, str(recalled.recall), reverse("customers:vehicle", args=[pk]))
