"""Proactive booking (主动预约): which cars are due, and the call that brings them in (3.1.1.1-3.1.1.6)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from appointments import operations, queries
from appointments.forms.booking import JobForm
from appointments.forms.outreach import ProactiveForm
from appointments.models.appointments import Cause
from appointments.models.outreach import CallOutcome
from appointments.queries import Offers, Outlook, Wish
from appointments.views.asking import asked_day, coming_of, odd_day, odd_job
from appointments.views.booking import booked_sentence, wish_of
from appointments.views.calls import chosen
from dealership.catalogue import queries as catalogue
from dealership.customers import operations as customer_operations
from dealership.customers import queries as customers
from dealership.customers.errors import Misfit
from dealership.customers.models import Customer, Vehicle
from dealership.web import allow, bound, done, form_status, numbers, page, store_of, typed
from dealership.workflow import NotAllowed

ON_A_PAGE = 50


@allow("appointments.book_appointment")
def due(request: Any) -> HttpResponse:
    """The cars that probably need to come soon, and why (3.1.1.2, 3.1.1.5)."""
    store, now = store_of(request), timezone.now()
    today = queries.day_of(store, now)
    until = queries.due_until(store, today)
    cars = Paginator(queries.cars_to_call(store, now, until), ON_A_PAGE).get_page(request.GET.get("page"))
    reasons = customers.reasons_of(cars.object_list, until=until, today=today)
    outcomes = dict(CallOutcome.choices)
    rows = [(car, reasons[car.pk], outcomes.get(car.called_with)) for car in cars.object_list]  # type: ignore[attr-defined]
    return page(request, "appointments/due.html", {"cars": cars, "rows": rows, "until": until, "today": today})


def car_of(pk: int) -> tuple[Vehicle, Customer]:
    """Return a car and who keeps it; the group's stores share both."""
    found = get_object_or_404(queries.car_to_call(pk))
    keeper = found.keeper
    if keeper is None:
        raise Http404
    return found, keeper


def asked(request: Any, *, booking: bool, **kwargs: Any) -> ProactiveForm:
    store = store_of(request)
    today = queries.day_of(store, timezone.now())
    return bound(ProactiveForm, request, store=store, today=today, booking=booking, **kwargs)


@allow("appointments.book_appointment")
def proactive(request: Any, pk: int) -> HttpResponse:
    """The caller's screen for one car: what to know, what was said, what came of it (3.1.1.3)."""
    (vehicle, keeper), form = car_of(pk), asked(request, booking=False)
    if request.method == "POST" and form.is_valid():
        said = form.said() | {"outcome": form.cleaned_data["outcome"], "by": request.user, "at": timezone.now()}
        try:
            operations.record_proactive_call(store=store_of(request), vehicle=vehicle, **said)
        except Misfit as misfit:
            form.add_error(misfit.field, str(misfit))
        else:
            wrong = said["outcome"] == CallOutcome.WRONG_NUMBER and not said["call_again_on"]
            onward = ["appointments:proactive", vehicle.pk] if wrong else ["appointments:due"]
            return done(request, _("%(plate)s: the call is noted.") % {"plate": vehicle}, *onward)
    return show(request, vehicle, keeper, form)


@allow("appointments.book_appointment")
@require_POST
def book(request: Any, pk: int) -> HttpResponse:
    """The customer agrees to a time in this call: the appointment and what was said, in one (3.1.1.1)."""
    (vehicle, keeper), form = car_of(pk), asked(request, booking=True)
    if form.is_valid():
        promise = form.promise() | {"store": store_of(request), "vehicle": vehicle, "customer": keeper}
        try:
            made = operations.book_on_call(
                **promise, cause=Cause.MAINTENANCE, agreed=True, call=form.said(), by=request.user, at=timezone.now()
            )
        except Misfit as misfit:
            form.add_error(misfit.field, str(misfit))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, booked_sentence(made), "appointments:due")
    return show(request, vehicle, keeper, form)


@allow("appointments.book_appointment")
@require_POST
def make_plan(request: Any, pk: int) -> HttpResponse:
    """Plan for the car what comes round usually (3.1.1.4)."""
    vehicle, _keeper = car_of(pk)
    usual = [(one.operation.name, one.operation.code, one.months, one.km) for one in catalogue.usual_plan()]
    made = customer_operations.make_usual_plan(vehicle, usual, by=request.user, at=timezone.now())
    sentence = ngettext("%(n)d line was planned.", "%(n)d lines were planned.", len(made)) % {"n": len(made)}
    return done(request, sentence, "appointments:proactive", pk)


