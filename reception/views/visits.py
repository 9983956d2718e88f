"""Finding a visit for its pages."""

from typing import Any

from django.shortcuts import get_object_or_404

from reception.models import Visit


def visit_of(request: Any, pk: int) -> Visit:
    """Return the visit with all that was seen and said, if it is in one of this person's stores."""
    visits = Visit.objects.select_related(
        "vehicle", "customer", "advisor", "appointment", "store", "intake", "protected_by", "welcome", "quick_entry"
    )
    whole = visits.prefetch_related("complaints", "point_checks", "damage_marks", "photos")
    return get_object_or_404(whole, pk=pk, store__in=request.user.stores.all())
