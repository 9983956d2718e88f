"""Booking on the phone: find the car, say what it needs, take one of the times offered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import operations, queries
from appointments.forms.booking import BookingForm, JobForm
from appointments.models import Appointment, BookingRules
from appointments.queries import Offers, Wish
from appointments.views.asking import asked_day, asked_slot, asked_vehicle, coming_of, odd_day, odd_job
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Part
from dealership.customers import queries as customers
from dealership.customers.models import Customer, Vehicle
from dealership.web import allow, bound, done, form_status, numbers, page, store_of, typed
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop

USUAL = 8  # operations shown as buttons; others are found by typing


@allow("appointments.book_appointment")
def book(request: Any) -> HttpResponse:
    """Choose the car, say why it comes, promise the time."""
    store, now = store_of(request), timezone.now()
    slot = asked_slot(request, store)
    vehicle, customer = asked_vehicle(request)
    if vehicle is None or customer is None:
        return find_car(request, slot)
    hurry = request.user.has_perm("appointments.override_lead_time")
    missing = not vehicle.model_name.strip()
    form = bound(BookingForm, request, store=store, now=now, model_missing=missing, may_hurry=hurry)
    if request.method == "POST" and form.is_valid():
        try:
            made = promise(request, form, vehicle, customer, now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, booked_sentence(made), "appointments:appointment", made.pk)
    context = {"form": form, "slot": slot, "vehicle": vehicle, "customer": customer}
    context["asked"] = request.POST.get("day", "")
    context |= known(request, vehicle, form, slot) | coming_of(request, vehicle, now)
    return page(request, "appointments/book.html", context, status=form_status(form))


def find_car(request: HttpRequest, slot: Any) -> HttpResponse:
    text = typed(request, "q")
    found = customers.search(text) if text else []
    context = {"q": text, "slot": slot, "found": found, "new": {} if found else customers.as_new(text)}
    context["no_keeper"] = bool(request.GET.get("vehicle"))
    return page(request, "appointments/find.html", context)


def promise(request: Any, form: BookingForm, vehicle: Vehicle, customer: Customer, now: datetime) -> Appointment:
    """Book, or hold the time where the customer still thinks it over."""
    promised = form.promise() | {"vehicle": vehicle, "customer": customer, "by": request.user, "at": now}
    if form.cleaned_data.get("model_name"):
        return operations.book_with_model(
            model_name=form.cleaned_data["model_name"],
            agreed=agreed(request),
            agreed_by=form.cleaned_data["agreed_by"],
            **promised,
        )
    if agreed(request):
        return operations.book(**promised, agreed=True, agreed_by=form.cleaned_data["agreed_by"])
    return operations.hold(**promised)


def agreed(request: HttpRequest) -> bool:
    return request.POST.get("agreed") == "on"


def known(request: Any, vehicle: Vehicle, form: BookingForm, slot: Any) -> dict[str, Any]:
    """Return what the advisor should have in sight: what was recommended for the car, the work chosen and on offer."""
    chosen = numbers(form["operations"].value())
    slot_value = f"{slot[0].pk}|{slot[1].isoformat()}" if slot else ""
    return {
        "recommended": vehicle.recommendations.filter(state="open")[:5],
        "operations": queries.operations_offered(chosen)[: max(USUAL, len(chosen))],
        "parts": with_pieces(form, form.in_sight),
        "chosen": chosen,
        "chosen_parts": form.ticked,
        "usual": form.usual,
        "slot_value": slot_value,
        "about": queries.day_of(store_of(request), slot[1]) if slot else None,
        "wanted": form["time"].value() or slot_value,
        "may_hurry": request.user.has_perm("appointments.override_lead_time"),
    }


def with_pieces(form: JobForm, found: Iterable[Part]) -> list[Part]:
    """Return parts with what was typed as the quantity of each, why that cannot be, and what to say about them."""
    parts = list(found)
    for part in parts:
        part.pieces, part.odd = form.typed_pieces(part), form.odd_pieces(part)  # type: ignore[attr-defined]
        part.count = 1 if part.odd else form.pieces(part)  # type: ignore[attr-defined]
    queries.price_and_stock(form.store, parts, queries.day_of(form.store, timezone.now()))
    return parts


@allow("appointments.book_appointment")
def times(request: HttpRequest) -> HttpResponse:
    """The times that can be had for what is chosen so far; fetched again whenever the choice changes."""
    store, now = store_of(request), timezone.now()
    form = JobForm(request.GET, store=store)
    book = queries.RuleBook(store)
    today = queries.day_of(store, now)
    rules = book.on(today)
    if odd := [*odd_job(form), *odd_day(request, today)]:
        return render(request, "appointments/times_part.html", {"odd": odd})
    wish = wish_of(form, rules)
    found = queries.offers(
        store, wish, earliest(request, rules, now), asked_day(request, None), book,
        today=today, notice_from=notice_from(request, now), about=asked_day(request, None, "about"),
    )  # fmt: skip
    return render(request, "appointments/times_part.html", {"offers": found, "wanted": chosen_time(request, found)})


def wish_of(form: JobForm, rules: BookingRules) -> Wish:
    job = form.job()
    return Wish(job.takes(rules.usual_hours), job.skills, tuple(job.parts), waits=form.cleaned_data["waits"])


def earliest(request: Any, rules: BookingRules, now: datetime) -> datetime:
    """Return from when on times are offered: after the store's notice; to a manager, if he asks, from now on."""
    return now if hurried(request) else now + timedelta(hours=rules.lead_hours)


