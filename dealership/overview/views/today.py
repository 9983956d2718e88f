"""The first page after logging in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from dealership.customers.models import Vehicle
from dealership.overview import queries
from dealership.web import allow, page, store_of


def today(request: Any) -> HttpResponse:
    """What needs me now, in one part or two; each fetches itself again every half minute.

    Who has no list and keeps the gate, as the guard, begins there.
    """
    if not queries.lists_of(request.user) and request.user.has_perm("workorders.release_car"):
        return redirect("workorders:gate")
    now, rest = timezone.now(), "rest" in request.GET
    context = {
        "sections": queries.needs(request.user, store_of(request), now, rest=rest),
        "rest": rest,
        "more": not rest and queries.has_rest(request.user),
        "now": now,
    }
    return page(request, "overview/today.html", context)


@allow("reception.view_visit")
def vehicle(request: Any, pk: int) -> HttpResponse:
    """What was done to a car in this person's stores (2.2.7.1)."""
    found = get_object_or_404(Vehicle, pk=pk)
    visits = queries.visits_of(found, request.user.stores.all())
    return page(request, "overview/vehicle.html", {"vehicle": found, "visits": visits})
