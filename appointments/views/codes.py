"""The code a customer shows on arrival: a page without a log-in that says nothing about him."""

import io
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appointments import references
from appointments.models import Appointment


def made_by(token: str) -> Appointment | None:
    """Return the appointment a code was made for, None where the code is not one of ours."""
    try:
        return Appointment.objects.select_related("store").filter(pk=references.appointment_id(token)).first()
    except signing.BadSignature:
        return None


@login_not_required
@never_cache
@require_safe
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Show the picture large, to be held under the reception's scanner."""
    made = made_by(token)
    context: dict[str, Any] = {"token": token, "known": made, "user": AnonymousUser(), "store": made and made.store}
    response = render(request, "appointments/code.html", context, status=200 if made else 404)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@login_not_required
@never_cache
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the QR picture; what it holds is the desk's address, not this page's."""
    made = made_by(token)
    if made is None:
        raise Http404
    drawn = io.BytesIO()
    segno.make_qr(references.address(made), error="m").save(drawn, kind="svg", scale=6, border=4)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