def notice_from(request: Any, now: datetime) -> datetime | None:
    """Return from when on each day's own notice counts; None for a manager who asks at short notice."""
    return None if hurried(request) else now


def hurried(request: Any) -> bool:
    return request.GET.get("soon") == "on" and request.user.has_perm("appointments.override_lead_time")


def chosen_time(request: HttpRequest, found: Offers) -> str:
    """Return the time to be marked: the one chosen before while it is still offered, else the first."""
    before = request.GET.get("time") or request.GET.get("wanted", "")
    offered = [one.value for one in found.all]
    return before if before and (before in offered or "wanted" in request.GET) else next(iter(offered), "")


@allow("appointments.book_appointment")
def work(request: HttpRequest) -> HttpResponse:
    """Work and parts found by typing, and the usual parts of the work, as boxes to tick; what was ticked stays."""
    store, text = store_of(request), typed(request, "find")
    form = JobForm(request.GET, store=store)
    usual = {one.pk for one in queries.operations_offered([])[:USUAL]}
    chosen = [pk for pk in numbers(request.GET.getlist("operations")) if pk not in usual]
    shown = {*form.ticked, *form.usual}
    parts = queries.with_chosen(Part, sorted(shown), catalogue.find_parts(text, store), text, set())
    context = {
        "operations": queries.with_chosen(LabourOperation, chosen, catalogue.find_operations(text), text, usual),
        "parts": with_pieces(form, parts),
        "chosen": chosen,
        "chosen_parts": form.ticked,
        "usual": form.usual,
        "text": text,
    }
    return render(request, "appointments/work_part.html", context)


def booked_sentence(made: Appointment) -> str:
    sentence = (
        _("Booked: %(plate)s on %(when)s with %(advisor)s.")
        if made.agreed_at
        else _("Held: %(plate)s on %(when)s with %(advisor)s, until the customer agrees.")
    )
    told = sentence % {
        "plate": made.vehicle,
        "when": timezone.localtime(made.starts_at).strftime("%Y-%m-%d %H:%M"),
        "advisor": made.advisor.full_name,
    }
    full = _("The workshop is full on this day.") if fills(made) else ""
    return " ".join(filter(None, [told, full, place_sentence(made)]))


def place_sentence(made: Appointment) -> str:
    """Say that no bay could be kept because the store has none for this work; else nothing."""
    skill = queries.placeless(made, list(workshop.bays(made.store)))
    return (
        _("No bay of this store is set up for %(skill)s; the foreman finds a place.") % {"skill": skill}
        if skill
        else ""
    )


def fills(made: Appointment) -> bool:
    """Say whether the workshop is full on the day of an appointment that was just made (3.1.5.1)."""
    store = made.store
    load = queries.load_on(store, queries.day_of(store, made.starts_at), queries.day_of(store, made.booked_at))
    return load.standing == "full"
