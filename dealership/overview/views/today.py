"""The first page after logging in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from dealership.customers.models import Vehicle
from dealership.overview import queries
from dealership.web import allow, page, store_of


def today(request: Any) -> HttpResponse:
    """What needs me now; fetches itself again every half minute."""
    now = timezone.now()
    return page(
        request, "overview/today.html", {"sections": queries.needs(request.user, store_of(request), now), "now": now}
    )


@allow("reception.view_visit")
def vehicle(request: Any, pk: int) -> HttpResponse:
    """What was done to a car in this person's stores (2.2.7.1)."""
    found = get_object_or_404(Vehicle, pk=pk)
    visits = queries.visits_of(found, request.user.stores.all())
    return page(request, "overview/vehicle.html", {"vehicle": found, "visits": visits})
