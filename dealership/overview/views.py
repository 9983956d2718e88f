"""The first page after logging in."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from dealership.overview import queries
from dealership.web import page, store_of


def today(request: Any) -> HttpResponse:
    """What needs me now; fetches itself again every half minute."""
    now = timezone.now()
    return page(
        request, "overview/today.html", {"sections": queries.needs(request.user, store_of(request), now), "now": now}
    )
