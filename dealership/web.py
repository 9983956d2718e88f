"""What every page shares: the store and its time zone, refusals as pages, whole pages or their parts."""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from dealership.workflow import NotAllowed

F = TypeVar("F", bound=forms.BaseForm)


def page(request: Any, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Answer the whole page, or its `part` (the template `<name>_part.html`) where HTMX asked for it."""
    if request.htmx and not request.htmx.boosted:
        template = template.replace(".html", "_part.html")
    response = render(request, template, context or {}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def store_of(request: Any) -> Any:
    """Return the store this person works in now; raises NotAllowed where nobody gave them one."""
    if request.store is None:
        raise NotAllowed(_("You are not assigned to a store yet. Please ask your manager."))
    return request.store


def allow(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view to the holders of one permission; others get the plain refusal page."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):  # type: ignore[union-attr]
                return refused(request, _("Your role does not open this page."), status=403)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the permission walk in the tests
        return guarded

    return guard


def bound(form_class: type[F], request: HttpRequest, **kwargs: Any) -> F:
    """Make the form, filled from the request if it was posted."""
    if request.method == "POST":
        return form_class(request.POST, request.FILES, **kwargs)
    return form_class(**kwargs)


def typed(request: HttpRequest, name: str) -> str:
    """Return what was typed into a search box, without the NUL characters PostgreSQL refuses to compare."""
    return request.GET.get(name, "").replace("\0", "").strip()


def number(text: Any) -> int | None:
    """Read a number from an address or a form: decimal digits, at most 18, so that any database can hold it."""
    digits = str(text)
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def numbers(values: Any) -> list[int]:
    return [pk for value in values or [] if (pk := number(value)) is not None]


def form_status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def done(request: HttpRequest, sentence: str, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Tell the person what was done and lead on."""
    messages.success(request, sentence)
    return redirect(to, *args, **kwargs)


def refused(request: HttpRequest, sentence: str, status: int = 409) -> HttpResponse:
    """Answer a refusal as a page with its sentence and the way back; over HTMX in place of what the page showed."""
    back = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = page(request, "refused.html", {"sentence": sentence, "back": back if safe else "/"}, status=status)
    return reswap(retarget(response, "#main"), "innerHTML") if request.htmx else response  # type: ignore[attr-defined]


def desk(request: Any) -> dict[str, Any]:
    """Give every template the store, the stores to switch to and the main menu."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "store": None, "other_stores": []}
    return {"menu": menu(request), "store": request.store, "other_stores": request.other_stores}


def links(kind: str, pk: int, user: Any) -> list[dict[str, Any]]:
    """Return the person's ways on from one record to the desks above, as the composition root lists them."""
    return [
        {"url": way(url, pk), "label": label, "icon": icon}
        for url, label, icon, permission in settings.DESK_LINKS.get(kind, [])
        if user.has_perm(permission)
    ]


def desk_links(kind: str, user: Any) -> list[dict[str, Any]]:
    """Return the person's ways on from a page that shows no single record."""
    return [
        {"url": reverse(url), "label": label, "icon": icon}
        for url, label, icon, permission in settings.DESK_LINKS.get(kind, [])
        if user.has_perm(permission)
    ]


def way(url: str, pk: int) -> str:
    """Build an address from `app:name`, or from `app:name?query` where the page takes the record as a query."""
    name, _separator, query = url.partition("?")
    return f"{reverse(name)}?{query}={pk}" if query else reverse(name, args=[pk])


def menu(request: Any) -> list[dict[str, Any]]:
    match = request.resolver_match
    app = settings.DESK_TABS.get(match.view_name, match.app_name) if match else ""
    own = set(settings.DESK_TABS.values())  # tabs named by their page, not by their app
    return [
        {
            "url": url,
            "label": label,
            "icon": icon,
            "active": url == app or (url not in own and url.split(":")[0] == app),
        }
        for url, label, icon, permission in settings.DESK_MENU
        if not permission or request.user.has_perm(permission)
    ]


class LoginMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not logged in to the log-in page, and afterwards back to a page that can be opened.

    A part fetched in the background makes the whole page go there; a form that was sent comes back to its page,
    not to the address it was sent to.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        fetched = "HX-Request" in request.headers
        page = request.headers.get("HX-Current-URL", "") if fetched else request.headers.get("Referer", "")
        if request.method == "GET" and not fetched:
            page = request.get_full_path()
        safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        login = redirect_to_login(page if safe else "/", self.get_login_url(view_func))
        return HttpResponse(status=204, headers={"HX-Redirect": login.url}) if fetched else login


RENEWAL = timedelta(minutes=30)


def begin_session(request: Any, **kwargs: Any) -> None:
    """A log-in is the first sign of somebody at work."""
    renew(request.session, timezone.now())


def renew(session: Any, now: datetime) -> None:
    """Keep the session of somebody at work from ending in the middle of it, without a write on every request."""
    if session.get("renewed", 0) < (now - RENEWAL).timestamp():
        session["renewed"] = now.timestamp()


class StoreMiddleware:
    """Puts the person's store and language on the request and shows every time in that store's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.store, request.other_stores = None, []
        if request.user.is_authenticated:
            renew(request.session, timezone.now())
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = request.user.language
            stores = list(request.user.stores.all())
            request.store = next((s for s in stores if s.pk == request.user.store_id), stores[0] if stores else None)
            request.other_stores = [s for s in stores if s != request.store]
        if request.store is None:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(request.store.time_zone)):
            return self.get_response(request)


def page_above(path: str) -> str:
    """Return the nearest page above an address that only takes forms: reloading a refused form ends up there."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0]
        for page in (path, path + "/"):
            if is_valid_path(page):
                return page
    return "/"


class RefusalMiddleware:
    """Turns a NotAllowed that no view answered into a page with its sentence.

    And an address that only takes forms, opened by hand or by a reload, into the page its form stands on; and one
    with a number that no row can have into "not found", because not every look-up of the database bears it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            return HttpResponseRedirect(page_above(request.path), status=303)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any(isinstance(value, int) and number(value) is None for value in kwargs.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return refused(request, str(exception))
        return None


class HealthMiddleware:
    """Answers the two health addresses before host checks, sessions or redirects can get in the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz/live":
            return JsonResponse({"live": True})
        if request.path == "/healthz/ready":
            return ready()
        return self.get_response(request)


def ready() -> HttpResponse:
    """Say whether this process can serve: the database answers and no migration is missing.

    Redis is left out on purpose: without it pages work and messages still go out later.
    """
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:  # InterfaceError too: a connection the server closed is no DatabaseError
        return JsonResponse({"ready": False, "why": "database"}, status=503)
    if missing:
        return JsonResponse({"ready": False, "why": "migrations", "missing": missing}, status=503)
    return JsonResponse({"ready": True})
