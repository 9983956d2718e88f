"""Finding customers, their files, and what is changed there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import web
from dealership.customers import forms, operations, queries
from dealership.customers.models import Contact, Customer, Phone

PER_PAGE = 25
PREFILLED = ("name", "phone", "plate", "vin")


@web.allow("customers.view_customer")
def search(request: Any) -> HttpResponse:
    """Search box; without a text the list of all customers, the key accounts, or those with an interest."""
    text, interest = web.typed(request, "q"), web.typed(request, "interest")
    key_accounts = "key_accounts" in request.GET
    listed = Paginator(queries.customers(key_accounts=key_accounts, interest=interest), PER_PAGE)
    context = {
        "q": text,
        "key_accounts": key_accounts,
        "interest": interest,
        "found": queries.search(text),
        "listed": None if text else listed.get_page(request.GET.get("page")),
        "may": permissions(request),
    }
    return web.page(request, "customers/search.html", context)


def permissions(request: Any) -> dict[str, bool]:
    """Say which acts the person may do here, for the buttons of a page."""
    names = ["add_customer", "change_customer", "add_vehicle", "change_vehicle", "merge_customers", "import_customers"]
    return {name: request.user.has_perm(f"customers.{name}") for name in names}


@web.allow("customers.add_customer")
def create(request: Any) -> HttpResponse:
    """Register a customer with his car on one short page and lead back to where the desk came from."""
    initial = {field: web.typed(request, field) for field in PREFILLED if field in request.GET}
    form = web.bound(forms.QuickRegisterForm, request, region=web.store_of(request).region, initial=initial)
    if form.is_valid():
        try:
            customer, vehicle = register(form, request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            sentence = _("%(name)s is registered.") % {"name": customer.name}
            return onward(request, sentence, customer, vehicle)
    return web.page(request, "customers/create.html", {"form": form}, status=web.form_status(form))


def register(form: forms.QuickRegisterForm, by: Any) -> tuple[Customer, Any]:
    if form.has_car:
        return operations.register_with_car(by=by, at=timezone.now(), **form.answers)
    return operations.register(by=by, at=timezone.now(), **form.customer_answers), None


def onward(request: HttpRequest, sentence: str, customer: Customer, vehicle: Any) -> HttpResponse:
    """Lead to the page in `next`, with the new car, or to the customer's file."""
    url = local_next(request)
    if not url:
        return web.done(request, sentence, "customers:file", customer.pk)
    if vehicle is None:
        return redirect(url)
    return redirect(f"{url}{'&' if '?' in url else '?'}{urlencode({'vehicle': vehicle.pk})}")


def local_next(request: HttpRequest) -> str:
    """Return the address to go on to if it is one of this site, else nothing."""
    url = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


@web.allow("customers.view_customer")
def file(request: Any, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("merged_into").prefetch_related("phones"), pk=pk)
    if customer.merged_into:
        return redirect("customers:file", customer.merged_into.pk)
    context = {
        "file": queries.customer_file(customer),
        "customer": customer,
        "may": permissions(request),
    }
    return web.page(request, "customers/file.html", context)


def current(pk: int) -> Customer:
    return get_object_or_404(Customer.objects.current(), pk=pk)


@web.allow("customers.change_customer")
def edit(request: Any, pk: int) -> HttpResponse:
    form = web.bound(forms.CustomerForm, request, instance=current(pk))
    if form.is_valid():
        try:
            operations.correct(current(pk), seen=form.seen, by=request.user, at=timezone.now(), **form.changes)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The customer's data are saved."), "customers:file", pk)
    return form_page(request, form, _("Correct the customer's data"), reverse("customers:file", args=[pk]))


def form_page(request: HttpRequest, form: Any, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back}
    status = 409 if form.overtaken else web.form_status(form)
    return web.page(request, "customers/form.html", context, status=status)


@web.allow("customers.change_customer")
def phone_create(request: Any, pk: int) -> HttpResponse:
    customer = current(pk)
    form = web.bound(forms.PhoneForm, request, region=web.store_of(request).region)
    if form.is_valid():
        try:
            operations.add_phone(customer, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The number is saved."), "customers:file", pk)
    return form_page(request, form, _("Add a phone number"), reverse("customers:file", args=[pk]))


@require_POST
@web.allow("customers.change_customer")
def phone_prefer(request: Any, pk: int) -> HttpResponse:
    phone = get_object_or_404(Phone.objects.select_related("customer"), pk=pk)
    operations.prefer_phone(phone, by=request.user, at=timezone.now())
    return web.done(request, _("%(number)s is tried first from now on.") % {"number": phone}, phone_file(phone))


@require_POST
@web.allow("customers.change_customer")
def phone_drop(request: Any, pk: int) -> HttpResponse:
    phone = get_object_or_404(Phone.objects.select_related("customer"), pk=pk)
    operations.drop_phone(phone, by=request.user, at=timezone.now())
    return web.done(request, _("The number %(number)s is removed.") % {"number": phone}, phone_file(phone))


def phone_file(phone: Phone) -> str:
    return reverse("customers:file", args=[phone.customer_id])


@web.allow("customers.change_customer")
def contact_create(request: Any, pk: int) -> HttpResponse:
    customer = current(pk)
    form = web.bound(forms.ContactForm, request, region=web.store_of(request).region)
    if form.is_valid():
        try:
            operations.add_contact(customer, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return web.done(request, _("The contact is saved."), "customers:file", pk)
    return form_page(request, form, _("Add a key person or family member"), reverse("customers:file", args=[pk]))


@require_POST
@web.allow("customers.change_customer")
def contact_drop(request: Any, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    operations.drop_contact(contact, by=request.user, at=timezone.now())
    return web.done(request, _("%(name)s is removed.") % {"name": contact.name}, "customers:file", contact.customer_id)


@web.allow("customers.change_customer")
def consent_create(request: Any, pk: int) -> HttpResponse:
    customer = current(pk)
    form = web.bound(forms.ConsentForm, request)
    if form.is_valid():
        operations.record_consent(customer, by=request.user, at=timezone.now(), **form.cleaned_data)
        return web.done(request, _("The customer's answer is recorded."), "customers:file", pk)
    return form_page(request, form, _("Record what the customer said"), reverse("customers:file", args=[pk]))


@web.allow("customers.merge_customers")
def merge(request: Any, pk: int) -> HttpResponse:
    """Choose the duplicate of a customer by searching for it."""
    customer, text = current(pk), web.typed(request, "q")
    others = {row.customer.pk: row.customer for row in queries.search(text) if row.customer}
    others.pop(customer.pk, None)
    return web.page(request, "customers/merge.html", {"customer": customer, "q": text, "others": others.values()})


@web.allow("customers.merge_customers")
def merge_with(request: Any, pk: int, other: int) -> HttpResponse:
    """Show both files beside each other and merge on a press."""
    people = Customer.objects.prefetch_related("phones")
    survivor, duplicate = get_object_or_404(people, pk=pk), get_object_or_404(people, pk=other)
    if request.method == "POST":
        operations.merge(survivor, duplicate, by=request.user, at=timezone.now())
        return web.done(request, _("The two customers are one now."), "customers:file", pk)
    files = [queries.customer_file(survivor), queries.customer_file(duplicate)]
    return web.page(
        request, "customers/merge_with.html", {"files": files, "survivor": survivor, "duplicate": duplicate}
    )
