"""Vehicles: their page, their data, their keeper and mileage."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dealership import web
from dealership.customers import forms, operations, queries
from dealership.customers.models import Vehicle
from dealership.customers.views import people


def loaded(pk: int) -> Vehicle:
    return get_object_or_404(Vehicle.objects.with_keeper().select_related("salesperson"), pk=pk)


@web.allow("customers.view_vehicle")
def vehicle(request: Any, pk: int) -> HttpResponse:
    car = get_object_or_404(Vehicle.objects.select_related("salesperson"), pk=pk)
    context = {
        "vehicle": car,
        "file": queries.vehicle_file(car),
        "warranty": queries.warranty_standing(car, timezone.localdate(), car.mileage),
        "may": people.permissions(request),
        "links": web.links("vehicle", car.pk, request.user),
    }
    return web.page(request, "customers/vehicle.html", context)


@require_safe
@web.allow("customers.view_vehicle")
def care_card(request: Any, pk: int) -> HttpResponse:
    """The colour card of a car, to print; in the reader's language or the one asked for (3.2.2)."""
    car, languages = get_object_or_404(Vehicle, pk=pk), dict(settings.LANGUAGES)
    asked = web.typed(request, "language")
    names = {code: get_language_info(code)["name_local"] for code in languages}
    with translation.override(asked if asked in languages else translation.get_language()):
        context = {"vehicle": car, "lines": queries.care_card(car), "languages": names.items()}
        return web.page(request, "customers/care_card.html", context)


@web.allow("customers.add_vehicle")
def vehicle_create(request: Any, pk: int) -> HttpResponse:
    """Add a car to a customer who is already known."""
    customer = people.current(pk)
    form = web.bound(forms.VehicleForm, request, store=web.store_of(request))
    if form.is_valid():
        try:
            car = operations.add_vehicle(keeper=customer, by=request.user, at=timezone.now(), **form.answers)
        except ValidationError as error:
            form.refuse(error)
        else:
            return people.onward(request, _("The car is saved."), customer, car)
    title = _("A car of %(name)s") % {"name": customer.name}
    return people.form_page(request, form, title, reverse("customers:file", args=[pk]))


@web.allow("customers.change_vehicle")
def vehicle_edit(request: Any, pk: int) -> HttpResponse:
    form = web.bound(forms.VehicleForm, request, store=web.store_of(request), instance=loaded(pk))
    onward = people.local_next(request) or reverse("customers:vehicle", args=[pk])
    if form.is_valid():
        try:
            operations.correct_vehicle(loaded(pk), seen=form.seen, by=request.user, at=timezone.now(), **form.changes)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The vehicle's data are saved."), onward)
    return people.form_page(request, form, _("Correct the vehicle's data"), onward)


@web.allow("customers.change_vehicle")
def mileage(request: Any, pk: int) -> HttpResponse:
    car, form = loaded(pk), web.bound(forms.MileageForm, request)
    if form.is_valid():
        km, note = form.cleaned_data["mileage"], form.cleaned_data["note"]
        try:
            operations.record_mileage(car, km, "desk", note, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The mileage is recorded."), "customers:vehicle", pk)
    return people.form_page(request, form, _("Record mileage"), reverse("customers:vehicle", args=[pk]))


@web.allow("customers.change_vehicle")
def keeper(request: Any, pk: int) -> HttpResponse:
    """Find the new keeper of a car and hand it over on a day."""
    car, text = loaded(pk), web.typed(request, "q")
    form = web.bound(forms.KeeperForm, request, initial={"since": timezone.localdate()})
    if form.is_valid():
        answers = form.cleaned_data
        try:
            operations.change_keeper(car, answers["customer"], answers["since"], by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error("since", error.messages)
        else:
            return web.done(request, _("The new keeper is recorded."), "customers:vehicle", pk)
    found = {row.customer.pk: row.customer for row in queries.search(text) if row.customer}
    chosen = form.cleaned_data.get("customer") if form.is_bound else None
    if chosen is not None:
        found[chosen.pk] = chosen  # so that a wrong day can be corrected and pressed again
    context = {"vehicle": car, "form": form, "q": text, "found": found.values()}
    return web.page(request, "customers/keeper.html", context, status=web.form_status(form))
