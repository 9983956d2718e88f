"""What the foreman is told of appointments, and the bay he gives a car."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from appointments import operations, queries
from appointments.forms.preparing import BayForm
from appointments.models import ForemanNotice
from appointments.views.asking import EARLIEST, LATEST, appointment_of
from appointments.views.ways import ways
from dealership.web import allow, bound, done, form_status, numbers, page, store_of
from dealership.workshop import queries as workshop

PER_PAGE = 50
AT_ONCE = 500  # a page shows fewer


@allow("appointments.see_notice")
def notices(request: Any) -> HttpResponse:
    """What was booked, moved and cancelled since the foreman last looked (2.1.8)."""
    context = {"notices": queries.notices_to_see(store_of(request)), "now": timezone.now()}
    return page(request, "appointments/notices.html", context | ways(request))


@allow("appointments.see_notice")
@require_POST
def see_notice(request: Any, pk: int) -> HttpResponse:
    notice = get_object_or_404(ForemanNotice, pk=pk, store__in=request.user.stores.all())
    operations.see_notice(notice, by=request.user, at=timezone.now())
    return redirect("appointments:notices")


@allow("appointments.see_notice")
@require_POST
def see_all(request: Any) -> HttpResponse:
    """Note as seen what stood on the page, not what came meanwhile."""
    shown = numbers(request.POST.getlist("shown")[:AT_ONCE])
    count = operations.see_all(store_of(request), shown=shown, by=request.user, at=timezone.now())
    sentence = ngettext("%(n)d notice seen.", "%(n)d notices seen.", count) % {"n": count}
    return done(request, sentence, "appointments:notices")


@allow("appointments.see_notice")
def change_bay(request: Any, pk: int) -> HttpResponse:
    """Give the car another bay for the time one is kept (2.1.9)."""
    made = appointment_of(request, pk)
    form = bound(BayForm, request, bays=workshop.bays(made.store))
    if request.method == "POST" and form.is_valid():
        bay = form.cleaned_data["bay"]
        operations.change_bay(made, bay=bay, by=request.user, at=timezone.now())
        words = {"plate": made.vehicle.plate_shown or made.vehicle, "bay": bay}
        return done(request, _("%(plate)s: bay %(bay)s is kept.") % words, "appointments:notices")
    context = {"appointment": made, "choices": queries.bay_choices(made), "form": form}
    return page(request, "appointments/notices_bay.html", context, status=form_status(form))


@allow("appointments.override_lead_time")
def missed(request: Any) -> HttpResponse:
    """The notices of a month the foreman did not see on their day (2.1.8)."""
    store, now = store_of(request), timezone.now()
    first = asked_month(request, queries.day_of(store, now))
    after = (first + timedelta(days=31)).replace(day=1)
    last = after - timedelta(days=1)
    found = Paginator(queries.notices_late(store, first, last, now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "notices": found,
        "told": queries.notices_told(store, first, last),
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": after,
    }
    return page(request, "appointments/notices_missed.html", context | ways(request))


def asked_month(request: Any, default: date) -> date:
    """Return the first day of the month in the address, `2026-11`, else of the default."""
    try:
        first = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        first = default.replace(day=1)
    return first if EARLIEST <= first < LATEST else default.replace(day=1)
