"""Finding a visit for its pages."""

from typing import Any

from django.shortcuts import get_object_or_404

from reception import queries
from reception.models import Visit

SEEN = ("complaints", "point_checks", "damage_marks", "photos")


def visit_of(request: Any, pk: int, *seen: str) -> Visit:
    """Return the visit if it is in one of this person's stores, with what was `seen` and said where a page shows it."""
    visits = Visit.objects.select_related(
        "vehicle",
        "customer",
        "advisor",
        "appointment",
        "store",
        "intake",
        "bay",
        "protected_by",
        "welcome",
        "quick_entry",
    )
    if seen:
        visits = visits.annotate(booked_first=queries.BOOKED_FIRST, read_before=queries.READ_BEFORE)
    return get_object_or_404(visits.prefetch_related(*seen), pk=pk, store__in=request.user.stores.all())