def show(request: Any, vehicle: Vehicle, keeper: Customer, form: ProactiveForm) -> HttpResponse:
    """Show the car and why it should come; its times and its past are fetched beside, while the phone rings."""
    today = queries.day_of(store_of(request), timezone.now())
    until = queries.due_until(store_of(request), today)
    work = queries.operations_due(vehicle.pk, until)
    reasons = customers.reasons_of([vehicle], until=until, today=today)[vehicle.pk]
    context = {
        "vehicle": vehicle,
        "customer": keeper,
        "phones": keeper.phones.all(),
        "misdialled": keeper.phone is not None and keeper.phone.number == vehicle.wrong_number,  # type: ignore[attr-defined]
        "may_call": customers.may_contact(keeper, purpose="service", channel="call"),
        "reasons": reasons,
        "work": work,
        "form": form,
    }
    context |= times_before(form, vehicle) | prefilled(form, work, reasons)
    return page(request, "appointments/proactive.html", context, status=form_status(form))


def times_before(form: ProactiveForm, vehicle: Vehicle) -> dict[str, Any]:
    """Return the time chosen before and where to fetch the others; one that was lost is shown by the page itself."""
    before = chosen(form, [])
    url = reverse("appointments:proactive_times", args=[vehicle.pk])
    shown = f"?{urlencode({'shown': before['wanted']})}" if before["lost"] else ""
    return before | {"times_url": f"{url}{shown}", "asked": form.data.get("day", "")}


@allow("appointments.book_appointment")
def proactive_file(request: Any, pk: int) -> HttpResponse:
    """What was planned for the car, recommended and said before."""
    vehicle, keeper = car_of(pk)
    context = {
        "vehicle": vehicle,
        "customer": keeper,
        "plan": customers.maintenance_plan(vehicle).filter(state="open"),
        "advice": customers.open_recommendations(vehicle),
        "calls": queries.calls_about(vehicle),
    } | coming_of(request, vehicle, timezone.now())
    return render(request, "appointments/proactive_file_part.html", context)


@allow("appointments.book_appointment")
def proactive_times(request: Any, pk: int) -> HttpResponse:
    """The times to offer for the work that is ticked, the quiet days first (3.1.1.6)."""
    store, now = store_of(request), timezone.now()
    book = queries.RuleBook(store)
    today, form = queries.day_of(store, now), JobForm(request.GET, store=store)
    if odd := [*odd_job(form), *odd_day(request, today)]:
        return render(request, "appointments/times_part.html", {"odd": odd})
    wish = wish_of(form, book.on(today))
    shown = typed(request, "shown")  # by the page itself, and marked there
    offers = times(store, wish, now, book, but=shown, day=asked_day(request, None))
    offered = [one.value for one in [*offers.quietest, *offers.soonest]]
    before = typed(request, "time") or typed(request, "wanted")
    first = shown or next(iter(offered), "")
    context = {"offers": offers, "wanted": before if before and before in [shown, *offered] else first}
    return render(request, "appointments/proactive_times_part.html", context)


def times(
    store: Any, wish: Wish, now: datetime, book: queries.RuleBook, *, but: str = "", day: date | None = None
) -> Offers:
    """Return the times to offer: one on each of the quietest days, and the next ones; or those of a certain day.

    Without `but`, the one shown already.
    """
    today = queries.day_of(store, now)
    after = now + timedelta(hours=book.on(today).lead_hours)
    if day is not None:
        found = queries.offers(store, wish, after, day, book, today=today, notice_from=now)
        return replace(found, soonest=[one for one in found.soonest if one.value != but])
    outlook = Outlook(store, wish, after, book=book, today=today, notice_from=now)
    quiet = [one for one in outlook.quietest(count=4) if one.value != but]
    known = {one.starts_at for one in quiet}
    return Offers([one for one in outlook.soonest() if one.starts_at not in known and one.value != but], quiet)


def prefilled(form: ProactiveForm, work: list[Any], reasons: list[Any]) -> dict[str, Any]:
    """Return the work to be ticked and the reason to begin with: what is due, until somebody typed otherwise."""
    if form.is_bound:
        return {"ticked": numbers(form["operations"].value()), "reason": form["reason"].value() or ""}
    named = [one.text for one in reasons if one.kind not in (customers.Kind.DATE, customers.Kind.MILEAGE)]
    words = named or [one.text for one in reasons]  # that the service is due says less than what it consists of
    return {"ticked": [one.pk for one in work], "reason": "、".join(dict.fromkeys(words))[:500]}
