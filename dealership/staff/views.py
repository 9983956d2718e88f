"""Logging in and out, the language, the store."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.staff import operations
from dealership.staff.forms import LanguageForm, LoginForm
from dealership.staff.models import Store


@login_not_required
def login(request: HttpRequest) -> HttpResponseBase:
    view = LoginView.as_view(
        form_class=LoginForm,
        template_name="staff/login.html",
        redirect_authenticated_user=True,
        extra_context={"demo": settings.DEMO},
    )
    response = view(request)
    if request.method == "POST" and response.status_code == 200:
        response.status_code = 422  # a refused log-in is a form like any other
    return response


@login_not_required
@require_POST
def language(request: Any) -> HttpResponse:
    """Keep the chosen language with the person, and in this browser for the next log-in."""
    form = LanguageForm(request.POST)
    response = redirect(local_path(request, request.POST.get("next", "/")))
    if form.is_valid():
        chosen = form.cleaned_data["language"]
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            operations.choose_language(request.user, chosen)
    return response


@require_POST
def switch_store(request: Any, pk: int) -> HttpResponse:
    operations.switch_store(request.user, get_object_or_404(Store, pk=pk))
    return redirect(settings.LOGIN_REDIRECT_URL)


def local_path(request: HttpRequest, url: str) -> str:
    """Return the address if it leads to this site, else the front page."""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else "/"


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    sentence = _("Too many wrong passwords. Please try again in 15 minutes or ask your manager.")
    return render(request, "refused.html", {"sentence": sentence, "back": "/"}, status=429)
