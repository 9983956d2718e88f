"""What a customer sees who follows a link of his reminder: nobody is logged in, and looking does nothing."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appointments import operations, queries, references
from appointments.forms.calls import WishForm
from appointments.models import CustomerLink
from appointments.operations import LinkInvalid
from appointments.states import State
from dealership.web import bound, form_status
from dealership.workflow import NotAllowed

MOVE, CONFIRM, CANCEL = CustomerLink.Purpose.MOVE, CustomerLink.Purpose.CONFIRM, CustomerLink.Purpose.CANCEL


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one link is for; its button, and nothing else, spends it."""
    try:
        link = operations.link_of(token)
    except LinkInvalid as refusal:
        return say(request, None, str(refusal), 404)
    with timezone.override(link.appointment.store.zone):
        return ask(request, link, timezone.now())


def ask(request: HttpRequest, link: CustomerLink, now: datetime) -> HttpResponse:
    if refusal := operations.why_not(link, now):
        return say(request, link, refusal, 410)
    form = bound(WishForm if link.purpose == MOVE else forms.Form, request)
    if request.method != "POST" or not form.is_valid():
        response = shown(request, {"link": link, "form": form}, form_status(form))
        # A form sent from a page without any referrer carries no origin either, and its token would not be believed.
        response["Referrer-Policy"] = "strict-origin"
        return response
    try:
        operations.spend(link, at=now, **form.cleaned_data)
    except NotAllowed as refusal:
        return say(request, link, str(refusal), 410)
    return say(request, link, thanks(link), 200)


def say(request: HttpRequest, link: CustomerLink | None, sentence: str, status: int) -> HttpResponse:
    """Answer with one sentence and the way to reach the store."""
    return shown(request, {"link": link, "form": None, "sentence": sentence}, status)


def shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    link = context["link"]
    stores = [link.appointment.store] if link else queries.stores_to_call()
    context["code"] = code_of(link)
    # No menu, also where a colleague's browser follows the link.
    context |= {"user": AnonymousUser(), "store": link.appointment.store if link else None, "stores": stores}
    response = render(request, "appointments/answer.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def code_of(link: CustomerLink | None) -> str:
    """Return the code to show on arrival, of whoever is still expected."""
    expected = link is not None and link.appointment.state == State.CONFIRMED and link.purpose != CANCEL
    return references.reference(link.appointment) if link and expected else ""


def thanks(link: CustomerLink) -> str:
    if link.purpose == CONFIRM:
        return _("Thank you. We look forward to seeing you.")
    if link.purpose == CANCEL:
        return _("Your appointment is cancelled. Thank you for telling us.")
    return _("Thank you. We will call you about another time; until then we keep this one for you.")
