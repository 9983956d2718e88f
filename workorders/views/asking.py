"""The customer answers himself: by a link without a log-in, or on the tablet of the advisor who is with him."""

from datetime import datetime
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from appointments import queries as appointments
from dealership.web import allow, done, form_status
from dealership.workflow import NotAllowed
from workorders import notices, queries
from workorders.forms.asking import answers_form
from workorders.models import AdditionalItem, Asking, Channel, ItemPhoto
from workorders.operations import asking as operations
from workorders.operations import finishes
from workorders.operations.asking import LinkInvalid
from workorders.views.additional import order_for, picture


@require_POST
@allow("workorders.ask_customer")
def send(request: Any, pk: int) -> HttpResponse:
    """Make the link and show it, to be copied where no e-mail goes."""
    made = operations.send(order_for(request, pk), by=request.user, at=timezone.now())
    return redirect("workorders:asking", made.pk)


@require_GET
@cache_control(private=True, no_store=True)
@allow("workorders.ask_customer")
def asking(request: Any, pk: int) -> HttpResponse:
    found = Asking.objects.select_related("order__store", "order__visit__vehicle", "order__visit__customer")
    made = get_object_or_404(found, pk=pk, channel=Channel.LINK, order__store__in=request.user.stores.all())
    link = notices.address(made)
    context = {
        "asking": made,
        "order": made.order,
        "link": link,
        "code": segno.make_qr(link, error="l").svg_data_uri(scale=5, border=3),
        "refusal": operations.why_not(made, timezone.now()),
        "by_email": notices.by_email(made.order.visit.customer),
    }
    return render(request, "workorders/asking.html", context)


@require_http_methods(["GET", "POST"])
@allow("workorders.ask_customer")
def lounge(request: Any, pk: int) -> HttpResponse:
    """Put the same page before a customer who waits here (2.4.4.4, 3.3.1.3)."""
    order, now = order_for(request, pk), timezone.now()
    items = list(queries.additional.items_of(order).filter(state__in=operations.ASKABLE))
    if not items:
        raise NotAllowed(_("Nothing is priced that the customer could be asked."))
    data = request.POST if request.method == "POST" else None
    initial = {"signer_name": order.visit.customer.name}
    form = answers_form(items, data=data, store=order.store, by=request.user, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        operations.sign_here(
            order, seen=form.versions, answers=form.said, signer_name=given["signer_name"], image=given["signature"],
            by=request.user, at=now,
        )  # fmt: skip
        return done(request, _("The customer's answer is on record."), "workorders:order", pk)
    context = {"order": order, "form": form, "rows": rows(items, form), "media": form.media, "token": ""}
    context["together"] = finishes.together(items, now)
    return render(request, "workorders/lounge.html", context, status=form_status(form))


def rows(items: list[AdditionalItem], form: Any) -> list[dict[str, Any]]:
    """Put each item beside its price and the fields of its answer."""
    return [
        {
            "item": item,
            "parts": list(item.line.parts.all()) if item.line else [],
            "price_fen": queries.additional.price_of(item),
            "answer": form[f"answer{item.pk}"],
            "reason": form[f"reason{item.pk}"],
        }
        for item in items
    ]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was found, its price and the delay; the customer's signature, and nothing else, spends the link."""
    try:
        made = operations.asking_of(token)
    except LinkInvalid as refusal:
        return say(request, None, str(refusal), 404)
    with timezone.override(made.order.store.zone):
        return ask(request, made, token, timezone.now())


def ask(request: HttpRequest, made: Asking, token: str, now: datetime) -> HttpResponse:
    if refusal := operations.why_not(made, now):
        return say(request, made, refusal, 410)
    found = queries.additional.whole_items(AdditionalItem.objects.filter(asked__asking=made))
    items = list(found.order_by("found_at", "pk"))
    data = request.POST if request.method == "POST" else None
    form = answers_form(items, data=data, store=made.order.store, by=made.made_by)
    if not form.is_valid():
        context = {"asking": made, "form": form, "rows": rows(items, form), "media": form.media, "token": token}
        context["together"] = finishes.together(items, now)
        response = shown(request, context, form_status(form))
        # A form sent from a page without any referrer carries no origin either, and its token would not be believed.
        response["Referrer-Policy"] = "strict-origin"
        return response
    given = form.cleaned_data
    try:
        operations.spend(
            made, answers=form.said, signer_name=given["signer_name"], image=given["signature"], at=now
        )  # fmt: skip
    except NotAllowed as refusal:
        return say(request, made, str(refusal), 410)
    return say(request, made, _("Thank you. Your answer has reached us."), 200)


def say(request: HttpRequest, made: Asking | None, sentence: str, status: int) -> HttpResponse:
    """Answer with one sentence and the way to reach the store."""
    context: dict[str, Any] = {"asking": made, "form": None, "rows": [], "media": "", "token": "", "sentence": sentence}
    return shown(request, context, status)


def shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    made = context["asking"]
    store = made.order.store if made else None
    # No menu, also where a colleague's browser follows the link.
    context |= {"user": AnonymousUser(), "store": store, "order": made.order if made else None}
    context["stores"] = [store] if store else appointments.stores_to_call()
    response = render(request, "workorders/agree.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@login_not_required
@never_cache
@require_safe
def photo(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Answer a picture of what a link asks for, as long as the link serves."""
    try:
        made = operations.asking_of(token)
    except LinkInvalid:
        raise Http404 from None
    if operations.why_not(made, timezone.now()):
        raise Http404
    response = picture(get_object_or_404(ItemPhoto, pk=pk, item__asked__asking=made))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
