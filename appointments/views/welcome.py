"""The welcome board: on the desk with its controls, in the lobby without any."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from appointments import operations, queries
from appointments.forms.preparing import ScreenForm
from appointments.models import WelcomeScreen
from appointments.views.asking import asked_day
from appointments.views.ways import ways
from dealership.staff.models import Store
from dealership.web import allow, bound, done, form_status, page, store_of

AT_ONCE = 16  # lines a lobby screen shows in letters that are read from five metres
TURN = 15  # seconds until the next lines have their turn


@allow("appointments.view_appointment")
def welcome(request: Any) -> HttpResponse:
    """Who is expected on a day, as the customers wished to be named (3.1.3.3-3.1.3.5, F5)."""
    store, now = store_of(request), timezone.now()
    today = queries.day_of(store, now)
    day = asked_day(request, today)
    may_put_up = request.user.has_perm("appointments.prepare_appointment")
    context = {
        "lines": queries.welcome_lines(store, day),
        "placed": queries.board_placed(store, day),
        "overdue": day == today and queries.board_overdue(store, now),
        "may_put_up": day >= today and may_put_up,
        "screens": screens_on(store) if may_put_up else [],
        "may_open_screens": request.user.has_perm("appointments.manage_welcomescreen"),
        "day": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "today": today,
        "now": now,
    }
    return page(request, "appointments/welcome.html", context | ways(request))


@allow("appointments.prepare_appointment")
@require_POST
def put_up(request: Any) -> HttpResponse:
    """Note that the board of the day stands in its place (3.1.3.4)."""
    store, now = store_of(request), timezone.now()
    day = asked_day(request, queries.day_of(store, now))
    operations.put_up_board(store, day, by=request.user, at=now)
    return redirect(f"{reverse('appointments:welcome')}?day={day}")


@login_not_required
@never_cache
def screen(request: Any, key: UUID) -> HttpResponse:
    """Today's welcome board for the lobby: nobody is logged in there, nothing else can be reached from it."""
    found = WelcomeScreen.objects.select_related("store").filter(key=key, ended_at=None).first()
    if found is None:
        return gone(request)
    store, now = found.store, timezone.now()
    day = queries.day_of(store, now)
    lines = queries.welcome_lines(store, day)
    context = {
        "lines": in_turn(lines, int(now.timestamp()) // TURN),
        "count": len(lines),
        "day": day,
        "now": now,
        "store": store,
        "user": AnonymousUser(),  # also where a colleague's browser shows it: no menu
    }
    with timezone.override(store.zone):
        response = page(request, "appointments/welcome_screen.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def gone(request: Any) -> HttpResponse:
    """Answer 404; a screen that was switched off loads itself anew, so that nothing stays on it."""
    if not request.htmx:
        raise Http404
    return HttpResponse(status=404, headers={"HX-Refresh": "true"})


def in_turn(lines: list[Any], turn: int) -> list[Any]:
    """Return the lines whose turn it is where there are more than fit."""
    pages = max(1, -(-len(lines) // AT_ONCE))
    start = turn % pages * AT_ONCE
    return lines[start : start + AT_ONCE]


@allow("appointments.manage_welcomescreen")
def screens(request: Any) -> HttpResponse:
    """The lobby screens of the store, and a new one."""
    store, form = store_of(request), bound(ScreenForm, request)
    if request.method == "POST" and form.is_valid():
        made = operations.open_screen(store, name=form.cleaned_data["name"], by=request.user, at=timezone.now())
        return done(request, _("“%(name)s” is on.") % {"name": made.name}, "appointments:screens")
    ended = WelcomeScreen.objects.filter(store=store).exclude(ended_at=None).select_related("made_by")
    context = {"screens": with_address(request, screens_on(store)), "form": form}
    context["ended"] = ended.order_by("-ended_at")[:20]
    return page(request, "appointments/welcome_screens.html", context | ways(request), status=form_status(form))


def screens_on(store: Store) -> QuerySet[WelcomeScreen]:
    return WelcomeScreen.objects.filter(store=store, ended_at=None).select_related("made_by").order_by("name", "pk")


def with_address(request: HttpRequest, screens: Any) -> list[tuple[WelcomeScreen, str]]:
    """Pair each screen with the address to type into the browser that shows it."""
    return [(one, request.build_absolute_uri(reverse("appointments:screen", args=[one.key]))) for one in screens]


@allow("appointments.manage_welcomescreen")
@require_POST
def close_screen(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(WelcomeScreen, pk=pk, store__in=request.user.stores.all())
    operations.close_screen(found, by=request.user, at=timezone.now())
    sentence = _("“%(name)s” is off; its address shows nothing any more.") % {"name": found.name}
    return done(request, sentence, "appointments:screens")
