"""How customers were received in a month, and a manager's spot checks."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.figures import Period
from dealership.web import allow, bound, done, form_status, page, store_of
from reception import figures, operations
from reception.forms.lane import CourtesyForm
from reception.models import COURTESY, CourtesyCheck
from reception.views.months import asked_month, month_of


@allow("reception.view_courtesycheck")
def report(request: Any) -> HttpResponse:
    """Greeting, long receptions by customer, hospitality and courtesy of a month (2.2.11.1, 2.2.11.2, 2.2.11.16)."""
    store, now = store_of(request), timezone.now()
    months = month_of(asked_month(request, store, now))
    period = Period(store, months["first"], months["last"], now)
    found = figures.receptions(period)
    context = {
        "figures": [*figures.greetings(period), *figures.durations(found, period)],
        "long": figures.long_receptions(found, period),
        "hospitality": figures.hospitality(period),
        "courtesy": figures.courtesy(period),
        "points": [field.verbose_name for field in CourtesyCheck._meta.fields if field.name in COURTESY],
        "may_check": request.user.has_perm("reception.add_courtesycheck"),
    }
    return page(request, "reception/report.html", context | months)


@allow("reception.add_courtesycheck")
def courtesy(request: Any) -> HttpResponse:
    """A manager watches how an advisor treats a customer, and writes down the points."""
    store = store_of(request)
    form = bound(CourtesyForm, request, store=store, by=request.user)
    if form.is_valid():
        given = {"advisor": form.cleaned_data["advisor"], "points": form.points, "note": form.cleaned_data["note"]}
        operations.check_courtesy(store, by=request.user, at=timezone.now(), **given)
        return done(request, _("The check is saved."), "reception:report")
    return page(request, "reception/courtesy.html", {"form": form}, status=form_status(form))
