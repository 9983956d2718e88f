"""Many wait: the mode set by hand, the short registration, a visit handed to a colleague."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.customers import queries as customers
from dealership.web import allow, bound, done, form_status, page, refused, store_of, typed
from reception import operations
from reception.forms.lane import HandOverForm, ModeForm, ShortForm
from reception.models import Size
from reception.views.lane import SIGNS, many_wait
from reception.views.visits import visit_of


@allow("reception.record_arrival")
@require_POST
def set_mode(request: Any) -> HttpResponse:
    """Switch busy mode on or off by hand, or leave it to the figures."""
    form = ModeForm(request.POST)
    if not form.is_valid():
        return refused(request, _("There is no such mode."), status=422)
    operations.set_mode(store_of(request), form.cleaned_data["mode"], by=request.user, at=timezone.now())
    return redirect("reception:lane")


@allow("reception.record_arrival")
def quick(request: Any) -> HttpResponse:
    """The short form for somebody new while many wait: customer, car and arrival with one press."""
    store, now = store_of(request), timezone.now()
    form = bound(ShortForm, request, region=store.region, initial=customers.as_new(typed(request, "q")))
    if form.is_valid():
        try:
            visit = operations.register_quickly(store=store, by=request.user, at=now, **form.answers)
        except ValidationError as error:
            form.refuse(error)
        else:
            return done(request, _("%(plate)s is in the queue.") % {"plate": visit.vehicle}, "reception:lane")
    context = {
        "form": form,
        "sizes": [(size.value, size.label, SIGNS[size]) for size in Size],
        "quiet": not many_wait(store, now),
    }
    return page(request, "reception/quick.html", context, status=form_status(form))


@allow("reception.receive_visit")
def hand_over(request: Any, pk: int) -> HttpResponse:
    """Give the visit to a colleague, and say why."""
    visit = visit_of(request, pk)
    form = bound(HandOverForm, request, store=visit.store, advisor=visit.advisor)
    if form.is_valid():
        operations.hand_visit_over(visit, by=request.user, at=timezone.now(), **form.cleaned_data)
        sentence = _("%(who)s answers for %(plate)s now.") % {"who": visit.advisor, "plate": visit.vehicle}
        return done(request, sentence, "reception:lane")
    passed = visit.hand_overs.select_related("from_advisor", "to_advisor", "by")
    context = {"visit": visit, "form": form, "passed": passed}
    return page(request, "reception/hand_over.html", context, status=form_status(form))
